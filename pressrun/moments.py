"""Moments for a person, as exactly as their source states them and no more exactly."""

from __future__ import annotations

from datetime import datetime

from articles.model import Article, Evidence, Precision, Zone
from storage.stored import StoredArticle

_ZONES = {
    Zone.SITE: "by the time zone of its seed",
    Zone.COUNTRY: "by the clock of its country",
    Zone.UTC: "its page names no time zone: read as UTC",
}
_FORMS = {Precision.DAY: "%Y-%m-%d", Precision.MINUTE: "%Y-%m-%d %H:%MZ"}
_SECOND = "%Y-%m-%d %H:%M:%SZ"


Dated = Article | StoredArticle


def published(article: Dated) -> str | None:
    """When an article was published: `2026-11-12` where its page states no hour; None: it names no date."""
    if article.published_at is None:
        return None
    stated = _stated(article)
    form = _FORMS.get(stated.precision, _SECOND) if stated and stated.precision else _SECOND
    return f"{article.published_at:{form}}"


def published_and_how(article: Dated) -> str | None:
    """The same, with what its zone was taken from where its page names none, or that no hour is known."""
    stated = _stated(article)
    moment = published(article)
    if moment is None or stated is None:
        return moment
    how = "no hour is stated" if stated.precision is Precision.DAY else _ZONES.get(stated.zone or Zone.STATED)
    return f"{moment} ({how})" if how else moment


def _stated(article: Dated) -> Evidence | None:
    """What the date was taken from: the first, as a second one is how the page shows it."""
    return next((one for one in article.evidence if one.field == "published_at"), None)


def second(moment: datetime) -> str:
    """A moment of our own, which is known to the second."""
    return f"{moment:{_SECOND}}"
