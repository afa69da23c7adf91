"""Seed files: one TOML file a site, read strictly, written tidily.

    name = "latinpost"                       # unique; [a-z0-9-]
    home = "https://www.latinpost.com/"
    language = "en"                          # BCP 47; left out: the page says
    country = "us"                           # ISO 3166, two letters
    timezone = "America/New_York"            # for dates that name no zone; left out: its country's
    feeds = ["https://www.latinpost.com/rss"]
    sitemaps = []                            # empty lists: found by themselves from home and robots.txt
    sections = []
    archives = []                            # for backfill: "https://www.example.com/archive/{yyyy}/{mm}/{dd}"
    allow = []                               # regular expressions: an article URL matches one of these,
    deny = []                                # and none of those
    every = "30m"                            # floor of the poll interval: s, m, h, d
    schedule = "*/20 6-22 * * *"             # or cron, in the site's zone
    expect = { min = 5, max = 80 }           # articles a day
    [fetch]
    delay_seconds = 2.0
    timeout_seconds = 30.0
    max_bytes = 10000000
    max_pages = 2000
    allow_private_hosts = []                 # "127.0.0.1:8877"
    render = false                           # true: pages made by scripts are run in a browser

Only `name` and `home` must be there. What is not understood is an error, never ignored.
"""

from __future__ import annotations

import difflib
import functools
import math
import os
import re
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError

from articles.model import SITE_NAME, Expect, Fetch, Site
from articles.urls import url_key

BUNDLED = Path(__file__).parent / "sites"
"""The seed files that come with Pressrun."""

SITE_KEYS = (
    *("name", "home", "language", "country", "timezone", "feeds", "sitemaps", "sections"),
    *("archives", "allow", "deny"),
    *("every", "schedule", "expect", "fetch"),
)
FETCH_KEYS = tuple(field.name for field in fields(Fetch))
EXPECT_KEYS = ("min", "max")

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
COUNTRY = re.compile(r"[a-z]{2}")
DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?")
PRIVATE_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
MAX_EVERY_SECONDS = 366 * 86400


