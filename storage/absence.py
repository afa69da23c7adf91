"""When an article counts as removed: what its address must answer, and for how long.

A capture speaks against an article of the archive when it was fetched after every sighting of it and

- the server answered 410: the article is removed at once, since that status says it was done on purpose (RFC 9110);
- the server answered 404, or with a page that says so under status 200, or redirects away: to the root of a host,
  to a listing or another page that is no article, to a page that is gone itself, or to another story.

The second kind may be a hiccup (a deployment, a lost cache) and removes the article only when another capture
says so again CONFIRM or more after the first, with no sighting in between. A redirect to the same address in
another spelling, or to the same story elsewhere, is a move and says nothing; so do redirects whose end is not
known, and every other error (403, 5xx, a bot wall, a consent page).

Where most of a site is missed at once, the site is at fault and not its articles: an outage, a relaunch, a wrong
answer to our address. So while there is a moment since which CROWD or more of its articles began to be missed, and
more than were seen, none of them is removed, whatever the status, until it was missed for PATIENCE.

All of this looks at the captures of a segment and the archive as the log has it, never at a clock, so that reading
the same segments in the same order removes and restores the same articles.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from articles.model import Article, Reason, Rejection
from articles.revision import same_story
from articles.urls import article_id, canonical_url, url_key
from storage.batches import Change, Revision, Unchanged

CONFIRM = timedelta(hours=6)
"""Between the first capture that misses an article and the one that settles it: longer than a deployment takes."""
CROWD = 5
"""Articles of a site missed at once that are no longer each other's coincidence."""
PATIENCE = timedelta(days=7)
"""How long an article of a site that is missed as a whole must be missed: no outage takes so long, a relaunch lasts."""
MAX_HOPS = 12
"""Redirects followed within a segment."""
MOST = 1_000
"""Misses and sightings of a site that are looked at, the latest ones."""
NEAR = 200
"""Captures after a redirect among which its target is looked for: the crawler asks for it at once."""

_GONE_STATUS = (404, 410)
_ELSEWHERE = (Reason.LISTING, Reason.OTHER_PAGE, Reason.SOFT_404)
"""What a page is that stands for a removed article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Captures in a row that did not find an article."""

    first_at: datetime
    last_at: datetime
    gone: bool = False
    """The archive has a REMOVED row of it, and no RESTORED one since."""


def suspect(reading: Article | Rejection | Unchanged) -> str | None:
    """Id of the article that a capture may show to be gone; None: it says nothing of the kind."""
    if not isinstance(reading, Rejection):
        return None
    if reading.reason not in (Reason.REDIRECT, Reason.SOFT_404) and reading.status not in _GONE_STATUS:
        return None
    canonical = canonical_url(reading.url)
    return article_id(canonical) if canonical else None


def leads_away(
    redirect: Rejection,
    later: Sequence[Article | Rejection | Unchanged],
    mine: Callable[[], Article],
    other: Callable[[str], Article | None],
) -> bool:
    """Whether a redirect from an article's address leads to something that is not the article.

    `later`: what follows it in its segment. `mine`: the article as the archive has it; `other`: any article of
    the archive by its id. False too where the end is not known.
    """
    own = url_key(redirect.url)
    target, end = _end_of(redirect, later)
    if target is None or url_key(target) == own:
        return False
    if _is_root(target):
        return True
    if isinstance(end, Rejection):
        return end.reason in _ELSEWHERE or end.status in _GONE_STATUS
    there = end if isinstance(end, Article) else other(article_id(target))
    if there is None or there.article_id == article_id(redirect.url):
        return False
    return not same_story(mine(), there)


def missed(absence: Absence | None, at: datetime) -> Absence:
    """The absence with one more capture that did not find the article, in whatever order they come."""
    if absence is None:
        return Absence(first_at=at, last_at=at)
    return replace(absence, first_at=min(absence.first_at, at), last_at=max(absence.last_at, at))


def seen(absence: Absence | None, at: datetime) -> Absence | None:
    """The absence after a capture that found the article, which may have been made before the last miss."""
    if absence is None or at >= absence.last_at:
        return None
    return replace(absence, first_at=absence.last_at) if absence.first_at <= at else absence


def is_settled(absence: Absence, status: int) -> bool:
    """Whether a miss with this status, just taken into the absence, makes the article a removed one."""
    return status == 410 or absence.last_at - absence.first_at >= CONFIRM


def is_dark(missed: Iterable[datetime], seen: Iterable[datetime]) -> bool:
    """Whether a site is at fault, so that a miss says nothing of one article.

    `missed`: first miss of each article that is missed now; `seen`: last sighting of each that is not. There is then a
    moment since which at least CROWD, and more than were seen, began to be missed.
    """
    sightings = sorted(seen)
    for number, moment in enumerate(sorted(missed, reverse=True), 1):
        since = len(sightings) - bisect_left(sightings, moment)
        if number >= CROWD and number > since:
            return True
    return False


def outlasts_a_site(absence: Absence) -> bool:
    """Whether an article was missed for longer than any outage takes."""
    return absence.last_at - absence.first_at >= PATIENCE


def removal(rejection: Rejection, last: Article, absence: Absence) -> Revision:
    """The REMOVED row: what the last revision says of the article, but none of its text."""
    name = f"removed\n{last.article_id}\n{last.revision_id}\n{rejection.fetched_at.isoformat()}"
    return Revision(
        change=Change.REMOVED,
        previous=last.revision_id,
        gone_at=absence.first_at,
        article=replace(
            last,
            revision_id=sha256(name.encode()).hexdigest()[:20],
            fetched_url=rejection.url,
            fetched_at=rejection.fetched_at,
            status=rejection.status,
            extractor=rejection.extractor,
            pointer=rejection.pointer,
            paragraphs=(),
            dek=None,
            image=None,
            next_page=None,
            posts=(),
            removed=(),
            evidence=(),
        ),
    )


def _end_of(
    redirect: Rejection, later: Sequence[Article | Rejection | Unchanged]
) -> tuple[str | None, Article | Rejection | Unchanged | None]:
    """The address a chain of redirects ends at, and what stood there; the crawler asks hop after hop."""
    target, place = redirect.target, 0
    for _ in range(MAX_HOPS):
        if target is None:
            return None, None
        wanted = url_key(target)
        found = next((n for n in range(place, len(later)) if url_key(_url_of(later[n])) == wanted), None)
        if found is None:
            return target, None
        end = later[found]
        if not (isinstance(end, Rejection) and end.reason is Reason.REDIRECT):
            return target, end
        target, place = end.target, found + 1
    return None, None


def _url_of(reading: Article | Rejection | Unchanged) -> str:
    return reading.fetched_url if isinstance(reading, Article) else reading.url


def _is_root(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
