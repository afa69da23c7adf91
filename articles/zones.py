"""The time zone of a site that names none: that of its country, where nearly everyone there lives by one clock."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from articles.model import Site

_BY_COUNTRY: Final = {
    country: zone
    for zone, countries in {
        "Europe/Berlin": "de",
        "Europe/Vienna": "at",
        "Europe/Zurich": "ch li",
        "Europe/Paris": "fr mc",
        "Europe/Rome": "it sm va",
        "Europe/Madrid": "es",
        "Europe/Lisbon": "pt",
        "Europe/Amsterdam": "nl",
        "Europe/Brussels": "be",
        "Europe/Luxembourg": "lu",
        "Europe/Copenhagen": "dk",
        "Europe/Oslo": "no",
        "Europe/Stockholm": "se",
        "Europe/Helsinki": "fi",
        "Atlantic/Reykjavik": "is",
        "Europe/Warsaw": "pl",
        "Europe/Prague": "cz",
        "Europe/Bratislava": "sk",
        "Europe/Budapest": "hu",
        "Europe/Bucharest": "ro",
        "Europe/Sofia": "bg",
        "Europe/Athens": "gr",
        "Europe/Dublin": "ie",
        "Europe/London": "uk gb",
        "Europe/Istanbul": "tr",
        "Europe/Kyiv": "ua",
        "Europe/Tallinn": "ee",
        "Europe/Riga": "lv",
        "Europe/Vilnius": "lt",
        "Europe/Zagreb": "hr",
        "Europe/Ljubljana": "si",
        "Europe/Belgrade": "rs",
        "Asia/Jerusalem": "il",
        "Africa/Johannesburg": "za ls sz",
        "Africa/Lagos": "ng",
        "Africa/Nairobi": "ke",
        "Africa/Cairo": "eg",
        "Asia/Kolkata": "in",
        "Asia/Karachi": "pk",
        "Asia/Dhaka": "bd",
        "Asia/Colombo": "lk",
        "Asia/Kathmandu": "np",
        "Asia/Shanghai": "cn",
        "Asia/Taipei": "tw",
        "Asia/Hong_Kong": "hk",
        "Asia/Tokyo": "jp",
        "Asia/Seoul": "kr",
        "Asia/Bangkok": "th",
        "Asia/Ho_Chi_Minh": "vn",
        "Asia/Manila": "ph",
        "Asia/Kuala_Lumpur": "my",
        "Asia/Singapore": "sg",
        "Asia/Jakarta": "id",
        "Asia/Dubai": "ae",
        "Asia/Riyadh": "sa",
        "America/Argentina/Buenos_Aires": "ar",
        "America/Montevideo": "uy",
        "America/La_Paz": "bo",
        "America/Asuncion": "py",
        "America/Lima": "pe",
        "America/Bogota": "co",
        "America/Guayaquil": "ec",
        "America/Caracas": "ve",
        "America/Santiago": "cl",
        "America/Sao_Paulo": "br",
        "America/Mexico_City": "mx",
        "Pacific/Auckland": "nz",
        "Australia/Sydney": "au",
        "America/Toronto": "ca",
        "Europe/Moscow": "ru",
    }.items()
    for country in countries.split()
}
"""By ISO 3166 code, and `uk`. Countries with several zones stand here only where one holds most people."""
_SOLD_TO_ALL: Final = frozenset(["co", "is", "va", "sm", "li", "id", "in"])
"""Endings that are sold to everyone for what they spell: believed only as `.com.co` and `.co.in`."""


def zone_of(host: str, *locales: str | None, country: str | None = None) -> str | None:
    """IANA zone of the country that a seed, a host's ending or a locale such as `pt-BR` names, in this order.

    The endings that are sold for what they spell (`.co`, `.is`) name no country. None: no country is named, or one
    of several zones.
    """
    if country in _BY_COUNTRY:
        return _BY_COUNTRY[country]
    ending = host.rpartition(".")[2].lower()
    second = host.lower().split(".")[-2:-1]
    if ending in _BY_COUNTRY and (ending not in _SOLD_TO_ALL or second in (["co"], ["com"])):
        return _BY_COUNTRY[ending]
    for locale in locales:
        region = (locale or "").replace("_", "-").partition("-")[2].lower()[:2]
        if region in _BY_COUNTRY:
            return _BY_COUNTRY[region]
    return None


def clock_of(site: Site) -> ZoneInfo:
    """The clock by which a site's days and schedule go: the zone of its seed, else of its country, else UTC."""
    host = urlsplit(site.home).hostname or ""
    return ZoneInfo(site.timezone or zone_of(host, site.language, country=site.country) or "UTC")
