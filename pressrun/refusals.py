"""Why a page cannot be fetched, and what to do about it: for whoever named its address at the command line."""

from __future__ import annotations

from collections.abc import Sequence

from spiders.guard import MAY_BE_LISTED
from spiders.outcome import Outcome
from storage.state.frontier.polled import Page

_REMEDIES: dict[str, str] = {
    Outcome.DNS: "check how the host is spelt: an address looks like https://www.example.com/",
    Outcome.REFUSED: "check the address, its port, and http:// or https://; or try again later",
    Outcome.TIMEOUT: "check the address, or try again later",
    Outcome.DISCONNECTED: "check the address, its port, and http:// or https://; or try again later",
    Outcome.PROTOCOL: "check the address, its port, and http:// or https://",
    Outcome.TLS: "check the host's name; if the site has no https, write http://",
    Outcome.ROBOTS: "ask the publisher: what robots.txt keeps out is not fetched",
    Outcome.FORBIDDEN: "the host turns us away: ask the publisher, and set PRESSRUN_CONTACT to say who asks",
    Outcome.RATE_LIMITED: "the host asks to be left alone for now: try again later",
    Outcome.UNAVAILABLE: "try again later",
    Outcome.SERVER_ERROR: "try again later",
    Outcome.NOT_FOUND: "check the address in a browser",
    Outcome.GONE: "check the address in a browser",
    Outcome.BAD_REDIRECT: "open it in a browser, and name the address that it ends at",
}
OWN_SERVER = "for a server of your own (staging, tests) "


def refusal(outcome: str, detail: str | None, *, private: str) -> str:
    """What kept an address from being fetched, with the remedy; `private`: that of a host on a private network.

    No private network is recommended where machines in a cloud hand out their credentials.
    """
    what = detail or outcome.replace("_", " ")
    if outcome != Outcome.ROBOTS:  # what kept robots.txt from being fetched keeps the page, too
        what = what.removeprefix("robots.txt: ")
    if outcome != Outcome.PRIVATE_ADDRESS:
        remedy = _REMEDIES.get(outcome, "open it in a browser")
    else:
        what, listed, _ = what.partition(MAY_BE_LISTED)
        remedy = OWN_SERVER + private if listed else "no newspaper is there: check the address"
    return f"{what}; {remedy}"


def refusal_of_all(pages: Sequence[Page], *, private: str) -> str:
    """What kept a site's pages from being fetched, told by the first that was asked for: its home page."""
    failed = next((page for page in pages if page.outcome), None)
    if failed is None:
        return "no page of it was asked for in time; try again later"
    return refusal(failed.outcome or "", failed.detail, private=private)
