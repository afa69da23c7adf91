"""Crawl the real pages of the golden corpus from loopback, each under its own host name, through the flow.

usage: python -m benchmarks.real_pages [--port 8899] [--store DIR] [--limit N] [--report FILE]

Every host of the corpus becomes a site: a home page, a feed made from the references, and the pages as
downloaded. The flow is the one that a schedule runs: crawl, segments, read, commit, tables, documents. Prints
what became of the pages, seconds and the share of them that is Prefect's, and the peak memory of the whole
process tree (the serving process left out). Exit code 1 when a page has no fate.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import shutil
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from articles.model import Fetch, Site
from articles.urls import canonical_url, url_key
from benchmarks.corpus import Page, corpus_folder, pages
from benchmarks.memory import watched
from flows.config import choose, load_config
from pressrun.crawling import crawl_watched
from seeds.load import site_text
from storage import records
from storage.state.database import open_database
from storage.state.frontier.known import history


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8899)
    parser.add_argument("--store", type=Path, default=Path("build/real-pages"))
    parser.add_argument("--limit", type=int, help="an even sample of so many pages")
    parser.add_argument("--report", type=Path, help="write the figures here too, as JSON")
    arguments = parser.parse_args()

    folder = corpus_folder()
    if folder is None:
        print("the corpus is not on this machine: set PRESSRUN_CORPUS to its folder", file=sys.stderr)
        return 2
    chosen = [page for page in pages(folder) if urlsplit(page.url).hostname]
    if arguments.limit:
        chosen = chosen[:: max(1, len(chosen) // arguments.limit)]

    shutil.rmtree(arguments.store, ignore_errors=True)
    paper = _by_host(chosen, arguments.port)
    _write_seeds(paper, arguments.store / "seeds", arguments.port)
    hosts = arguments.store / "hosts"
    hosts.write_text("".join(f"127.0.0.1 {host}\n" for host in paper), encoding="utf-8")
    with _served(paper, arguments.port), watched(os.getpid(), _servers()) as peak:
        figures = _crawl(arguments.store, hosts)
    figures["peak_mib"] = round(peak[0] / 1024)
    lost = _fates(arguments.store, chosen, arguments.port, figures)
    print(json.dumps(figures, indent=1))
    if arguments.report:
        arguments.report.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for url in lost[:20]:
        print(f"no fate: {url}", file=sys.stderr)
    return 1 if lost else 0


def served_url(page: Page, port: int) -> str:
    """Where a page of the corpus is served: its own host and path, over http on our port."""
    parts = urlsplit(page.url.strip())
    return f"http://{parts.hostname}:{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


# --- the sites ------------------------------------------------------------------------------------

Paper = dict[str, dict[str, Page]]
"""Host -> path with query -> page."""


def _by_host(chosen: list[Page], port: int) -> Paper:
    paper: Paper = defaultdict(dict)
    for page in chosen:
        url = served_url(page, port)
        paper[urlsplit(url).hostname or ""][_path(url)] = page
    return dict(paper)


def _path(url: str) -> str:
    """Path and query as sites see them: a tracking parameter changes nothing."""
    parts = urlsplit(canonical_url(url) or url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _write_seeds(paper: Paper, folder: Path, port: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for host in paper:
        name = re.sub(r"[^a-z0-9]+", "-", host).strip("-")[:54].strip("-")
        site = Site(
            name=f"{name}-{sha256(host.encode()).hexdigest()[:6]}",
            home=f"http://{host}:{port}/pressrun-home",
            feeds=(f"http://{host}:{port}/pressrun-feed.xml",),
            fetch=Fetch(delay_seconds=0.0, allow_private_hosts=(f"{host}:{port}",)),
        )
        (folder / f"{site.name}.toml").write_text(site_text(site), encoding="utf-8")


def _feed(host: str, port: int, entries: dict[str, Page]) -> bytes:
    items = []
    for path, page in entries.items():
        moment = _moment(page.published)
        items.append(
            f"<item><title>{escape(page.title or path)}</title>"
            f"<link>{escape(served_url(page, port))}</link>"
            + (f"<pubDate>{format_datetime(moment)}</pubDate>" if moment else "")
            + "</item>"
        )
    return f'<rss version="2.0"><channel><title>{host}</title>{"".join(items)}</channel></rss>'.encode()


def _moment(reference: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((reference or "").replace("Z", "+00:00"))
    except ValueError:  # `2003-11`: the reference knows the month alone
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


# --- the server -----------------------------------------------------------------------------------


@contextmanager
def _served(paper: Paper, port: int) -> Iterator[None]:
    """Serve in a process of its own, so that its memory and time are not counted as ours."""
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(paper, port), daemon=True)
    process.start()
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.join()


def _servers() -> set[int | None]:
    return {child.pid for child in multiprocessing.active_children()}


def _serve(paper: Paper, port: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = (self.headers.get("Host") or "").split(":")[0]
            entries = paper.get(host, {})
            if self.path == "/pressrun-feed.xml":
                self._answer(200, "application/rss+xml", _feed(host, port, entries))
            elif self.path == "/pressrun-home":
                self._answer(200, "text/html", b"<html><body><h1>Home</h1></body></html>")
            elif page := entries.get(_path(f"http://{host}:{port}{self.path}")):
                # no charset: what the server of the day said is not part of the corpus
                self._answer(200, "text/html", page.html.read_bytes(), gzipped=True)
            else:
                self._answer(404, "text/plain", b"not here")

        def _answer(self, status: int, kind: str, body: bytes, gzipped: bool = False) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if gzipped:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    Server(("127.0.0.1", port), Handler).serve_forever()


# --- the run --------------------------------------------------------------------------------------


def _crawl(store: Path, hosts: Path) -> dict[str, object]:
    os.environ["PRESSRUN_HOSTS"] = str(hosts.absolute())
    os.environ.pop("PRESSRUN_DATABASE", None)
    started = time.perf_counter()
    report = crawl_watched(choose(store=str(store), seeds=str(store / "seeds")), None)
    wall = time.perf_counter() - started
    return {
        "seconds": round(wall, 1),
        # all that is not the flow's own work: importing Prefect, starting its server, beginning and ending the run
        "prefect_share": round(1 - report.seconds / wall, 4),
        "report": json.loads(records.to_json(report.total)),
        "deaths": report.deaths,
        "failed": [*report.normalized.failed, *(one.reason for one in report.normalized.quarantined)],
    }


def _fates(store: Path, chosen: list[Page], port: int, figures: dict[str, object]) -> list[str]:
    """Count what became of each page, by the captures table or by what the crawl knows of its address."""
    import polars

    rows = polars.read_delta(str(store / "tables" / "captures")).select("url_key", "fate", "reason").rows()
    fate = {key: f"rejected: {reason}" if reason else kind for key, kind, reason in rows}
    database = open_database(load_config(store=str(store)).database)
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    lost = []
    with database.transaction() as connection:
        for page in chosen:
            url = served_url(page, port)
            key = url_key(canonical_url(url) or url)
            known = None if key in fate else history(connection, url)
            if key in fate or (known and known.outcome):
                what = fate.get(key) or f"not fetched: {known.outcome if known else None}"
                kinds[f"{page.dataset} {page.page_type or 'article'}"][what] += 1
            else:
                lost.append(url)
    database.close()
    figures["fates"] = {kind: dict(counter.most_common()) for kind, counter in sorted(kinds.items())}
    figures["without_fate"] = len(lost)
    return lost


if __name__ == "__main__":
    sys.exit(main())
