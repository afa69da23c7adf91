"""JSON of our frozen types: the one place that encodes and decodes them.

Dataclasses become objects, enums their values, moments RFC 3339 strings with `Z`, tuples arrays. Reading
checks every type and ignores keys it does not know, so that an older reader can read what a newer one wrote.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder()
_SORTING = msgspec.json.Encoder(order="sorted")
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}
SHOWN_BYTES = 120
"""How much of a bad record its error shows."""


class BadRecord(Exception):
    """The bytes are no such record; the message names the type, the place and what is wrong there."""


def to_json(obj: object) -> bytes:
    """One line of JSON, without a newline. Lone surrogates, which no UTF-8 can hold, become U+FFFD.

    Raises TypeError for what JSON cannot say.
    """
    try:
        return _ENCODER.encode(obj)
    except UnicodeEncodeError:
        return _ENCODER.encode(_without_surrogates(to_builtins(obj)))


def to_sorted_json(obj: object) -> bytes:
    """As `to_json`, of dicts and lists, with keys in order: equal objects give equal bytes."""
    return _SORTING.encode(obj)


def from_json(data: bytes | memoryview | str, type_: type[T]) -> T:
    """The record in `data`, every field checked against its type. Raises BadRecord."""
    decoder = _DECODERS.get(type_)
    if decoder is None:
        decoder = _DECODERS[type_] = msgspec.json.Decoder(type_)
    try:
        return decoder.decode(data)  # type: ignore[no-any-return]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        name = getattr(type_, "__name__", str(type_))
        shown = data[:SHOWN_BYTES] if isinstance(data, str) else bytes(data[:SHOWN_BYTES])
        raise BadRecord(f"no {name}: {error}; it begins {shown!r}") from error


def storable(obj: T) -> T:
    """The object as it would come back from JSON: itself, or a copy without lone surrogates."""
    try:
        _ENCODER.encode(obj)
    except UnicodeEncodeError:
        return from_json(to_json(obj), type(obj))
    return obj


def to_builtins(obj: object, *, keep_moments: bool = False) -> Any:  # noqa: ANN401
    """Dicts, lists, strings and numbers; with `keep_moments` datetimes stay datetimes."""
    return msgspec.to_builtins(obj, builtin_types=(datetime,) if keep_moments else None)


def json_schema(type_: type) -> dict[str, Any]:
    """JSON Schema (2020-12) of what `to_json` writes for a type."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(type_)}


def _without_surrogates(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value
