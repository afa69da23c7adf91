"""The sample newspaper on loopback: a real HTTP/1.1 server that behaves as a good news site does.

    python -m seeds.sample.server --port 8877

Every answer has a strong ETag and a Last-Modified; conditional requests get 304; gzip where asked for;
connections stay open. An edit of an article's file shows with the next request, in its page, feed and
sitemap.
"""

from __future__ import annotations

import argparse
import errno
import gzip
import hashlib
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from seeds.sample.look import NOT_FOUND, Page
from seeds.sample.pages import build
from seeds.sample.paper import ROOT, TEMPLATES, PaperError, load_paper, sample_site

__all__ = ["PortInUse", "Request", "SampleServer", "sample_site", "serve"]

HOST = "127.0.0.1"
DEFAULT_PORT = 8877

log = logging.getLogger(__name__)


_SOURCES = (".md", ".html", ".css", ".toml", ".txt")


class PortInUse(Exception):
    """The port cannot be had: its message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the request log."""

    method: str
    path: str
    """With its query."""
    status: int
    conditional: bool
    """It carried If-None-Match or If-Modified-Since."""


@dataclass(slots=True)
class SampleServer:
    """A running sample newspaper."""

    url: str
    """`http://127.0.0.1:8877/`"""
    port: int
    requests: list[Request] = field(default_factory=list)
    """Every request answered so far, in order."""


@contextmanager
def serve(port: int = DEFAULT_PORT, root: Path | None = None) -> Iterator[SampleServer]:
    """Serve the newspaper in `root` (the bundled one) while the block runs; port 0 takes any free one.

    Raises PortInUse, or PaperError when a source file is wrong.
    """
    try:
        httpd = _Server((HOST, port), _Handler)
    except (OSError, OverflowError) as error:
        raise PortInUse(_port_problem(port, error)) from error
    try:
        httpd.begin(root or ROOT)
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield httpd.running
        finally:
            httpd.shutdown()
            thread.join()
    finally:
        httpd.server_close()


def _port_problem(port: int, error: Exception) -> str:
    remedy = "Choose another with --port, such as --port 8878"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} on {HOST} is in use by another program. {remedy}"
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return f"port {port} on {HOST} needs more rights than you have. {remedy}"
    return f"port {port} on {HOST} cannot be opened ({error}). {remedy}"


class _Server(ThreadingHTTPServer):
    """The socket with the newspaper behind it, rendered anew when a source file changes."""

    daemon_threads = True
    request_queue_size = 64
    running: SampleServer

    def begin(self, root: Path) -> None:
        """Render the newspaper for the first time. Raises PaperError."""
        port = self.server_address[1]
        self.running = SampleServer(url=f"http://{HOST}:{port}/", port=port)
        self._root = root
        self._lock = threading.Lock()
        try:
            self._signature = _signature(root)
        except OSError as error:
            raise PaperError(f"{root}: is no newspaper ({error}). Name a copy of seeds/sample/") from error
        self._pages = build(load_paper(root), f"http://{HOST}:{port}", root)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """A client that hangs up is no trouble; anything else is logged, not printed over the terminal."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            log.exception("an answer to %s failed", client_address)

    def page(self, path: str) -> Page:
        """The page as its sources stand now; a source that is wrong leaves the last good paper up."""
        with self._lock:
            try:
                signature = _signature(self._root)
                if signature != self._signature:
                    self._signature = signature
                    self._pages = build(load_paper(self._root), self.running.url.rstrip("/"), self._root)
            except (PaperError, OSError) as error:
                log.error("%s (the pages stay as they were)", error)
            return self._pages.get(path, NOT_FOUND)


def _signature(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every source file: differs after any edit."""
    folders = [root, root / "articles", root / "pages", *(root / "templates" / name for name in TEMPLATES)]
    seen = []
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SOURCES):
                    stat = entry.stat()
                    seen.append((entry.path, stat.st_mtime_ns, stat.st_size))
    return tuple(sorted(seen))


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    protocol_version = "HTTP/1.1"
    server_version = "CourierPress/1.0"
    timeout = 60.0
    wbufsize = -1  # head and body leave in one write: half-sent answers wait 40 ms for an acknowledgement
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with what GET would say, without the body."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        page = self.server.page(urlsplit(self.path).path)
        body, coding = page.body, None
        if self._takes_gzip() and len(body) > 500 and not page.content_type.startswith("application/pdf"):
            body, coding = gzip.compress(body, compresslevel=6, mtime=0), "gzip"
        etag = f'"{hashlib.sha256(page.body).hexdigest()[:24]}{"-gz" if coding else ""}"'
        unchanged = page.status == 200 and self._has_it_already(etag, page.modified)
        status = 304 if unchanged else page.status
        self._log(status)
        self.send_response(status)
        if page.status == 200:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", format_datetime(page.modified, usegmt=True))
            self.send_header("Cache-Control", "max-age=0, must-revalidate")
        self.send_header("Vary", "Accept-Encoding")
        if page.location:
            self.send_header("Location", page.location)
        if not unchanged:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(body)))
            if coding:
                self.send_header("Content-Encoding", coding)
        self.end_headers()
        if with_body and not unchanged:
            self.wfile.write(body)

    def _takes_gzip(self) -> bool:
        wanted = [part.strip().split(";") for part in self.headers.get("Accept-Encoding", "").split(",")]
        return any(name in ("gzip", "x-gzip") and "q=0" not in rest for name, *rest in wanted)

    def _has_it_already(self, etag: str, modified: datetime) -> bool:
        """RFC 9110, 13.1: If-None-Match decides alone where it is there."""
        if (known := self.headers.get("If-None-Match")) is not None:
            tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
            return "*" in tags or etag in tags
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return modified <= (since if since.tzinfo else since.replace(tzinfo=UTC))

    def _log(self, status: int) -> None:
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        self.server.running.requests.append(Request(self.command, self.path, status, conditional))

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet: the log is `SampleServer.requests`."""


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the sample newspaper on loopback.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--root", type=Path, default=None, help="folder with another newspaper's sources")
    options = parser.parse_args()
    try:
        with serve(options.port, options.root) as server:
            sys.stdout.write(f"The sample newspaper is at {server.url} (Ctrl-C ends it)\n")
            sys.stdout.flush()
            threading.Event().wait()
    except (PortInUse, PaperError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
