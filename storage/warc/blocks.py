"""What stands inside records: HTTP messages, warc-fields, URLs and moments, to bytes and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from articles.model import Found, Terms

Headers = Iterable[tuple[bytes, bytes]]
"""Names and values as on the wire, in order."""

_HIDING = "X-Crawler-"
_HIDDEN = ("content-encoding", "content-length", "transfer-encoding")
_NAME = bytes(ord("-") if code <= 0x20 or code in b":\x7f" else code for code in range(256))
_VALUE = bytes(0x20 if code in b"\r\n\0" else code for code in range(256))
_BREAK = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Http:
    """A response as it stands in a record."""

    status: int
    """0: there is no status line."""
    headers: tuple[tuple[str, str], ...]
    """Names as received."""
    coding: str
    """Content codings that the body still has."""
    body: bytes


def make_head(first_line: str, headers: Headers) -> bytes:
    """Head of an HTTP message, the empty line included. Nothing in it can begin a line of its own."""
    lines = [one_line(first_line).encode("utf-8", "replace")]
    for name, value in headers:
        name = name.translate(_NAME) or b"-"
        if name.lower() == b"transfer-encoding":
            name = _HIDING.encode() + name
        lines.append(name + b": " + value.translate(_VALUE).strip(b" \t"))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def read_http(block: bytes) -> Http:
    """The response in a block; never raises."""
    end = re.search(rb"\r?\n\r?\n", block)
    lines = re.split(rb"\r?\n", block[: end.start()] if end else block)
    status_line = re.match(rb"HTTP/\d+(?:\.\d+)?[ \t]+(\d{3})", lines[0])
    headers: list[tuple[str, str]] = []
    for line in map(_text, lines[1:]):
        name, colon, value = line.partition(":")
        if line.startswith((" ", "\t")) and headers:  # folded, as long ago
            headers[-1] = (headers[-1][0], headers[-1][1] + " " + line.strip(" \t"))
        elif colon:
            headers.append((name.strip(" \t"), value.strip(" \t")))
    return Http(
        status=int(status_line[1]) if status_line else 0,
        headers=tuple((_shown(name), value) for name, value in headers),
        coding=",".join(value for name, value in headers if name.lower() == "content-encoding"),
        body=block[end.end() :] if end else b"",
    )


def make_fields(fields: dict[str, str]) -> bytes:
    """application/warc-fields."""
    lines = "".join(f"{name}: {one_line(value)}\r\n" for name, value in fields.items())
    return lines.encode("utf-8", "replace")


def read_fields(block: bytes) -> dict[str, str]:
    """Back from `make_fields`; lines of another form are left out."""
    lines = (line.partition(": ") for line in block.decode("utf-8", "replace").split("\r\n"))
    return {name: value for name, colon, value in lines if colon}


def evidence_fields(found: Found) -> dict[str, str]:
    """The fields of a metadata record."""
    fields = {
        "via": printable(found.via),
        "found-at": make_moment(found.found_at),
        "found-title": found.title,
        "found-published": found.published_at and make_moment(found.published_at),
        "found-modified": found.modified_at and make_moment(found.modified_at),
        "found-language": found.language,
        "found-as": "listing" if found.listing else None,
        "part-of": found.part_of and printable(found.part_of),
    }
    return {name: value for name, value in fields.items() if value}


def read_evidence(block: bytes) -> Found | None:
    """Back from `evidence_fields`; None where they do not say from where and when."""
    fields = read_fields(block)
    via, found_at = fields.get("via"), read_moment(fields.get("found-at"))
    if via is None or found_at is None:
        return None
    return Found(
        via=via,
        found_at=found_at,
        title=fields.get("found-title"),
        published_at=read_moment(fields.get("found-published")),
        modified_at=read_moment(fields.get("found-modified")),
        language=fields.get("found-language"),
        listing=fields.get("found-as") == "listing",
        part_of=fields.get("part-of"),
    )


def terms_fields(terms: Terms) -> dict[str, str]:
    """The fields that a metadata record has beside those of `evidence_fields`; one that says nothing says that."""
    reserved = None if terms.tdm_reserved is None else str(int(terms.tdm_reserved))
    fields = {
        "terms-disallowed": ", ".join(terms.disallowed) or "none",
        "terms-signals": ", ".join(terms.signals),
        "terms-licenses": " ".join(map(printable, terms.licenses)),
        "terms-tdm-reservation": reserved,
        "terms-tdm-policy": terms.tdm_policy and printable(terms.tdm_policy),
    }
    return {name: value for name, value in fields.items() if value}


def read_terms(block: bytes) -> Terms | None:
    """Back from `terms_fields`; None where nobody looked."""
    fields = read_fields(block)
    disallowed = fields.get("terms-disallowed")
    if disallowed is None:
        return None
    reserved = fields.get("terms-tdm-reservation")
    signals = fields.get("terms-signals")
    return Terms(
        disallowed=tuple(disallowed.split(", ")) if disallowed != "none" else (),
        signals=tuple(signals.split(", ")) if signals else (),
        licenses=tuple(fields.get("terms-licenses", "").split()),
        tdm_reserved=None if reserved is None else reserved == "1",
        tdm_policy=fields.get("terms-tdm-policy"),
    )


def printable(url: str) -> str:
    """The URL with everything but printable ASCII percent-encoded; one that is so already stays as it is.

    `<` and `>` too: warcio takes them for brackets around the URL.
    """
    return quote(url, safe="!\"#$%&'()*+,-./:;=?@[\\]^_`{|}~", encoding="utf-8", errors="surrogatepass")


def one_line(text: str) -> str:
    """The text without line breaks and NUL."""
    return _BREAK.sub(" ", text).strip(" \t")


def make_moment(at: datetime) -> str:
    """WARC-Date with microseconds, as WARC/1.1 allows."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_moment(text: str | None) -> datetime | None:
    """Any ISO moment, taken as UTC where it names no offset; None where it is none."""
    try:
        at = datetime.fromisoformat(text or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(line: bytes) -> str:
    """UTF-8 where it is, else Latin-1, which any bytes are."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _shown(name: str) -> str:
    bare = name[len(_HIDING) :]
    return bare if name.lower().startswith(_HIDING.lower()) and bare.lower() in _HIDDEN else name
