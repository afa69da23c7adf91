"""What a block of text asks of its reader, where asking is all it does.

It is a prompt by its form or by words that only meet in such lines (`notices`, `labels`, `forms`, `pleas`, ...), or
because its sentences ask (`sentences`). What it stands in (a form, a box so named), where its links lead and whether
nothing follows it add to its score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from articles import embeds, invitations, notices, offers, signups
from articles.embeds import stands_for_embed
from articles.fixed_prompts import MOST_HEADLINE, OPENS_LABEL, asks_to_log_in, further_reading
from articles.forms import Forms, is_spoken
from articles.invitations import invites
from articles.labels import label, may_be_label
from articles.lexicon import Says, says
from articles.model import Kind
from articles.notices import MAX_CAPTION, notice
from articles.offers import bargain
from articles.pleas import KEYS as PLEA_KEYS
from articles.pleas import pleads
from articles.sentences import MAX_WORDS, PROMPT_WORDS, Setting, hear, is_asked_with
from articles.text import folded


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a block is taken for."""

    kind: Kind
    score: float
    """0 to 1."""
    reason: str


_SENTENCE: Final = re.compile(r"(?<=[.!?…:])\s+|(?<=[a-z][.!?])(?=[A-Z])|\s+[|•·–—]\s+")
_MAY_END: Final = re.compile(r"[.!?…:|•·–—]")
"""Stands before the end of every text that `_SENTENCE` splits."""

SAYING: Final = {
    Kind.NEWSLETTER: "asks the reader to take a newsletter",
    Kind.SUBSCRIBE: "asks the reader to subscribe, join or give",
    Kind.FOLLOW: "asks the reader to follow the paper elsewhere",
    Kind.SHARE: "asks the reader to share",
    Kind.APP: "offers an app",
    Kind.RELATED: "points to another story",
    Kind.PAYWALL: "asks for payment or a login to read on",
    Kind.ADVERTISEMENT: "labels an advertisement",
    Kind.COMMENT: "asks for comments",
    Kind.CONSENT: "asks for consent",
    Kind.CREDIT: "says whose the text is",
}

_FORMS: Final = Forms(*offers.FORMS, *embeds.FORMS, *notices.FORMS, *invitations.FORMS, *signups.FORMS)
_KEYS: Final = _FORMS.keys | offers.KEYS | embeds.KEYS | notices.KEYS | invitations.KEYS
_LONGEST: Final = max(_FORMS.longest, invitations.MOST_WORDS, embeds.MOST_WORDS, offers.MOST_PRICED)


_SURE: Final = 0.8
"""Score of a form from which its sentences are not asked."""


def may_be_prompt(text: str, tokens: list[str], meanings: int) -> bool:
    """Whether a block has a word at all that prompts have; `meanings`: what its words can be a part of."""
    count = len(tokens)
    if count > MAX_WORDS:
        return False
    if meanings & PROMPT_WORDS or "©" in text or text[:3].lower() == "(c)":
        return True
    if count <= _LONGEST and not _KEYS.isdisjoint(tokens):
        return True
    if not PLEA_KEYS.isdisjoint(tokens):
        return True
    if meanings & Says.CREDIT and count <= MAX_CAPTION and (":" in text or "/" in text):
        return True
    if may_be_label(tokens):
        return True
    return (count <= MOST_HEADLINE and tokens[0] in OPENS_LABEL) or is_asked_with(text)


def prompt(text: str, setting: Setting, tokens: list[str] | None = None) -> Verdict | None:
    """What a block asks of the reader, where asking is all it does; None for text.

    `tokens`: its words as `folded` has them, where they are known already.
    """
    if tokens is None:
        tokens = folded(text)
    if not tokens or len(tokens) > MAX_WORDS:
        return None
    told = _by_its_form(text, tokens, setting)
    if told is not None and told.score >= _SURE:
        return told
    asked = _by_its_sentences(text, tokens, setting)
    return max((one for one in (told, asked) if one is not None), key=lambda one: one.score, default=None)


