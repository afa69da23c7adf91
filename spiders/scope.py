"""Which URLs belong to a site, and which of them are fetched as articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

from articles.model import Site
from spiders.links import is_file, is_listing
from spiders.outcome import Outcome

# the list of public suffixes that comes with the package: nothing is downloaded, nothing cached on disk
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a site's seed says of URLs."""

    hosts: frozenset[str]
    """Registered domains, or whole hosts where they are addresses."""
    home: str
    allow: tuple[re.Pattern[str], ...]
    deny: tuple[re.Pattern[str], ...]

    def holds(self, url: str) -> bool:
        """Whether a URL is on one of the site's own hosts."""
        return _domain(urlsplit(url).hostname or "") in self.hosts

    def skip(self, url: str, *, listing: bool) -> Outcome | None:
        """Why a URL is not fetched as an article; None: it is.

        `listing` is true for URLs that a feed or sitemap names: those of links were judged by their shape.
        """
        if any(pattern.search(url) for pattern in self.deny):
            return Outcome.DENIED
        allowed = any(pattern.search(url) for pattern in self.allow)
        if self.allow and not allowed:
            return Outcome.DENIED
        if not self.holds(url):
            return Outcome.OFFSITE
        if listing and not allowed and (is_listing(url) or is_file(url)):
            return Outcome.LISTING
        return None


@lru_cache(maxsize=2_000)
def scope_of(site: Site) -> Scope:
    """The scope of a site: the domains of its home, feeds, sitemaps and sections."""
    own = (site.home, *site.feeds, *site.sitemaps, *site.sections)
    return Scope(
        hosts=frozenset(_domain(urlsplit(url).hostname or "") for url in own),
        home=site.home,
        allow=tuple(re.compile(pattern) for pattern in site.allow),
        deny=tuple(re.compile(pattern) for pattern in site.deny),
    )


def domain_of(url: str) -> str | None:
    """The registered domain of a URL's host, or the whole host where that is an address; None: it has no host."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return _domain(host) if host else None


@lru_cache(maxsize=10_000)
def _domain(host: str) -> str:
    host = host.lower().rstrip(".")
    known = _SUFFIXES(host)
    if known.top_domain_under_public_suffix:
        return known.top_domain_under_public_suffix
    if known.suffix or known.ipv4 or known.ipv6 or ":" in host:
        return host
    return ".".join(host.split(".")[-2:])  # a private name, such as `www.paper.test`


def registered_name(host: str) -> str:
    """What stands before the public suffix: `latinpost` of www.latinpost.com; else the host itself."""
    return _SUFFIXES(host).domain or host
