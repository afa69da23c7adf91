"""A fast web server for benchmarks, in a process of its own: many hosts on loopback, each at its own address.

    with LocalWeb(bodies, hosts=50, pages=60) as web: ...

Host n listens at 127.0.(n // 250 + 1).(n % 250 + 1), so every client keeps them apart without asking DNS; the first two
numbers may be others, of a network that this machine answers for. Each
has a home page, `/feed` with all its article addresses, and the articles, whose bodies are dealt from `bodies`
and compressed once. The server keeps for each host how many requests it had under way at most, and the least
time between the end of an answer and the next request.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

LOOPBACK = "127.0"
LEVEL = 6
"""gzip level of a usual web server."""


@dataclass(frozen=True, slots=True)
class Served:
    """What one host saw."""

    requests: int
    at_once: int
    """Requests under way at the same time, at most."""
    least_gap_seconds: float | None
    """Between the end of an answer and the next request; None: there was no second."""
    mean_gap_seconds: float | None
    seconds: float
    """From the first request to the end of the last answer."""


@dataclass(slots=True)
class _Host:
    number: int
    requests: int = 0
    under_way: int = 0
    at_once: int = 0
    began: float | None = None
    ended: float | None = None
    gaps: list[float] = field(default_factory=list)


def address(number: int, network: str = LOOPBACK) -> str:
    """The address of a host."""
    return f"{network}.{number // 250 + 1}.{number % 250 + 1}"


def path(number: int) -> str:
    """The path of an article."""
    return f"/2026/11/22/story-number-{number}-of-this-town"


class LocalWeb:
    """Serves while the block lasts."""

    def __init__(
        self,
        bodies: Sequence[bytes],
        *,
        hosts: int,
        pages: int,
        answer_seconds: float = 0.0,
        network: str = LOOPBACK,
    ) -> None:
        """`pages` articles for each host; an answer takes `answer_seconds` to begin."""
        self._bodies, self._hosts, self._pages = bodies, hosts, pages
        self._answer_seconds, self._network = answer_seconds, network

    def __enter__(self) -> LocalWeb:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(list(self._bodies), self._hosts, self._pages, self._answer_seconds, self._network, theirs),
            daemon=True,
        )
        self._process.start()
        theirs.close()  # so that a server that cannot start ends the wait for its port
        self._port: int = self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def pid(self) -> int:
        """Of the process that serves."""
        assert self._process.pid is not None
        return self._process.pid

    def homes(self) -> list[str]:
        """`http://127.0.1.1:40123` and so on."""
        return [f"http://{address(number, self._network)}:{self._port}" for number in range(self._hosts)]

    def articles(self) -> list[str]:
        """Every article of every host, the hosts taking turns."""
        return [home + path(number) for number in range(self._pages) for home in self.homes()]

    def served(self) -> list[Served]:
        """What each host saw since this was asked last."""
        self._pipe.send("served")
        return [Served(*row) for row in json.loads(self._pipe.recv())]


def _answer(body: bytes, kind: str, *, coded: bool) -> bytes:
    lines = [
        "HTTP/1.1 200 OK",
        "Date: Sun, 22 Nov 2026 12:00:00 GMT",
        "Server: nginx",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Last-Modified: Sun, 22 Nov 2026 09:00:00 GMT",
        f'ETag: W/"{len(body):x}-1a2b3c4d"',
        "Vary: Accept-Encoding",
        "Cache-Control: public, max-age=60",
        "X-Cache: HIT",
        "X-Frame-Options: SAMEORIGIN",
        "X-Content-Type-Options: nosniff",
        "Strict-Transport-Security: max-age=31536000",
    ]
    if coded:
        lines.append("Content-Encoding: gzip")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
_HOME = b"<!doctype html><title>A paper</title><link rel=alternate type=application/rss+xml href=/feed>"


def _feed(home: str, pages: int) -> bytes:
    items = "".join(
        f"<item><title>Story number {n} of this town</title><link>{home}{path(n)}</link></item>"
        for n in range(pages)
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


class _Protocol(asyncio.Protocol):
    def __init__(self, web: _Web) -> None:
        self._web = web
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        third, fourth = transport.get_extra_info("sockname")[0].split(".")[2:]
        self._number = (int(third) - 1) * 250 + int(fourth) - 1

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head, self._data = self._data[:end].lower(), self._data[end + 4 :]
            host, now = self._web.hosts[self._number], time.monotonic()
            host.requests += 1
            host.began = now if host.began is None else host.began
            host.under_way += 1
            host.at_once = max(host.at_once, host.under_way)
            if host.ended is not None:
                host.gaps.append(now - host.ended)
            if self._web.answer_seconds:
                asyncio.get_running_loop().call_later(self._web.answer_seconds, self._send, head)
            else:
                self._send(head)

    def _send(self, head: bytes) -> None:
        target, host = head.split(b" ", 2)[1].decode("latin-1"), self._web.hosts[self._number]
        self._transport.write(self._web.answer(self._number, target, coded=b"gzip" in head))
        host.under_way -= 1
        host.ended = time.monotonic()
        if b"\r\nconnection: close" in head:
            self._transport.close()


class _Web:
    def __init__(
        self, bodies: Sequence[bytes], hosts: int, pages: int, answer_seconds: float, network: str
    ) -> None:
        kind = "text/html; charset=utf-8"
        self.hosts = [_Host(number) for number in range(hosts)]
        self.answer_seconds, self.network = answer_seconds, network
        self.port = 0
        self._pages = pages
        self._plain = [_answer(body, kind, coded=False) for body in bodies]
        self._coded = [_answer(gzip.compress(body, LEVEL), kind, coded=True) for body in bodies]
        self._home = _answer(_HOME, kind, coded=False)

    def answer(self, host: int, target: str, *, coded: bool) -> bytes:
        if target.startswith("/2026/"):
            number = int(target.split("-")[2]) * len(self.hosts) + host
            dealt = self._coded if coded else self._plain
            return dealt[number % len(dealt)]
        if target == "/feed":
            home = f"http://{address(host, self.network)}:{self.port}"
            return _answer(_feed(home, self._pages), "application/rss+xml", coded=False)
        return self._home if target == "/" else _MISSING

    def told(self) -> list[tuple[int, int, float | None, float | None, float]]:
        rows = []
        for host in self.hosts:
            gaps = host.gaps
            least, mean = (min(gaps), sum(gaps) / len(gaps)) if gaps else (None, None)
            rows.append((host.requests, host.at_once, least, mean, (host.ended or 0.0) - (host.began or 0.0)))
        self.hosts = [_Host(host.number) for host in self.hosts]
        return rows


def _serve(
    bodies: list[bytes], hosts: int, pages: int, answer_seconds: float, network: str, pipe: Connection
) -> None:
    asyncio.run(_listen(_Web(bodies, hosts, pages, answer_seconds, network), pipe))


async def _listen(web: _Web, pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    sockets = _sockets(len(web.hosts), web.network)
    web.port = sockets[0].getsockname()[1]
    for one in sockets:
        await loop.create_server(lambda: _Protocol(web), sock=one, backlog=500)
    pipe.send(web.port)

    def told() -> None:
        try:
            pipe.recv()
        except EOFError:  # whoever asked is gone, and we with it
            sys.exit(1)
        pipe.send(json.dumps(web.told()))

    loop.add_reader(pipe.fileno(), told)
    await asyncio.Event().wait()


def _sockets(count: int, network: str) -> list[socket.socket]:
    """One for each host, all with the same port."""
    while True:
        made = [_socket(address(0, network), 0)]
        port = made[0].getsockname()[1]
        try:
            made += [_socket(address(number, network), port) for number in range(1, count)]
        except OSError:
            for one in made:
                one.close()
            continue
        return made


def _socket(host: str, port: int) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((host, port))
    return one
