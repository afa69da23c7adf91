"""What a site published between two days, found in sitemaps and archive pages, over as many runs as it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from articles.model import Site
from spiders.events import Ended, Job
from spiders.periods import Span, addresses, span_in, span_of_days
from tests.support.crawling import crawl, local_site, make_job
from tests.support.hostile import Connection, Pages, Responder, Web, article, page

MARCH = (date(2024, 3, 1), date(2024, 3, 31))
LONG_LINK = "What the council of the town decided on this day"


def stories(month: int, number: int = 4) -> list[str]:
    return [f"/2024/{month:02}/{day:02}/story-of-the-town-on-day-{day}" for day in range(10, 10 + number)]


UNDATED = [f"/of-the-spring/story-number-{n}-of-the-town" for n in range(2)]
MONTHS = range(1, 7)


def urlset(*entries: tuple[str, str | None]) -> Responder:
    async def answer(connection: Connection) -> None:
        urls = "".join(
            f"<url><loc>{connection.url}{path}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>"
            for path, at in entries
        )
        await connection.send(page(f"<urlset>{urls}</urlset>", kind="application/xml"))

    return answer


async def index(connection: Connection) -> None:
    named = [(f"/sitemap-2024-{month:02}.xml", None) for month in MONTHS]
    named += [("/spring.xml", "2024-05-01"), ("/old.xml", "2023-12-31"), ("/broken-2024-03.xml", None)]
    children = "".join(
        f"<sitemap><loc>{connection.url}{path}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for path, at in named
    )
    await connection.send(page(f"<sitemapindex>{children}</sitemapindex>", kind="application/xml"))


async def robots(connection: Connection) -> None:
    await connection.send(page(f"User-agent: *\nSitemap: {connection.url}/index.xml"))


def archive_page(*paths: str, following: str = "") -> bytes:
    links = "".join(f'<h2><a href="{path}">{LONG_LINK}</a></h2>' for path in paths)
    pager = f'<a rel="next" href="{following}">Older</a>' if following else ""
    return page(f"<html><body><nav><a href='/politics'>Politics</a></nav>{links}{pager}")


class Paper(dict):  # type: ignore[type-arg]
    """Every article that is asked for is there."""

    def get(self, path: str, default: object = None) -> object:
        return super().get(path) or (page(article(path)) if "story-" in path else default)


SITES: dict[str, Pages] = {
    "mapped": Paper(
        {
            "/robots.txt": robots,
            "/index.xml": index,
            **{f"/sitemap-2024-{month:02}.xml": urlset(*[(path, None) for path in stories(month)]) for month in MONTHS},
            "/spring.xml": urlset((UNDATED[0], "2024-03-20T10:00:00Z"), (UNDATED[1], "2024-04-20T10:00:00Z")),
            "/old.xml": urlset(("/of-the-spring/story-that-is-old-by-now", "2023-11-11")),
            "/broken-2024-03.xml": page("", "404 Not Found"),
        }
    ),
    "filed": Paper(
        {
            "/archive/2024/03/11": archive_page("/a/story-of-the-day-eleven", following="/archive/2024/03/11/page/2"),
            "/archive/2024/03/11/page/2": archive_page("/a/story-of-the-day-eleven-too"),
            "/archive/2024/03/12": archive_page("/a/story-of-the-day-twelve"),
        }
    ),
}  # fmt: skip


@pytest.fixture
def web() -> Web:
    with Web(SITES) as running:
        yield running  # type: ignore[misc]


def back(folder: Path, site: Site, days: tuple[date, date] = MARCH) -> Job:
    return replace(make_job(folder, [site]), since=days[0], until=days[1])


def asked(web: Web, name: str, words: str = "story-") -> list[str]:
    return [path for path in web.paths(name) if words in path]


def test_only_what_lies_in_the_range_is_looked_at_and_fetched(web: Web, tmp_path: Path) -> None:
    done = crawl(back(tmp_path, local_site("mapped", web.urls["mapped"]))).done("mapped")
    assert done.ended is Ended.DONE
    assert set(asked(web, "mapped")) == {*stories(3), UNDATED[0]}
    assert set(asked(web, "mapped", ".xml")) == {
        *("/index.xml", "/sitemap-2024-03.xml", "/spring.xml", "/broken-2024-03.xml")
    }
    assert "/" not in web.paths("mapped")


def test_a_budget_is_kept_and_the_next_runs_go_on_where_it_ended(web: Web, tmp_path: Path) -> None:
    site = local_site("mapped", web.urls["mapped"], fetch={"max_pages": 3})
    first = crawl(back(tmp_path, site)).done("mapped")
    assert first.ended is Ended.BUDGET
    assert "run it again" in (first.detail or "")
    assert len(asked(web, "mapped")) == 3
    maps = asked(web, "mapped", ".xml")
    second = crawl(back(tmp_path, site)).done("mapped")
    assert second.ended is Ended.DONE
    assert sorted(asked(web, "mapped")) == sorted({*stories(3), UNDATED[0]})
    assert asked(web, "mapped", ".xml") == maps  # each was looked at once
    third = crawl(back(tmp_path, site)).done("mapped")
    assert (third.fetched, third.ended) == (0, Ended.DONE)


def test_another_range_takes_up_what_the_first_left(web: Web, tmp_path: Path) -> None:
    site = local_site("mapped", web.urls["mapped"])
    crawl(back(tmp_path, site))
    crawl(back(tmp_path, site, (date(2024, 4, 11), date(2024, 4, 12))))
    later = [path for path in asked(web, "mapped") if path.startswith("/2024/04/")]
    assert later == [stories(4)[2], stories(4)[1]]  # the newest first


def test_archive_pages_are_made_from_the_seed_and_their_own_next_pages_followed(
    web: Web, tmp_path: Path
) -> None:
    url = web.urls["filed"]
    site = local_site("filed", url, archives=(url + "/archive/{yyyy}/{mm}/{dd}",))
    done = crawl(back(tmp_path, site, (date(2024, 3, 10), date(2024, 3, 12)))).done("filed")
    assert done.ended is Ended.DONE
    assert set(asked(web, "filed", "/archive/")) == {
        *("/archive/2024/03/10", "/archive/2024/03/11", "/archive/2024/03/11/page/2", "/archive/2024/03/12")
    }
    assert len(asked(web, "filed")) == 3
    assert "/politics" not in web.paths("filed")
    before = len(web.paths("filed"))
    crawl(back(tmp_path, site, (date(2024, 3, 10), date(2024, 3, 12))))
    again = web.paths("filed")[before:]
    assert not [path for path in again if "/archive/" in path or "story-" in path]


def test_a_day_begins_at_midnight_of_the_sites_zone() -> None:
    zone = ZoneInfo("America/New_York")
    span = span_of_days(date(2024, 3, 1), date(2024, 3, 1), zone)
    assert span == Span(datetime(2024, 3, 1, 5, tzinfo=UTC), datetime(2024, 3, 2, 5, tzinfo=UTC))
    assert list(addresses("https://p.example/{yyyy}/{mm}/{dd}", span, zone)) == [
        "https://p.example/2024/03/01"
    ]


def test_patterns_without_a_day_give_one_page_a_month_or_year() -> None:
    span = span_of_days(date(2023, 12, 30), date(2024, 2, 1), ZoneInfo("UTC"))
    months = [f"https://p.example/{name}" for name in ("2024-2", "2024-1", "2023-12")]
    assert list(addresses("https://p.example/{yyyy}-{m}", span, ZoneInfo("UTC"))) == months
    assert len(list(addresses("https://p.example/{yyyy}", span, ZoneInfo("UTC")))) == 2


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("/2026/11/22/storm", date(2026, 11, 22), date(2026, 11, 22)),
        ("/2026/1/5/storm", date(2026, 1, 5), date(2026, 1, 5)),
        ("/2015/oct/07/storm", date(2015, 10, 7), date(2015, 10, 7)),
        ("/sitemap-2026-11.xml", date(2026, 11, 1), date(2026, 11, 30)),
        ("/sitemap.xml?yyyy=2026&mm=02&dd=28", date(2026, 2, 28), date(2026, 2, 28)),
        ("/sitemap_20240301.xml.gz", date(2024, 3, 1), date(2024, 3, 1)),
        ("/archive/2024/", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_an_address_names_its_day_month_or_year(path: str, first: date, last: date) -> None:
    assert span_in("https://p.example" + path) == span_of_days(first, last, UTC)


@pytest.mark.parametrize("path", ["/news/12345678", "/post-sitemap7.xml", "/story-19991", "/a/201/02/03"])
def test_numbers_that_are_no_date_name_none(path: str) -> None:
    assert span_in("https://p.example" + path) is None
