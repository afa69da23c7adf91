"""What can become of a fetch: a closed list, and the error that carries it."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one request."""

    FETCHED = "fetched"
    NOT_MODIFIED = "not_modified"
    """Answered 304, or with exactly the bytes of the last time."""

    # Nothing was sent.
    ROBOTS = "robots"
    """robots.txt forbids it, or could not be had."""
    PRIVATE_ADDRESS = "private_address"
    """The host is, or resolves to, an address that is not on the public internet."""
    BAD_URL = "bad_url"
    """Neither http nor https, or no URL at all."""
    DNS = "dns"

    # No answer came.
    REFUSED = "refused"
    """The host takes no connection."""
    TLS = "tls"
    """No handshake, or a certificate that is not for this host."""
    TIMEOUT = "timeout"
    """The whole answer was not there in time."""
    DISCONNECTED = "disconnected"
    """The connection ended before a status line."""
    PROTOCOL = "protocol"
    """What came is no HTTP."""

    # An answer came, but not one to use.
    HEADERS_TOO_LARGE = "headers_too_large"
    TOO_LARGE = "too_large"
    """Larger than the site's `max_bytes`, as sent or decoded."""
    TRUNCATED = "truncated"
    """The body ended early."""
    BAD_CODING = "bad_coding"
    """A Content-Encoding that is unknown or broken."""
    NOT_RENDERED = "not_rendered"
    """The page is to be run in a browser, and that did not work."""
    BAD_REDIRECT = "bad_redirect"
    """In a circle, too long, or to nowhere."""
    FORBIDDEN = "forbidden"
    """401, 402, 403, 407 or 451."""
    NOT_FOUND = "not_found"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    """429."""
    CLIENT_ERROR = "client_error"
    """Another 4xx."""
    UNAVAILABLE = "unavailable"
    """503."""
    SERVER_ERROR = "server_error"
    """Another 5xx."""
    ODD_STATUS = "odd_status"
    """A status outside of what a GET may be answered with."""

    # Decided here.
    DENIED = "denied"
    """The seed's allow and deny rules leave this URL out."""
    OFFSITE = "offsite"
    """On a host that is not the site's."""
    LISTING = "listing"
    """By its address a section, tag, author or search page: not fetched as an article."""
    TRAP = "trap"
    """One of too many addresses of one shape (`spiders.traps`): calendars, session ids, faceted search."""
    PART = "part"
    """A further page of an article: fetched with the first, and no article of its own."""
    STOPPED = "stopped"
    """The crawl ended while this was under way; it stays due."""


_BY_STATUS = {
    304: Outcome.NOT_MODIFIED,
    401: Outcome.FORBIDDEN,
    402: Outcome.FORBIDDEN,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    407: Outcome.FORBIDDEN,
    410: Outcome.GONE,
    429: Outcome.RATE_LIMITED,
    451: Outcome.FORBIDDEN,
    503: Outcome.UNAVAILABLE,
}

TRANSIENT = frozenset(
    {
        Outcome.DNS,
        Outcome.REFUSED,
        Outcome.TLS,
        Outcome.TIMEOUT,
        Outcome.DISCONNECTED,
        Outcome.PROTOCOL,
        Outcome.TRUNCATED,
        Outcome.BAD_CODING,
        Outcome.NOT_RENDERED,
        Outcome.FORBIDDEN,
        Outcome.RATE_LIMITED,
        Outcome.CLIENT_ERROR,
        Outcome.UNAVAILABLE,
        Outcome.SERVER_ERROR,
        Outcome.ODD_STATUS,
        Outcome.ROBOTS,
    }
)
"""Outcomes that another day may change: the URL is looked at again, each time after a longer wait."""

SECOND_TRY = frozenset(
    {Outcome.DISCONNECTED, Outcome.TRUNCATED, Outcome.TIMEOUT, Outcome.SERVER_ERROR, Outcome.REFUSED}
)
"""Outcomes that a second try a little later may mend."""

BLOCKING = frozenset({Outcome.FORBIDDEN, Outcome.RATE_LIMITED, Outcome.UNAVAILABLE})
"""Answers of a host that does not want us now: several in a row, and it is left alone."""


def of_status(status: int) -> Outcome:
    """The outcome a final status stands for (redirects are followed before this is asked)."""
    if status == 206:
        return Outcome.ODD_STATUS  # a part, which nobody asked for
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 200 <= status < 300:
        return Outcome.FETCHED
    if 300 <= status < 400:
        return Outcome.BAD_REDIRECT
    if 400 <= status < 500:
        return Outcome.CLIENT_ERROR
    return Outcome.SERVER_ERROR if 500 <= status < 600 else Outcome.ODD_STATUS


class FetchError(Exception):
    """A request that gave no usable answer: why, in one word and in one sentence."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
