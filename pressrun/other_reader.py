"""A reader for `pressrun compare --reader`: run by another environment's Python, so it imports nothing but `articles`.

Its version on the first line of stdout; then a capture and its site a line on stdin, and the reading a line on stdout.
What that environment's types have no field for is left out.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from articles import model, reading


def main() -> None:
    """Read until stdin ends."""
    print(json.dumps(model.EXTRACTOR), flush=True)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        answer = _read(asked["capture"], asked["site"])
        print(json.dumps(answer, default=datetime.isoformat), flush=True)


def _read(capture: dict[str, Any], site: dict[str, Any] | None) -> dict[str, Any]:
    plain = _plain(model.Capture, capture) | {"body": base64.b64decode(capture["body"])}
    if found := capture.get("found"):
        plain["found"] = model.Found(**_plain(model.Found, found))
    if problem := capture.get("problem"):
        reason = model.Reason(problem["reason"])
        plain["problem"] = model.Problem(reason=reason, detail=problem["detail"])
    made, known = model.Capture(**plain), model.Site(**_plain(model.Site, site)) if site else None
    if not hasattr(reading, "read_lines"):  # before sites had profiles
        return _told(reading.read(made, known), ())
    page = reading.read_lines(made, known)
    return _told(page.outcome, page.lines)


def _told(outcome: model.Article | model.Rejection, lines: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(outcome, model.Rejection):
        return asdict(outcome)
    return {"article": asdict(outcome), "lines": [asdict(line) for line in lines]}


def _plain(type_: Any, value: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """The fields of a type that are moments, strings, numbers and lists of them, and no objects."""
    names = {field.name for field in fields(type_)}
    return {
        name: datetime.fromisoformat(one) if name.endswith("_at") and one else _tuples(one)
        for name, one in value.items()
        if name in names and not isinstance(one, dict)
    }


def _tuples(value: Any) -> Any:  # noqa: ANN401
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


if __name__ == "__main__":
    main()
