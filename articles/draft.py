"""The blocks of a page as lines that may ask something of their reader: each with its words and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from articles.blocks import Blocks
from articles.body import Body
from articles.features import GROUP_BIT, groups
from articles.model import Kind
from articles.prompts import Verdict, may_be_prompt, prompt
from articles.sentences import Setting

HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_STORES: Final = ("apps.apple.", "itunes.apple.", "play.google.", "list-manage", "patreon.com", "paypal.com")
_SIGN_UP: Final = re.compile(
    r"s(?:ubscri(?:be|ption)|ign-?up|uscri)|n(?:ewsletter|ieuwsbrief|yhetsbrev)|boletin|/abo\b|prenumer|mailing-?list"
    r"|email-?alert|a(?:bonn|(?<![a-z]a)(?:ssine|ssinatura|nmeld))|i(?<![a-z]i)(?:nscri|scriz|scriv)"
    r"|d(?<![a-z]d)(?:onat|onar|oar|onner)|m(?<![a-z]m)embership|r(?<![a-z]r)(?:egister|egistr)|j(?<![a-z]j)oin-us"
)
"""In the path of a link: a subscription, a newsletter, an account, a gift. Each alternative begins with its letter, by
which most places are turned down at a glance."""
_NETWORK_LINK: Final = re.compile(
    r"(?:https?:)?//(?:[a-z]+\.)?(?:facebook|fb|twitter|x|instagram|threads|tiktok|youtube|linkedin|pinterest|whatsapp|"
    r"t|telegram|bsky|snapchat|reddit|flipboard)\.(?:com|net|me|app)\b"
)
_BOX_BLOCKS: Final = 12
"""Blocks of the largest container that says something about one of them."""
_PICTURE_BLOCKS: Final = 2
"""The same where it holds a picture."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The blocks of a page, what the classifier says of each, and the name of the paper in one word."""

    blocks: Blocks
    body: Body
    house: str

    def asks(self, i: int, *, edge: bool = False) -> Verdict | None:
        """What a line asks of its reader; most have no word that any prompt has. `edge`: it ends the text."""
        tokens = self.body.context.tokens(i)
        meanings = int(self.body.context.meanings[i])
        if not tokens or not may_be_prompt(self.blocks.text[i], tokens, meanings):
            return None
        return self.asks_in_any_words(i, edge=edge)

    def asks_in_any_words(self, i: int, *, edge: bool = False) -> Verdict | None:
        """The same, whatever its words."""
        return prompt(self.blocks.text[i], self.setting(i, edge=edge), self.body.context.tokens(i))

    def setting(self, i: int, *, edge: bool) -> Setting:
        """Where a line stands."""
        elements, inline = self.blocks.elements, self.blocks.inline_key[i]
        at = self.blocks.element[i]
        names = groups(inline) if inline else 0
        in_form = False
        tag = elements.tag[at]
        for _ in range(3):
            if at < 0 or elements.end[at] - elements.start[at] > _BOX_BLOCKS:
                break
            names |= groups(elements.key[at]) if elements.key[at] else 0
            in_form = in_form or elements.tag[at] == "form" or elements.inputs[at] > 0
            at = elements.parent[at]
        chars = max(len(self.blocks.text[i]), 1)
        href = self.blocks.href[i]
        return Setting(
            names=names,
            link_share=self.blocks.link_chars[i] / chars,
            slanted=max(self.blocks.slanted_chars[i], self.blocks.strong_chars[i]) / chars,
            in_form=in_form,
            signs_up=signs_up(href),
            to_network=_to_network(href),
            edge=edge,
            tag=tag,
            house=self.house,
        )

    def needed(self, kind: Kind, i: int) -> float:
        """The score from which a prompt is taken out of the body: the surer that this is body, the more must speak.

        Whether `Read more: ...` is part of a text differs from paper to paper, so there the classifier counts for more.
        """
        least = 0.5 if kind is Kind.RELATED else 0.4
        return least + 0.4 * max(0.0, float(self.body.chance[i]) - 0.35)

    def tag(self, i: int) -> str:
        """The element that a line stands in."""
        return self.blocks.elements.tag[self.blocks.element[i]]

    def is_heading(self, i: int) -> bool:
        """Whether it is one within a text."""
        return self.tag(i) in HEADINGS

    def is_headline(self, i: int) -> bool:
        """Whether it is one above a text."""
        return self.tag(i) == "h1"

    def is_prose(self, i: int) -> bool:
        """Whether it was taken for body and is no link; False beyond the page's end."""
        if i >= len(self.blocks.text) or not self.body.taken[i]:
            return False
        return self.blocks.link_chars[i] <= 0.6 * len(self.blocks.text[i])

    def with_picture(self, i: int) -> bool:
        """Whether it stands in a small box with a picture that is called so."""
        if self.body.context.picture_blocks[i] > _PICTURE_BLOCKS:
            return False
        elements, at = self.blocks.elements, self.blocks.element[i]
        names = groups(elements.key[at]) | groups(elements.key[max(elements.parent[at], 0)])
        return bool(names & GROUP_BIT["figure"])


def signs_up(href: str) -> bool:
    """Whether a link leads to a subscription, a newsletter, an account or an app store."""
    if not href:
        return False
    href = href.lower()
    host = href.find("//")
    path = href.find("/", host + 2) if host >= 0 else 0
    for store in _STORES:  # asked of most links of a page: a generator costs twice as much
        if store in href:
            return True
    return path >= 0 and _SIGN_UP.search(href, path) is not None


def _to_network(href: str) -> bool:
    """Whether a link leads to a social network or a messenger."""
    return bool(href) and _NETWORK_LINK.match(href.lower()) is not None
