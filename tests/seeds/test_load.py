"""Seed files: what is understood, what is refused and in which words, and that writing loses nothing."""

import re
from dataclasses import fields
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.model import Expect, Fetch, Site
from seeds.load import BUNDLED, SeedError, load_site, load_sites, parse_site, site_text, write_site

GOOD = 'name = "gazette"\nhome = "https://gazette.example/"\n'

EVERYTHING = """
name = "gazette"
home = "https://gazette.example/"
language = "pt-BR"
country = "br"
timezone = "America/Sao_Paulo"
feeds = ["https://gazette.example/rss", "https://gazette.example/sport.atom"]
sitemaps = ["https://gazette.example/news.xml"]
sections = ["https://gazette.example/cidade"]
archives = ["https://gazette.example/{yyyy}/{mm}/{dd}"]
allow = ['/\\d{4}/']
deny = ["/video/"]
every = "1h30m"
schedule = "*/20 6-22 * * *"
expect = { min = 5, max = 80 }
[fetch]
delay_seconds = 2
timeout_seconds = 12.5
max_bytes = 5000
max_pages = 7
allow_private_hosts = ["127.0.0.1:8877", "[::1]:80", "intranet"]
render = true
"""


def test_every_key_arrives_in_the_site():
    assert parse_site(EVERYTHING, Path("gazette.toml")) == Site(
        name="gazette",
        home="https://gazette.example/",
        language="pt-BR",
        country="br",
        timezone="America/Sao_Paulo",
        feeds=("https://gazette.example/rss", "https://gazette.example/sport.atom"),
        sitemaps=("https://gazette.example/news.xml",),
        sections=("https://gazette.example/cidade",),
        archives=("https://gazette.example/{yyyy}/{mm}/{dd}",),
        allow=(r"/\d{4}/",),
        deny=("/video/",),
        every_seconds=5400,
        schedule="*/20 6-22 * * *",
        expect=Expect(min=5, max=80),
        fetch=Fetch(
            delay_seconds=2.0,
            timeout_seconds=12.5,
            max_bytes=5000,
            max_pages=7,
            allow_private_hosts=("127.0.0.1:8877", "[::1]:80", "intranet"),
            render=True,
        ),
    )


def test_the_example_has_every_field_there_is():
    site = parse_site(EVERYTHING, Path("gazette.toml"))
    default = Site(name="", home="")
    assert [
        field.name for field in fields(Site) if getattr(site, field.name) == getattr(default, field.name)
    ] == []
    assert [
        field.name
        for field in fields(Fetch)
        if getattr(site.fetch, field.name) == getattr(Fetch(), field.name)
    ] == []


def test_name_and_home_are_enough():
    assert parse_site(GOOD, Path("g.toml")) == Site(name="gazette", home="https://gazette.example/")


