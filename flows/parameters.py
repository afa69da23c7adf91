"""What a person may set for a run, as the forms of Prefect's UI ask for it: picked from lists, as dates, in ranges.

A parameter is described in its flow's docstring, which Prefect shows; here is its form. Sites are a list to pick from,
made of the seeds that are there when the deployment is made. Nothing is believed because of a form: `named` refuses
a site that there is not, pydantic a number out of range.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from articles.model import EXTRACTOR
from flows.config import SetUpError, load_config
from seeds.load import SeedError, load_sites


def site_names() -> list[str]:
    """The sites there are to pick from; none where there are no seeds here."""
    try:
        return sorted(site.name for site in load_sites(load_config().seeds).sites)
    except (SeedError, SetUpError, OSError):
        return []


def reader_versions() -> list[str]:
    """Every version of the reader there was, the newest first."""
    return [str(number) for number in range(int(EXTRACTOR), 0, -1)]


class _PickedFrom:
    """The items of a list are picked from those that a function names when the form is made."""

    def __init__(self, names: Any) -> None:  # noqa: ANN401
        self._names = names

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core)
        if names := self._names():
            schema["items"] = {"type": "string", "enum": names}
        return schema


class _AskedAsDay:
    """A moment is asked for as a day."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), "format": "date"}


Sites = Annotated[Sequence[str], _PickedFrom(site_names)]
NamedSites = Annotated[Sequence[str], Field(min_length=1), _PickedFrom(site_names)]
ReaderVersions = Annotated[Sequence[str], _PickedFrom(reader_versions)]
Moment = Annotated[datetime, _AskedAsDay()] | None
"""Asked as a day, whose beginning in UTC it then is; a caller may give any moment."""
Minutes = Annotated[float, Field(gt=0, le=24 * 60)]
Processes = Annotated[int, Field(ge=1, le=64)] | None
SitesAtOnce = Annotated[int, Field(ge=1, le=2_000)]
Limit = Annotated[int, Field(ge=1)] | None
Sources = Annotated[Sequence[str], Field(min_length=1)]
