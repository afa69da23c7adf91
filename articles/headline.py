"""The headline among everything on a page that claims to be it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from articles.model import Origin

MAX_HEADLINE_CHARS: Final = 500
"""A longer text is a paragraph that someone marked up as a heading."""

_WORD: Final = re.compile(r"\w+")
_BAR: Final = re.compile(
    r"\s*[|｜¦│┃ǀ∣❘»«›•]+\s*|\s+(?:[-–—―~·/:]|::|//|>|<|\|\|)\s+|(?<=[^\W\d_])[-–—]\s+(?=[A-Z])|_(?=\S+$)"
    r"|(?<=[\u3000-\uffef])[-–—](?=[\u3400-\u9fff\uac00-\ud7af]{2,12}$)"
)


_COLON: Final = re.compile(r"\s*:\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Everything on a page that puts itself forward as its headline, in plain text."""

    headings: tuple[str, ...] = ()
    """The `<h1>`s, in page order."""
    json_ld: str | None = None
    graph: str | None = None
    """`og:title` or what stands for it."""
    title: str | None = None
    """`<title>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The headline, and the claim it was taken from."""

    text: str
    origin: Origin
    raw: str


def names_of_site(names: Sequence[str | None], host: str) -> tuple[str, ...]:
    """The runs of letters by which a site may be named: its own names, its host and the host's main label."""
    labels = host.removeprefix("www.").split(".")
    main = max(labels[:-1], key=len, default="")
    runs = [_run(name) for name in names if name] + [_run(host), _run(".".join(labels)), _run(main)]
    return tuple(dict.fromkeys(run for run in runs if len(run) > 1))


def name_beside(title: str, claim: str, headings: Sequence[str]) -> str | None:
    """What a `<title>` has more than another claim: the site's name, as a rule.

    Before the claim it may be a kicker as well, so there it must be one of the page's `headings`
    or stand before a bar.
    """
    whole, own = _run(title), _run(claim)
    if len(own) < 8 or len(whole) <= len(own):
        return None
    for cut in (*_BAR.finditer(title), *_COLON.finditer(title)):
        head, tail = title[: cut.start()], title[cut.end() :]
        if _run(head) == own and len(tail) <= 60:
            return tail
        if _run(tail) == own and ("|" in cut.group() or any(_run(head) == _run(one) for one in headings)):
            return head
    return None


def piece_of(text: str, claim: str, runs: tuple[str, ...]) -> bool:
    """Whether a text is a whole piece of a claim, between its ends and the bars in it, and does not name the site."""
    own = _run(text)
    if len(own) < 8 or own in runs or len(_WORD.findall(text)) < 2:
        return False
    if own not in _run(claim):
        return False
    edges = [0, *(edge for cut in _BAR.finditer(claim) for edge in (cut.start(), cut.end())), len(claim)]
    edges += [cut.end() for cut in _COLON.finditer(claim) if _run(claim[: cut.start()]) in runs]
    return any(_run(claim[low:high]) == own for low in edges for high in edges if low < high)


def without_site(title: str, runs: tuple[str, ...]) -> str:
    """A title without the ends, cut off by a bar, a dash or a colon, that name the site (`names_of_site`)."""
    for _ in range(3):
        shorter = _shorter(title, runs)
        if shorter is None:
            break
        title = shorter
    return title


def headline_of(claims: Claims, runs: tuple[str, ...]) -> Headline | None:
    """Weigh the claims against each other; `runs` name the site (`names_of_site`). None: there is no claim.

    Two machine claims that agree are right more often than a heading that differs, a heading that resembles
    any other claim more often than that one, and a heading that resembles none is mostly the site's name or
    a section's (counted on 1,731 reference pages of four public collections).
    """
    headings = [(without_site(text, runs), text) for text in claims.headings[:8] if _usable(text)]
    headings = [pair for pair in headings if _run(pair[0]) not in runs]
    known = [text for text, _ in headings] + ([claims.json_ld] if claims.json_ld else [])
    machine = [
        Headline(text=shortened(without_site(raw, runs), known), origin=origin, raw=raw)
        for raw, origin in (
            (claims.json_ld, Origin.JSON_LD),
            (claims.graph, Origin.META),
            (claims.title, Origin.DOM),
        )
        if raw and _usable(raw)
    ]
    stated = [claim for claim in machine if claim.origin is not Origin.DOM]
    agreed = len(stated) == 2 and _run(stated[0].text) == _run(stated[1].text)
    heading = _best_heading([text for text, _ in headings], machine)
    if agreed and (heading is None or not _of_one_field(headings[heading][0], machine)):
        return stated[0]
    if heading is not None:
        text, raw = headings[heading]
        inner = next((one for one in stated if _ends_with(text, one.text) or _is_dated(text, one.text)), None)
        return inner or Headline(text=text, origin=Origin.DOM, raw=raw)
    if stated:
        best = stated[0]
        confirmed = any(claim.raw.startswith(best.text) and claim.raw != best.text for claim in machine)
        return best if confirmed or best.origin is Origin.JSON_LD else _bare(best)
    if machine:
        return _bare(machine[0])
    return Headline(text=headings[0][0], origin=Origin.DOM, raw=headings[0][1]) if headings else None


