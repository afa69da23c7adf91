"""What must not be told, taken out of any text: secrets of the settings, and what looks like one.

    redacted("cannot reach postgresql://paper:hunter2@db/press")     "cannot reach postgresql://***@db/press"
    one_line("Flood\\n12:00 ERROR all is lost")                       "Flood\\\\n12:00 ERROR all is lost"

Two nets, because each has holes: the values of settings that hold secrets (`conceal`), wherever they turn up, and
the forms in which secrets travel: passwords in addresses, signed query parameters, authorization and cookie headers,
keys of AWS, webhook addresses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

MASK = "***"

SECRET_NAMES = re.compile(
    r"secret|token|passw|pwd|credential|api_?key|access_?key|private_?key|account_?key|webhook|notify|auth(?!or)",
    re.IGNORECASE,
)
"""Settings whose values are secret as a whole."""
MIN_LENGTH = 6
"""A shorter value is not looked for by itself: it would black out half of every line."""
_PATH_NAMES = re.compile(r"_(?:file|path|sock|dir)$|^(?:OLD)?PWD$", re.IGNORECASE)
"""Settings that say where a secret is: `SSH_AUTH_SOCK`; and a shell's working folders."""
_HARMLESS = re.compile(r"true|false|none|null|always|never|required|disabled|\d{1,9}", re.IGNORECASE)
"""Values of such settings that are switches and numbers."""

_PASSWORD = re.compile(r"//[^\s:@/]*:(.+)@")
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    # user and password in an address; a host follows the last @ before the path
    (re.compile(r"//[^\s/?#\"'<>]*@"), f"//{MASK}@"),
    (
        re.compile(
            r"([?&;][\w.-]*(?:token|secret|signature|passw|pwd|api_?key|access_?key|credential|auth(?!or)|jwt|\bsig)"
            r"[\w.-]*=)[^&#\s\"'<>]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(
            r"\b((?:proxy-)?authorization|(?:set-)?cookie|x-amz-security-token|x-api-key)\b([\"']?\s*[:=]\s*)[^\r\n]+",
            re.IGNORECASE,
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"\b(bearer)\s+[\w.~+/=-]{12,}", re.IGNORECASE), rf"\1 {MASK}"),
    (
        re.compile(
            r"(\b[\w-]*(?:secret|password|passwd|token|api_?key|access_?key)[\w-]*[\"']?\s*[=:]\s*[\"']?)"
            r"[^\s\"',;&)]{6,}",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), MASK),
    (
        re.compile(
            r"(https?://(?:hooks\.slack\.com|(?:\w+\.)?discord(?:app)?\.com/api/webhooks|[\w.-]+\.webhook\.office\.com))"
            r"/\S+",
            re.IGNORECASE,
        ),
        rf"\1/{MASK}",
    ),
)


@dataclass(slots=True)
class _Known:
    secrets: frozenset[str] = frozenset()


_KNOWN = _Known()


def conceal(settings: Mapping[str, str]) -> None:
    """Take the secrets among these settings (environment variables) out of every text from here on."""
    _KNOWN.secrets |= secrets_of(settings)


def secrets_of(settings: Mapping[str, str]) -> frozenset[str]:
    """The secrets among settings, in every spelling in which they may turn up.

    A setting is secret as a whole by its name (`SECRET_NAMES`), or in part: the password in an address.
    """
    return frozenset(value for name, value in settings.items() for value in _secrets(name, value))


def _secrets(name: str, value: str) -> Iterator[str]:
    values = _PASSWORD.findall(value)
    if SECRET_NAMES.search(name) and not (_PATH_NAMES.search(name) or _HARMLESS.fullmatch(value)):
        values.append(value)
    for secret in values:
        for spelling in (secret, quote(secret, safe=""), unquote(secret), repr(secret)[1:-1]):
            if len(spelling) >= MIN_LENGTH:
                yield spelling


def redacted(text: str, known: frozenset[str] | None = None) -> str:
    """The text with `***` in the place of each secret; `known`: these, in place of those concealed so far."""
    if pattern := _any_of(_KNOWN.secrets if known is None else known):
        text = pattern.sub(MASK, text)
    for form, mask in _FORMS:
        text = form.sub(mask, text)
    return text


@lru_cache(maxsize=4)
def _any_of(secrets: frozenset[str]) -> re.Pattern[str] | None:
    # the longest first: one may begin like another
    ordered = sorted(secrets, key=lambda value: (-len(value), value))
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


_TURNED = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029")
"""What turns the direction of a line around, or ends it in some viewers."""


def one_line(text: str, *, keep: str = "") -> str:
    """The text with everything escaped that could end a line, move a terminal's cursor or turn the text around.

    `keep`: characters that stay as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character in keep or not _moves(character) else _escape(character) for character in text
    )


def _moves(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in _TURNED


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
