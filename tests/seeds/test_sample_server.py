"""The sample newspaper over a real socket: reachable, conditional, and honest about what an edit changed."""

import gzip
import http.client
import os
import re
import socket
import struct
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from seeds.sample.paper import PaperError, load_paper
from seeds.sample.server import PortInUse, serve

PAPER = load_paper()
EDITED = "mill-reopens-as-bakery"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "a": "http://www.w3.org/2005/Atom"}


def ask(server, path, method="GET", **headers):
    """One request of its own: status, headers (small letters), body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def text_of(body):
    """What a reader sees, white space folded."""
    return " ".join(LexborHTMLParser(body).body.text(separator=" ").split())


def locations(body, tag="loc"):
    return [
        element.text for element in ElementTree.fromstring(body).iter() if element.tag.endswith(f"}}{tag}")
    ]


# --- What is there ----------------------------------------------------------------------------------


@pytest.mark.parametrize("article", PAPER.articles, ids=lambda article: article.slug)
def test_every_article_is_reachable_and_whole(courier, article):
    for number, paragraphs in enumerate((article.paragraphs, *article.more_pages), 1):
        status, headers, body = ask(courier, article.page_path(number))
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        shown = text_of(body)
        assert [one for one in (article.title, *paragraphs) if " ".join(one.split()) not in shown] == []
    prompts = text_of(ask(courier, article.path)[2]) if not article.more_pages else ""
    pieces = [piece for prompt in article.prompts for piece in prompt.pieces if not piece.startswith("@")]
    assert not prompts or [piece for piece in pieces if piece not in prompts] == []


def test_every_article_is_named_by_a_sitemap_or_by_its_section_alone(courier):
    _, _, index = ask(courier, "/sitemap_index.xml")
    named = {
        urlsplit(url).path
        for part in locations(index)
        for url in locations(ask(courier, urlsplit(part).path)[2])
    }
    assert [article.slug for article in PAPER.articles if (article.path in named) != article.listed] == []
    for article in PAPER.articles:
        _, _, page = ask(courier, f"/{article.section}/")
        assert article.path.encode() in page


def test_feeds_and_news_sitemap_name_articles_with_their_dates(courier):
    rss = ElementTree.fromstring(ask(courier, "/rss.xml")[2])
    dates = {urlsplit(item.findtext("link")).path: item.findtext("pubDate") for item in rss.iter("item")}
    atom = ElementTree.fromstring(ask(courier, "/weekend/atom.xml")[2])
    for entry in atom.findall("a:entry", SPACE):
        dates[urlsplit(entry.find("a:link", SPACE).get("href")).path] = entry.findtext(
            "a:published", None, SPACE
        )
    by_path = {article.path: article for article in PAPER.articles}
    for path, date in dates.items():
        if path in by_path:
            moment = datetime.fromisoformat(date) if date[0] == "2" else parsedate_to_datetime(date)
            assert moment == by_path[path].published_at
    sections = {by_path[path].section for path in dates if path in by_path}
    assert sections == {"harbor", "city", "business", "schools", "weekend"}
    assert all("utm_source" in item.findtext("link") for item in rss.iter("item") if item.findtext("guid"))
    assert len(locations(ask(courier, "/news-sitemap.xml")[2])) == 20


def test_the_home_page_names_the_feeds_and_robots_txt_the_sitemaps(courier):
    home = LexborHTMLParser(ask(courier, "/")[2])
    assert [urlsplit(link.attributes["href"]).path for link in home.css('link[rel="alternate"]')] == [
        "/rss.xml",
        "/weekend/atom.xml",
    ]
    robots = ask(courier, "/robots.txt")[2].decode()
    assert "Disallow: /members/" in robots
    assert re.findall(r"^Sitemap: (.*)$", robots, re.MULTILINE) == [
        f"{courier.url}sitemap_index.xml",
        f"{courier.url}news-sitemap.xml",
    ]
    assert "/members/early-edition/" in home.html


def test_no_link_leads_nowhere_but_those_that_are_meant_to(courier):
    seen, waiting = set(), ["/"]
    broken = set()
    while waiting:
        path = waiting.pop()
        status, headers, body = ask(courier, path)
        if status >= 400:
            broken.add(path)
        if headers.get("content-type", "").startswith("text/html"):
            for link in LexborHTMLParser(body).css("a[href], img[src], link[href]"):
                address = urlsplit(link.attributes.get("href") or link.attributes.get("src"))
                ours = address.netloc in ("", f"127.0.0.1:{courier.port}") and address.scheme in ("", "http")
                if ours and address.path and address.path not in seen:
                    seen.add(address.path)
                    waiting.append(address.path)
    assert broken == {"/members/login/", "/members/checkout/", "/no-such-page/", "/print/"}
    assert {article.path for article in PAPER.articles} <= seen


@pytest.mark.parametrize(
    ("path", "status", "content_type"),
    [
        ("/about/", 200, "text/html"),
        ("/tags/fishing/", 200, "text/html"),
        ("/video/ferry-comes-in/", 200, "text/html"),
        ("/articles/99999/20260901/county-fair-schedule.htm", 200, "text/html"),
        ("/articles/44120/20260715/withdrawn.htm", 410, "text/html"),
        ("/no-such-page/", 404, "text/html"),
        ("/notices/council-agenda-2026-11-19.pdf", 200, "application/pdf"),
        ("/media/harbor-webcam.svg", 200, "image/svg+xml"),
        ("/r/dredging", 301, "text/html"),
        ("/" + "x" * 5000, 404, "text/html"),
        ("/%00%ff/../..//etc/passwd", 404, "text/html"),
    ],
)
def test_pages_that_are_no_article(courier, path, status, content_type):
    answer, headers, _ = ask(courier, path)
    assert (answer, headers["content-type"].partition(";")[0]) == (status, content_type)


def test_the_amp_page_names_its_article(courier):
    article = PAPER.article("harbor-dredging-vote-delayed")
    page = LexborHTMLParser(ask(courier, article.path)[2])
    variant = urlsplit(page.css_first('link[rel="amphtml"]').attributes["href"]).path
    amp = LexborHTMLParser(ask(courier, variant)[2])
    assert urlsplit(amp.css_first('link[rel="canonical"]').attributes["href"]).path == article.path


# --- HTTP -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [PAPER.articles[0].path, "/", "/rss.xml", "/robots.txt", "/sitemap_index.xml"]
)
def test_a_conditional_request_is_answered_with_304(courier, path):
    _, headers, _ = ask(courier, path)
    assert re.fullmatch(r'"[0-9a-f]+"', headers["etag"])
    by_tag = ask(courier, path, If_None_Match=headers["etag"])
    by_date = ask(courier, path, If_Modified_Since=headers["last-modified"])
    assert [(status, body) for status, _, body in (by_tag, by_date)] == [(304, b"")] * 2
    assert by_tag[1]["etag"] == headers["etag"]


def test_the_tag_decides_over_the_date(courier):
    _, headers, _ = ask(courier, "/")
    status, _, _ = ask(courier, "/", If_None_Match='"other"', If_Modified_Since=headers["last-modified"])
    assert status == 200
    assert ask(courier, "/", If_Modified_Since="yesterday")[0] == 200
    assert ask(courier, "/", If_Modified_Since="Mon, 01 Jan 2001 00:00:00 GMT")[0] == 200


def test_gzip_is_sent_to_those_who_ask_under_a_tag_of_its_own(courier):
    _, plain, body = ask(courier, "/")
    _, packed, small = ask(courier, "/", Accept_Encoding="br, gzip;q=0.8")
    assert (packed["content-encoding"], gzip.decompress(small)) == ("gzip", body)
    assert packed["etag"] != plain["etag"]
    assert ask(courier, "/", Accept_Encoding="gzip", If_None_Match=packed["etag"])[0] == 304
    assert ask(courier, "/", Accept_Encoding="gzip", If_None_Match=plain["etag"])[0] == 200
    assert "content-encoding" not in ask(courier, "/", Accept_Encoding="gzip;q=0")[1]


def test_head_says_what_get_would(courier):
    _, headers, body = ask(courier, "/about/")
    status, said, nothing = ask(courier, "/about/", method="HEAD")
    assert (status, nothing) == (200, b"")
    assert said["content-length"] == str(len(body)) == headers["content-length"]
    assert said["etag"] == headers["etag"]


def test_one_connection_serves_many_requests(courier):
    connection = http.client.HTTPConnection("127.0.0.1", courier.port, timeout=10)
    connection.connect()
    local = connection.sock.getsockname()
    for path in ("/", "/no-such-page/", "/r/dredging", "/about/"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock.getsockname() == local
    connection.close()


def test_requests_are_written_down():
    with serve(port=0) as server:
        _, headers, _ = ask(server, "/about/?utm_source=rss")
        ask(server, "/about/", If_None_Match=headers["etag"])
        ask(server, "/nothing", method="HEAD")
        assert [(one.method, one.path, one.status, one.conditional) for one in server.requests] == [
            ("GET", "/about/?utm_source=rss", 200, False),
            ("GET", "/about/", 304, True),
            ("HEAD", "/nothing", 404, False),
        ]


def test_a_busy_port_is_named_with_the_remedy():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"port {port} .*in use.*--port"), serve(port=port):
            pass
    with pytest.raises(PortInUse, match=r"port 99999 .*--port"), serve(port=99999):
        pass


def test_the_port_is_free_again_afterwards():
    with serve(port=0) as server:
        port = server.port
    with serve(port=port) as server:
        assert ask(server, "/about/")[0] == 200


# --- Edits ------------------------------------------------------------------------------------------


def edit(sources, slug=EDITED, old="14 tons", new="15 tons"):
    path = sources / "articles" / f"{slug}.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, (1_900_000_000, 1_900_000_000))


def tags(server):
    paths = [
        article.page_path(n + 1) for article in PAPER.articles for n in range(1 + len(article.more_pages))
    ]
    return {path: ask(server, path)[1]["etag"] for path in paths}


def test_an_edit_shows_at_once_and_changes_exactly_one_page(sources):
    article = PAPER.article(EDITED)
    with serve(port=0, root=sources) as server:
        before, (_, old, _) = tags(server), ask(server, article.path)
        edit(sources)
        status, headers, body = ask(server, article.path, If_None_Match=old["etag"])
        assert (status, b"15 tons" in body) == (200, True)
        assert parsedate_to_datetime(headers["last-modified"]) > parsedate_to_datetime(old["last-modified"])
        after = tags(server)
    assert [path for path in before if before[path] != after[path]] == [article.path]


def test_an_edit_moves_the_date_of_one_entry_in_sitemap_and_feed(sources):
    with serve(port=0, root=sources) as server:
        before, feed = lastmods(server), feed_updates(server)
        edit(sources)
        edit(sources, "lighthouse-keeper-last-light", "119 steps", "120 steps")
        after, fed = lastmods(server), feed_updates(server)
        index = ask(server, "/sitemap_index.xml")[2]
    changed = {PAPER.article(EDITED).path, PAPER.article("lighthouse-keeper-last-light").path}
    assert {path for path in before if before[path] != after[path]} == changed
    assert {path for path in feed if feed[path] != fed[path]} == changed
    assert {path for path in changed if not after[path].startswith("2030-03-17")} == set()
    assert b"2030-03-17" in index


def lastmods(server):
    found = {}
    for part in locations(ask(server, "/sitemap_index.xml")[2]):
        for url in ElementTree.fromstring(ask(server, urlsplit(part).path)[2]).findall("s:url", SPACE):
            found[urlsplit(url.findtext("s:loc", None, SPACE)).path] = url.findtext("s:lastmod", None, SPACE)
    return found


def feed_updates(server):
    rss = ElementTree.fromstring(ask(server, "/rss.xml")[2])
    found = {
        urlsplit(item.findtext("link")).path: item.findtext("a:updated", None, SPACE)
        for item in rss.iter("item")
    }
    for entry in ElementTree.fromstring(ask(server, "/weekend/atom.xml")[2]).findall("a:entry", SPACE):
        address = urlsplit(entry.find("a:link", SPACE).get("href")).path
        found[address] = entry.findtext("a:updated", None, SPACE)
    return found


def test_a_new_article_file_is_a_new_page(sources):
    text = (sources / "articles" / f"{EDITED}.md").read_text(encoding="utf-8")
    with serve(port=0, root=sources) as server:
        assert ask(server, "/business/2026/11/05/second-bakery.html")[0] == 404
        (sources / "articles" / "second-bakery.md").write_text(text, encoding="utf-8")
        assert ask(server, "/business/2026/11/05/second-bakery.html")[0] == 200
        assert b"second-bakery.html" in ask(server, "/rss.xml")[2]


def test_a_broken_edit_leaves_the_last_good_paper_up(sources, caplog):
    path = sources / "articles" / f"{EDITED}.md"
    good = path.read_text(encoding="utf-8")
    with serve(port=0, root=sources) as server:
        path.write_text("+++\ntitle = \n+++\n", encoding="utf-8")
        assert ask(server, PAPER.article(EDITED).path)[0] == 200
        assert f"{EDITED}.md: its front matter is not TOML" in caplog.text
        path.write_text(good.replace("14 tons", "16 tons"), encoding="utf-8")
        assert b"16 tons" in ask(server, PAPER.article(EDITED).path)[2]


def test_a_paper_that_cannot_be_rendered_is_never_served(sources):
    (sources / "templates" / "wire" / "article.html").write_text("<h1>$titel</h1>", encoding="utf-8")
    with (
        pytest.raises(PaperError, match=r"templates: a template cannot be filled: 'titel'"),
        serve(0, sources),
    ):
        pass
    (sources / "articles" / f"{EDITED}.md").write_text("no front matter", encoding="utf-8")
    with pytest.raises(PaperError, match=f"{EDITED}.md: has no front matter"), serve(0, sources):
        pass


def test_a_folder_that_is_no_newspaper_is_named(tmp_path):
    with pytest.raises(PaperError, match=r"is no newspaper .*seeds/sample/"), serve(0, tmp_path / "none"):
        pass


def test_a_client_that_hangs_up_disturbs_nobody(courier, capfd, caplog):
    with socket.create_connection(("127.0.0.1", courier.port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(b"GET /rss.xml HTTP/1.1\r\nHost: x\r\n\r\nGET / HT")
    assert ask(courier, "/about/")[0] == 200
    assert capfd.readouterr().err + caplog.text == ""


def test_what_is_plain_text_in_a_source_is_no_markup_in_the_page(sources):
    edit(sources, old="14 tons", new='<b onclick="x()">14 & 15</b> tons')
    with serve(port=0, root=sources) as server:
        page = ask(server, PAPER.article(EDITED).path)[2].decode()
    assert "<b onclick" not in page
    assert '<b onclick="x()">14 & 15</b> tons' in unescape(page)