def _by_its_form(text: str, tokens: list[str], setting: Setting) -> Verdict | None:
    """What a block asks that is a prompt as a whole, by its form or by words that only meet in such."""
    everything = 0
    for token in tokens if len(tokens) <= 14 and "?" in text else ():
        everything |= says(token)
    if asks_to_log_in(text, tokens, everything):
        return Verdict(Kind.SUBSCRIBE, 0.85, "asks subscribers to log in")
    noticed = notice(text, tokens)
    if noticed is not None:
        return Verdict(*noticed)
    labelled = label(text, tokens, linked=setting.link_share > 0.6, heading=setting.tag in _HEADINGS)
    if labelled is not None:
        return Verdict(*labelled, "is made of the words of labels alone")
    pointer = further_reading(text, tokens, setting.link_share)
    if pointer:
        bonus, reasons = _around(Kind.RELATED, setting, own=False)
        score = round(min(pointer + bonus, 1.0), 3)
        return Verdict(Kind.RELATED, score, "; ".join((SAYING[Kind.RELATED], *reasons)))
    if not is_spoken(text):
        plea = pleads(tokens, setting.house)
        if plea:
            return Verdict(Kind.SUBSCRIBE, plea, "pleads for the paper's upkeep")
        told = _FORMS.told(tokens) or bargain(text, tokens) or stands_for_embed(tokens)
        if told is not None:
            return Verdict(*told, SAYING[told[0]])
        invited = invites(text, tokens, setting.house)
        if invited:
            return Verdict(Kind.COMMENT, invited, "invites readers to send something")
    return None


_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})


def _by_its_sentences(text: str, tokens: list[str], setting: Setting) -> Verdict | None:
    """What a block asks most of whose words stand in sentences that ask."""
    asking = foreign = 0
    best: dict[Kind, float] = {}
    own = False
    ends = _MAY_END.search(text, 0, len(text) - 1)
    sentences = _SENTENCE.split(text) if ends else [text]
    for sentence in sentences:
        words = folded(sentence) if len(sentences) > 1 else tokens
        if not words:
            continue
        heard = hear(sentence, words, setting)
        if heard.asked is not None:
            asking += len(words)
            best[heard.asked.kind] = max(best.get(heard.asked.kind, 0.0), heard.asked.strength)
            own = own or heard.own
        elif not heard.leads_up:
            foreign += len(words)
    if not best:
        return None
    if len(best) > 1 and setting.link_share < 0.5:
        # `Related: our newsletter` is about the newsletter.
        best.pop(Kind.RELATED, None)
    if Kind.RELATED in best and len(best) > 1:
        # French `comment` is `how`, and headlines ask it.
        best.pop(Kind.COMMENT, None)
    kind = max(best, key=lambda k: best[k])
    if kind is Kind.RELATED and len(tokens) <= 40 and (setting.link_share > 0.3 or len(tokens) <= 25):
        # What follows `Read more:` is the other story's headline, not text.
        foreign = 0
    if setting.slanted > 0.9 or setting.signs_up or setting.in_form:
        foreign //= 4
    elif len(tokens) <= 25 and foreign <= 6:
        foreign = 0
    share = asking / (asking + foreign)
    bonus, reasons = _around(kind, setting, own=own)
    score = (best[kind] + (0.05 if len(best) > 1 else 0.0)) * min(1.0, 0.25 + share) + bonus * min(
        1.0, 0.5 + share
    )
    return Verdict(kind, round(min(score, 1.0), 3), "; ".join((SAYING[kind], *reasons)))


def _around(kind: Kind, setting: Setting, *, own: bool) -> tuple[float, Iterable[str]]:
    """What the place of a block adds, and why."""
    told = []
    if own:
        told.append((0.0, "speaks of the paper's own offer"))
    if setting.link_share > 0.6:
        told.append((0.2, "it is a link"))
    elif setting.link_share > 0.1:
        told.append((0.1, "it links"))
    if setting.slanted > 0.9:
        told.append((0.1, "set apart in italics or bold"))
    if setting.signs_up:
        told.append((0.25, "its link leads to a sign-up"))
    if setting.to_network and kind in (Kind.FOLLOW, Kind.SHARE):
        told.append((0.2, "its link leads to a network"))
    if setting.in_form:
        told.append((0.3, "stands in a form"))
    if setting.called is not None:
        told.append((0.25, f"its box is called {setting.called}"))
    if setting.edge:
        told.append((0.05, "stands at the end of the text"))
    return sum(bonus for bonus, _ in told), [reason for _, reason in told]
