"""Each command answers, in JSON where asked, with 0, 1 or 2 for the shell."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from articles.model import Expect, Site
from seeds.load import load_site, write_site
from seeds.sample.paper import ROOT, sample_site
from seeds.sample.server import serve
from storage.objects import open_store
from tests.conftest import free_port
from tests.pressrun.conftest import EDITED, Crawled, Run
from tests.support.archives import commit, make_article, new_database

LATIN_POST = "russian-cruise-missiles-land-in-iran"
PROMISED = {
    *("url", "title", "text", "authors", "published_at", "site", "article_id", "revision_id"),
    *("change", "seq", "removed"),
}
"""Keys of each line of `read`."""


def lines(result: subprocess.CompletedProcess[str]) -> list[dict]:
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def hear_ctrl_c() -> None:
    """As a command in front of a shell does, also where these tests run in the back."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_read_prints_one_json_object_an_article(pressrun: Run, crawled: Crawled):
    articles = lines(pressrun("read", "--store", crawled.store))
    assert len(articles) >= 60
    for article in articles:
        assert set(article) >= PROMISED
        assert article["text"] == "\n".join(article["paragraphs"])
    assert len({article["article_id"] for article in articles}) == len(articles)


def test_read_since_a_cursor_gives_later_changes_only(pressrun: Run, crawled: Crawled):
    everything = lines(pressrun("read", "--store", crawled.store, "--since", "0"))
    assert [row["seq"] for row in everything] == sorted(row["seq"] for row in everything)
    last = everything[-1]["seq"]
    assert lines(pressrun("read", "--store", crawled.store, "--since", str(last - 1))) == everything[-1:]
    assert lines(pressrun("read", "--store", crawled.store, "--since", str(last))) == []


def test_read_by_time_and_site(pressrun: Run, crawled: Crawled):
    old = lines(pressrun("read", "--store", crawled.store, "--before", "2016-01-01"))
    assert [row["title"] for row in old] == [crawled.paper[LATIN_POST].title]
    assert len(lines(pressrun("read", "--store", crawled.store, "--site", "sample"))) >= 60


def test_a_site_that_the_archive_does_not_have_is_told_with_those_it_has(
    pressrun: Run, crawled: Crawled, tmp_path: Path
):
    result = pressrun("read", "--store", crawled.store, "--site", "nosuch")
    assert (result.returncode, result.stdout) == (2, "")
    assert "nosuch" in result.stderr
    assert "sample" in result.stderr
    write_site(tmp_path, replace(sample_site(), name="tomorrow"))
    result = pressrun("read", "--store", crawled.store, "--seeds", tmp_path, "--site", "tomorrow")
    assert (result.returncode, result.stdout) == (0, "")
    assert "nothing is stored of tomorrow yet" in result.stderr


def test_read_chooses_kinds_of_change(pressrun: Run, crawled: Crawled):
    rows = lines(pressrun("read", "--store", crawled.store, "--since", "0", "--kind", "edited"))
    assert [(row["change"], row["edited"]) for row in rows] == [("edited", ["body"])]


def test_read_as_of_a_cursor_or_a_moment_gives_what_was_known_then(pressrun: Run, crawled: Crawled):
    edited = crawled.url_of(EDITED)
    rows = {row["fetched_url"]: row for row in lines(pressrun("read", "--store", crawled.store))}
    seq, committed_at = rows[edited]["seq"], rows[edited]["committed_at"]
    for as_of in (str(seq - 1), committed_at.replace("Z", "") + "Z"):
        before = lines(pressrun("read", "--store", crawled.store, "--as-of", as_of))
        changes = {row["fetched_url"]: row["change"] for row in before}
        assert len(before) == len(rows)
        assert changes[edited] == ("new" if as_of == str(seq - 1) else "edited")


