"""Sites made by scripts, rendered by a real Chromium that can reach nothing but what the crawler fetches for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from articles.model import Article, Capture
from articles.reading import read
from spiders.render import BROWSERS
from storage.objects import open_store
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import HOSTILE, Connection, Pages, Web, feed, page

pytestmark = pytest.mark.skipif(
    find_spec("scrapy_playwright") is None or not any(map(shutil.which, BROWSERS)),
    reason="needs the extra `render` and a Chromium (Debian: apt-get install chromium)",
)

TEXT = "The harbour council voted on Monday evening to repair the old stone bridge before winter comes. "
STORY = "/2026/11/22/a-story-made-by-scripts"
SHELL = """<!doctype html><html><head><meta charset=utf-8><title>Wait</title></head><body><div id=app></div>
<script>
document.cookie = 'told=yes; path=/';
fetch('/api/story').then(r => r.json()).then(story => {
  document.title = story.title;
  document.getElementById('app').innerHTML = '<article><h1>' + story.title + '</h1>'
    + story.parts.map(p => '<p>' + p + '</p>').join('') + '</article>';
});
</script><script src=/app.js></script></body></html>"""
PARTS = (
    "The harbour council voted on Monday evening to repair the old stone bridge before winter comes.",
    "Its arches have carried carts, trams and lorries since 1871, and two of them are cracked through.",
    "Masons from three towns will work from rafts, so that the fishing boats can pass under them at any tide.",
    "The owner of the caf\\u00e9 beside it had feared to close for a year; now she will sell coffee to the masons.",
    "Work begins on the first dry day of October, and the mayor hopes to walk across at Christmas.",
)
API = (
    '{"title": "Caf\\u00e9 by the bridge stays open", "parts": ['
    + ", ".join(f'"{part}"' for part in PARTS)
    + "]}"
)
HOME = f"""<!doctype html><title>Home</title><div id=app></div><script>
document.getElementById('app').innerHTML =
  '<article><h2><a href="{STORY}">A long headline that was made by a script today</a></h2></article>';
</script>"""


async def escapes(connection: Connection) -> None:
    """A page that tries every way out to a host that it may not reach."""
    away = connection.urls["bystander"]
    port = away.rpartition(":")[2]
    await connection.send(
        page(
            f"""<!doctype html><title>A page that tries to get out</title><p>{TEXT * 3}</p>
<img src="{away}/img"><script src="{away}/script.js"></script><link rel=stylesheet href="{away}/style.css">
<link rel=prefetch href="{away}/prefetch"><link rel=preconnect href="{away}">
<iframe src="{away}/frame"></iframe><video src="{away}/video"></video>
<script>
fetch('{away}/fetch').catch(() => 0); fetch('http://localhost:{port}/named').catch(() => 0);
fetch('{away}/post', {{method: 'POST', body: 'x', mode: 'no-cors'}}).catch(() => 0);
fetch('http://[::ffff:127.0.0.1]:{port}/mapped').catch(() => 0);
navigator.sendBeacon('{away}/beacon', 'x');
new EventSource('{away}/events'); new WebSocket('ws://127.0.0.1:{port}/socket');
new Worker(URL.createObjectURL(new Blob(["fetch('{away}/worker')"])));
const rtc = new RTCPeerConnection({{iceServers: [{{urls: 'turn:127.0.0.1:{port}?transport=tcp',
  username: 'a', credential: 'b'}}]}});
