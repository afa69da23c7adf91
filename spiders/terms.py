"""What an origin's robots.txt and tdmrep.json say of uses other than our crawl: text in, `Terms` of a URL out. Pure.

    User-agent: GPTBot                              [{"location": "/news/*",
    Disallow: /                                       "tdm-reservation": 1,
                                                      "tdm-policy": "https://paper.example/tdm.json"}]
    User-agent: *
    Content-Signal: search=yes, ai-train=no
    License: https://paper.example/licence.xml

Which AI agents a URL is kept from is asked of their groups as RFC 9309 says: the group of exactly that name,
else the one for `*`. Content-Signal and Content-Usage count from our own group, else from that for `*`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from articles.model import Terms
from articles.rights import AI_AGENTS, OWN_NAME, parse_signals

MAX_LOCATIONS = 1_000
MAX_LICENSES = 20

_LINE = re.compile(r"[ \t]*([A-Za-z-]{1,40})[ \t]*:[ \t]*(.*)")
_RULES = frozenset({"allow", "disallow"})


@dataclass(frozen=True, slots=True)
class Location:
    """One entry of a tdmrep.json."""

    pattern: str
    reserved: bool
    policy: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a robots.txt says of AI agents, content signals and licences."""

    groups: tuple[tuple[tuple[str, ...], Protego], ...] = ()
    """Agents to whom the same rules apply, and those rules as a group for `*`."""
    signals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Path and what is signalled below it."""
    licenses: tuple[str, ...] = ()


def read_notice(text: str) -> Notice:
    """The notice in a robots.txt, whatever is in it."""
    rules: dict[str, list[str]] = {}
    signals: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    licenses: dict[str, None] = {}
    agents: list[str] = []
    in_rules = False
    for line in text.splitlines():
        match = _LINE.match(line.partition("#")[0].rstrip())
        if match is None:
            continue
        name, value = match.group(1).lower(), match.group(2).strip()
        if name == "user-agent":
            agents = [] if in_rules else agents
            in_rules = False
            agents.append(value.partition("/")[0].strip().lower())
            rules.setdefault(agents[-1], [])
        elif name == "license" and value:
            licenses[value[:2_000]] = None
        elif name in ("content-signal", "content-usage"):
            in_rules = bool(agents)
            path, _, rest = value.partition(" ") if value.startswith("/") else ("/", "", value)
            for agent in agents or ["*"]:
                signals.setdefault(agent, []).append((path, parse_signals(rest)))
        elif name != "sitemap":
            in_rules = bool(agents)
            if name in _RULES:
                for agent in agents:
                    rules[agent].append(f"{name}: {value}")
    return Notice(
        groups=_groups(rules),
        signals=tuple(signals.get(OWN_NAME, signals.get("*", ()))),
        licenses=tuple(licenses)[:MAX_LICENSES],
    )


def _groups(rules: dict[str, list[str]]) -> tuple[tuple[tuple[str, ...], Protego], ...]:
    """AI agents by what applies to them: one parse, and later one question, for all who have the same rules."""
    by_rules: dict[str, list[str]] = {}
    for agent in AI_AGENTS:
        applying = rules.get(agent.lower(), rules.get("*", []))
        if applying:
            by_rules.setdefault("\n".join(applying), []).append(agent)
    return tuple(
        (tuple(agents), Protego.parse(f"user-agent: *\n{text}\n")) for text, agents in by_rules.items()
    )


def read_locations(text: str) -> tuple[Location, ...]:
    """The entries of a tdmrep.json; none where it is no such document."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    found = []
    for entry in document[:MAX_LOCATIONS] if isinstance(document, list) else ():
        if not isinstance(entry, dict):
            continue
        pattern, reserved = entry.get("location"), str(entry.get("tdm-reservation"))
        policy = entry.get("tdm-policy")
        if isinstance(pattern, str) and reserved in ("0", "1"):
            named = policy[:2_000] if isinstance(policy, str) and policy else None
            found.append(Location(pattern[:2_000], reserved == "1", named))
    return tuple(found)


def terms_of(url: str, notice: Notice, locations: tuple[Location, ...]) -> Terms:
    """What both files say of one URL of their origin."""
    kept_out = {agent for agents, rules in notice.groups if not rules.can_fetch(url, "*") for agent in agents}
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    mining = next((one for one in locations if _matches(one.pattern, path)), None)
    applying = [(len(prefix), said) for prefix, said in notice.signals if _matches(prefix, path)]
    longest = max((length for length, _ in applying), default=0)
    signals = dict.fromkeys(one for length, said in applying if length == longest for one in said)
    return Terms(
        disallowed=tuple(agent for agent in AI_AGENTS if agent in kept_out),
        signals=tuple(signals),
        licenses=notice.licenses,
        tdm_reserved=mining.reserved if mining else None,
        tdm_policy=mining.policy if mining else None,
    )


def _matches(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern of robots.txt says: `*` is anything, `$` the end. In linear time."""
    whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1] if whole else rest:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if not whole:
        return True
    return path[at:].endswith(rest[-1]) and len(path) - at >= len(rest[-1]) if rest else at == len(path)