def test_read_follow_waits_for_the_next_commit_and_ends_cleanly_on_ctrl_c(pressrun: Run, tmp_path: Path):
    store, database = open_store(str(tmp_path / "archive")), new_database(tmp_path)
    commit(store, database, "a", make_article("one"))
    cursor = tmp_path / "cursor"
    executable = pressrun("--help").args[0]
    reader = subprocess.Popen(
        [executable, "read", "--store", store.url, "--cursor-file", cursor, "--follow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
    )
    assert reader.stdout is not None
    assert json.loads(reader.stdout.readline())["seq"] == 1
    commit(store, database, "b", make_article("two"))
    assert json.loads(reader.stdout.readline())["seq"] == 2
    reader.send_signal(signal.SIGINT)
    rest, said = reader.communicate(timeout=20)
    assert (reader.returncode, rest, said) == (0, "", "")
    assert cursor.read_text().split()[0] in ("1", "2")  # it moves after what was printed
    database.close()


def test_show_diff_tells_the_paragraph_that_was_added(pressrun: Run, crawled: Crawled):
    url, store = crawled.url_of(EDITED), crawled.store
    text = pressrun("show", url, "--store", store, "--diff").stdout
    assert "+ The engine part arrived on Friday after all." in text
    assert "paragraphs unchanged" in text
    assert text.count("\n- ") == 1  # the time of the edit
    first, last = (row["revision_id"] for row in _shown(pressrun, url, store)["revisions"])
    back = pressrun("show", url, "--store", store, "--diff", "--revision", last, "--revision", first[:8])
    assert "- The engine part arrived on Friday after all." in back.stdout
    found = json.loads(pressrun("show", url, "--store", store, "--diff", "--json").stdout)
    marks = [[piece["mark"] for piece in paragraph["pieces"]] for paragraph in found["paragraphs"]]
    assert marks[-1] == ["came"]
    only = pressrun("show", url, "--store", store, "--diff", "--revision", first)
    assert only.returncode == 2
    assert "nothing to compare it with" in only.stderr


def _shown(pressrun: Run, url: str, store: Path) -> dict:
    return json.loads(pressrun("show", url, "--store", store, "--json").stdout)


def test_why_tells_the_steps_in_order_of_time_and_knows_polled_pages(pressrun: Run, crawled: Crawled):
    where = ("--store", crawled.store, "--seeds", crawled.seeds, "--json")
    article = json.loads(pressrun("why", crawled.url_of(EDITED), *where).stdout)
    assert [step["at"] for step in article["steps"]] == sorted(step["at"] for step in article["steps"])
    steps = [step["step"] for step in article["steps"]]
    assert steps[0] == "found"
    assert sum(step.startswith("commit") for step in steps) == 2
    via = article["crawl"]["mentions"][0]["via"]
    page = json.loads(pressrun("why", via, *where).stdout)
    assert page["polled"][0]["site"] == "sample"
    assert {"polled", "looked at", "next look"} <= {step["step"] for step in page["steps"]}


def test_a_cursor_file_gives_what_is_new_and_then_nothing(pressrun: Run, crawled: Crawled, tmp_path: Path):
    cursor = tmp_path / "my.cursor"
    first = lines(pressrun("read", "--store", crawled.store, "--cursor-file", cursor))
    assert first == lines(pressrun("read", "--store", crawled.store, "--since", "0"))
    assert lines(pressrun("read", "--store", crawled.store, "--cursor-file", cursor)) == []
    cursor.write_text("1\n")
    assert [
        row["change"] for row in lines(pressrun("read", "--store", crawled.store, "--cursor-file", cursor))
    ] == ["edited"]


def test_a_cursor_file_of_another_archive_is_refused_though_the_number_is_there(
    pressrun: Run, crawled: Crawled, tmp_path: Path
):
    cursor, other = tmp_path / "my.cursor", tmp_path / "other"
    pressrun("read", "--store", crawled.store, "--cursor-file", cursor)
    held = cursor.read_text()
    for number in range(4):
        commit(open_store(str(other)), new_database(tmp_path), f"s{number}", make_article(f"a-{number}"))
    result = pressrun("read", "--store", other, "--cursor-file", cursor)
    assert (result.returncode, result.stdout) == (2, "")
    assert "is of another archive" in result.stderr
    assert cursor.read_text() == held


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--since", "-1"), "no commit number"),
        (("--after", "2026-11-20", "--before", "2026-11-01"), "swap them"),
        (("--cursor-file", "/nowhere/my.cursor"), "cannot be written"),
    ],
)
def test_a_reading_that_cannot_be_meant_is_refused_before_anything_is_printed(
    pressrun: Run, crawled: Crawled, given: tuple[str, ...], told: str
):
    result = pressrun("read", "--store", crawled.store, *given)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_database_and_a_hosts_file_that_are_none_are_told_in_one_sentence(pressrun: Run, crawled: Crawled):
    where = ("--store", crawled.store, "--seeds", crawled.seeds)
    for name, value, command in (
        ("PRESSRUN_DATABASE", "nonsense", ("status",)),
        ("PRESSRUN_DATABASE", "mysql://user@host/name", ("status",)),
        ("PRESSRUN_HOSTS", "/nowhere", ("try", crawled.url_of(EDITED))),
    ):
        result = pressrun(*command, *where, **{name: value})
        assert result.returncode == 2, result.stderr
        assert name in result.stderr
        assert "Traceback" not in result.stderr
        assert "Errno" not in result.stderr