def _usable(text: str) -> bool:
    return bool(_WORD.search(text)) and len(text) <= MAX_HEADLINE_CHARS


def _of_one_field(heading: str, machine: list[Headline]) -> bool:
    """Whether all machine claims are one text written for search engines, and the heading is another."""
    texts = {_run(claim.text) for claim in machine}
    stated = machine[0].text
    return (
        len(texts) == 1
        and len(machine) == 3
        and not (_ends_with(heading, stated) or _ends_with(stated, heading))
    )


def _best_heading(headings: list[str], machine: list[Headline]) -> int | None:
    """Index of the heading that another claim resembles most, earlier ones before later ones."""
    best, best_score = None, 0.0
    others = [(_words(claim.text), 1.0 if claim.origin is not Origin.DOM else 0.8) for claim in machine]
    for index, heading in enumerate(headings):
        own = _words(heading)
        likeness = max((weight * _likeness(own, other) for other, weight in others), default=0.0)
        if likeness >= 0.3 and likeness - 0.1 * index > best_score:
            best, best_score = index, likeness - 0.1 * index
    return best


def _ends_with(text: str, inner: str) -> bool:
    """Whether a heading is a kicker and then another claim of three words or more."""
    own, end = _WORD.findall(text.casefold()), _WORD.findall(inner.casefold())
    return 3 <= len(end) < len(own) and own[-len(end) :] == end


_DATE_NEXT: Final = re.compile(r"\W*\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|\W*\d{4}-\d{2}-\d{2}\b")


def _is_dated(text: str, inner: str) -> bool:
    """Whether a heading is another claim of three words or more and then a date."""
    return (
        text.startswith(inner)
        and len(_WORD.findall(inner)) >= 3
        and bool(_DATE_NEXT.match(text[len(inner) :]))
    )


def _bare(headline: Headline) -> Headline:
    return Headline(text=without_tail(headline.text), origin=headline.origin, raw=headline.raw)


def shortened(title: str, others: Sequence[str]) -> str:
    """A title cut at the bar or dash behind which it says more than another claim that begins alike."""
    for cut in _BAR.finditer(title):
        start = title[: cut.start()].rstrip()
        if any(_run(start) == _run(other) for other in others):
            return start
    return title


def without_tail(title: str) -> str:
    """A title without what stands behind its last bar, or a short end behind its last dash.

    For pages where nothing else tells which part is the headline.
    """
    cuts = list(_BAR.finditer(title))
    if not cuts:
        return title
    head, tail = title[: cuts[-1].start()].rstrip(), title[cuts[-1].end() :]
    bar = any(mark in cuts[-1].group() for mark in "|»«›•｜")
    enough = len(_WORD.findall(head)) >= (1 if bar else 3) or len(head) >= 12
    return head if enough and (bar or len(tail.split()) <= 4) and len(tail) <= len(head) else title


def _shorter(title: str, runs: tuple[str, ...]) -> str | None:
    """The title less one end that names the site; None where no end does."""
    cuts = list(_BAR.finditer(title))
    for cut in cuts:
        if _WORD.search(title[: cut.start()]) and _names_site(title[cut.end() :], runs, loosely=True):
            return title[: cut.start()].rstrip()
    for cut in reversed(cuts):
        if len(_WORD.findall(title[cut.end() :])) >= 2 and _names_site(
            title[: cut.start()], runs, loosely=False
        ):
            return title[cut.end() :].lstrip()
    return None


_HOST: Final = re.compile(
    r"(?:www\.)?[\w-]{2,40}\.(?:com|net|org|info|de|at|ch|fr|it|es|nl|pl|se|eu|co\.uk)", re.IGNORECASE
)
"""A bare host behind a bar is the site, or the one that the page was taken over from."""


def _names_site(text: str, runs: tuple[str, ...], *, loosely: bool) -> bool:
    own = _run(text)
    if not own or (loosely and _HOST.fullmatch(text.strip())):
        return True
    for run in runs:
        if own == run or own == f"the{run}" or run == f"the{own}":
            return True
        if loosely and len(text.split()) <= 6 and min(len(own), len(run)) >= 4:
            enough = max(7, len(run) * 2 // 3)
            if own.startswith((run, f"the{run}")) or own.endswith(run) or run.startswith(own):
                return True
            if len(run) >= 8 and own[:enough] == run[:enough]:
                return True
    return False


def _run(name: str) -> str:
    """A name as one run of letters and digits, so that `The Daily-News` is the `thedailynews` of a host."""
    return "".join(_WORD.findall(name.casefold())).replace("_", "")


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold().replace("_", " ")))


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
