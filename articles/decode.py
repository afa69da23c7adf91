"""Bytes to text, deciding on a charset as browsers do: byte order mark, HTTP header, `<meta>`, then detection."""

from __future__ import annotations

import codecs
import re
from typing import Final

from bs4.dammit import EncodingDetector

MAX_BYTES: Final = 10_000_000
"""Only this many bytes of a page are decoded."""
_HEAD_BYTES: Final = 4_096
"""Where a `<meta charset>` is looked for; browsers look at 1024, pages are less exact."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The Encoding Standard maps these labels to the larger set that pages so labelled really use.
_WIDER: Final = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "utf8": "utf-8",
    "unicode": "utf-8",
    # A page that names UTF-16 in ASCII bytes is no UTF-16: the Encoding Standard reads it as UTF-8.
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "utf-7": "cp1252",
}
_ASCII: Final = bytes(range(128))
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page; bytes that fit no charset become U+FFFD, never an error."""
    body = body[:MAX_BYTES]
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    silent = _without_mark(body)
    if silent:
        return body.decode(silent, "replace")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    declared = _declared(body, content_type)
    if text is not None and (declared in (None, "utf-8") or not body.isascii()):
        # Bytes above 127 that are valid UTF-8 throughout are UTF-8, whatever the label says: chance all but
        # rules it out, and mislabelled pages are common.
        return mended(text)
    if declared:
        return _as(body, declared)
    if text is not None:
        return text
    return _detected(body)


def wide_charset(body: bytes) -> bool:
    """Whether a page is in UTF-16 or UTF-32, marked or not."""
    marked = any(body.startswith(mark) for mark, name in _BOMS if name != "utf-8")
    return marked or _without_mark(body) is not None


def _declared(body: bytes, content_type: str | None) -> str | None:
    match = _CHARSET.search(content_type or "")
    if match and (name := _known(match.group(1))):
        return name
    named = EncodingDetector.find_declared_encoding(
        body[:_HEAD_BYTES], is_html=True, search_entire_document=True
    )
    return _known(named) if named else None


def _known(label: str) -> str | None:
    label = label.strip().lower()
    label = _WIDER.get(label, label)
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return info.name if info._is_text_encoding else None


def _as(body: bytes, name: str) -> str:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, ValueError):
        pass
    try:
        text = body.decode(name, "replace")
    except (UnicodeError, ValueError):
        return body.decode("cp1252", "replace")
    # A label that leaves many holes is wrong; a cut or a stray byte leaves a few.
    holes = text.count("\ufffd")
    if holes > 20 and holes > len(text) // 500:
        other = body.decode("cp1252" if name == "utf-8" else "utf-8", "replace")
        if other.count("\ufffd") < holes // 4:
            return other
    return text


def _without_mark(body: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its markup is NUL."""
    head = body[:512]
    if len(head) < 8 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _detected(body: bytes) -> str:
    """No label, and no UTF-8: UTF-8 with a few broken bytes, or the charset of western Europe."""
    text = body.decode("utf-8", "replace")
    high = len(body.translate(None, _ASCII))
    if text.count("\ufffd") * 10 < high:
        return text
    return body.decode("cp1252", "replace")


# --- Text that was encoded twice -------------------------------------------------------------------

_IN_LATIN: Final = "\u00e2\u0080"
"""What curly quotes and dashes become when UTF-8 is taken for Latin-1 and encoded again; no text has the second of
these characters."""
_IN_WINDOWS: Final = "\u00e2\u20ac"
"""The same by way of Windows-1252. Articles on charsets show it a few times."""
_BOTH_BEGIN: Final = "\u00e2"
_OFTEN: Final = 8
_NEXT: Final = "\u0080-\u00bf" + "".join(bytes([n]).decode("cp1252", "ignore") for n in range(128, 160))
_RUN: Final = re.compile(f"[\u00c2-\u00f4][{_NEXT}]{{1,3}}")


def mended(text: str) -> str:
    """The text with what was encoded twice decoded once more; other text, and other characters, stay as they are."""
    if _BOTH_BEGIN not in text:  # one letter is looked for ten times as fast as two
        return text
    if _IN_LATIN in text or text.count(_IN_WINDOWS) >= _OFTEN:
        return _RUN.sub(_once_more, text)
    return text


def _once_more(match: re.Match[str]) -> str:
    run = match.group()
    for end in range(len(run), 1, -1):
        try:
            raw = b"".join(c.encode("latin-1" if ord(c) < 256 else "cp1252") for c in run[:end])
            return raw.decode() + run[end:]
        except UnicodeError:
            continue
    return run