class SeedError(Exception):
    """A seed file that cannot be used: its message names file, key, value and remedy."""

    def __init__(self, file: Path, key: str | None, value: object, problem: str, remedy: str) -> None:
        self.file = file
        self.key = key
        what = f"{key} = {_shown(value)}: " if key is not None else ""
        super().__init__(f"{file}: {what}{problem}. {remedy}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """A folder of seed files as read: what can be used, and what is wrong with the rest."""

    sites: tuple[Site, ...]
    errors: tuple[SeedError, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of a seed file, with what it takes to say where something is wrong."""

    file: Path
    prefix: str
    values: dict[str, object]

    def wrong(self, key: str, value: object, problem: str, remedy: str) -> SeedError:
        return SeedError(self.file, self.prefix + key, value, problem, remedy)


Check = Callable[[str], str | None]
"""Says what is wrong with a string, or nothing."""


# --- Reading --------------------------------------------------------------------------------------


def load_sites(folder: Path | str) -> Sites:
    """Read every `*.toml` below the folder, in path order; a broken file becomes an error beside the others.

    Of two files with one name or one home page the first is kept and the second is an error: an address
    belongs to one site. Raises SeedError when the folder itself cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "does not exist"
        raise SeedError(
            folder, None, None, problem, "Name a folder of seed files (*.toml) by --seeds or PRESSRUN_SEEDS"
        )
    sites: dict[str, tuple[Site, Path]] = {}
    homes: dict[str, Path] = {}
    errors: list[SeedError] = []
    for path in _seed_files(folder):
        try:
            site = load_site(path)
        except SeedError as error:
            errors.append(error)
            continue
        if site.name in sites:
            errors.append(_duplicate(path, site.name, sites[site.name][1]))
        elif first := homes.get(url_key(site.home)):
            errors.append(_same_home(path, site.home, first))
        else:
            homes[url_key(site.home)] = path
            sites[site.name] = (site, path)
    return Sites(sites=tuple(site for site, _ in sites.values()), errors=tuple(errors))


def load_site(path: Path | str) -> Site:
    """Read one seed file. Raises SeedError for the first thing in it that cannot be used."""
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        remedy = "Check the path and its permissions"
        raise SeedError(path, None, None, f"cannot be read ({error.strerror})", remedy) from error
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 (byte {error.start})"
        raise SeedError(path, None, None, problem, "Save the file as UTF-8") from error
    return parse_site(text, path)


def parse_site(text: str, path: Path) -> Site:
    """Read a seed file's text; the path is only named in errors. Raises SeedError."""
    try:
        values: dict[str, object] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SeedError(path, None, None, f"is not TOML: {error}", "Mend that line") from error
    table = _Table(path, "", values)
    _refuse_unknown_keys(table, SITE_KEYS)
    for key in ("name", "home"):
        if key not in values:
            raise SeedError(path, None, None, f"has no `{key}`", f"Add a line such as {_EXAMPLES[key]}")
    schedule = _optional_text(table, "schedule", _cron_problem, 'Write five fields, such as "*/30 * * * *"')
    return Site(
        name=_text(table, "name", _name_problem, "Use a-z, 0-9 and - (63 characters at most)"),
        home=_text(table, "home", _url_problem, _URL_REMEDY),
        language=_optional_text(table, "language", _language_problem, 'Write a BCP 47 tag: "en", "pt-BR"'),
        country=_optional_text(table, "country", _country_problem, 'Write two small letters: "us", "de"'),
        timezone=_optional_text(table, "timezone", _zone_problem, _ZONE_REMEDY),
        feeds=_texts(table, "feeds", _url_problem, _URL_REMEDY),
        sitemaps=_texts(table, "sitemaps", _url_problem, _URL_REMEDY),
        sections=_texts(table, "sections", _url_problem, _URL_REMEDY),
        archives=_texts(table, "archives", _archive_problem, _ARCHIVE_REMEDY),
        allow=_texts(table, "allow", _pattern_problem, _PATTERN_REMEDY),
        deny=_texts(table, "deny", _pattern_problem, _PATTERN_REMEDY),
        every_seconds=_duration(table, "every", default=1800),
        schedule=schedule,
        expect=_expect(table),
        fetch=_fetch(table),
    )


_EXAMPLES = {"name": 'name = "latinpost"', "home": 'home = "https://www.latinpost.com/"'}
_URL_REMEDY = 'Write a whole address: "https://www.example.com/news"'
_ARCHIVE_REMEDY = (
    'Write the date as {yyyy}, {mm} or {m}, {dd} or {d}: "https://www.example.com/{yyyy}/{mm}/{dd}"'
)
_ZONE_REMEDY = 'Write an IANA zone: "Europe/Berlin"'
_PATTERN_REMEDY = r"Mend the regular expression (in TOML, 'single quotes' keep \d as it is)"


def _seed_files(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*.toml") if path.is_file())
    return sorted(path for path in paths if not _is_hidden(path.relative_to(folder)))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _duplicate(path: Path, name: str, first: Path) -> SeedError:
    return SeedError(path, "name", name, f"is the name of {first} already", "Give each site its own name")


def _same_home(path: Path, home: str, first: Path) -> SeedError:
    remedy = "Keep one of the two: every address belongs to one site, and the other would find nothing new"
    return SeedError(path, "home", home, f"is the home page of {first} already", remedy)


def _refuse_unknown_keys(table: _Table, known: tuple[str, ...]) -> None:
    for key, value in table.values.items():
        if key not in known:
            raise table.wrong(key, value, "no such key", _key_remedy(key, table.prefix, known))


def _key_remedy(key: str, prefix: str, known: tuple[str, ...]) -> str:
    if close := _closest(key, known):
        return f"Did you mean `{prefix}{close}`?"
    if not prefix and (inner := _closest(key, FETCH_KEYS)):
        return f"Did you mean `fetch.{inner}`, below a line [fetch]?"
    if prefix and key in SITE_KEYS:
        return f"It belongs above the line [{prefix.rstrip('.')}]"
    return f"Known keys: {', '.join(known)}"


def _closest(key: str, known: tuple[str, ...]) -> str | None:
    longer = [name for name in known if len(key) > 3 and name.startswith(key.lower())]
    return next(iter(longer or difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.65)), None)


# --- Values ---------------------------------------------------------------------------------------


def _text(table: _Table, key: str, problem_of: Check, remedy: str) -> str:
    return _checked(table, key, table.values[key], problem_of, remedy)


def _optional_text(table: _Table, key: str, problem_of: Check, remedy: str) -> str | None:
    return _text(table, key, problem_of, remedy) if key in table.values else None


def _texts(table: _Table, key: str, problem_of: Check, remedy: str) -> tuple[str, ...]:
    value = table.values.get(key, [])
    if not isinstance(value, list):
        raise table.wrong(key, value, f"is {_type_of(value)}, not a list", f'Write {key} = ["..."]')
    return tuple(_checked(table, key, item, problem_of, remedy) for item in value)


def _checked(table: _Table, key: str, value: object, problem_of: Check, remedy: str) -> str:
    if not isinstance(value, str):
        raise table.wrong(key, value, f"is {_type_of(value)}, not a string", remedy)
    if problem := problem_of(value):
        raise table.wrong(key, value, problem, remedy)
    return value


def _number(table: _Table, key: str, default: float, *, least: float) -> float:
    value = table.values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise table.wrong(key, value, f"is {_type_of(value)}, not a number", "Write it without quotes")
    if not math.isfinite(value) or value < least:
        raise table.wrong(key, value, "is out of range", f"Write a number from {least:g} up")
    return float(value)


def _whole(table: _Table, key: str, default: int, *, least: int) -> int:
    value = table.values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise table.wrong(key, value, f"is {_type_of(value)}, not a whole number", "Write it without quotes")
    if value < least:
        raise table.wrong(key, value, "is out of range", f"Write a number from {least} up")
    return value


def _truth(table: _Table, key: str, default: bool) -> bool:
    value = table.values.get(key, default)
    if not isinstance(value, bool):
        raise table.wrong(key, value, f"is {_type_of(value)}, not true or false", "Write true or false")
    return value


def _duration(table: _Table, key: str, default: int) -> int:
    if key not in table.values:
        return default
    text = _text(table, key, _duration_problem, 'Write a number with s, m, h or d: "30m", "2h", "1h30m"')
    return _seconds(text)


def _inner(table: _Table, key: str, known: tuple[str, ...], example: str) -> _Table | None:
    value = table.values.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise table.wrong(key, value, f"is {_type_of(value)}, not a table", f"Write {example}")
    inner = _Table(table.file, f"{table.prefix}{key}.", value)
    _refuse_unknown_keys(inner, known)
    return inner


def _expect(table: _Table) -> Expect | None:
    inner = _inner(table, "expect", EXPECT_KEYS, "expect = { min = 5, max = 80 }")
    if inner is None:
        return None
    low = _whole(inner, "min", Expect().min, least=0)
    high = _whole(inner, "max", low, least=0) if "max" in inner.values else None
    if high is not None and high < low:
        raise inner.wrong("max", high, f"is less than expect.min = {low}", "Make max at least min")
    return Expect(min=low, max=high)


def _fetch(table: _Table) -> Fetch:
    inner = _inner(table, "fetch", FETCH_KEYS, "[fetch] on a line of its own, its keys below")
    default = Fetch()
    if inner is None:
        return default
    host_remedy = 'Write "host" or "host:port", such as "127.0.0.1:8877"'
    return Fetch(
        delay_seconds=_number(inner, "delay_seconds", default.delay_seconds, least=0),
        timeout_seconds=_number(inner, "timeout_seconds", default.timeout_seconds, least=0.001),
        max_bytes=_whole(inner, "max_bytes", default.max_bytes, least=1),
        max_pages=_whole(inner, "max_pages", default.max_pages, least=1),
        allow_private_hosts=_texts(inner, "allow_private_hosts", _private_host_problem, host_remedy),
        render=_truth(inner, "render", default.render),
    )


# --- Checks: each says what is wrong, or nothing -----------------------------------------------------


def _name_problem(value: str) -> str | None:
    return None if SITE_NAME.fullmatch(value) else "is no site name"


def _url_problem(value: str) -> str | None:
    if re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", value):
        return "has a character that no URL has"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        return f"is no URL ({error})"
    if parts.scheme not in ("http", "https"):
        return "is no http or https URL"
    if not parts.hostname or parts.hostname.startswith(".") or ".." in parts.hostname:
        return "names no host"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or password"
    return "has a port of 0" if port == 0 else None


def _archive_problem(value: str) -> str | None:
    plain = re.sub(r"\{(?:yyyy|mm|dd|m|d)\}", "1", value)
    if plain == value or "{yyyy}" not in value:
        return "names no {yyyy}"
    return _url_problem(plain)


def _language_problem(value: str) -> str | None:
    return None if LANGUAGE.fullmatch(value) else "is no language tag"


def _country_problem(value: str) -> str | None:
    return None if COUNTRY.fullmatch(value) else "is no country code"


def _zone_problem(value: str) -> str | None:
    if value in _zones():
        return None
    close = difflib.get_close_matches(value, _zones(), n=1, cutoff=0.7)
    return "is no IANA time zone" + (f" (did you mean {close[0]}?)" if close else "")


@functools.cache
def _zones() -> frozenset[str]:
    # `localtime` and its kin are the machine's own zone, not a place's
    return frozenset(zone for zone in available_timezones() if zone not in ("localtime", "posixrules"))


def _pattern_problem(value: str) -> str | None:
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression ({error})"
    return None


def _cron_problem(value: str) -> str | None:
    if len(value.split()) != 5:
        return f"has {len(value.split())} fields, a cron expression has 5"
    try:
        next(CronSim(value, datetime(2024, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        return f"is no cron expression ({error})"
    except StopIteration:
        return "never comes round"
    return None


def _duration_problem(value: str) -> str | None:
    if not value or not DURATION.fullmatch(value):
        return "is no duration"
    seconds = _seconds(value)
    if seconds < 1:
        return "is no time at all"
    return "is more than a year" if seconds > MAX_EVERY_SECONDS else None


def _seconds(value: str) -> int:
    match = DURATION.fullmatch(value)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _private_host_problem(value: str) -> str | None:
    if not PRIVATE_HOST.fullmatch(value):
        return "is no host"
    _, _, port = value.rpartition(":") if not value.endswith("]") else ("", "", "")
    return "has no such port" if port.isdigit() and not 0 < int(port) < 65536 and ":" in value else None


def _type_of(value: object) -> str:
    names = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, dict) else "a date or time")


def _shown(value: object) -> str:
    shown = _quoted(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 200 else shown[:197] + "..."


# --- Writing --------------------------------------------------------------------------------------


def write_site(folder: Path | str, site: Site, *, replace: bool = False) -> Path:
    """Write the site's seed file below the folder (`<country>/<name>.toml`) and return its path.

    The file is whole or not there. A file that says the same is left as it is; one that says something
    else is overwritten only with `replace`. Raises SeedError when the site could not be read back as it is,
    when the name is taken, or when the folder cannot be written.
    """
    folder = Path(folder)
    path = folder / site.country / f"{site.name}.toml" if site.country else folder / f"{site.name}.toml"
    text = site_text(site)
    if parse_site(text, path) != site:
        raise SeedError(path, None, None, "would not read back as the same site", "Check the site's values")
    for other in _seed_files(folder) if folder.is_dir() else []:
        existing = _readable(other)
        if existing == site:
            return other
        in_the_way = not replace if other == path else existing is not None and existing.name == site.name
        if in_the_way:
            raise SeedError(path, "name", site.name, f"{other} is there already", "Edit or remove that file")
    try:
        _write_whole(path, text)
    except OSError as error:
        remedy = "Choose a folder that can be written (--seeds)"
        raise SeedError(path, None, None, f"cannot be written ({error.strerror})", remedy) from error
    return path


def site_text(site: Site) -> str:
    """The site as the text of a seed file: what must be there, and what differs from the default."""
    default, fetch_default = Site(name=site.name, home=site.home), Fetch()
    lines = [f"name = {_quoted(site.name)}", f"home = {_quoted(site.home)}"]
    for key in ("language", "country", "timezone"):
        if (value := getattr(site, key)) is not None:
            lines.append(f"{key} = {_quoted(value)}")
    for key in ("feeds", "sitemaps", "sections", "archives", "allow", "deny"):
        values = getattr(site, key)
        if values or key in ("feeds", "sitemaps", "sections"):
            lines.append(f"{key} = {_list_text(values)}")
    if site.schedule is None or site.every_seconds != default.every_seconds:
        lines.append(f"every = {_quoted(_duration_text(site.every_seconds))}")
    if site.schedule is not None:
        lines.append(f"schedule = {_quoted(site.schedule)}")
    if site.expect is not None:
        high = "" if site.expect.max is None else f", max = {site.expect.max}"
        lines.append(f"expect = {{ min = {site.expect.min}{high} }}")
    if site.fetch != fetch_default:
        lines += ["", "[fetch]"]
        for key in FETCH_KEYS:
            if (value := getattr(site.fetch, key)) != getattr(fetch_default, key):
                lines.append(f"{key} = {_value_text(value)}")
    return "\n".join(lines) + "\n"


def _readable(path: Path) -> Site | None:
    try:
        return load_site(path)
    except SeedError:
        return None


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _value_text(value: object) -> str:
    if isinstance(value, tuple):
        return _list_text(value)
    return repr(value).lower() if isinstance(value, bool) else repr(value)


def _list_text(values: tuple[str, ...]) -> str:
    one_line = "[" + ", ".join(map(_quoted, values)) + "]"
    if len(one_line) <= 90:
        return one_line
    return "[\n" + "".join(f"  {_quoted(value)},\n" for value in values) + "]"


def _duration_text(seconds: int) -> str:
    """Seconds in the largest units that say them: 5400 is `1h30m`."""
    text = ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _quoted(value: str) -> str:
    """A TOML basic string (TOML 1.0, String): control characters escaped."""
    return '"' + "".join(_ESCAPES.get(char, _escaped(char)) for char in value) + '"'


def _escaped(char: str) -> str:
    control = ord(char) < 0x20 or ord(char) == 0x7F or 0xD800 <= ord(char) <= 0xDFFF
    return f"\\u{ord(char):04X}" if control else char
