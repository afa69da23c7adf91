"""What the body classifier looks at: numbers for every block of a page, computed column by column.

`columns(blocks, hints, words_of, names_of)` gives the first-stage matrix; `second(...)` adds what the first
stage's answers say about a block's neighbours and containers. The names of the columns are `FIRST` and
`SECOND`; a fitted model states the names it was fitted to, and a test compares them.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from articles.blocks import Blocks
from articles.lexicon import SAYS, Says, meanings_of
from articles.text import Remembered, folded, folded_lines, shingles

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the page says of its own article elsewhere: evidence, never the answer."""

    title: str = ""
    description: str = ""
    body: str = ""
    """JSON-LD articleBody."""
    authors: tuple[str, ...] = ()
    genre: int = 0
    """What the page calls itself: bits in the order of `GENRES`."""


GENRES: Final = ("news", "blog", "article", "other", "graph_article")
"""JSON-LD's kinds of articles, its other things, `og:type` of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lore:
    """What the corpus taught about single words: log odds that text with or under them is body."""

    words: Mapping[str, float]
    names: Mapping[str, float]
    """Parts of class names, ids and roles."""
    told: Remembered[Told] = field(init=False, repr=False, compare=False)
    """What each class attribute or id tells; asked once each."""
    vocabulary: Vocabulary = field(init=False, repr=False, compare=False)
    """What each word tells."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", Vocabulary(self.words))
        named = Remembered(lambda name: _named(name, self.names))
        object.__setattr__(self, "told", Remembered(lambda key: _told(key, named), limit=16_384))


class Vocabulary(dict[str, int]):
    """What folded words tell: log odds, and bits of `MEANINGS`. Both are found with one look at each word: its number.

    Forgets everything between two pages once it holds `_MOST_WORDS`.
    """

    def __init__(self, lore: Mapping[str, float]) -> None:
        super().__init__()
        self._lore = lore
        self._weights, self._masks = array("d"), array("q")

    def __missing__(self, word: str) -> int:
        number = len(self._weights)
        self._weights.append(self._lore.get(word, 0.0))
        self._masks.append(meanings_of(word))
        if len(word) <= _LONGEST_WORD:
            self[word] = number
        return number

    def told(self, words: Sequence[str]) -> tuple[NDArray[np.float64], Ints]:
        """The log odds and the bits of some words."""
        if len(self._weights) > _MOST_WORDS:
            self.clear()
            del self._weights[:], self._masks[:]
        numbers = np.fromiter(map(self.__getitem__, words), np.int64, len(words))
        # The arrays can grow only while nobody looks into them: what leaves here are copies.
        return np.frombuffer(self._weights)[numbers], np.frombuffer(self._masks, np.int64)[numbers]


_MOST_WORDS: Final = 65_536
_LONGEST_WORD: Final = 400
"""Longer ones are not kept: a hostile page could fill the memory with them."""
Told = tuple[float, float, float, int]
"""What a class attribute or id tells of the text in an element so called: the sum, the least and the greatest of what
its parts tell (0 lies between those two), and the groups of its names as bits."""
_Named = tuple[int, dict[str, float]]


def _told(key: str, named: Remembered[_Named]) -> Told:
    bits = 0
    weights: dict[str, float] = {}
    for name in key[:_MAX_KEY_CHARS].split():
        own_bits, own = named[name]
        bits |= own_bits
        if own:
            weights = weights | own if weights else own
    if not weights:
        return 0.0, 0.0, 0.0, bits
    values = weights.values()
    low, high = min(values), max(values)
    return sum(values), low if low < 0 else 0.0, high if high > 0 else 0.0, bits


def _named(name: str, names: Mapping[str, float]) -> _Named:
    """The groups of one name, and its parts of which something is known."""
    small = name.lower()
    parts = _SMALL_NAME.findall(name) if small == name else map(str.lower, _NAME.findall(name))
    known = {part: weight for part in parts if (weight := names.get(part)) is not None and len(part) > 1}
    return _groups_of_name(small), known


_NAME: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")
_SMALL_NAME: Final = re.compile(r"[a-z]+")
"""The same parts, of a name without capitals."""


_MAX_KEY_CHARS: Final = 400
"""As much of a class attribute or id as is looked at."""


def name_parts(key: str) -> tuple[str, ...]:
    """The words in a class attribute or id, without numbers and hashes: `articleBody_x1` -> article, body."""
    found = [part.lower() for part in _NAME.findall(key[:_MAX_KEY_CHARS]) if len(part) > 1]
    return tuple(dict.fromkeys(found))


