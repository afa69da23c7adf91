"""Days, months and years that addresses name: of articles, of sitemaps, of archive pages. Pure.

/2026/11/22/storm     /sitemap-2026-11.xml     /sitemap.xml?yyyy=2026&mm=11&dd=22     /archive/2026/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from urllib.parse import unquote, urlsplit

MAX_DAYS = 40_000
"""Of one range: a century."""

_NEXT = r"[-_/.&]?(?:[a-z]{1,6}=)?"
_DATE = re.compile(
    rf"(?<!\d)(?P<year>19[5-9]\d|20\d\d)"
    rf"(?:{_NEXT}(?P<month>0[1-9]|1[0-2]|[1-9](?=[-_/.&]|$)|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    rf"(?:{_NEXT}(?P<day>0[1-9]|[12]\d|3[01]|[1-9](?=[-_/.&]|$)))?)?(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to another, which is no part of it; both aware."""

    since: datetime
    until: datetime

    def meets(self, other: Span) -> bool:
        """Whether they have a moment in common."""
        return self.since < other.until and other.since < self.until


def span_of_days(first: date, last: date, zone: tzinfo) -> Span:
    """From the first day's beginning to the last day's end, in a zone."""
    midnight = time(tzinfo=zone)
    return Span(
        datetime.combine(first, midnight).astimezone(UTC),
        datetime.combine(last + timedelta(days=1), midnight).astimezone(UTC),
    )


def span_in(url: str, zone: tzinfo = UTC) -> Span | None:
    """The day, month or year that an address names; None: none, or one that cannot be."""
    parts = urlsplit(url)
    best: tuple[int, Span] | None = None
    for match in _DATE.finditer(unquote(f"{parts.path}?{parts.query}".lower())):
        year, month, day = match.group("year", "month", "day")
        number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month or 1)
        try:
            first = date(int(year), number, int(day or 1))
        except ValueError:
            continue
        last = first if day else _last_of_month(first) if month else date(first.year, 12, 31)
        said = sum(part is not None for part in (year, month, day))
        if best is None or said > best[0]:
            best = said, span_of_days(first, last, zone)
    return best[1] if best else None


def addresses(pattern: str, span: Span, zone: tzinfo) -> Iterator[str]:
    """The archive pages of a span: `https://paper.example/archive/{yyyy}/{mm}/{dd}`, one a day, month or year."""
    seen: set[str] = set()
    last = (span.until - timedelta(microseconds=1)).astimezone(zone).date()
    first = max(span.since.astimezone(zone).date(), last - timedelta(days=MAX_DAYS))
    for ago in range((last - first).days + 1):
        day = last - timedelta(days=ago)
        url = (
            pattern.replace("{yyyy}", f"{day.year:04}")
            .replace("{mm}", f"{day.month:02}")
            .replace("{dd}", f"{day.day:02}")
            .replace("{m}", str(day.month))
            .replace("{d}", str(day.day))
        )
        if url not in seen:
            seen.add(url)
            yield url


def _last_of_month(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)