def test_a_folder_without_seeds_is_told_with_how_one_is_made(pressrun: Run, tmp_path: Path):
    told = pressrun("sites", "--seeds", tmp_path)
    assert (told.returncode, "pressrun add URL" in told.stdout) == (0, True)
    assert pressrun("sites", "--seeds", tmp_path, "--json").stdout == ""


def test_a_reader_that_has_seen_enough_ends_the_command_without_an_error(pressrun: Run, crawled: Crawled):
    executable = pressrun("--help").args[0]
    reading = subprocess.Popen(
        [executable, "read", "--store", crawled.store], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert reading.stdout is not None
    assert reading.stderr is not None
    assert reading.stdout.readline()
    reading.stdout.close()
    assert (reading.wait(timeout=60), reading.stderr.read()) == (0, b"")


def test_a_cursor_file_does_not_move_when_the_output_cannot_be_written(
    pressrun: Run, crawled: Crawled, tmp_path: Path
):
    cursor = tmp_path / "my.cursor"
    executable = pressrun("--help").args[0]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [executable, "read", "--store", crawled.store, "--cursor-file", cursor],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert not cursor.exists()


def test_show_tells_the_article_its_revisions_and_what_was_removed(pressrun: Run, crawled: Crawled):
    shown = json.loads(pressrun("show", crawled.url_of(EDITED), "--store", crawled.store, "--json").stdout)
    assert [row["change"] for row in shown["revisions"]] == ["new", "edited"]
    text = pressrun("show", crawled.url_of(LATIN_POST), "--store", crawled.store).stdout
    assert "] Subscribe to Latin Post!" in text
    assert crawled.paper[LATIN_POST].paragraphs[8] in " ".join(text.split())


def test_captures_that_are_read_again_without_their_seed_are_told(
    pressrun: Run, crawled: Crawled, tmp_path: Path
):
    write_site(tmp_path, replace(sample_site(), name="another"))
    told = pressrun("compare", "--store", crawled.store, "--seeds", tmp_path).stderr
    assert f"sample: no seed in {tmp_path}" in told
    assert pressrun("compare", "--store", crawled.store, "--seeds", crawled.seeds).stderr == ""


def test_show_and_story_take_an_article_id_too(pressrun: Run, crawled: Crawled):
    url, where = crawled.url_of(EDITED), ("--store", crawled.store, "--json")
    shown = pressrun("show", url, *where).stdout
    key = json.loads(shown)["article"]["article_id"]
    assert pressrun("show", key, *where).stdout == shown
    assert pressrun("story", key, *where).stdout == pressrun("story", url, *where).stdout != ""


def test_why_tells_every_step_of_an_address(pressrun: Run, crawled: Crawled):
    result = pressrun(
        "why", crawled.url_of(EDITED), "--store", crawled.store, "--seeds", crawled.seeds, "--json"
    )
    trace = json.loads(result.stdout)
    assert [row["fate"] for row in trace["captures"]] == ["article", "article"]
    assert trace["crawl"]["mentions"]
    assert [attempt["outcome"] for attempt in trace["crawl"]["attempts"]] == ["fetched", "fetched"]
    nowhere = pressrun("why", f"{crawled.url}nowhere", "--store", crawled.store, "--seeds", crawled.seeds)
    assert nowhere.returncode == 2
    assert "never met" in nowhere.stderr


def test_why_says_that_an_address_is_never_asked_for_and_for_what_reason(pressrun: Run, crawled: Crawled):
    where = ("--store", crawled.store, "--seeds", crawled.seeds)
    result = pressrun("why", f"{crawled.url}gallery/parade-of-boats/", *where, "--json")
    (skipped,) = [step for step in json.loads(result.stdout)["steps"] if step["step"] == "skipped"]
    assert skipped["what"].startswith("listing: by its address")


def test_sites_lists_the_good_seeds_and_names_the_broken_one(pressrun: Run, tmp_path: Path):
    write_site(tmp_path, sample_site())
    (tmp_path / "broken.toml").write_text('name = "broken"\nhome = "https://example.com/"\nfeedz = []\n')
    result = pressrun("sites", "--seeds", tmp_path, "--json")
    assert result.returncode == 2
    assert [json.loads(line)["name"] for line in result.stdout.splitlines()] == ["sample"]
    assert "broken.toml" in result.stderr
    assert "feedz" in result.stderr


def test_add_writes_a_seed_that_names_the_feeds_and_sitemaps_found(pressrun: Run, tmp_path: Path):
    with serve(port=0) as server:
        result = pressrun("add", server.url, "--name", "courier", "--allow-private", "--seeds", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Its address names no country" in result.stdout
    assert "A line such as `timezone =" in result.stdout
    assert f"Next: pressrun try courier --seeds {tmp_path}\n" in result.stdout
    site = load_site(next(tmp_path.rglob("courier.toml")))
    assert site.feeds
    assert site.sitemaps
    assert site.timezone is None


def test_add_takes_the_time_zone_of_the_country_in_the_address_and_says_so(pressrun: Run, tmp_path: Path):
    (tmp_path / "hosts").write_text("127.0.0.1 www.kurier.de\n")
    with serve(port=0) as server:
        home = f"http://www.kurier.de:{server.port}/"
        result = pressrun(
            *("add", home, "--allow-private", "--seeds", tmp_path / "seeds"),
            PRESSRUN_HOSTS=str(tmp_path / "hosts"),
        )
    assert result.returncode == 0, result.stderr
    assert "read as Europe/Berlin, the zone of its country" in result.stdout
    assert load_site(tmp_path / "seeds" / "kurier.toml").timezone == "Europe/Berlin"


def test_add_refuses_a_home_page_that_another_site_has_and_a_name_that_is_none(pressrun: Run, tmp_path: Path):
    write_site(tmp_path, Site(name="quay", home="https://quay.example/"))
    before = sorted(tmp_path.rglob("*"))
    for name, told in (("harbour", "'quay'"), ("../quay", "no name of a site")):
        home = "https://other.example/" if "/" in name else "https://www.quay.example/"
        result = pressrun("add", home, "--name", name, "--seeds", tmp_path)
        assert result.returncode == 2
        assert told in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_add_refuses_a_private_address_and_writes_nothing(pressrun: Run, tmp_path: Path):
    with serve(port=0) as server:
        result = pressrun("add", server.url, "--name", "courier", "--seeds", tmp_path)
        assert server.requests == []
    assert result.returncode == 2
    assert "is loopback" in result.stderr
    assert "--allow-private" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "http://169.254.169.254/"], "check the address"),
        (["try", "http://[::ffff:169.254.169.254]/latest"], "check the address"),
        (["try", "http://127.0.0.1:9/page"], "pressrun add http://127.0.0.1:9/ --allow-private"),
        (["add", "no-such-host.invalid"], "check how the host is spelt"),
        (["add", "http://127.0.0.1:9/", "--allow-private"], "check the address, its port"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_told_with_what_to_do(
    pressrun: Run, tmp_path: Path, arguments: list[str], told: str
):
    result = pressrun(*arguments, "--seeds", tmp_path)
    assert result.returncode == 2
    assert told in result.stderr
    assert "Errno" not in result.stderr
    if "169.254" in arguments[1]:
        assert "allow" not in result.stderr  # a cloud's machines get their credentials there
    assert list(tmp_path.iterdir()) == []


def test_try_reads_a_page_and_stores_nothing(pressrun: Run, crawled: Crawled, tmp_path: Path):
    with serve(port=0) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        url = server.url.rstrip("/") + crawled.paper[LATIN_POST].path
        result = pressrun(
            "try", url, "--seeds", tmp_path / "seeds", "--store", tmp_path / "archive", "--json"
        )
        newest = pressrun(
            "try", "sample", "--seeds", tmp_path / "seeds", "--store", tmp_path / "archive", "--json"
        )
    article = json.loads(result.stdout)
    assert tuple(article["paragraphs"]) == crawled.paper[LATIN_POST].paragraphs
    assert json.loads(newest.stdout)["paragraphs"]
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["crawl", "nosuchsite"], "nosuchsite"),
        (["read", "--since", "99"], "past the last commit"),
        (["read", "--as-of", "99"], "past the last commit"),
        (["read", "--as-of", "1", "--since", "0"], "--as-of"),
        (["read", "--kind", "edited"], "--since 0"),
        (["read", "--after", "yesterday"], "yesterday"),
        (["read", "--since", "0", "--cursor-file", "x"], "--cursor-file"),
        (["show", "http://127.0.0.1/none"], "no article"),
        (["story", "http://127.0.0.1/none"], "no article"),
        (["show", "blah"], "'blah' is no address of a web page: write https://host/path; or an article_id"),
        (["story", "blah"], "or an article_id"),
        (["why", "blah"], "write https://host/path"),
        (["takedown", "blah"], "write https://host/path"),
        (["show", "0" * 20], f"no article {'0' * 20} in"),
        (["try", "not an address"], "neither an address"),
        (["add", "ftp://example.com/"], "no address of a home page"),
        (["add", "https://exa mple.com"], "no address of a home page"),
        (["add", "https://me:secret@example.com/"], "no address of a home page"),
        *(
            ([command, "--store", "nowhere"], "no archive is there")
            for command in ("normalize", "maintain", "replay")
        ),
        (
            ["show", "http://127.0.0.1/none", "--as-of", "2020-01-01"],
            "without --as-of you see what is there now",
        ),
        (["sites", "--seeds", "/nonexistent/folder"], "/nonexistent/folder"),
        (["demo", "--port", "99999999"], "99999999"),
        (["read", "--store", "s3://"], "s3://"),
        (["read", "--store", "/nonexistent/archive"], "/nonexistent/archive"),
        (["why", "http://example.com/", "--store", "/nonexistent/archive"], "/nonexistent/archive"),
        (["metrics", "--once", "--store", "/nonexistent/archive"], "/nonexistent/archive"),
        (["import-ccnews", "2026-10", "--limit", "0"], "--limit '0' is no number of files: give 1 or more"),
        (["up", "--port", "99999"], "--port '99999' is no port: give a number from 1 to 65535"),
        (["metrics", "--port", "x"], "--port 'x' is no port"),
        (["verify", "--after", "1.5"], "--after '1.5' is no commit number"),
        (["read", "--since", "abc"], "--since 'abc' is no commit number: give 0 for all"),
        (["read", "--kind", "foo", "--since", "0"], "--kind 'foo' is not one of 'new'"),
        (["read", "--nosuch"], "no such option: --nosuch; see `pressrun read --help`"),
        (["show"], "missing argument 'URL|ID'; see `pressrun show --help`"),
        (["rea"], "Did you mean 'read', 'replay'? See `pressrun --help`"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_exit_code_2(
    pressrun: Run, crawled: Crawled, arguments: list[str], said: str
):
    result = pressrun(*arguments, PRESSRUN_STORE=str(crawled.store))
    assert result.returncode == 2, result.stderr
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_command_alone_tells_what_there_is_and_that_nothing_was_asked_for(pressrun: Run):
    alone, asked = pressrun(), pressrun("--help")
    assert (alone.returncode, asked.returncode) == (2, 0)
    assert alone.stdout == asked.stdout
    assert "backfill" in alone.stdout


def test_a_site_that_does_not_answer_cannot_be_tried_and_that_is_told_in_one_sentence(
    pressrun: Run, tmp_path: Path
):
    write_site(tmp_path / "seeds", sample_site(free_port()))
    result = pressrun("try", "sample", "--seeds", tmp_path / "seeds", "--store", tmp_path / "archive")
    assert result.returncode == 2
    assert "does not answer" in result.stderr
    assert "check the address" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("followers/documents.json", ["status"]),
        ("tables/captures/_delta_log/00000000000000000000.json", ["why", "https://harbour.test/one"]),
    ],
)
def test_what_can_be_made_again_and_is_damaged_is_told_with_its_remedy_and_exit_code_1(
    pressrun: Run, tmp_path: Path, key: str, command: list[str]
):
    store, database = open_store(str(tmp_path / "archive")), new_database(tmp_path)
    commit(store, database, "a", make_article("one"))
    database.close()
    store.put(key, b"{not whole")
    result = pressrun(*command, "--store", store.url)
    assert result.returncode == 1
    assert key.partition("/_delta")[0] in result.stderr
    assert "Traceback" not in result.stderr