_GROUPS: Final = (
    ("body", "article|story|entry|content|body|text|main|paragraph|copy|prose|richtext"),
    (
        "related",
        "relat|recommend|readmore|read-more|more-|also|similar|popular|trending|latest|teaser|promo-|recirc",
    ),
    ("promo", "promo|newsletter|subscri|signup|sign-up|optin|mailing|cta|inscri|abo-"),
    ("share", "share|social|follow|addthis|sharing"),
    ("comment", "comment|disqus|respond|reply"),
    ("nav", "nav|menu|breadcrumb|pagin|skip|toc|table-of-contents"),
    ("foot", "foot|copyright|legal|masthead|site-header|colophon"),
    ("side", "sidebar|aside|widget|rail|complementary|secondary"),
    ("ad", r"\bad\b|\bads\b|advert|sponsor|banner|taboola|outbrain|dfp|commercial"),
    ("figure", r"caption|credit|figure|photo|image|gallery|media|slide|\bcap\b|cutline|legend|imgwrap"),
    ("byline", "byline|author|meta|date|time|publish|posted|bio"),
    ("tag", "tag|topic|categor|keyword|label"),
    ("overlay", "popup|modal|overlay|cookie|consent|gdpr|paywall|lightbox|tooltip"),
    ("head", "title|headline|heading|kicker|eyebrow"),
    ("lead", "summary|lead|intro|dek|standfirst|subtitle|excerpt|deck|description|subhead|vorspann|teaser"),
    ("card", "card|item|grid|tile|list|carousel|slider|swiper"),
    ("quote", "quote|blockquote"),
    ("hidden", "hidden|sr-only|visually|screen-reader|print-only|noprint"),
    ("form", "form|search|login|signin|input|poll|quiz"),
    ("embed", "embed|tweet|twitter|instagram|facebook|video|player|audio"),
    ("box", "box|info|fact|note|callout|infobox|panel|aside|inset|sidebox"),
)
GROUP_BIT: Final = {name: 1 << i for i, (name, _) in enumerate(_GROUPS)}
_LISTED: Final = [(part, GROUP_BIT[name]) for name, pattern in _GROUPS for part in pattern.split("|")]
# Each alternative matches one string only, so what was found tells the group.
_BIT_OF: Final = {part.replace(r"\b", ""): bit for part, bit in reversed(_LISTED)}


def _by_first_letter(parts: list[str]) -> str:
    """One pattern of alternatives that turns most places of a text down at a glance: by the letter there."""
    endings: dict[str, list[str]] = {}
    for part in parts:
        word = part.replace(r"\b", "")
        ending = word[1:] if word == part else rf"{word[1:]}(?<=\b{word})\b"
        endings.setdefault(word[0], []).append(ending)
    return "|".join(f"{letter}(?:{'|'.join(group)})" for letter, group in endings.items())


_GROUP_PATTERN: Final = re.compile(_by_first_letter([part for part, _ in _LISTED]))


def groups(key: str) -> int:
    """Which kinds of names a class attribute or id holds, as bits in the order of the groups."""
    found = 0
    for name in key[:_MAX_KEY_CHARS].split():
        found |= _GROUPED[name]
    return found


def _groups_of_name(small: str) -> int:
    """The groups of one name, given in small letters."""
    found = 0
    for part in _GROUP_PATTERN.findall(small):
        found |= _BIT_OF[part]
    return found


_GROUPED: Final = Remembered(lambda name: _groups_of_name(name.lower()))


_TAGS: Final = {
    tag: i
    for i, tag in enumerate(
        [
            "p", "div", "li", "h1", "h2", "h3", "h4", "td", "blockquote", "figcaption", "section", "article",
            "main", "aside", "header", "footer", "nav", "ul", "ol", "figure", "form", "button", "pre", "dd", "dt",
            "th", "tr", "table", "body", "address", "center", "fieldset", "details", "summary", "h5", "h6", "tbody",
        ],
        start=1,
    )
}  # fmt: skip
_TAG: Final = _TAGS.__getitem__


def _among(*tags: str) -> NDArray[np.bool_]:
    """For the number of each tag whether it is one of these; looked up in a fifth of the time that `np.isin` takes."""
    among = np.zeros(len(_TAGS) + 1, np.bool_)
    among[[_TAGS[tag] for tag in tags]] = True
    return among


_IS_HEADING: Final = _among("h1", "h2", "h3", "h4", "h5", "h6")
_IS_CELL: Final = _among("td", "th", "tr")

_LEVELS: Final = 5
_COLUMNS: Final = 288
_SECOND_COLUMNS: Final = 96
"""Room for this many columns is made at once."""
_NEGATIVE_TAGS: Final = tuple(_TAGS[t] for t in ("aside", "footer", "nav", "form", "header", "button"))
_PROMO_BITS: Final = (
    GROUP_BIT["promo"] | GROUP_BIT["related"] | GROUP_BIT["share"] | GROUP_BIT["ad"] | GROUP_BIT["comment"]
)
_ASKING: Final = Says.SUBSCRIBE | Says.NEWSLETTER | Says.FOLLOW | Says.SHARE
_NUMBERS: Final = re.compile(r"\d")
_READ_WORDS: Final = 40
"""As many words of a block are looked up."""
_FOLDED_CHARS: Final = 2_000
"""As much of a block is split into words."""
_FIRST_CHARS: Final = Remembered(
    lambda c: c.isupper() | (c in "\"'“„«‘–—-") << 1 | c.isdigit() << 2 | (c == "(") << 3
)
_LAST_CHARS: Final = Remembered(lambda c: (c in ".!?\"”»…“'’)") | (c == ":") << 1)
"""What the first and the last character of a block tell, as bits."""


def _clipped(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.generic]:
    """`np.clip`, in a third of the time for columns as short as these."""
    clipped: NDArray[np.generic] = np.minimum(np.maximum(values, low), high)
    return clipped