rtc.createDataChannel('x'); rtc.createOffer().then(offer => rtc.setLocalDescription(offer));
window.open('{away}/popup');
fetch('/to-bystander').catch(() => 0);
setTimeout(() => {{ location = '{away}/gone'; }}, 200);
</script>"""
        )
    )


async def to_bystander(connection: Connection) -> None:
    await connection.send(page("", "302 Found", Location=connection.urls["bystander"] + "/redirected"))


def shown(script: str) -> Pages:
    text = f"<title>A story of a hostile server</title><p>{TEXT * 3}</p><script>{script}</script>"
    return {HOSTILE: page("<!doctype html>" + text), "/feed": feed(HOSTILE)}


SITES: dict[str, Pages] = {
    "bystander": {},
    "app": {
        "/": page(HOME),
        STORY: page(SHELL, kind="text/html; charset=iso-8859-1", Set_Cookie="id=1; Path=/"),
        "/api/story": page(API, kind="application/json", Set_Cookie="id=2; Path=/"),
        "/app.js": page("document.body.setAttribute('data-ran', 'yes')", kind="text/javascript"),
    },
    "escaping": {HOSTILE: escapes, "/feed": feed(HOSTILE), "/to-bystander": to_bystander},
    "kept-out": {
        "/feed": feed(HOSTILE),
        "/robots.txt": page("User-agent: *\nDisallow: /api/", kind="text/plain"),
        HOSTILE: page(SHELL),
        "/api/story": page(API, kind="application/json"),
    },
    "endless-script": shown("while (true) {}"),
    "endless-document": shown("const s = 'x'.repeat(1e6); while (document.body.append(s), 1) ;"),
    "large-document": shown("document.body.append('x'.repeat(2e6))"),
    "endless-requests": shown(
        "let n = 0; const go = () => fetch('/n?' + n++).then(go, go); go(); go(); go()"
    ),
    "alert": shown("alert('stop'); document.body.append('went on'); confirm('really?')"),
}


@dataclass
class Rendered:
    web: Web
    crawl: Crawl
    captures: list[Capture]

    def capture(self, site: str, path: str = HOSTILE) -> Capture:
        return next(c for c in self.captures if c.url == self.web.urls[site] + path)

    def outcome(self, site: str, path: str = HOSTILE) -> str | None:
        history = self.crawl.history(self.web.urls[site] + path)
        assert history is not None
        return history.outcome


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rendered]:
    folder = tmp_path_factory.mktemp("render")
    with Web(SITES) as web:
        fetch = {"render": True, "timeout_seconds": 10.0}
        changes = {"endless-script": {"timeout_seconds": 3.0}, "endless-document": {"timeout_seconds": 3.0}}
        changes["alert"] = {"delay_seconds": 0.3}
        sites = [
            local_site(name, web.urls[name], fetch={**fetch, **changes.get(name, {})})
            for name in SITES
            if name != "bystander"
        ]
        result = crawl(make_job(folder, sites))
        yield Rendered(web, result, result.captures())


def test_what_scripts_made_is_what_is_read(rendered: Rendered) -> None:
    assert rendered.crawl.code == 0, rendered.crawl.stderr
    article = read(rendered.capture("app", STORY), None, None)
    assert isinstance(article, Article), article
    assert article.title == "Café by the bridge stays open"
    assert article.paragraphs == tuple(part.replace("\\u00e9", "é") for part in PARTS)


def test_links_that_scripts_made_are_found(rendered: Rendered) -> None:
    assert rendered.outcome("app", STORY) == "fetched"


def test_the_page_as_sent_stands_beside_the_rendered_one(rendered: Rendered) -> None:
    url = rendered.web.urls["app"] + STORY
    store = open_store(rendered.crawl.job.store)
    records = [
        (record.headers["WARC-Type"], dict(record.headers), record.reader.read())
        for segment in rendered.crawl.segments
        for record in ArchiveIterator(BytesIO(store.get(segment.key)), parse_http=False)
        if record.headers.get("WARC-Target-URI") == url
    ]
    kinds = [kind for kind, _, _ in records]
    assert kinds == ["response", "request", "metadata", "conversion"]
    response, conversion = records[0], records[3]
    assert b"data-ran" not in response[2]
    assert b'data-ran="yes"' in conversion[2]
    assert conversion[1]["WARC-Refers-To"] == response[1]["WARC-Record-ID"]
    assert conversion[1]["Content-Type"] == "text/html; charset=utf-8"
    assert conversion[1]["Pressrun-Rendered"] == "dom"


def test_the_page_is_asked_once_and_its_scripts_once_each_crawl(rendered: Rendered) -> None:
    paths = rendered.web.paths("app")
    assert paths.count(STORY) == paths.count("/app.js") == paths.count("/api/story") == 1


def test_what_scripts_asked_for_is_recorded_too(rendered: Rendered) -> None:
    capture = rendered.capture("app", "/api/story")
    assert capture.found is not None
    assert capture.found.via.endswith(STORY)


def test_no_way_out_of_the_browser_reaches_a_host_the_seed_does_not_name(rendered: Rendered) -> None:
    assert rendered.web.connections["bystander"] == 0
    assert rendered.outcome("escaping") == "fetched"


def test_robots_txt_holds_for_what_scripts_ask(rendered: Rendered) -> None:
    assert "/api/story" not in rendered.web.paths("kept-out")


def test_no_cookie_is_sent_by_a_rendered_page(rendered: Rendered) -> None:
    assert not any("cookie" in asked.headers for asked in rendered.web.asked)


def test_one_request_at_a_time_goes_to_a_rendered_host(rendered: Rendered) -> None:
    assert max(asked.at_once for asked in rendered.web.asked) == 1


def test_a_script_without_end_ends_at_the_deadline(rendered: Rendered) -> None:
    assert rendered.outcome("endless-script") == "timeout"
    assert rendered.outcome("app", STORY) == "fetched"


@pytest.mark.parametrize("name", ["endless-document", "large-document"])
def test_a_document_that_grows_without_end_is_refused(rendered: Rendered, name: str) -> None:
    assert rendered.outcome(name) in ("too_large", "timeout", "not_rendered")


def test_a_page_that_asks_for_ever_is_taken_as_it_is(rendered: Rendered) -> None:
    asked = [path for path in rendered.web.paths("endless-requests") if path.startswith("/n?")]
    assert len(asked) <= 100
    assert rendered.outcome("endless-requests") == "fetched"


def test_gaps_between_rendered_pages_are_kept(rendered: Rendered) -> None:
    asked = rendered.web.of("alert")
    assert min(after.began - before.ended for before, after in pairwise(asked)) >= 0.29


def test_a_dialog_stops_no_page(rendered: Rendered) -> None:
    assert b"went on" in rendered.capture("alert").body


def test_a_site_that_cannot_be_rendered_says_what_to_install(tmp_path: Path) -> None:
    with Web({"app": SITES["app"], "plain": {}}) as web:
        app = local_site("app", web.urls["app"], fetch={"render": True})
        job = make_job(tmp_path, [app, local_site("plain", web.urls["plain"])], browser="no-such-browser")
        result = crawl(job)
    assert result.done("app").failed["not_rendered"] == 1
    assert "PRESSRUN_BROWSER" in result.log
    assert result.done("plain").fetched == 2
