"""Lines that say who wrote a text and when, and nothing else: `Updated Nov. 22, 2026 at 4:15 p.m. ET`.

Told word by word, not by patterns of whole lines: every word must be one of a date, of a time, of what is said of dates
(`published`, `Stand`, `min read`), or of the names after a `by`.
"""

from __future__ import annotations

import re
from typing import Final

from articles.dates import DATE_WORDS, without_accents
from articles.given_names import is_given_name
from articles.lexicon import Says, says

MAX_SIGNED: Final = 140
"""Characters of the longest line that is asked."""
MIN_SIGNED: Final = 6
"""The same of the shortest: a year or a time of day alone is none."""
_LONE_NAME: Final = 3
"""Words of a name without `by`."""
MAX_NAMED: Final = 12
"""Words after a `by`: names, and what those people are."""
CHANGE_WORD: Final = re.compile(
    r"updat|modifi|aktuali|[äæ]nd(?:ert|erung|rad|ret|ring)|endret|gewijzigd|zmian"
    r"|g[uü]ncelle|päivitetty|muokattu|stand:|mis(?:e)? à jour|mise à jour|actuali[zs]|atuali"
    r"|aggiorn|bijgewerkt|uppdater"
    r"|oppdater|opdater|редак|обнов|edited|revis|reviewed|更新|updater|zmodyf|last change|changed",
    re.IGNORECASE,
)
PUBLISH_WORD: Final = re.compile(
    r"publi|posted|erschienen|veröffentlich|vom\b|gepubliceerd|publicer|dodano|опубл|first|originally"
    r"|creat|erstellt|公開|配信|发布",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"\d[\d.:/h]*(?:st|nd|rd|th)?|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_RUN_TOGETHER: Final = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=(?:19|20)\d\d)(?=\d)|(?<=\d)(?=[A-ZÀ-Þ])")
"""Where one element ends and another begins, with no space between them in the source."""
_BY: Final = frozenset(["by", "von", "por", "par", "door", "av", "przez", "di"])
_READ: Final = frozenset(
    """read reading lesezeit lesedauer leestijd lecture lectura leitura lettura lastid laesetid czytania
    """.split()  # noqa: SIM905
)
"""How long it takes to read: `3 min read`."""
_LABELS: Final = _READ | frozenset(
    """submitted gepostet verfasst geschrieben erstellt online date datum fecha data inviato scritto escrito ecrit
    skriven skrevet napisal czas temps tiempo tempo tempi minute since local""".split()  # noqa: SIM905
)
_WHEN: Final = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\d\s?[:h]\s?\d\d(?!\d)|\d[./-]\d\d?[./-]\d\d|\bago\b|\b(?:vor|hace|il y a)\b.*\d",
    re.IGNORECASE,
)


def signs(text: str, authors: frozenset[str] = frozenset()) -> bool:
    """Whether a line says when a text was written or changed, or how long it is, with its authors at most.

    `authors`: their names, folded and with single spaces between the words.
    """
    if not MIN_SIGNED <= len(text) <= MAX_SIGNED or text.endswith(("!", "?")):
        return False
    text = _RUN_TOGETHER.sub(" ", text)
    tokens = _TOKEN.findall(text)
    if not any(token[0].isdigit() for token in tokens):
        return False
    if not _WHEN.search(text) and _READ.isdisjoint(token.lower() for token in tokens):
        return False
    named = {word for name in authors for word in name.split()}
    # a name needs no `by` where it comes first
    left = _LONE_NAME if tokens[0][0].isupper() and is_given_name(tokens[0]) else 0
    for i, token in enumerate(tokens):
        word, following = token.lower(), tokens[i + 1 : i + 2]
        if word in _BY and following and following[0][0].isupper() and not _is_of_dates(following[0].lower()):
            left = MAX_NAMED
        elif token[0].isdigit() or _is_of_dates(word):
            left = 0
        elif word not in named:
            left -= 1
            if left < 0:
                return False
    return True


def _is_of_dates(word: str) -> bool:
    """Whether dates are written with a word, or it is said of them; `by` is none, it has names after it."""
    plain = without_accents(word)
    if plain in DATE_WORDS:
        return True
    if word in _BY:
        return False
    if plain in _LABELS or says(word) & Says.MINUTES:
        return True
    return CHANGE_WORD.search(word) is not None or PUBLISH_WORD.search(word) is not None
