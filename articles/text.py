"""Small laws about strings: words, folding and comparing, the same in every module of the reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Judgment = TypeVar("Judgment")

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_UNSEEN = re.compile(r"[\s\u200b\ufeff\u00ad]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def words(text: str) -> list[str]:
    """The words of a text, case kept."""
    return _WORD.findall(text)


def folded(text: str) -> list[str]:
    """The words of a text without case: what two texts are compared by."""
    if not text.isascii():
        text = _in_latin(text)
    try:
        # A quarter of the time that the pattern takes, and the same words.
        return text.encode("latin-1").translate(_LATIN_WORDS).decode("latin-1").split()
    except UnicodeEncodeError:
        return _WORD.findall(text.casefold())


def folded_lines(lines: Sequence[str]) -> list[list[str]]:
    """`folded` of each line, none of which has a line break; of a page in Latin letters at once, in half the time."""
    if not lines:
        return []
    whole = "\n".join(lines)
    if not whole.isascii():
        whole = _in_latin(whole)
    try:
        raw = whole.encode("latin-1")
    except UnicodeEncodeError:
        return [folded(line) for line in lines]
    return [line.split() for line in raw.translate(_LATIN_LINES).decode("latin-1").split("\n")]


def _in_latin(text: str) -> str:
    """A text with the same words, without case, of which more is in Latin-1."""
    for mark in _COMMON_MARKS:
        text = text.replace(mark, " ")
    return text.replace("\u00df", "ss").replace("\u00b5", "\u03bc")


_COMMON_MARKS = "\u2019\u201c\u201d\u2013\u2014\u2018\u2026"
"""Quotes, dashes and dots: in most lines of English the only letters outside of ASCII, and no part of a word."""
_LATIN_WORDS = bytes(
    ord(chr(code).casefold()) if (chr(code).isalnum() and code not in b"\xb5\xdf") or chr(code) == "_" else 32
    for code in range(256)
)
"""Latin-1 with capitals as small letters and all that is no part of a word as spaces; `_in_latin` knows the two
letters that fold to others than one of Latin-1."""
_LATIN_LINES = _LATIN_WORDS[:10] + b"\n" + _LATIN_WORDS[11:]


_MEMORABLE_CHARS = 400
"""Longer strings are not kept: a hostile page could fill the memory with them."""


class Remembered(dict[str, Judgment], Generic[Judgment]):
    """What a function said of each string, so that it is asked once; forgets everything when it holds `limit`."""

    def __init__(self, judge: Callable[[str], Judgment], limit: int = 65_536) -> None:
        super().__init__()
        self._judge, self._limit = judge, limit

    def __missing__(self, text: str) -> Judgment:
        judgment = self._judge(text)
        if len(text) <= _MEMORABLE_CHARS:
            if len(self) >= self._limit:
                self.clear()
            self[text] = judgment
        return judgment


def word_set(*lines: str) -> frozenset[str]:
    """The words of some lines, told apart by spaces: how lists of words stand in these modules."""
    return frozenset(word for line in lines for word in line.split())


def word_count(text: str) -> int:
    """How many words a text has; scripts that put no spaces between them count two characters a word."""
    spaced = len(text.split())
    return spaced if text.isascii() else spaced + len(_UNSPACED.findall(text)) // 2


def clean(text: str) -> str:
    """A line of text: canonical composition, no control characters, white space squeezed; quotes stay as they are."""
    if text.isascii():
        # Bytes: several times as fast as a pattern.
        return b" ".join(text.encode().translate(None, _CONTROL_BYTES).split()).decode()
    text = composed(text)
    plain = text.replace("\n", " ").replace("\xa0", " ").replace("\t", " ")
    if plain.isprintable():  # no control characters, and no white space but spaces
        return " ".join(plain.split())
    return _UNSEEN.sub(" ", _CONTROL.sub("", text)).strip()


def composed(text: str) -> str:
    """Unicode's canonical composition (NFC), in time that grows with the text's length only.

    A letter with 100,000 accents is sorted for seconds; here pieces of a long text are composed each for itself, cut
    before a letter that takes no part in composition, or after as many accents as no script has.
    """
    if len(text) <= _PIECE_CHARS:
        return unicodedata.normalize("NFC", text)
    pieces: list[str] = []
    at = 0
    while at < len(text):
        end = at + _PIECE_CHARS
        # Most pieces end before a letter of ASCII within a few characters; nothing composes with that from the left.
        while end < len(text) and end < at + 2 * _PIECE_CHARS and text[end] > "\x7f":
            end += 1
        pieces.append(unicodedata.normalize("NFC", text[at:end]))
        at = end
    return "".join(pieces)


_PIECE_CHARS = 256

_CONTROL_BYTES = bytes(code for code in range(128) if _CONTROL.match(chr(code)))


def shingles(tokens: list[str], size: int = 4) -> set[tuple[str, ...]]:
    """All runs of `size` words; a shorter text is one run."""
    if not tokens:
        return set()
    return {tuple(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1))}
