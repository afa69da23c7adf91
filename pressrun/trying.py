"""`pressrun try`: fetch one page as a crawl would, read it, and store nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from articles.model import Article, Rejection, Site
from articles.parts import read_pages
from flows.config import Config
from pressrun.refusals import refusal, refusal_of_all
from pressrun.trouble import RequestError
from pressrun.watching import plain_lines
from seeds.load import load_sites
from spiders.desk import Visit
from spiders.once import run_errand
from spiders.outcome import FetchError, Outcome
from spiders.scope import scope_of
from spiders.visit import explore, fetch_one
from storage.state.frontier.fetching import due_urls
from storage.state.frontier.polled import Page

MAX_TRIES = 5
"""Of a site's newest pages, those that are fetched until one is an article."""
_LIST = "list it in `allow_private_hosts` of the seed"


def try_page(target: str, config: Config) -> Article | Rejection:
    """What the reader makes of a page, or of the newest article of a site.

    Raises RequestError for a target that is neither a site's name nor an address, and for one that cannot be
    fetched.
    """
    sites = {site.name: site for site in load_sites(config.seeds).sites}

    pages: list[Page] = []

    async def newest(visit: Visit) -> Article | Rejection | None:
        pages.extend(await explore(visit))
        due = await visit.desk.books.run(due_urls, visit.site.name, now=datetime.now(UTC), limit=MAX_TRIES)
        result: Article | Rejection | None = None
        for one in due:
            try:
                result = read_pages(await fetch_one(visit, one.url, one.found), visit.site)
            except FetchError:
                if one is due[-1] and result is None:
                    raise
                continue
            if isinstance(result, Article):
                break
        return result

    async def this(visit: Visit) -> Article | Rejection:
        return read_pages(await fetch_one(visit, target), visit.site)

    site, errand = (sites[target], newest) if target in sites else (_site_of(target, sites, config), this)
    try:
        read = run_errand(site, errand, contact=config.contact, hosts=config.hosts, emit=plain_lines())
    except FetchError as error:
        allow = _LIST if target in sites else f"`pressrun add {site.home} --allow-private` writes a seed"
        why = refusal(error.outcome, error.detail, private=allow)
        raise RequestError(f"{target} cannot be fetched: {why}") from error
    if read is None:
        raise RequestError(f"{site.home} {_why_none(pages)}")
    return read


def _why_none(pages: Sequence[Page]) -> str:
    """Why a site named no article."""
    if any(page.outcome == Outcome.FETCHED for page in pages):
        return "answers, and no page of it names an article; to read one, give its address: pressrun try URL"
    return f"does not answer: {refusal_of_all(pages, private=_LIST)}"


def _site_of(url: str, sites: dict[str, Site], config: Config) -> Site:
    """The site whose host an address is on, or a site of its own, which no private network is open to."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        known = ", ".join(sorted(sites)[:20]) or "none"
        raise RequestError(
            f"{url!r} is neither an address (https://...) nor a site in {config.seeds}; sites there: {known}"
        )
    for site in sites.values():
        if scope_of(site).holds(url):
            return site
    return Site(name="try", home=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/")
