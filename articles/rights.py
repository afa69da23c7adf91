"""What a publisher says of uses of an article: read from the answer's headers, the page and the crawl's evidence.

    X-Robots-Tag: noai, noimageai            <meta name="robots" content="noarchive">
    tdm-reservation: 1                       <meta name="tdm-policy" content="https://paper.example/tdm.json">
    Content-Signal: ai-train=no              <link rel="license" href="https://paper.example/licence.xml">

Robots directives as search engines document them, TDMRep (W3C community report), Content Signals and
Content-Usage (IETF AI preferences), Really Simple Licensing. All of it is recorded; only `noindex` is obeyed,
and only for sites that we crawl (`articles.reading`). What robots.txt and tdmrep.json say comes in with the
capture (`Terms`): the crawler noted it when it fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from articles.metadata import Metadata
from articles.model import Capture, Evidence, Origin, Rights

OWN_NAME: Final = "pressrun"
"""A directive to this agent is one to us."""

AI_AGENTS: Final = (
    *("GPTBot", "ChatGPT-User", "OAI-SearchBot", "CCBot", "ClaudeBot", "Claude-Web", "Claude-User"),
    *("Claude-SearchBot", "anthropic-ai", "Google-Extended", "Google-CloudVertexBot", "PerplexityBot"),
    *("Perplexity-User", "Applebot-Extended", "Bytespider", "meta-externalagent", "meta-externalfetcher"),
    *("FacebookBot", "Amazonbot", "cohere-ai", "cohere-training-data-crawler", "Diffbot", "AI2Bot"),
    *("omgili", "omgilibot", "Webzio-Extended", "ImagesiftBot", "img2dataset", "Timpibot", "YouBot"),
    *("DuckAssistBot", "MistralAI-User", "PetalBot", "PanguBot", "Kangaroo Bot"),
)
"""Agents that gather text for models or answer with it, as their operators document their names."""

MAX_SAID: Final = 40
MAX_CHARS: Final = 500

_VALUED: Final = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
_UNRESTRICTED: Final = frozenset(
    [
        *("", "all", "index", "follow", "archive", "max-snippet: -1", "max-video-preview: -1"),
        *("max-image-preview: large", "max-image-preview: standard"),
    ]
)
_SIGNAL: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9_-]{0,40})\s*=\s*([A-Za-z0-9_?.-]{1,40})\s*")
_LINK: Final = re.compile(r"""<([^<>]{1,2000})>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s";,]+))*)""")
_RELATION: Final = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|([^\s";,]+))""", re.IGNORECASE)
_META_AGENTS: Final = {name.lower(): name.lower() for name in AI_AGENTS}


def rights_of(capture: Capture, metadata: Metadata) -> tuple[Rights, tuple[Evidence, ...]]:
    """The rights signals of a page, and where each stood. Never raises on any content."""
    evidence: list[Evidence] = []
    directives = _directives(capture, metadata, evidence)
    reserved, policy = _mining(capture, metadata, evidence)
    terms = capture.terms
    if terms is not None and terms.disallowed:
        _note(evidence, Origin.ROBOTS_TXT, f"Disallow for {', '.join(terms.disallowed)}")
    rights = Rights(
        disallowed=terms.disallowed if terms is not None else None,
        no_ai="noai" in directives,
        no_image_ai="noimageai" in directives,
        tdm_reserved=reserved,
        tdm_policy=policy,
        directives=directives,
        signals=_signals(capture, metadata, evidence),
        licenses=_licenses(capture, metadata, evidence),
    )
    return rights, tuple(evidence)


def asks_not_to_be_indexed(rights: Rights) -> bool:
    """Whether the page says `noindex` or `none` to everybody or to us."""
    return "noindex" in rights.directives or "none" in rights.directives


def parse_signals(text: str) -> tuple[str, ...]:
    """Preferences of a Content-Signal or Content-Usage value: `ai-train=no, search=yes`."""
    found = (_SIGNAL.fullmatch(part) for part in text[:2_000].split(","))
    return tuple(f"{match.group(1).lower()}={match.group(2).lower()}" for match in found if match)


def _note(evidence: list[Evidence], origin: Origin, raw: str) -> None:
    if len(evidence) < MAX_SAID:
        evidence.append(Evidence(field="rights", origin=origin, raw=raw[:MAX_CHARS]))


def _headers(capture: Capture, name: str) -> Iterator[str]:
    return (value for key, value in capture.headers if key.lower() == name)


# --- Robots directives ----------------------------------------------------------------------------


def _directives(capture: Capture, metadata: Metadata, evidence: list[Evidence]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in _headers(capture, "x-robots-tag"):
        said = list(parse_directives(value))
        if said:
            _note(evidence, Origin.HTTP, f"X-Robots-Tag: {value}")
        found.update(dict.fromkeys(said))
    for name in ("robots", OWN_NAME, *_META_AGENTS):
        for value in metadata.meta.get(name, ()):
            prefix = "" if name in ("robots", OWN_NAME) else f"{name}: "
            said = [prefix + one for one in parse_directives(value)]
            if said:
                _note(evidence, Origin.META, f"{name}: {value}")
            found.update(dict.fromkeys(said))
    return tuple(found)[:MAX_SAID]


def parse_directives(value: str) -> Iterator[str]:
    """The restrictions in one X-Robots-Tag or robots meta tag, lower case; those to other agents named so.

    `noai, googlebot: nofollow, max-snippet:0` gives `noai`, `googlebot: nofollow` and `googlebot: max-snippet: 0`:
    an agent's name holds to the end of the value.
    """
    agent = ""
    parts = value[:2_000].lower().split(",")
    for number, part in enumerate(parts):
        name, colon, rest = (piece.strip() for piece in part.partition(":"))
        while colon and name not in _VALUED:
            agent = "" if name in (OWN_NAME, "*") else f"{name}: "
            name, colon, rest = (piece.strip() for piece in rest.partition(":"))
        if name == "unavailable_after":  # a date of RFC 850 has a comma of its own
            yield f"{agent}{name}: {','.join([rest, *parts[number + 1 :]]).strip()}"[:MAX_CHARS]
            return
        directive = f"{name}: {rest}" if colon else name
        if directive not in _UNRESTRICTED and len(directive) < 100:
            yield agent + directive


# --- Text and data mining, signals, licences --------------------------------------------------------


def _mining(capture: Capture, metadata: Metadata, evidence: list[Evidence]) -> tuple[bool | None, str | None]:
    """TDMRep: what the page says goes before what HTTP says, and that before the origin's file."""
    terms = capture.terms
    stated = [
        (metadata.first("tdm-reservation"), metadata.first("tdm-policy"), Origin.META),
        (capture.header("tdm-reservation"), capture.header("tdm-policy"), Origin.HTTP),
    ]
    for value, policy, origin in stated:
        value = (value or "").strip()
        if value in ("0", "1"):
            _note(evidence, origin, f"tdm-reservation: {value}")
            return value == "1", (policy or "").strip()[:2_000] or None
    if terms is not None and terms.tdm_reserved is not None:
        _note(evidence, Origin.TDMREP, f"tdm-reservation: {int(terms.tdm_reserved)}")
        return terms.tdm_reserved, terms.tdm_policy
    return None, None


def _signals(capture: Capture, metadata: Metadata, evidence: list[Evidence]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in ("content-signal", "content-usage"):
        stated = [(value, Origin.HTTP) for value in _headers(capture, name)]
        stated += [(value, Origin.META) for value in metadata.meta.get(name, ())]
        for value, origin in stated:
            if said := parse_signals(value):
                _note(evidence, origin, f"{name}: {value}")
                found.update(dict.fromkeys(said))
    if not found and capture.terms is not None and capture.terms.signals:
        _note(evidence, Origin.ROBOTS_TXT, ", ".join(capture.terms.signals))
        found.update(dict.fromkeys(capture.terms.signals))
    return tuple(found)[:MAX_SAID]


def _licenses(capture: Capture, metadata: Metadata, evidence: list[Evidence]) -> tuple[str, ...]:
    thing = metadata.article
    pages = (one.license for one in metadata.things if one.types & {"webpage", "newsarticle", "website"})
    named = capture.terms.licenses if capture.terms is not None else ()
    stated: list[tuple[Iterable[str | None], Origin]] = [
        ((thing.license if thing else None, *pages), Origin.JSON_LD),
        (metadata.links.get("license", ()), Origin.DOM),
        (metadata.meta.get("dcterms.license", ()), Origin.META),
        (_linked(capture), Origin.HTTP),
        (named, Origin.ROBOTS_TXT),
    ]
    found: dict[str, None] = {}
    for values, origin in stated:
        for value in values:
            value = (value or "").strip()
            if value and len(value) <= 2_000 and value not in found:
                found[value] = None
                _note(evidence, origin, f"license: {value}")
    return tuple(found)[:MAX_SAID]


def _linked(capture: Capture) -> Iterator[str]:
    """Targets of `Link: <...>; rel="license"`."""
    for value in _headers(capture, "link"):
        for match in _LINK.finditer(value[:8_000]):
            relation = _RELATION.search(match.group(2))
            if relation and "license" in (relation.group(1) or relation.group(2)).lower().split():
                yield match.group(1).strip()
