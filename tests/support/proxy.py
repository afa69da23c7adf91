"""A faulty network before a real S3 server: an HTTP proxy that answers wrongly, late, in part, or not at all.

    with fault_proxy(server, script(None, Fault.LOST_ANSWER)) as proxy:   # the second request goes wrong
    with fault_proxy(server, at_random(seed=7, share=0.05)) as proxy:     # one in twenty does

The proxy passes every header on unchanged, `Host` included, so that signatures stay valid.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.s3 import S3Server

SLOW_SECONDS = 0.3


class Fault(StrEnum):
    """What the network does to one request."""

    RESET = "reset"
    """The connection breaks before the server hears of it."""
    LOST_ANSWER = "lost answer"
    """The request takes effect; the connection breaks before the answer."""
    SLOW = "slow"
    TRUNCATED = "truncated"
    """Half of the answer's body, then the end of the connection."""
    DAMAGED = "damaged"
    """One bit of the answer's body is another."""
    LOST_PAGE = "lost page"
    """A listing ends in its middle and says that it is whole."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that is answered in the server's place; the request takes no effect."""

    status: int
    code: str
    message: str = "made by the test"


INTERNAL_ERROR = Refusal(500, "InternalError")
SLOW_DOWN = Refusal(503, "SlowDown")
EXPIRED = Refusal(400, "ExpiredToken", "The provided token has expired.")


@dataclass(frozen=True, slots=True)
class Request:
    """What the client asked for, as the proxy sees it."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]

    @property
    def is_listing(self) -> bool:
        """Whether it asks for the keys of objects."""
        return self.method == "GET" and "list-type=2" in self.path


Choose = Callable[[Request], Fault | Refusal | None]
"""What is to happen to a request; None: nothing, it passes."""


@dataclass(slots=True)
class Proxy:
    """Where the proxy listens, and what passed through it."""

    server: S3Server
    requests: list[tuple[Request, Fault | Refusal | None]] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """Requests that something happened to."""
        return sum(fault is not None for _, fault in self.requests)


def script(*steps: Fault | Refusal | None, method: str | None = None) -> Choose:
    """One step a request (of this method, if given), in order; after the last nothing happens any more."""
    left, lock = iter(steps), threading.Lock()

    def choose(request: Request) -> Fault | Refusal | None:
        if method is not None and request.method != method:
            return None
        with lock:
            return next(left, None)

    return choose


def always(fault: Fault | Refusal, *, method: str | None = None, path_part: str = "") -> Choose:
    """The same for every request of this method and with this in its path."""
    return lambda request: fault if method in (None, request.method) and path_part in request.path else None


def listings_at_random(*, seed: int, share: float) -> Choose:
    """Each listing loses its second half with this probability; every other request passes, and a preflight's."""
    lose = at_random(seed=seed, share=share, faults=(Fault.LOST_PAGE,))
    return lambda request: lose(request) if request.is_listing and "preflight" not in request.path else None


def after(number: int, choose: Choose) -> Choose:
    """The first requests pass: a crawl has its preflight behind it."""
    passed = itertools.count()
    return lambda request: choose(request) if next(passed) >= number else None


EVERYTHING = (Fault.RESET, Fault.LOST_ANSWER, Fault.SLOW, Fault.TRUNCATED, INTERNAL_ERROR, SLOW_DOWN)


def at_random(*, seed: int, share: float, faults: Sequence[Fault | Refusal] = EVERYTHING) -> Choose:
    """Each request goes wrong with this probability, in one of these ways."""
    chance, lock = random.Random(seed), threading.Lock()

    def choose(_: Request) -> Fault | Refusal | None:
        with lock:
            return chance.choice(faults) if chance.random() < share else None

    return choose


@contextlib.contextmanager
def fault_proxy(upstream: S3Server, choose: Choose) -> Iterator[Proxy]:
    """A proxy before `upstream` on a port of its own; credentials stay the same."""
    listener = _Listener(("127.0.0.1", 0), _Handler)
    proxy = Proxy(replace(upstream, endpoint=f"http://127.0.0.1:{listener.server_port}"))
    listener.proxy, listener.choose, listener.upstream = proxy, choose, urlsplit(upstream.endpoint).netloc
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    proxy: Proxy
    choose: Choose
    upstream: str

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close without an orderly end, so that a reset stays one."""
        self.close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def do_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        request = Request(self.command, self.path, tuple(self.headers.items()))
        fault = self.server.choose(request)
        self.server.proxy.requests.append((request, fault))
        if fault is Fault.RESET:
            self._break()
            return
        if isinstance(fault, Refusal):
            self._answer(fault.status, [("Content-Type", "application/xml")], _error_document(fault))
            return
        status, headers, answer = self._forward(body)
        if fault is Fault.LOST_ANSWER:
            self._break()
            return
        if fault is Fault.SLOW:
            time.sleep(SLOW_SECONDS)  # the fault itself
        if fault is Fault.DAMAGED and answer:
            answer = bytes([answer[0] ^ 1]) + answer[1:]
        if fault is Fault.LOST_PAGE:
            answer = _half_of_a_listing(answer)
        self._answer(status, headers, answer, cut=fault is Fault.TRUNCATED)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_any

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.upstream, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("expect", "connection"):
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False) -> None:
        self.send_response_only(status)
        stated = [value for name, value in headers if name.lower() == "content-length"]
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if status != 204:
            length = stated[0] if stated and self.command == "HEAD" else str(len(body))
            self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True

    def _break(self) -> None:
        no_linger = struct.pack("ii", 1, 0)  # closing now sends RST
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No line a request."""


def _half_of_a_listing(document: bytes) -> bytes:
    entries = re.findall(rb"<Contents>.*?</Contents>", document, re.DOTALL)
    for entry in entries[len(entries) // 2 :]:
        document = document.replace(entry, b"")
    token = rb"<NextContinuationToken>.*?</NextContinuationToken>"
    return re.sub(token, b"", document).replace(b"<IsTruncated>true", b"<IsTruncated>false")


def _error_document(refusal: Refusal) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>"
    ).encode()