def _counted(groups: Ints) -> tuple[Ints, Ints]:
    """For each number of a row how often it stands there, and how often it stands before that place."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sizes = np.diff(starts, append=len(groups))
    times, before = np.empty_like(groups), np.empty_like(groups)
    times[order] = np.repeat(sizes, sizes)
    before[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return times, before


def _digits(text: str) -> int:
    """How many of the first 200 characters are digits."""
    text = text[:200]
    if not text.isascii():
        return len(_NUMBERS.findall(text))
    raw = text.encode()
    return len(raw) - len(raw.translate(None, b"0123456789"))


def _by_level(name: str, levels: int = _LEVELS) -> list[str]:
    return [f"{name}_{level}" for level in range(levels)]


_WORDS_AT, _LINK_SHARE_AT, _PROSE_SHARE_AT = map(_by_level, ("words", "link_share", "prose_share"))
_BLOCKS_AT, _SHORT_SHARE_AT, _ENDS_SHARE_AT = map(_by_level, ("blocks", "short_share", "ends_share"))
_TAG_AT, _NAME_LORE_AT = map(_by_level, ("tag", "name_lore"))
_IMAGES_AT, _INPUTS_AT, _EMBEDS_AT = (_by_level(name, 3) for name in ("images", "inputs", "embeds"))
_NAMED: Final = [f"name_{name}" for name in GROUP_BIT]
_GROUP_BITS: Final = np.array([list(GROUP_BIT.values())]).T
_SAID: Final = [f"says_{name.lower()}" for name in SAYS]
_SAID_BITS: Final = np.array([[int(bit) for bit in SAYS.values()]]).T
_SHOWN_TAGS: Final = _NEGATIVE_TAGS + tuple(
    _TAGS[t] for t in ("article", "main", "li", "table", "figure", "blockquote", "ul")
)
_IN_TAG: Final = [f"in_tag_{tag}" for tag in _SHOWN_TAGS]
_IN_TAGS: Final = np.array([_SHOWN_TAGS]).T


class Context:
    """Columns of one page, computed once and used by both stages."""

    def __init__(self, blocks: Blocks, hints: Hints, lore: Lore) -> None:
        self.blocks, self.hints, self.lore = blocks, hints, lore
        self.names: list[str] = []
        e = blocks.elements
        n = len(blocks.text)
        self.n = n
        self.table = np.empty((_COLUMNS, n), np.float32)
        self.whole = "\n".join(blocks.text)
        self.element = np.array(blocks.element, dtype=np.int64)
        self.parent = np.maximum(np.array(e.parent, dtype=np.int64), 0)
        self.start = np.array(e.start, dtype=np.int64)
        self.end = np.array(e.end, dtype=np.int64)
        self.depth = np.array(e.depth, dtype=np.int64)
        self.tag = np.array([_TAGS.get(tag, 0) for tag in e.tag], dtype=np.int64)
        self.ancestors = np.empty((_LEVELS, n), np.int64)
        """Elements around each block, from the innermost on; a row a level."""
        self.ancestors[0] = self.element
        for level in range(1, _LEVELS):
            self.ancestors[level] = self.parent[self.ancestors[level - 1]]

    def add(self, name: str, values: NDArray[np.generic] | float) -> None:
        """One more column; a single number stands for all blocks."""
        at = len(self.names)
        if at == len(self.table):
            self.table = np.concatenate([self.table, np.empty_like(self.table)])
        self.names.append(name)
        self.table[at] = values

    def tokens(self, i: int) -> list[str]:
        """The words of a block without case, as `folded` has them; not to be changed."""
        text = self.blocks.text[i]
        return self._tokens[i] if len(text) < _FOLDED_CHARS else folded(text)

    def count_of(self, mark: str) -> NDArray[np.int64]:
        """How often each block has a mark; most marks stand nowhere on a page."""
        if mark not in self.whole:
            return np.zeros(self.n, np.int64)
        return np.fromiter([text.count(mark) for text in self.blocks.text], np.int64, self.n)

    def has(self, mark: str) -> NDArray[np.int64]:
        """1 where a block has a mark, else 0."""
        if mark not in self.whole:
            return np.zeros(self.n, np.int64)
        return np.fromiter([mark in text for text in self.blocks.text], np.int64, self.n)

    def inside(self, values: NDArray[np.generic]) -> NDArray[np.float64]:
        """For each element the sum of a block column over the blocks inside it."""
        sums = np.zeros(self.n + 1)
        np.cumsum(values, out=sums[1:])
        inside: NDArray[np.float64] = sums[self.end] - sums[self.start]
        return inside

    def shifted(self, values: NDArray[np.generic], by: int, fill: float) -> NDArray[np.float64]:
        """A block column moved: row i holds the value of block i + by."""
        moved = np.full(self.n, fill)
        if 0 < by < self.n:
            moved[:-by] = values[by:]
        elif -self.n < by < 0:
            moved[-by:] = values[:by]
        return moved

    def matrix(self) -> Floats:
        """The first-stage matrix."""
        self.own_columns()
        self.container_columns()
        self.page_columns()
        self.section_columns()
        self.neighbour_columns()
        # Column by column in memory, as the forest reads it.
        return self.table[: len(self.names)].T

    def own_columns(self) -> None:
        """What a block is by itself."""
        b, n = self.blocks, self.n
        texts = b.text
        title = folded(self.hints.title)
        title_set, title_text = set(title), " ".join(title)
        description = " ".join(folded(self.hints.description))
        body_shingles = shingles(folded(self.hints.body)) if self.hints.body else set()
        # Filled as lists, made columns at the end: setting one number of an array costs several times as much.
        counts, heads = [0] * n, [0] * n
        flat: list[str] = []  # the first words of all blocks, one after the other
        title_share, title_same = np.zeros(n), np.zeros(n)
        in_description, in_body = np.zeros(n), np.zeros(n)
        seen: dict[str, int] = {}
        first_at: list[int] = []
        authors = {f" {' '.join(folded(a))} " for a in self.hints.authors}
        is_author = np.zeros(n)
        description_start = description[:80]
        tokens_of = folded_lines([text[:_FOLDED_CHARS] for text in texts])
        self._tokens = tokens_of
        for i, (text, tokens) in enumerate(zip(texts, tokens_of, strict=True)):
            count = len(tokens) if len(text) < _FOLDED_CHARS else text.count(" ") + 1
            counts[i] = count
            if len(tokens) > _READ_WORDS:
                flat += tokens[:_READ_WORDS]
                heads[i] = _READ_WORDS
                key = " ".join(tokens[:60])
            else:
                flat += tokens
                heads[i] = len(tokens)
                key = " ".join(tokens)
            if tokens:
                if not title_set.isdisjoint(tokens):
                    title_share[i] = list(map(title_set.__contains__, tokens)).count(True) / count
                    title_same[i] = key == title_text
                if (
                    description
                    and 4 <= count <= 80
                    and (
                        key in description
                        or (count > 20 and description_start and key.startswith(description_start))
                    )
                ):
                    in_description[i] = 1
                if body_shingles and count >= 4:
                    own = shingles(tokens[:60])
                    in_body[i] = len(own & body_shingles) / len(own)
                if authors and count <= 15:
                    joined = f" {key} "
                    is_author[i] = sum(2 if name == joined else 1 for name in authors if name in joined)
            previous = seen.setdefault(key, i)
            first_at.append(-1 if previous == i else previous)
        repeated = np.array(first_at, np.int64) if n else np.zeros(0, np.int64)
        self.first_alike = np.where(repeated >= 0, repeated, np.arange(n))
        times = np.zeros(n)
        if n:
            roots = np.where(repeated >= 0, repeated, np.arange(n))
            times = np.bincount(roots, minlength=n)[roots].astype(np.float64)
        word_count = np.array(counts, np.float64)
        lore_sum, lore_low, lore_high = np.zeros(n), np.zeros(n), np.zeros(n)
        found_bits, starts_with = np.zeros(n, np.int64), np.zeros(n, np.int64)
        if flat:
            lengths = np.array(heads, np.int64)
            spoken = np.flatnonzero(lengths)
            starts = (np.cumsum(lengths) - lengths)[spoken]
            weights, masks = self.lore.vocabulary.told(flat)
            lore_sum[spoken] = np.add.reduceat(weights, starts)
            lore_low[spoken] = np.minimum(np.minimum.reduceat(weights, starts), 0)
            lore_high[spoken] = np.maximum(np.maximum.reduceat(weights, starts), 0)
            found_bits[spoken] = np.bitwise_or.reduceat(masks, starts)
            starts_with[spoken] = masks[starts]
        chars = np.array([len(t) for t in texts], np.float64)
        link_share = np.array(b.link_chars, np.float64) / np.maximum(chars, 1)
        self.words, self.chars, self.link_share = word_count, chars, link_share
        self.repeats = times > 1
        self.linked_words = word_count * link_share
        first_chars = np.fromiter(map(_FIRST_CHARS.__getitem__, [t[:1] for t in texts]), np.int64, n)
        last_chars = np.fromiter(map(_LAST_CHARS.__getitem__, [t[-1:] for t in texts]), np.int64, n)
        ends = (last_chars & 1).astype(np.float64)
        self.ends = ends
        self.prose = np.where((word_count >= 10) & (link_share < 0.4), word_count, 0.0)
        self.lore_sum = lore_sum
        self.meanings = found_bits
        self.title_same, self.title_share, self.in_body = title_same, title_share, in_body
        add = self.add
        add("words", word_count)
        add("chars_a_word", chars / np.maximum(word_count, 1))
        add("link_share", link_share)
        add("links", np.array(b.links))
        add("strong_share", np.array(b.strong_chars) / np.maximum(chars, 1))
        add("slanted_share", np.array(b.slanted_chars) / np.maximum(chars, 1))
        add("commas", self.count_of(","))
        add("stops", self.count_of(". ") + self.count_of("! ") + self.count_of("? "))
        add("ends_with_stop", ends)
        add("ends_with_colon", (last_chars >> 1) & 1)
        dots = np.fromiter([t.endswith(("…", "...")) for t in texts], bool, n)
        add("ends_with_dots", dots)
        add("question", self.has("?"))
        add("exclamation", self.has("!"))
        add("starts_upper", first_chars & 1)
        add("starts_quote", (first_chars >> 1) & 1)
        add("starts_digit", (first_chars >> 2) & 1)
        add("all_upper", np.fromiter([t.isupper() for t in texts], bool, n))
        digits = np.fromiter(map(_digits, texts), np.int64, n)
        self.numbered = digits > 0
        add("digits", digits / np.maximum(np.minimum(chars, 200), 1))
        add("bars", self.has("|") + self.has("•") + self.has("»") + self.has("›") + self.has("→"))
        add("at_sign", self.has("@"))
        add("web", self.has("http") + self.has("www."))
        add("braces", self.has("{") + self.has("="))
        add("parenthesis", (first_chars >> 3) & 1)
        add("slash", self.has("/"))
        add("title_share", title_share)
        add("title_same", title_same)
        add("in_description", in_description)
        add("in_body", in_body)
        add("has_body", float(bool(body_shingles)))
        add("is_author", is_author)
        add("times", times)
        add("repeats_earlier", repeated >= 0)
        add("lore_sum", lore_sum)
        add("lore_mean", lore_sum / np.maximum(np.minimum(word_count, 40), 1))
        add("lore_low", lore_low)
        add("lore_high", lore_high)
        for name, said in zip(_SAID, (found_bits & _SAID_BITS) > 0, strict=True):
            add(name, said)
        add(
            "opens_asking",
            (starts_with & (Says.SUBSCRIBE | Says.FOLLOW | Says.SHARE | Says.GO | Says.APP)) > 0,
        )
        add("opens_related", (starts_with & Says.RELATED) > 0)
        add("opens_credit", (starts_with & Says.CREDIT) > 0)
        add("opens_minutes", (starts_with & Says.MINUTES) > 0)
        hrefs = b.href
        add("link_out", np.fromiter([h.startswith(("http:", "https:", "//")) for h in hrefs], bool, n))
        add("link_mail", np.fromiter([h.startswith(("mailto:", "javascript:", "#")) for h in hrefs], bool, n))
        told = list(map(self.lore.told.__getitem__, b.inline_key))
        add("inline_lore", np.fromiter([one[0] for one in told], np.float64, n))
        add("inline_groups", np.fromiter([one[3] for one in told], np.int64, n) > 0)

    def container_columns(self) -> None:
        """What stands around a block."""
        add, e = self.add, self.blocks.elements
        n = self.n
        count = len(e.tag)
        tag_list, parents = self.tag.tolist(), self.parent.tolist()
        # What is said of elements without text would never be looked at.
        self.holding = np.flatnonzero(self.end > self.start)
        holding = self.holding.tolist()
        told = [self.lore.told[e.key[i]] for i in holding]
        name_lore, bits = np.zeros(count), np.zeros(count, np.int64)
        name_lore[self.holding] = [one[0] for one in told]
        bits[self.holding] = [one[3] for one in told]
        sums, lows, highs = [0.0] * count, [0.0] * count, [0.0] * count
        path_bits = [0] * count
        tag_bits = [0] * count
        nearest_article = [0] * count
        article_tags = (_TAGS["article"], _TAGS["main"])
        for i, (lore, low, high, own_bits) in zip(holding, told, strict=True):
            p = parents[i]
            if i == 0:
                sums[0], lows[0], highs[0] = lore, low, high
                continue
            sums[i] = sums[p] * 0.8 + lore
            above = lows[p]
            lows[i] = low if low < above else above
            above = highs[p]
            highs[i] = high if high > above else above
            path_bits[i] = path_bits[p] | own_bits
            tag = tag_list[i]
            tag_bits[i] = tag_bits[p] | (1 << tag)
            nearest_article[i] = i if tag in article_tags else nearest_article[p]
        path_sum, path_low, path_high = np.array(sums), np.array(lows), np.array(highs)
        all_bits, all_tags = np.array(path_bits, np.int64), np.array(tag_bits, np.int64)
        el = self.element
        add("path_lore", path_sum[el])
        add("path_low", path_low[el])
        add("path_high", path_high[el])
        words_in = self.inside(self.words)
        linked_in = self.inside(self.linked_words)
        prose_in = self.inside(self.prose)
        blocks_in = self.end - self.start
        short_in = self.inside(self.words < 6)
        ends_in = self.inside(self.ends)
        self.words_in, self.prose_in, self.linked_in, self.bits = words_in, prose_in, linked_in, bits
        page_prose = max(float(self.prose.sum()), 1.0)
        images, inputs, embeds = (np.fromiter(of, np.int64, count) for of in (e.images, e.inputs, e.embeds))
        self.inputs = inputs
        around = self.ancestors
        words_at, blocks_at, images_at = words_in[around], blocks_in[around], images[around]
        # The smallest of the four elements around a block that holds a picture.
        pictured = images_at[:4] > 0
        level, any_picture = pictured.argmax(axis=0), pictured.any(axis=0)
        position = np.arange(n)
        box_blocks = np.where(any_picture, blocks_at[level, position], 99.0)
        box_words = np.where(any_picture, words_at[level, position], 999.0)
        add("picture_blocks", box_blocks)
        add("picture_words", box_words)
        self.picture_blocks = box_blocks
        child_numbers, children = [0] * count, [0] * count
        for i, p in enumerate(parents):
            children[p] = child_numbers[i] = children[p] + 1
        child_number = np.array(child_numbers)
        some_words, some_blocks = np.maximum(words_at, 1), np.maximum(blocks_at, 1)
        families: list[tuple[list[str], NDArray[np.generic]]] = [
            (_WORDS_AT, words_at),
            (_LINK_SHARE_AT, linked_in[around] / some_words),
            (_PROSE_SHARE_AT, prose_in[around] / page_prose),
            (_BLOCKS_AT, blocks_at),
            (_SHORT_SHARE_AT, short_in[around] / some_blocks),
            (_ENDS_SHARE_AT, ends_in[around] / some_blocks),
            (_TAG_AT, self.tag[around]),
            (_NAME_LORE_AT, name_lore[around]),
            (_IMAGES_AT, np.minimum(images_at[:3], 20)),
            (_INPUTS_AT, np.minimum(inputs[around[:3]], 10)),
            (_EMBEDS_AT, np.minimum(embeds[around[:3]], 10)),
        ]
        for level in range(_LEVELS):
            for labels, rows in families:
                if level < len(labels):
                    add(labels[level], rows[level])
        here, near = (bits[el] & _GROUP_BITS) > 0, ((bits[around[1]] | bits[around[2]]) & _GROUP_BITS) > 0
        named = here * 3 + near * 2 + ((all_bits[el] & _GROUP_BITS) > 0)
        for name, row in zip(_NAMED, named, strict=True):
            add(name, row)
        for name, row in zip(_IN_TAG, (all_tags[el] >> _IN_TAGS) & 1, strict=True):
            add(name, row)
        add("depth", self.depth[el])
        add("hidden", np.fromiter(e.hidden, bool, count)[el])
        add("child_number", child_number[el])
        article = np.array(nearest_article, np.int64)[el]
        add("article_prose", prose_in[article] / page_prose)
        add("article_words", words_in[article])
        add(
            "article_place",
            (position - self.start[article]) / np.maximum(self.end[article] - self.start[article], 1),
        )
        # The deepest element that holds half, and four fifths, of the page's prose.
        for share in (0.5, 0.8):
            fits = prose_in >= share * page_prose
            best = int(np.argmax(np.where(fits, self.depth * 100_000 - np.arange(count), -1))) if count else 0
            within = (position >= self.start[best]) & (position < self.end[best])
            add(f"main_in_{share}", within)
            add(f"main_depth_{share}", np.where(within, self.depth[el] - self.depth[best], -1))
            add(
                f"main_place_{share}",
                (position - self.start[best]) / max(int(self.end[best] - self.start[best]), 1),
            )
            add(f"main_before_{share}", _clipped(self.start[best] - position, -50, 50))
        # Blocks that the site marks up alike: same tag, same names, same names around.
        keys = e.key
        kinds: dict[tuple[str, str, str], int] = {}
        kind_of: dict[int, int] = {}
        for innermost in self.blocks.element:
            if innermost not in kind_of:
                signature = (e.tag[innermost], keys[innermost], keys[parents[innermost]])
                kind_of[innermost] = kinds.setdefault(signature, len(kinds))
        kind = np.fromiter(map(kind_of.__getitem__, self.blocks.element), np.int64, n)
        self.kind = kind
        size = len(kinds)
        alike = np.bincount(kind, minlength=size)
        alike_words = np.bincount(kind, self.words, minlength=size)
        add("alike", alike[kind])
        add("alike_words", alike_words[kind] / alike[kind] if n else np.zeros(0))
        add("alike_prose", np.bincount(kind, self.prose, minlength=size)[kind] / page_prose)
        add(
            "alike_links",
            np.bincount(kind, self.linked_words, minlength=size)[kind] / np.maximum(alike_words[kind], 1),
        )

    def page_columns(self) -> None:
        """Where on the page a block stands."""
        add, n = self.add, self.n
        position = np.arange(n)
        total = max(float(self.words.sum()), 1.0)
        before = np.cumsum(self.words) - self.words
        prose_before = np.cumsum(self.prose) - self.prose
        page_prose = max(float(self.prose.sum()), 1.0)
        add("place", position / max(n, 1))
        add("place_words", before / total)
        add("place_prose", prose_before / page_prose)
        add("page_blocks", n)
        add("page_prose", page_prose)
        add("page_prose_share", page_prose / total)
        own_tag = self.tag[self.element]
        h1 = np.flatnonzero(own_tag == _TAGS["h1"])
        same = np.flatnonzero(self.title_same)
        anchor = int(same[0]) if len(same) else int(h1[0]) if len(h1) else -1
        last = int(same[-1]) if len(same) else int(h1[-1]) if len(h1) else -1
        add("after_title", _clipped(position - anchor, -50, 50) if anchor >= 0 else np.full(n, -60))
        add("after_last_title", _clipped(position - last, -50, 50) if last >= 0 else np.full(n, -60))
        add("words_after_title", before - (before[anchor] if anchor >= 0 else 0))
        closing = (
            Says.RELATED | Says.COMMENT | Says.SHARE | Says.NEWSLETTER | Says.SUBSCRIBE | Says.ADVERTISEMENT
        )
        heading = _IS_HEADING[own_tag]
        started = prose_before > 0.1 * page_prose
        ends_here = started & (self.words <= 6) & ((self.meanings & closing) > 0)
        add("closings_before", np.cumsum(ends_here & heading) - (ends_here & heading))
        add("soft_closings_before", np.minimum(np.cumsum(ends_here) - ends_here, 30))
        last_closing = np.maximum.accumulate(np.where(ends_here, position, -99)) if n else position
        add("from_closing", _clipped(position - last_closing, 0, 60))
        for bit, name in enumerate(GENRES):
            add(f"genre_{name}", float((self.hints.genre >> bit) & 1))
        add("body_cover", float((self.in_body * self.prose).sum()) / page_prose)
        add("body_length", min(len(self.hints.body) / 6.0 / page_prose, 5.0))
        add("page_h1s", min(len(h1), 20))
        heads = np.cumsum(own_tag == _TAGS["h1"])
        add("h1s_between", _clipped(heads - (heads[anchor] if anchor >= 0 else 0), -5, 20))
        dated = (self.words <= 14) & ((self.meanings & Says.MINUTES) > 0) & self.numbered
        stamps = np.cumsum(dated)
        add("dates_between", _clipped(stamps - (stamps[anchor] if anchor >= 0 else 0), -5, 20))
        add("page_code", float(self.words[own_tag == _TAGS["pre"]].sum()) / total)
        add("page_cells", float(self.words[_IS_CELL[own_tag]].sum()) / total)
        images = np.array(self.blocks.images)
        rules = np.array(self.blocks.rules)
        add("images_before", np.minimum(images - np.concatenate([[0], images[:-1]]) if n else images, 5))
        add(
            "images_after", np.minimum(np.concatenate([images[1:], images[-1:]]) - images if n else images, 5)
        )
        add("rules_before", rules)

    def section_columns(self) -> None:
        """Under which heading a block stands, and in which of several containers of one make."""
        add, n = self.add, self.n
        position = np.arange(n)
        own_tag = self.tag[self.element]
        heading = _IS_HEADING[own_tag]
        under = np.maximum.accumulate(np.where(heading, position, -1)) if n else position
        # A heading stands under the one before it.
        under[1:] = np.where(heading[1:], under[:-1], under[1:])
        if n and heading[0]:
            under[0] = -1
        self.under = under
        there, at = under >= 0, np.maximum(under, 0)
        add("head_from", np.where(there, _clipped(position - under, 0, 60), 61))
        for name, values, without in (
            ("head_lore", self.lore_sum, 0.0),
            ("head_words", self.words, 0.0),
            ("head_tag", own_tag, 0.0),
            ("head_links", self.link_share, 0.0),
            ("head_title", self.title_share, -1.0),
            ("head_related", (self.meanings & Says.RELATED) > 0, 0.0),
            ("head_asks", (self.meanings & _ASKING) > 0, 0.0),
            ("head_reader", (self.meanings & (Says.READER | Says.HOUSE)) > 0, 0.0),
        ):
            add(name, np.where(there, values[at], without))
        e = self.blocks.elements
        made: dict[tuple[int, str, str], int] = {}
        known = made.setdefault
        signatures = zip(e.parent, e.tag, e.key, strict=True)
        first = np.array([known(signature, i) for i, signature in enumerate(signatures)], np.int64)
        twins, numbers = _counted(first)
        for level in (1, 2, 3, 4):
            spot = self.ancestors[level]
            add(f"twins_{level}", np.minimum(twins[spot], 50))
            add(f"twin_number_{level}", np.minimum(numbers[spot], 50))
        articles = self.start[self.tag == _TAGS["article"]]
        add("page_articles", min(len(articles), 40))
        add("articles_before", np.minimum(np.searchsorted(articles, position, side="right"), 40))

    def neighbour_columns(self) -> None:
        """What stands before and after a block."""
        add, n = self.add, self.n
        position = np.arange(n)
        for by in (-3, -2, -1, 1, 2, 3):
            add(f"words_at_{by}", self.shifted(self.words, by, 0))
            add(f"links_at_{by}", self.shifted(self.link_share, by, 0))
            if abs(by) <= 2:
                add(f"tag_at_{by}", self.shifted(self.tag[self.element], by, -1))
                add(f"kind_at_{by}", self.shifted(self.kind, by, -1) == self.kind)
                add(f"parent_at_{by}", self.shifted(self.ancestors[1], by, -1) == self.ancestors[1])
                add(f"lore_at_{by}", self.shifted(self.lore_sum, by, 0))
                add(f"ends_at_{by}", self.shifted(self.ends, by, 0))
        sums = np.concatenate([[0.0], np.cumsum(self.prose)])
        linked = np.concatenate([[0.0], np.cumsum(self.linked_words)])
        words = np.concatenate([[0.0], np.cumsum(self.words)])
        for reach in (4, 10):
            low, high = np.maximum(position - reach, 0), np.minimum(position + reach + 1, n)
            add(f"prose_back_{reach}", sums[position] - sums[low])
            add(f"prose_ahead_{reach}", sums[high] - sums[np.minimum(position + 1, n)])
            add(
                f"links_around_{reach}",
                (linked[high] - linked[low]) / np.maximum(words[high] - words[low], 1),
            )
        prose_at = np.flatnonzero(self.prose)
        if len(prose_at):
            ahead = np.searchsorted(prose_at, position, side="left")
            following = prose_at[np.minimum(ahead, len(prose_at) - 1)]
            behind = np.searchsorted(prose_at, position, side="right") - 1
            preceding = prose_at[np.maximum(behind, 0)]
            add("to_next_prose", np.where(ahead < len(prose_at), _clipped(following - position, 0, 40), 41))
            add("from_last_prose", np.where(behind >= 0, _clipped(position - preceding, 0, 40), 41))
            add("next_prose_sibling", self.ancestors[1][following] == self.ancestors[1])
            add("last_prose_sibling", self.ancestors[1][preceding] == self.ancestors[1])
            add("next_prose_kind", self.kind[following] == self.kind)
            add("last_prose_kind", self.kind[preceding] == self.kind)
        else:
            for name in ("to_next_prose", "from_last_prose", "next_prose_sibling", "last_prose_sibling"):
                add(name, np.full(n, -1.0))
            add("next_prose_kind", np.full(n, -1.0))
            add("last_prose_kind", np.full(n, -1.0))

    def second_stage(self, first: Floats, chance: NDArray[np.float64]) -> Floats:
        """The first-stage matrix and what its answers (`chance` of being body, a block) say of the surroundings."""
        n = self.n
        self.names = []
        self.table = np.empty((_SECOND_COLUMNS, n), np.float32)
        add = self.add
        mass = chance * self.words
        total = max(float(mass.sum()), 1.0)
        add("p", chance)
        for by in (-4, -3, -2, -1, 1, 2, 3, 4):
            add(f"p_at_{by}", self.shifted(chance, by, 0))
        certain = np.flatnonzero((chance > 0.6) & (self.words >= 8))
        first_sure = int(certain[0]) if len(certain) else n
        last_sure = int(certain[-1]) if len(certain) else -1
        mass_in = self.inside(mass)
        chance_in = self.inside(chance)
        for level, at in enumerate(self.ancestors):
            add(f"mass_{level}", mass_in[at] / total)
            add(f"mass_share_{level}", mass_in[at] / np.maximum(self.words_in[at], 1))
            add(f"mean_{level}", chance_in[at] / np.maximum(self.end[at] - self.start[at], 1))
        # The largest element around a block that holds little body: the box it stands in.
        poor = (mass_in < 0.25 * np.maximum(self.words_in, 1)).tolist()
        box, parents = [-1] * len(poor), self.parent.tolist()
        for i in self.holding[1:].tolist():
            above = box[parents[i]]
            box[i] = above if above >= 0 else i if poor[i] else -1
        boxes = np.array(box, np.int64)[self.element] if n else np.zeros(0, np.int64)
        within_box = boxes >= 0
        boxes = np.maximum(boxes, 0)
        add("box_words", np.where(within_box, self.words_in[boxes], -1))
        add("box_blocks", np.where(within_box, (self.end - self.start)[boxes], -1))
        add(
            "box_links", np.where(within_box, self.linked_in[boxes] / np.maximum(self.words_in[boxes], 1), -1)
        )
        add("box_inputs", np.where(within_box, self.inputs[boxes], -1))
        add("box_bits_promo", np.where(within_box, (self.bits[boxes] & _PROMO_BITS) > 0, -1))
        add("box_mass", np.where(within_box, mass_in[boxes] / np.maximum(self.words_in[boxes], 1), -1))
        add("box_inside", within_box & (self.start[boxes] > first_sure) & (self.end[boxes] <= last_sure))
        size = int(self.kind.max()) + 1 if n else 0
        kind_words = np.bincount(self.kind, self.words, minlength=size)
        kind_mass = np.bincount(self.kind, mass, minlength=size)
        add("kind_mass", kind_mass[self.kind] / total)
        add("kind_share", kind_mass[self.kind] / np.maximum(kind_words[self.kind], 1))
        position = np.arange(n)
        count = len(self.depth)
        order = np.arange(count)
        for share in (0.5, 0.8, 0.95):
            fits = mass_in >= share * total
            best = int(np.argmax(np.where(fits, self.depth * 100_000 - order, -1))) if count else 0
            within = (position >= self.start[best]) & (position < self.end[best])
            add(f"core_in_{share}", within)
            add(f"core_depth_{share}", np.where(within, self.depth[self.element] - self.depth[best], -1))
            add(f"core_before_{share}", _clipped(self.start[best] - position, -50, 50))
            add(f"core_after_{share}", _clipped(position - self.end[best], -50, 50))
        sums = np.concatenate([[0.0], np.cumsum(mass)])
        words = np.concatenate([[0.0], np.cumsum(self.words)])
        # What was said of the heading above, and of all that stands under it.
        add("head_p", np.where(self.under >= 0, chance[np.maximum(self.under, 0)], -1.0))
        section = np.cumsum(np.diff(self.under, prepend=-2) != 0)
        held = np.bincount(section, self.words)
        add("section_mass", (np.bincount(section, mass) / np.maximum(held, 1))[section])
        add("section_words", held[section])
        doubt = np.minimum(chance, 1 - chance) * self.words
        add("page_doubt", float(doubt.sum()) / total)
        add("mass_before", sums[:-1] / total)
        add("mass_after", 1 - sums[1:] / total)
        add("mass_total", np.full(n, total))
        for reach in (3, 8):
            low, high = np.maximum(position - reach, 0), np.minimum(position + reach + 1, n)
            after = np.minimum(position + 1, n)
            add(
                f"mass_back_{reach}",
                (sums[position] - sums[low]) / np.maximum(words[position] - words[low], 1),
            )
            add(f"mass_ahead_{reach}", (sums[high] - sums[after]) / np.maximum(words[high] - words[after], 1))
        sure = np.flatnonzero((chance > 0.6) & (self.words >= 8))
        if len(sure):
            ahead = np.searchsorted(sure, position, side="left")
            following = sure[np.minimum(ahead, len(sure) - 1)]
            behind = np.searchsorted(sure, position, side="right") - 1
            preceding = sure[np.maximum(behind, 0)]
            none_ahead, none_behind = ahead >= len(sure), behind < 0
            add("to_next_sure", np.where(none_ahead, 50, _clipped(following - position, 0, 49)))
            add("from_last_sure", np.where(none_behind, 50, _clipped(position - preceding, 0, 49)))
            add("words_to_sure", np.where(none_ahead, 9999, words[following] - words[position]))
            add("words_from_sure", np.where(none_behind, 9999, words[position] - words[preceding]))
            add("next_sure_sibling", (self.ancestors[1][following] == self.ancestors[1]) & ~none_ahead)
            add("last_sure_sibling", (self.ancestors[1][preceding] == self.ancestors[1]) & ~none_behind)
            add("next_sure_kind", (self.kind[following] == self.kind) & ~none_ahead)
            add("last_sure_kind", (self.kind[preceding] == self.kind) & ~none_behind)
            add("sure", np.full(n, len(sure)))
        else:
            for name in (
                "to_next_sure", "from_last_sure", "words_to_sure", "words_from_sure", "next_sure_sibling",
                "last_sure_sibling", "next_sure_kind", "last_sure_kind", "sure",
            ):  # fmt: skip
                add(name, np.full(n, -1.0))
        return np.concatenate([first.T, self.table[: len(self.names)]]).T