BAD = [
    # what is added to a good file, what the message must say besides the file's name
    ('feds = ["https://gazette.example/rss"]', ["feds", "Did you mean `feeds`?"]),
    ('time_zone = "UTC"', ["time_zone", "Did you mean `timezone`?"]),
    ('colour = "red"', ['colour = "red"', "Known keys: name, home"]),
    ("delay_seconds = 2", ["delay_seconds = 2", "`fetch.delay_seconds`", "[fetch]"]),
    ("[fetch]\ndelay = 2", ["fetch.delay = 2", "`fetch.delay_seconds`"]),
    ("render = true", ["render = True", "`fetch.render`", "[fetch]"]),
    ('[fetch]\nrender = "yes"', ["fetch.render", "is a string, not true or false"]),
    ("[fetch]\nmax_byte = 2", ["fetch.max_byte = 2", "`fetch.max_bytes`"]),
    ('[fetch]\nevery = "1h"', ["fetch.every", "above the line [fetch]"]),
    ("expect = { mim = 1 }", ["expect.mim = 1", "`expect.min`"]),
    ("expect = 5", ["expect = 5", "is a number, not a table", "{ min = 5, max = 80 }"]),
    ("expect = { min = 9, max = 3 }", ["expect.max = 3", "less than expect.min = 9"]),
    ("expect = { min = -1 }", ["expect.min = -1", "from 0 up"]),
    ("expect = { min = true }", ["expect.min", "is a boolean"]),
    ('feeds = "https://gazette.example/rss"', ["feeds", "is a string, not a list", '["..."]']),
    ("feeds = [1]", ["feeds = 1", "is a number, not a string"]),
    ('feeds = ["/rss"]', ['feeds = "/rss"', "no http or https URL", "https://www.example.com/news"]),
    ('feeds = ["https://gazette.example/r ss"]', ["feeds", "a character that no URL has"]),
    ('sitemaps = ["ftp://gazette.example/"]', ["sitemaps", "no http or https URL"]),
    ('archives = ["https://gazette.example/archive"]', ["archives", "names no {yyyy}", "{mm}"]),
    ('archives = ["ftp://gazette.example/{yyyy}"]', ["archives", "no http"]),
    ('sections = ["https:///politics"]', ["sections", "names no host"]),
    ('sections = ["https://user:word@gazette.example/"]', ["sections", "user name or password"]),
    ('sections = ["https://gazette.example:99999/"]', ["sections", "99999"]),
    ('sections = ["https://[::1/"]', ["sections", "is no URL"]),
    ("allow = ['(news']", ['allow = "(news"', "is no regular expression", "Mend"]),
    ('deny = ["*"]', ['deny = "*"', "is no regular expression"]),
    ('every = "30"', ['every = "30"', "is no duration", '"30m", "2h"']),
    ('every = "half an hour"', ["every", "is no duration"]),
    ('every = "-5m"', ["every", "is no duration"]),
    ('every = ""', ["every", "is no duration"]),
    ('every = "0m"', ["every", "is no time at all"]),
    ('every = "9000d"', ["every", "more than a year"]),
    ("every = 30", ["every = 30", "is a number, not a string", '"30m"']),
    ('schedule = "61 * * * *"', ['schedule = "61 * * * *"', "is no cron expression", "five fields"]),
    ('schedule = "* * * *"', ["schedule", "has 4 fields"]),
    ('schedule = "0 0 31 2 *"', ["schedule", "cron"]),
    ('timezone = "Europe/Berlim"', ['timezone = "Europe/Berlim"', "did you mean Europe/Berlin?"]),
    ('timezone = "../../etc/passwd"', ["timezone", "is no IANA time zone"]),
    ("timezone = 2", ["timezone = 2", "is a number, not a string"]),
    ('language = "English"', ['language = "English"', "is no language tag"]),
    ('country = "usa"', ['country = "usa"', "is no country code"]),
    ("[fetch]\ndelay_seconds = -0.5", ["fetch.delay_seconds = -0.5", "from 0 up"]),
    ("[fetch]\ndelay_seconds = nan", ["fetch.delay_seconds = nan", "out of range"]),
    ("[fetch]\ndelay_seconds = inf", ["fetch.delay_seconds = inf", "out of range"]),
    ('[fetch]\ndelay_seconds = "2"', ["fetch.delay_seconds", "is a string, not a number", "without quotes"]),
    ("[fetch]\ntimeout_seconds = 0", ["fetch.timeout_seconds = 0", "out of range"]),
    ("[fetch]\nmax_bytes = 1.5", ["fetch.max_bytes = 1.5", "not a whole number"]),
    ("[fetch]\nmax_pages = 0", ["fetch.max_pages = 0", "from 1 up"]),
    (
        '[fetch]\nallow_private_hosts = ["http://127.0.0.1"]',
        ["fetch.allow_private_hosts", "is no host", "8877"],
    ),
    ('[fetch]\nallow_private_hosts = ["localhost:99999"]', ["fetch.allow_private_hosts", "no such port"]),
    ('name = "again"', ["is not TOML", "line 3", "Mend that line"]),
    ("expect = 1979-05-27", ["expect = 1979-05-27", "is a date or time"]),
]


