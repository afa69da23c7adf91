"""The bundled sample newspaper as its editors know it: what every article says, and what stands around it.

One file an article, `articles/<slug>.md`: TOML between two lines of `+++`, then blocks parted by empty lines.

    +++
    title = "Council delays harbor dredging vote"
    authors = ["Nora Castellan"]
    published = 2026-11-14T08:30:00-05:00
    section = "harbor"
    template = "courier"                     # courier | wire | weekend
    +++
    A paragraph, with [a link](/harbor/) where one is wanted.

    {newsletter box} The Morning Tide | The day's news by 6 a.m. | Sign up

    {related list} Related stories | @another-slug | @a-third-slug

A block in braces is not body text: a kind of `articles.model.Kind` and a shape (p, em, strong, link,
box, form, list, slot), its pieces parted by `|`; `@slug` stands for a link to that article. Body blocks
of other shapes: `{quote}`, `{item}`, `{heading}`. `{page}` begins the next page, `{post
2026-11-12T09:15:00-05:00 | Title}` an entry of a live blog, `{caption figure} caption | credit` is a picture.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tomllib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from articles.model import Access, Fetch, Form, Kind, Post, Precision, Site

ROOT = Path(__file__).parent
TEMPLATES = ("courier", "wire", "weekend")
ZONE = "America/New_York"
DIGESTS = "digests.txt"

_BLOCK = re.compile(r"\{(\w+)([^}]*)\}\s*(.*)", re.DOTALL)
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
STRONG = re.compile(r"\*\*([^*]+)\*\*")
_PIECES = re.compile(r"\s*\|\s*")
_DATES = frozenset({"jsonld", "meta", "time", "text"})
_SHAPES = frozenset({"p", "em", "strong", "link", "box", "form", "list", "slot", "figure"})


class PaperError(Exception):
    """An article's source file that cannot be used: names file, key, value and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of an article's source, in page order."""

    tag: str
    """`p`, `quote`, `item`, `heading`, `page`, `post`, or the value of a Kind."""
    shape: str
    pieces: tuple[str, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A block within the article that is no part of its body, as a reader sees it."""

    kind: Kind
    pieces: tuple[str, ...]
    """The strings it shows: a heading, a sentence, a button."""
    shape: str
    place: int
    """Body paragraphs that stand before it on its page."""

    @property
    def text(self) -> str:
        """All it says, with spaces between."""
        return " ".join(self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArticle:
    """The truth of one article, for tests to compare with."""

    slug: str
    file: Path
    path: str
    """Path of its (first) page on the server."""
    title: str
    dek: str | None
    authors: tuple[str, ...]
    byline: str
    """As printed: with `By`, job titles and all."""
    published_at: datetime
    modified_at: datetime
    """When the text last changed: its own date, or the file's time once its text is not the committed one."""
    section: str
    template: str
    language: str
    keywords: tuple[str, ...]
    form: Form
    access: Access
    paragraphs: tuple[str, ...]
    """Body text of the first page (of every post in a live blog), headings left out."""
    more_pages: tuple[tuple[str, ...], ...]
    """Paragraphs of the second page and on."""
    headings: tuple[str, ...]
    posts: tuple[Post, ...]
    prompts: tuple[Prompt, ...]
    image_caption: str | None
    image_credit: str | None
    dates: frozenset[str]
    """Where the page states its date: jsonld, meta, time, text."""
    precision: Precision
    """How much of the moment the page states."""
    listed: bool
    """Stands in feeds and sitemaps; False: only its section page links to it."""
    amp: bool
    bio: str | None
    blocks: tuple[Block, ...]

    @property
    def jsonld(self) -> bool:
        """Its page carries a JSON-LD NewsArticle."""
        return "jsonld" in self.dates

    def page_path(self, number: int) -> str:
        """Path of one page of it, counted from 1."""
        return self.path if number == 1 else f"{self.path}{number}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of the paper."""

    key: str
    title: str
    template: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The whole newspaper."""

    name: str
    tagline: str
    sections: tuple[Section, ...]
    articles: tuple[SampleArticle, ...]
    """Newest first."""
    most_read: tuple[str, ...]
    """Slugs."""
    redirects: tuple[tuple[str, str], ...]
    """From path, to path."""

    def article(self, slug: str) -> SampleArticle:
        """The article of that name. Raises PaperError when there is none."""
        for article in self.articles:
            if article.slug == slug:
                return article
        raise PaperError(f"no sample article is called {slug}: see the files in seeds/sample/articles/")


def sample_site(port: int = 8877) -> Site:
    """The seed of the sample newspaper: feeds and sitemaps are left for the crawl to find."""
    return Site(
        name="sample",
        home=f"http://127.0.0.1:{port}/",
        language="en",
        country="us",
        timezone=ZONE,
        every_seconds=60,
        fetch=Fetch(delay_seconds=0.0, allow_private_hosts=(f"127.0.0.1:{port}",)),
    )


def load_paper(root: Path | None = None) -> Paper:
    """Read the newspaper from its folder. Raises PaperError naming the file that is wrong."""
    root = root or ROOT
    try:
        settings = tomllib.loads(_text_of(root / "paper.toml"))
        sections = tuple(Section(key=key, **values) for key, values in settings["sections"].items())
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise PaperError(f"{root / 'paper.toml'}: cannot be used: {error}. Mend that line") from error
    digests = read_digests(root)
    articles = [
        load_article(path, digests.get(path.stem)) for path in sorted((root / "articles").glob("*.md"))
    ]
    known = {section.key for section in sections}
    for article in articles:
        if article.section not in known:
            raise _wrong(article.file, "section", article.section, f"Use one of {', '.join(sorted(known))}")
    return Paper(
        name=settings["name"],
        tagline=settings["tagline"],
        sections=sections,
        articles=tuple(
            sorted(articles, key=lambda article: (article.published_at, article.slug), reverse=True)
        ),
        most_read=tuple(settings["most_read"]),
        redirects=tuple(settings["redirects"].items()),
    )


# --- One article ----------------------------------------------------------------------------------


_KEYS = {
    **dict.fromkeys(("title", "dek", "byline", "section", "template", "language", "path", "bio"), str),
    **dict.fromkeys(("form", "access", "precision", "image", "credit"), str),
    **dict.fromkeys(("published", "updated"), datetime),
    **dict.fromkeys(("authors", "keywords", "dates"), list),
    **dict.fromkeys(("listed", "amp"), bool),
}


def load_article(path: Path, digest: str | None = None) -> SampleArticle:
    """Read one article's file; a digest that is not the text's makes the file's time its time of change.

    Raises PaperError.
    """
    source = _text_of(path)
    front, body = _front_matter(path, source)
    published, updated = _moment(front["published"]), _moment(front.get("updated", front["published"]))
    if digest is not None and digest != text_digest(source):
        edited = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
        updated = max(edited, updated + timedelta(seconds=1))
    template, section, slug = str(front["template"]), str(front["section"]), path.stem
    authors = tuple(front.get("authors", ()))
    blocks = tuple(_blocks(path, body))
    pages = _paragraphs_by_page(blocks)
    return SampleArticle(
        slug=slug,
        file=path,
        path=str(front.get("path") or _path_of(template, section, slug, published)),
        title=str(front["title"]),
        dek=front.get("dek"),
        authors=authors,
        byline=str(front.get("byline", "By " + " and ".join(authors) if authors else "")),
        published_at=published,
        modified_at=updated,
        section=section,
        template=template,
        language=str(front.get("language", "en")),
        keywords=tuple(front.get("keywords", ())),
        form=Form(front.get("form", "article")),
        access=Access(front.get("access", "free")),
        paragraphs=pages[0],
        more_pages=tuple(pages[1:]),
        headings=tuple(plain(block.pieces[0]) for block in blocks if block.tag == "heading"),
        posts=tuple(_posts(blocks)),
        prompts=tuple(_prompts(blocks)),
        image_caption=front.get("image"),
        image_credit=front.get("credit"),
        dates=frozenset(front.get("dates", _DEFAULT_DATES[template])),
        precision=Precision(front.get("precision", "minute")),
        listed=bool(front.get("listed", True)),
        amp=bool(front.get("amp", False)),
        bio=front.get("bio"),
        blocks=blocks,
    )


_DEFAULT_DATES = {"courier": ("jsonld", "meta", "time"), "wire": ("text",), "weekend": ("time",)}


def plain(text: str) -> str:
    """A source line as a reader sees it: links and emphasis are only their words."""
    return STRONG.sub(r"\1", LINK.sub(r"\1", text))


def _front_matter(path: Path, source: str) -> tuple[dict, str]:  # type: ignore[type-arg]
    opening, _, rest = source.partition("+++\n")
    head, closing, body = rest.partition("\n+++\n")
    if opening.strip() or not closing:
        raise PaperError(f"{path}: has no front matter. Put it between two lines of +++ at the top")
    try:
        front = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        raise PaperError(f"{path}: its front matter is not TOML: {error}. Mend that line") from error
    for key, value in front.items():
        if key not in _KEYS:
            raise _wrong(path, key, value, f"Known keys: {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise _wrong(path, key, value, f"It must be of type {_KEYS[key].__name__}")
    for key in ("title", "published", "section", "template"):
        if not front.get(key):
            raise PaperError(f"{path}: has no `{key}`. Add it to the front matter")
    if front["template"] not in TEMPLATES:
        raise _wrong(path, "template", front["template"], f"Use one of {', '.join(TEMPLATES)}")
    for key in ("published", "updated"):
        if key in front and front[key].tzinfo is None:
            raise _wrong(path, key, front[key], "Add an offset, such as -05:00")
    for key, enum in (("form", Form), ("access", Access), ("precision", Precision)):
        if key in front and front[key] not in list(enum):
            raise _wrong(path, key, front[key], f"Use one of {', '.join(enum)}")
    if wrong := set(front.get("dates", ())) - _DATES:
        raise _wrong(path, "dates", sorted(wrong), f"Use {', '.join(sorted(_DATES))}")
    return front, body


def _blocks(path: Path, body: str) -> list[Block]:
    blocks = []
    for chunk in re.split(r"\n\s*\n", body.strip()):
        text = " ".join(line.strip() for line in chunk.splitlines())
        if not text:
            raise PaperError(f"{path}: has no body. Write paragraphs below the second +++")
        blocks.append(
            _tagged(path, text) if text.startswith("{") else Block(tag="p", shape="p", pieces=(text,))
        )
    return blocks


def _tagged(path: Path, text: str) -> Block:
    match = _BLOCK.fullmatch(text)
    tag, rest, content = match.groups() if match else ("", "", "")
    if tag in ("quote", "item", "heading", "page"):
        return Block(tag=tag, shape="p", pieces=(content,))
    if tag == "post":
        at, _, title = rest.partition("|")
        return Block(tag=tag, shape="p", pieces=(title.strip(),), at=_post_moment(path, at.strip()))
    if tag in list(Kind) and rest.strip() in _SHAPES:
        return Block(tag=tag, shape=rest.strip(), pieces=tuple(_PIECES.split(content)))
    raise _wrong(
        path, "block", text[:60], "Begin it with {kind shape}, such as {newsletter box}, {quote} or {page}"
    )


def _post_moment(path: Path, text: str) -> datetime:
    remedy = "Write {post 2026-11-12T09:15:00-05:00 | Title}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong(path, "post", text, remedy) from error
    if moment.tzinfo is None:
        raise _wrong(path, "post", text, remedy)
    return _moment(moment)


def _paragraphs_by_page(blocks: tuple[Block, ...]) -> list[tuple[str, ...]]:
    pages: list[list[str]] = [[]]
    for block in blocks:
        if block.tag == "page":
            pages.append([])
        elif block.tag in ("p", "quote", "item"):
            pages[-1].append(plain(block.pieces[0]))
    return [tuple(page) for page in pages]


def _posts(blocks: tuple[Block, ...]) -> list[Post]:
    posts: list[Post] = []
    for block in blocks:
        if block.tag == "post":
            posts.append(Post(at=block.at, title=block.pieces[0] or None, paragraphs=()))
        elif posts and block.tag in ("p", "quote", "item"):
            last = posts[-1]
            grown = (*last.paragraphs, plain(block.pieces[0]))
            posts[-1] = Post(at=last.at, title=last.title, paragraphs=grown)
    return posts


def _prompts(blocks: tuple[Block, ...]) -> list[Prompt]:
    prompts, place = [], 0
    for block in blocks:
        if block.tag == "page":
            place = 0
        elif block.tag in ("p", "quote", "item"):
            place += 1
        elif block.tag == Kind.CAPTION:
            for kind, piece in zip((Kind.CAPTION, Kind.CREDIT), block.pieces, strict=False):
                prompts.append(Prompt(kind=kind, pieces=(piece,), shape=block.shape, place=place))
        elif block.tag in list(Kind):
            prompts.append(Prompt(kind=Kind(block.tag), pieces=block.pieces, shape=block.shape, place=place))
    return prompts


def _path_of(template: str, section: str, slug: str, published: datetime) -> str:
    day = published.astimezone(ZoneInfo(ZONE))
    if template == "courier":
        return f"/{section}/{day:%Y/%m/%d}/{slug}.html"
    if template == "wire":
        return f"/articles/{10_000 + zlib.crc32(slug.encode()) % 80_000}/{day:%Y%m%d}/{slug}.htm"
    return f"/weekend/{slug}/"


def _moment(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _wrong(path: Path, key: str, value: object, remedy: str) -> PaperError:
    return PaperError(f"{path}: {key} = {value!r} cannot be used. {remedy}")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PaperError(f"{path}: cannot be read ({error}). Save it as UTF-8") from error


# --- What was committed -----------------------------------------------------------------------------


def text_digest(source: str) -> str:
    """First 16 hex digits of the sha256 of a source text, line ends folded so that every clone agrees."""
    return hashlib.sha256(source.replace("\r\n", "\n").encode()).hexdigest()[:16]


def read_digests(root: Path) -> dict[str, str]:
    """Slug -> digest of the article's text as committed (`digests.txt`); empty where that file is missing."""
    path = root / DIGESTS
    if not path.exists():
        return {}
    return {slug: digest for digest, slug in (line.split() for line in _text_of(path).splitlines())}


def write_digests(root: Path = ROOT) -> Path:
    """Write `digests.txt` anew: the articles as they are now are the committed ones."""
    lines = [
        f"{text_digest(_text_of(path))} {path.stem}\n" for path in sorted((root / "articles").glob("*.md"))
    ]
    (root / DIGESTS).write_text("".join(lines), encoding="utf-8")
    return root / DIGESTS


if __name__ == "__main__":
    paper = load_paper()
    sys.stdout.write(f"{len(paper.articles)} articles are good; wrote {write_digests()}\n")
