"""A web that lies: raw sockets on loopback, one port a site, and a log of everything that was asked.

A site is a dict from path to what answers there: the bytes of a whole response, or a coroutine that is given
the connection. What it does not name gets a decent newspaper's answer: no robots.txt, a home page with a
feed, and a feed with one good article and one at `HOSTILE`.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

GOOD = "/2026/11/22/a-good-story-for-everyone"
HOSTILE = "/2026/11/22/a-story-from-a-hostile-server"


@dataclass(frozen=True)
class Asked:
    site: str
    path: str
    headers: dict[str, str]
    began: float
    ended: float
    at_once: int
    """Requests of this site under way when it came, itself included."""
    sent: int
    """Bytes that the crawler took, those on their way included."""
    head: str
    """The request as it came."""


@dataclass
class Connection:
    """What a responder is handed."""

    site: str
    path: str
    headers: dict[str, str]
    writer: asyncio.StreamWriter
    url: str
    urls: dict[str, str]
    """Home of every site of this web."""
    counts: dict[str, int]
    """How often each path was asked."""
    sent: int = 0

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()
        self.sent += len(data)


Responder = bytes | Callable[[Connection], Coroutine[None, None, None]]
Pages = dict[str, Responder]


def page(
    body: bytes | str, status: str = "200 OK", *, kind: str = "text/html; charset=utf-8", **headers: str
) -> bytes:
    """A whole response. Header names are written with underscores."""
    data = body.encode() if isinstance(body, str) else body
    lines = {"Content-Type": kind, "Content-Length": str(len(data))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value != "-")
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data


def article(title: str = "A good story for everyone") -> str:
    text = "The council met on Monday and decided after long talks that the bridge will be repaired. " * 3
    paragraphs = f"<p>{text}</p>" * 4
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article>"


def feed(*paths: str, base: str = "") -> bytes:
    items = "".join(f"<item><title>Story at {path}</title><link>{base}{path}</link></item>" for path in paths)
    return page(f"<rss version='2.0'><channel>{items}</channel></rss>", kind="application/rss+xml")


def redirect(to: str, status: str = "302 Found") -> bytes:
    return page("", status, Location=to)


async def drip(connection: Connection, head: bytes, drop: bytes, seconds: float = 0.05) -> None:
    """Send a byte now and then, for ever."""
    await connection.send(head)
    while True:
        await connection.send(drop)
        await asyncio.sleep(seconds)


class Web:
    """Runs the sites in a thread of its own while the block lasts."""

    def __init__(self, sites: dict[str, Pages]) -> None:
        self.sites = sites
        self.asked: list[Asked] = []
        self.urls: dict[str, str] = {}
        self.connections: dict[str, int] = {}
        self._counts: dict[str, dict[str, int]] = {name: {} for name in sites}
        self._under_way: dict[str, int] = dict.fromkeys(sites, 0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Web:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def paths(self, site: str) -> list[str]:
        """What was asked of a site, in order."""
        return [asked.path for asked in self.asked if asked.site == site]

    def of(self, site: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.site == site]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _listen(self) -> None:
        for name in self.sites:

            async def serve(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str = name
            ) -> None:
                try:
                    await self._serve(name, reader, writer)
                except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                    pass
                finally:
                    writer.close()

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            self.urls[name] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            self.connections[name] = 0

    async def _serve(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections[name] += 1
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            path = first.split(" ")[1]
            headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
            began = time.monotonic()
            self._under_way[name] += 1
            at_once = self._under_way[name]
            counts = self._counts[name]
            counts[path] = counts.get(path, 0) + 1
            connection = Connection(name, path, headers, writer, self.urls[name], self.urls, counts)
            try:
                answer = self.sites[name].get(path) or self._decent(name, path)
                if isinstance(answer, bytes):
                    await connection.send(answer)
                else:
                    await _until_gone(reader, answer(connection))
            finally:
                self._under_way[name] -= 1
                self.asked.append(
                    Asked(name, path, headers, began, time.monotonic(), at_once, connection.sent, head)
                )
            if not isinstance(answer, bytes) or re.match(
                rb"HTTP/1\.0|.*?\r\nConnection: close", answer, re.S
            ):
                return

    def _decent(self, name: str, path: str) -> bytes:
        if path == "/":
            return page(
                "<html><head><link rel=alternate type=application/rss+xml href=/feed></head><body>Home"
            )
        if path == "/feed":
            return feed(GOOD, HOSTILE, base=self.urls[name])
        if path.startswith("/2026/"):
            return page(article())
        return page("not here", "404 Not Found")


async def _until_gone(reader: asyncio.StreamReader, answer: Coroutine[None, None, None]) -> None:
    """Answer until done, or until nobody listens any more."""
    answering = asyncio.ensure_future(answer)
    gone = asyncio.ensure_future(reader.read(1))
    await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not answering.done():
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
    else:
        answering.result()


@dataclass
class Case:
    """A hostile site and the few lines of its seed that are not usual."""

    pages: Pages
    seed: dict[str, object] = field(default_factory=dict)
    fetch: dict[str, object] = field(default_factory=dict)