@pytest.mark.parametrize(("addition", "says"), BAD, ids=[addition[:40] for addition, _ in BAD])
def test_an_error_names_file_key_value_and_remedy(addition, says, tmp_path):
    path = tmp_path / "gazette.toml"
    path.write_text(GOOD + addition + "\n", encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        load_site(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert [part for part in says if part not in message] == []


@pytest.mark.parametrize(
    "name", ["", "Gazette", "the gazette", "-gazette", "gazette-", "a/b", "..", "ä", "x" * 64]
)
def test_a_name_that_could_not_be_a_folder_everywhere_is_refused(name):
    with pytest.raises(SeedError, match="is no site name"):
        parse_site(f'name = "{name}"\nhome = "https://gazette.example/"', Path("g.toml"))


@pytest.mark.parametrize("missing", ["name", "home"])
def test_a_missing_key_is_named_with_an_example(missing):
    kept = "\n".join(line for line in GOOD.splitlines() if not line.startswith(missing))
    with pytest.raises(SeedError, match=f"has no `{missing}`.*Add a line such as {missing} = "):
        parse_site(kept, Path("g.toml"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"\x00\x01", "is not TOML"),
        (b"<html>", "is not TOML"),
        (b"a=" + b"[" * 9999, "is not TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_one_clear_error(data, says, tmp_path):
    (tmp_path / "x.toml").write_bytes(data)
    with pytest.raises(SeedError, match=says):
        load_site(tmp_path / "x.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_site(tmp_path / "x.toml").name == "gazette"


def test_one_broken_file_never_stops_the_others(tmp_path):
    (tmp_path / "us").mkdir()
    (tmp_path / "a.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "c.toml").write_text(GOOD.replace("https", "gopher"), encoding="utf-8")
    (tmp_path / "us" / "d.toml").write_text(GOOD.replace("gazette", "tribune"), encoding="utf-8")
    (tmp_path / ".draft.toml").write_text("nonsense", encoding="utf-8")
    loaded = load_sites(tmp_path)
    assert [site.name for site in loaded.sites] == ["gazette", "tribune"]
    assert [error.file.name for error in loaded.errors] == ["a.toml", "c.toml"]


def test_of_two_files_with_one_name_the_later_is_the_error(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.toml").write_text(GOOD.replace(".example", ".test"), encoding="utf-8")
    loaded = load_sites(tmp_path)
    assert [site.home for site in loaded.sites] == ["https://gazette.example/"]
    assert [error.file.name for error in loaded.errors] == ["b.toml"]
    assert "a.toml" in str(loaded.errors[0])
    assert 'name = "gazette"' in str(loaded.errors[0])


def test_a_folder_that_is_not_there_is_one_error(tmp_path):
    with pytest.raises(SeedError, match="does not exist"):
        load_sites(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(SeedError, match="is not a folder"):
        load_sites(tmp_path / "file")


def test_the_bundled_seed_files_are_all_good():
    loaded = load_sites(BUNDLED)
    assert loaded.errors == ()
    assert "latinpost" in [site.name for site in loaded.sites]


# --- Writing --------------------------------------------------------------------------------------

host = st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,5}){1,2}", fullmatch=True)
url = st.builds(
    lambda scheme, host, path: f"{scheme}://{host}/{path}",
    st.sampled_from(["http", "https"]),
    host,
    st.text(st.sampled_from("abc/?=&%20é新'()[]*~;#")),
)
urls = st.lists(url, max_size=4).map(tuple)
patterns = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(re.escape), max_size=3)
expects = st.builds(
    lambda low, more: Expect(min=low, max=None if more is None else low + more),
    st.integers(0, 500),
    st.none() | st.integers(0, 500),
)
fetches = st.builds(
    Fetch,
    delay_seconds=st.floats(0, 1e6),
    timeout_seconds=st.floats(0.001, 1e6),
    max_bytes=st.integers(1, 10**12),
    max_pages=st.integers(1, 10**9),
    allow_private_hosts=st.lists(host | host.map("{}:8877".format), max_size=2).map(tuple),
)
sites = st.builds(
    Site,
    name=st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True),
    home=url,
    language=st.none() | st.sampled_from(["en", "pt-BR", "zh-Hant-TW"]),
    country=st.none() | st.from_regex(r"[a-z]{2}", fullmatch=True),
    timezone=st.sampled_from(sorted(available_timezones() - {"localtime", "posixrules"})),
    feeds=urls,
    sitemaps=urls,
    sections=urls,
    allow=patterns.map(tuple),
    deny=patterns.map(tuple),
    every_seconds=st.integers(1, 366 * 86400),
    schedule=st.none() | st.sampled_from(["*/20 6-22 * * *", "0 0 1 1 *"]),
    expect=st.none() | expects,
    fetch=fetches,
)


@given(site=sites)
def test_a_written_site_reads_back_as_the_same_site(site):
    assert parse_site(site_text(site), Path("x.toml")) == site


@settings(max_examples=20)
@given(site=sites)
def test_a_written_file_reads_back_as_the_same_site(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeds")
    path = write_site(folder, site)
    assert load_site(path) == site
    assert load_sites(folder).sites == (site,)
    assert [left.name for left in path.parent.iterdir()] == [path.name]


def test_a_site_is_written_below_its_country(tmp_path):
    site = Site(name="gazette", home="https://gazette.example/", country="de")
    assert write_site(tmp_path / "new", site) == tmp_path / "new" / "de" / "gazette.toml"


def test_writing_the_same_site_again_changes_nothing(tmp_path):
    site = Site(name="gazette", home="https://gazette.example/")
    path = write_site(tmp_path, site)
    path.write_text("# a comment of mine\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert write_site(tmp_path, site) == path
    assert path.read_text(encoding="utf-8").startswith("# a comment of mine")


def test_a_seed_file_of_the_user_is_never_overwritten(tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SeedError, match=r"mine.toml is there already"):
        write_site(tmp_path, Site(name="gazette", home="https://elsewhere.example/"))
    (tmp_path / "tribune.toml").write_text("broken", encoding="utf-8")
    with pytest.raises(SeedError, match=r"tribune.toml is there already"):
        write_site(tmp_path, Site(name="tribune", home="https://elsewhere.example/"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.toml", "tribune.toml"]


def test_a_seed_file_of_ours_is_overwritten_where_the_caller_says_so(tmp_path):
    write_site(tmp_path, Site(name="sample", home="http://127.0.0.1:8877/"))
    path = write_site(tmp_path, Site(name="sample", home="http://127.0.0.1:8878/"), replace=True)
    assert load_site(path).home == "http://127.0.0.1:8878/"
    (tmp_path / "other.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SeedError, match=r"other.toml is there already"):
        write_site(tmp_path, Site(name="gazette", home="https://elsewhere.example/"), replace=True)


@pytest.mark.parametrize(
    "site",
    [
        Site(name="../escape", home="https://gazette.example/"),
        Site(name="gazette", home="gazette.example"),
        Site(name="gazette", home="https://gazette.example/", country="../.."),
        Site(name="gazette", home="https://gazette.example/", fetch=Fetch(delay_seconds=-1)),
        Site(name="gazette", home="https://gazette.example/", allow=("\ud800",)),
    ],
)
def test_a_site_that_could_not_be_read_back_is_never_written(site, tmp_path):
    with pytest.raises(SeedError):
        write_site(tmp_path / "seeds", site)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "seeds").touch()
    with pytest.raises(SeedError, match=r"gazette.toml: cannot be written .*--seeds"):
        write_site(tmp_path / "seeds", Site(name="gazette", home="https://gazette.example/"))


def test_a_schedule_that_comes_round_every_four_years_is_good():
    assert parse_site(GOOD + 'schedule = "0 0 29 2 *"', Path("x.toml")).schedule == "0 0 29 2 *"


def test_of_two_sites_with_one_home_page_the_first_is_kept_and_the_second_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "one"\nhome = "https://www.paper.example/"\n')
    (tmp_path / "b.toml").write_text('name = "two"\nhome = "http://paper.example"\n')
    (tmp_path / "c.toml").write_text('name = "three"\nhome = "https://www.paper.example/sport"\n')
    loaded = load_sites(tmp_path)
    assert [site.name for site in loaded.sites] == ["one", "three"]
    (error,) = loaded.errors
    assert "is the home page of" in str(error)
    assert "a.toml" in str(error)
