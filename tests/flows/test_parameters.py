"""What the forms of Prefect's UI offer, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.utilities.callables import parameter_schema
from pydantic import TypeAdapter, ValidationError

from articles.model import EXTRACTOR, Site
from flows.backfill import backfill
from flows.crawl import crawl, run_name
from flows.parameters import Minutes, Moment, NamedSites, Processes
from flows.replay import replay
from seeds.load import write_site


@pytest.fixture
def two_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("hills", "harbour"):
        write_site(tmp_path / "seeds", Site(name=name, home=f"https://{name}.test/"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(tmp_path / "seeds"))
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))


def form(flow: Any) -> dict[str, Any]:
    return {name: dict(asked) for name, asked in parameter_schema(flow).properties.items()}


def test_sites_and_readers_are_picked_from_those_there_are_and_days_from_a_calendar(two_sites: None) -> None:
    assert form(crawl)["sites"]["items"]["enum"] == ["harbour", "hills"]
    assert form(backfill)["since"]["format"] == "date"
    asked = form(replay)
    assert asked["extractors"]["items"]["enum"][0] == EXTRACTOR
    assert {option.get("format") for option in asked["since"]["anyOf"]} == {"date", None}


def test_without_seeds_any_name_may_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRESSRUN_SEEDS", str(tmp_path / "nowhere"))

    assert form(crawl)["sites"]["items"] == {"type": "string"}


def test_the_server_refuses_a_site_that_the_list_has_not(two_sites: None, prefect_server: str) -> None:
    deployment = crawl.to_deployment(name="picked")
    found = deployment.apply()  # type: ignore[union-attr]

    def run(**parameters: object) -> httpx.Response:
        body = {"parameters": parameters, "state": {"type": "PENDING"}}
        return httpx.post(f"{prefect_server}/deployments/{found}/create_flow_run", json=body, timeout=60)

    assert run(sites=["hills"], processes=None).is_success
    refused = run(sites=["hill"])
    assert refused.status_code == 409
    assert "'hill' is not one of ['harbour', 'hills']" in refused.text
    assert run(max_minutes=0).status_code == 409


@pytest.mark.parametrize(
    ("kind", "value"), [(Minutes, 0), (Minutes, 100_000), (Processes, 0), (NamedSites, []), (Moment, "soon")]
)
def test_what_is_out_of_range_is_refused_without_a_form_too(kind: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_days_that_end_before_they_begin_are_refused(two_sites: None, prefect_server: str) -> None:
    with pytest.raises(ValueError, match="from 2025-02-01 to 2025-01-01 ends before it begins"):
        backfill(["hills"], date(2025, 2, 1), date(2025, 1, 1))


def test_the_name_of_a_run_says_what_it_does() -> None:
    assert run_name("crawl", ()).startswith("crawl what is due, ")
    assert run_name("crawl", ["a", "b", "c", "d", "e"]).startswith("crawl a, b, c and 2 more, ")
    told = run_name("backfill", ["a"], " from 2025-01-01 to 2025-01-31")
    assert told.startswith("backfill a from 2025-01-01 to 2025-01-31, ")
