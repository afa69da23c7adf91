"""Which articles tell one story: an index of text signatures over the whole archive.

A story is named by the article of it that the archive had first. What an article's story is, is decided once, when
its first revision is committed, and stands in the batch; this index is what the decision is made by, and is made
anew from the log like every other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from articles.model import Article
from articles.near import SAME, likeness, signature
from articles.near import bands as bands_of
from storage.batches import Change, Outcome, Revision
from storage.state import bands
from storage.state.database import METADATA, in_chunks

Signed = Mapping[tuple[str, str], bytes | None]
"""(Article id, revision id) -> what the text is compared by; None: it is too short."""
UNSIGNED: Signed = {}


@dataclass(frozen=True, slots=True)
class Told:
    """An article's text, as others are compared with it."""

    story: str
    """Article id of the first article of the story: the article itself where it is the first."""
    signature: bytes


_TEXTS = Table(
    "texts",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("article_id", String, nullable=False, unique=True),
    Column("story", String, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
TABLES = (_TEXTS, bands.TABLE)

# Made once: to build a statement with a list of values in it costs more than to run it.
_KEYS: BindParameter[object] = bindparam("keys", expanding=True)
_TOLD_OF = select(_TEXTS.c.article_id, _TEXTS.c.story, _TEXTS.c.signature).where(
    _TEXTS.c.article_id.in_(_KEYS)
)
_NUMBERS_OF = select(_TEXTS.c.article_id, _TEXTS.c.number).where(_TEXTS.c.article_id.in_(_KEYS))
_TEXTS_OF = select(_TEXTS.c.number, _TEXTS.c.story, _TEXTS.c.signature).where(_TEXTS.c.number.in_(_KEYS))
_PAST = frozenset({Change.OLDER, Change.REMOVED, Change.TAKEN_DOWN})
"""Changes whose text is not what the article says now."""


def sign(articles: Iterable[Article], signed: Signed = UNSIGNED) -> Signed:
    """What texts are compared by. To compute it, where `signed` does not tell, is a third of a commit's CPU."""
    made = dict(signed)
    for article in articles:
        key = article.article_id, article.revision_id
        if key not in made:
            made[key] = signature(article.paragraphs)
    return made


def signatures(outcomes: Iterable[Outcome], signed: Signed = UNSIGNED) -> dict[str, bytes | None]:
    """What the articles of a batch are compared by, by article id; None: the text is too short."""
    articles = [
        outcome.article
        for outcome in outcomes
        if isinstance(outcome, Revision) and outcome.change is not Change.TAKEN_DOWN
    ]
    signed = sign(articles, signed)
    return {article.article_id: signed[article.article_id, article.revision_id] for article in articles}


def stories(connection: Connection, signed: Mapping[str, bytes | None]) -> dict[str, str]:
    """The story of each article, by article id: the one it is in already, that of the likest text, or its own.

    `signed`: of each text, by article id, in the order in which they are to be told; see `signatures`.
    A text too short to have one gets no story, unless its article is in one.
    """
    told = _told(connection, signed)
    fresh = {key: sign for key, sign in signed.items() if sign and key not in told}
    found = {key: one.story for key, one in told.items()}
    candidates = _holders(connection, (key for sign in fresh.values() for key in bands.searched(sign)))
    for article_id, sign in fresh.items():
        near = {id(one): one for key in bands.searched(sign) for one in candidates.get(key, ())}
        likest = max(((likeness(sign, one.signature), one.story) for one in near.values()), default=(0.0, ""))
        one = Told(likest[1] if likest[0] >= SAME else article_id, sign)
        found[article_id] = one.story
        for band in bands_of(sign):
            candidates.setdefault(band, []).append(one)
    return found


def take_in(connection: Connection, outcomes: Iterable[Outcome], known_texts: Signed = UNSIGNED) -> None:
    """Remember the texts of a commit. A text that is known already is replaced, its story kept."""
    current = [
        outcome for outcome in outcomes if isinstance(outcome, Revision) and outcome.change not in _PAST
    ]
    signed = signatures(current, known_texts)
    named = {one.article.article_id: one.story for one in current if one.story}
    # Batches of before there were stories name none.
    named |= stories(connection, {key: sign for key, sign in signed.items() if key not in named})
    remember(connection, named, signed)


def remember(connection: Connection, named: Mapping[str, str], signed: Mapping[str, bytes | None]) -> None:
    """Have texts compared with from now on: the story and the signature of each, by article id."""
    told = {key: Told(named[key], sign) for key, sign in signed.items() if sign}
    known = _told(connection, told)
    edited = {key: one for key, one in known.items() if told[key].signature != one.signature}
    if edited:
        _drop(connection, edited)
        statement = update(_TEXTS).where(_TEXTS.c.article_id == bindparam("key"))
        changes = [{"key": key, "new": told[key].signature} for key in edited]
        connection.execute(statement.values(signature=bindparam("new")), changes)
    fresh = [
        {"article_id": key, "story": one.story, "signature": one.signature}
        for key, one in told.items()
        if key not in known
    ]
    before = _newest(connection)
    if fresh:
        connection.execute(insert(_TEXTS), fresh)
    newest = _newest(connection)
    changed = [key for key in told if key not in known or key in edited]
    numbers = _numbers(connection, changed)
    bands.put(connection, {numbers[key]: told[key].signature for key in changed}, before, newest)


def forget(connection: Connection, article_ids: Iterable[str]) -> None:
    """Remove the texts of articles that were taken down; a story that is named by one keeps its name."""
    told = _told(connection, article_ids)
    _drop(connection, told)
    for chunk in in_chunks(told):
        connection.execute(delete(_TEXTS).where(_TEXTS.c.article_id.in_(chunk)))


def clear(connection: Connection) -> None:
    """Forget everything."""
    for table in TABLES:
        connection.execute(delete(table))


def _told(connection: Connection, article_ids: Iterable[str]) -> dict[str, Told]:
    found = {}
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        for article_id, story, sign in connection.execute(_TOLD_OF, {"keys": chunk}):
            found[article_id] = Told(story, sign)
    return found


def _drop(connection: Connection, told: Mapping[str, Told]) -> None:
    numbers = _numbers(connection, told)
    bands.drop(connection, {numbers[key]: one.signature for key, one in told.items()})


def _newest(connection: Connection) -> int:
    return connection.scalar(select(func.max(_TEXTS.c.number))) or 0


def _numbers(connection: Connection, article_ids: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        rows = connection.execute(_NUMBERS_OF, {"keys": chunk})
        found.update((article_id, number) for article_id, number in rows)
    return found


def _holders(connection: Connection, keys: Iterable[int]) -> dict[int, list[Told]]:
    """The text that had each band first, by key; texts are shared between their bands."""
    numbers = bands.holders(connection, keys)
    texts: dict[int, Told] = {}
    for part in in_chunks(dict.fromkeys(numbers.values())):
        rows = connection.execute(_TEXTS_OF, {"keys": part})
        texts.update((number, Told(story, sign)) for number, story, sign in rows)
    return {key: [texts[number]] for key, number in numbers.items()}
