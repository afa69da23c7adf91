"""The article as readers get it: flat, with where it stands in the archive.

The same form is handed out by `storage.reader`, lies in the bucket as one JSON object a revision, and gives
`docs/schema/article.schema.json`, which `python -m storage.stored docs/schema/article.schema.json` writes.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from articles import model
from articles.model import Access, Evidence, Form, Image, Pointer, Post, Removed, Rights
from articles.revision import Part
from storage import records
from storage.batches import Change, Revision
from storage.log import Commit


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """One revision of one article in the archive."""

    url: str
    """Canonical URL."""
    title: str
    text: str
    """The paragraphs, one a line."""
    paragraphs: tuple[str, ...]
    dek: str | None
    """The lines under the headline."""
    authors: tuple[str, ...]
    """People, without `By`, titles or handles."""
    organisations: tuple[str, ...]
    """Bylines that are no person: desks, newsrooms, institutions."""
    agencies: tuple[str, ...]
    """News agencies credited: `AP`, `Reuters`, `dpa` ..."""
    published_at: datetime | None
    """UTC. Where the page states a day and no hour it is that day's midnight in UTC, which is no hour: then the first
    `evidence` of `published_at` has the `precision` `day`."""
    modified_at: datetime | None
    """UTC; the same holds of it."""
    fetched_at: datetime
    committed_at: datetime
    """When it was stored, by the clock of the machine that did; the order is `seq`."""
    language: str | None
    """BCP 47, lower case primary subtag: `en`, `pt-BR`."""
    section: str | None
    keywords: tuple[str, ...]
    image: Image | None
    form: Form
    access: Access
    next_page: str | None
    """URL of the next page of the same article."""
    posts: tuple[Post, ...]
    """Entries of a live blog."""
    site: str | None
    article_id: str
    """From the canonical URL: the same for every revision."""
    revision_id: str
    """From the content: equal content has an equal revision."""
    previous: str | None
    """Revision whose text was current when this one was stored; null: there was none."""
    change: Change
    """What this revision is to the one before it."""
    edited: tuple[Part, ...]
    """What its editors changed; empty unless `change` is `edited` or `restored`."""
    gone_at: datetime | None
    """First capture that did not find the article at its address, where it is gone; null: it is there."""
    story: str | None
    """`article_id` of the archive's first article with this story: wire reports on many sites share it; null: the text
    is too short to say."""
    seq: int
    """Number of the commit that stored it: what a cursor counts."""
    removed: tuple[Removed, ...]
    """What stood within or beside the body and is no part of it."""
    rights: Rights
    """What the publisher said of uses of the article when it was fetched."""
    evidence: tuple[Evidence, ...]
    """Which source each field was taken from."""
    confidence: float
    """0 to 1: how sure the reader is that the body is right."""
    extractor: str
    """Version of the reader."""
    profile: str | None
    """Id of the site's profile that it was read with: `profiles/<site>/<id>.json.zst`; null: read without one."""
    status: int
    """HTTP status of the capture."""
    fetched_url: str
    pointer: Pointer | None
    """The capture it was read from."""


def stored(revision: Revision, commit: Commit) -> StoredArticle:
    """A revision as the commit that holds it stored it."""
    article = revision.article
    return StoredArticle(
        url=article.url,
        title=article.title,
        text=article.text,
        paragraphs=article.paragraphs,
        dek=article.dek,
        authors=article.authors,
        organisations=article.organisations,
        agencies=article.agencies,
        published_at=article.published_at,
        modified_at=article.modified_at,
        fetched_at=article.fetched_at,
        committed_at=commit.committed_at,
        language=article.language,
        section=article.section,
        keywords=article.keywords,
        image=article.image,
        form=article.form,
        access=article.access,
        next_page=article.next_page,
        posts=article.posts,
        site=article.site,
        article_id=article.article_id,
        revision_id=article.revision_id,
        previous=revision.previous,
        change=revision.change,
        edited=revision.edited,
        gone_at=revision.gone_at,
        story=revision.story,
        seq=commit.seq,
        removed=article.removed,
        rights=article.rights,
        evidence=article.evidence,
        confidence=article.confidence,
        extractor=article.extractor,
        profile=article.profile,
        status=article.status,
        fetched_url=article.fetched_url,
        pointer=article.pointer,
    )


def schema() -> str:
    """JSON Schema of a stored article, with what our types say of their fields."""
    described = records.json_schema(StoredArticle)
    described["title"] = "Article in a Pressrun archive"
    for name, definition in described["$defs"].items():
        kind = globals().get(name) or getattr(model, name)
        for attribute, text in _said_of_fields(kind).items():
            if attribute in definition.get("properties", {}):
                definition["properties"][attribute]["description"] = text
    return json.dumps(described, indent=2) + "\n"


def _said_of_fields(kind: type) -> dict[str, str]:
    """The strings that stand below a class's fields."""
    lines = [line for node in ast.parse(inspect.getsource(kind)).body for line in getattr(node, "body", ())]
    said = {}
    for line, below in pairwise(lines):
        match line, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                said[name] = inspect.cleandoc(text)
    return said


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema(), encoding="utf-8")
