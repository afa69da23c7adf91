"""Small laws about strings: words, folding and comparing, the same in every module of the reader."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_UNSEEN = re.compile(r"[\s\u200b\ufeff\u00ad]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def words(text: str) -> list[str]:
    """The words of a text, case kept."""
    return _WORD.findall(text)


def folded(text: str) -> list[str]:
    """The words of a text without case: what two texts are compared by."""
    return _WORD.findall(text.casefold())


def word_count(text: str) -> int:
    """How many words a text has; scripts that put no spaces between them count two characters a word."""
    spaced = len(text.split())
    return spaced if text.isascii() else spaced + len(_UNSPACED.findall(text)) // 2


def clean(text: str) -> str:
    """A line of text: canonical composition, no control characters, white space squeezed; quotes stay as they are."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        return _UNSEEN.sub(" ", _CONTROL.sub("", text)).strip()
    return " ".join(_CONTROL.sub("", text).split())


def shingles(tokens: list[str], size: int = 4) -> set[tuple[str, ...]]:
    """All runs of `size` words; a shorter text is one run."""
    if not tokens:
        return set()
    return {tuple(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1))}