def test_notes_are_lines_of_the_log_too_where_json_is_asked_for(
    pressrun: Run, crawled: Crawled, tmp_path: Path
):
    write_site(tmp_path, replace(sample_site(), name="tomorrow"))
    asked = ("read", "--store", crawled.store, "--seeds", tmp_path, "--site", "tomorrow")
    told = pressrun(*asked, PRESSRUN_LOG="json").stderr
    told += pressrun("verify", "--store", crawled.store, PRESSRUN_LOG="json").stderr
    events = [json.loads(line)["event"] for line in told.splitlines()]
    assert "nothing is stored of tomorrow yet" in events
    assert len(events) > 1


def test_a_crawl_that_is_interrupted_says_what_is_kept_and_nothing_of_a_crash(
    pressrun: Run, prefect_environment: dict[str, str], tmp_path: Path
):
    with serve(port=0) as server:
        site = sample_site(server.port)
        write_site(tmp_path / "seeds", replace(site, fetch=replace(site.fetch, delay_seconds=5.0)))
        crawl = subprocess.Popen(
            [pressrun("--help").args[0], "crawl", "--store", "archive", "--seeds", "seeds"],
            cwd=tmp_path,
            env=prefect_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_ctrl_c,
        )
        assert crawl.stderr is not None
        told = crawl.stderr.readline()
        crawl.send_signal(signal.SIGINT)
        rest = crawl.communicate(timeout=60)[1]
    assert crawl.returncode == 130
    assert "looking for articles" in told
    assert "Crash" not in rest
    assert rest.endswith("pressrun: stopped\n")
    assert "is kept" in rest


