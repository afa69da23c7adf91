"""`pressrun add`: from a home page's address to a seed file that names the feeds and sitemaps found there."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from articles.model import SITE_NAME, Fetch, Site
from articles.urls import canonical_url, url_key
from articles.zones import zone_of
from flows.config import Config
from pressrun.refusals import refusal, refusal_of_all
from pressrun.trouble import RequestError
from pressrun.watching import plain_lines
from seeds.load import load_sites, write_site
from spiders.once import run_errand
from spiders.outcome import FetchError
from spiders.scope import registered_name
from spiders.visit import explore
from storage.state.frontier.polled import Kind, Page

MAX_NAMED = 12
"""Feeds, and sitemaps, written into a seed file: a site with more is better left to discovery."""

_ALLOW = "add --allow-private"


def add_site(homepage: str, *, name: str | None, allow_private: bool, config: Config) -> tuple[Path, Site]:
    """Explore a site and write its seed file; the path and what it says.

    Its time zone is that of the country in its address, else left out: a page may tell its country.
    Raises RequestError for an address that is none, a name that is taken, and a site that does not answer.
    """
    home = homepage if "://" in homepage else f"https://{homepage}"
    parts = urlsplit(home if canonical_url(home) else "")
    if not parts.hostname or parts.username is not None:
        raise RequestError(f"{homepage!r} is no address of a home page: write https://www.example.com/")
    known = load_sites(config.seeds).sites if config.seeds.is_dir() else ()
    if twin := next((site for site in known if url_key(site.home) == url_key(home)), None):
        raise RequestError(
            f"{home} is the home page of the site {twin.name!r} in {config.seeds} already: every address belongs to "
            f"one site; `pressrun try {twin.name}` shows what it gives"
        )
    site = Site(
        name=_name(name, parts.hostname, known),
        home=home,
        timezone=zone_of(parts.hostname),
        fetch=Fetch(allow_private_hosts=(parts.netloc.rpartition("@")[2],) if allow_private else ()),
    )
    try:
        pages = run_errand(site, explore, contact=config.contact, hosts=config.hosts, emit=plain_lines())
    except FetchError as error:
        why = refusal(error.outcome, error.detail, private=_ALLOW)
        raise RequestError(f"{home} cannot be looked at: {why}; nothing was written") from error
    if not any(page.outcome == "fetched" for page in pages):
        why = refusal_of_all(pages, private=_ALLOW)
        raise RequestError(f"nothing at {home} answered: {why}; nothing was written")
    site = replace(site, feeds=_named(pages, Kind.FEED), sitemaps=_named(pages, Kind.SITEMAP))
    config.seeds.mkdir(parents=True, exist_ok=True)
    return write_site(config.seeds, site), site


def _name(wanted: str | None, host: str, known: Collection[Site]) -> str:
    """The name asked for, or one made from the host. Raises RequestError for one that is none, or taken."""
    name = wanted or re.sub(r"[^a-z0-9]+", "-", registered_name(host).lower()).strip("-")[:63].strip("-")
    if not SITE_NAME.fullmatch(name):
        told = f"--name {wanted!r} is no name of a site" if wanted else f"{host!r} makes no name of a site"
        raise RequestError(f"{told}: give one with --name (a-z, 0-9 and - within, 63 characters at most)")
    if any(site.name == name for site in known):
        raise RequestError(f"there is a site named {name!r} already; give another name with --name")
    return name


def _named(pages: list[Page], kind: Kind) -> tuple[str, ...]:
    """The pages of a kind that are there and that no other of them leads to."""
    found = [page for page in pages if page.kind is kind and page.outcome == "fetched"]
    urls = {page.url for page in found}
    return tuple(page.url for page in found if page.via not in urls)[:MAX_NAMED]