def test_a_store_that_is_a_file_is_told_before_anything_is_fetched(pressrun: Run, tmp_path: Path):
    (tmp_path / "archive").write_text("not a folder")
    with serve(port=0, root=ROOT) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        result = pressrun("crawl", "--store", tmp_path / "archive", "--seeds", tmp_path / "seeds")
        assert server.requests == []
    assert result.returncode == 2
    assert str(tmp_path / "archive") in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "archive").read_text() == "not a folder"


def test_one_broken_seed_never_stops_the_others(pressrun: Run, tmp_path: Path):
    with serve(port=0) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        (tmp_path / "seeds" / "broken.toml").write_text("name = ")
        result = pressrun("crawl", "--store", tmp_path / "archive", "--seeds", tmp_path / "seeds", "--json")
    assert result.returncode == 2
    assert "broken.toml" in result.stdout + result.stderr
    assert json.loads(result.stdout)["sites"][0]["tally"]["stored"]["new"] >= 60


def test_a_silent_site_is_told_once(pressrun: Run, tmp_path: Path):
    with serve(port=0) as server:
        closed = server.port
    site = sample_site(closed)
    write_site(tmp_path / "seeds", replace(site, expect=Expect(min=1, max=9)))
    result = pressrun("crawl", "--store", tmp_path / "archive", "--seeds", tmp_path / "seeds")
    assert result.returncode == 1
    assert (result.stdout + result.stderr).count("sample is silent: unreachable") == 1
    assert "sample is silent" in result.stdout
    assert "see above" in result.stderr


def test_where_no_seed_can_be_used_every_fault_is_told_and_nothing_is_made(pressrun: Run, tmp_path: Path):
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "one.toml").write_text("name = ")
    (seeds / "two.toml").write_text('name = "two"\n')
    for command in ("sites", "crawl"):
        result = pressrun(command, "--store", tmp_path / "archive", "--seeds", seeds)
        assert result.returncode == 2
        assert "one.toml" in result.stderr
        assert "two.toml" in result.stderr
        assert "There is no site" not in result.stdout
        assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("command", ["up", "crawl"])
def test_a_prefect_server_that_does_not_answer_is_told_in_one_sentence(
    pressrun: Run, tmp_path: Path, command: str
):
    write_site(tmp_path / "seeds", Site(name="quay", home="https://quay.example/"))
    where = ("--store", tmp_path, "--seeds", tmp_path / "seeds")
    result = pressrun(command, *where, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert result.returncode == 2, result.stderr
    assert "http://127.0.0.1:9/api" in result.stderr
    assert "Traceback" not in result.stderr
