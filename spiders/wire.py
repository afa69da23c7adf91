"""One HTTP/1.1 exchange over a socket, written down as it happened.

A crawler that archives needs what general clients hide: the bytes of the body as they were sent, every header
in its order, the address that answered, and whether the body is whole. And it must survive what servers do:
there is a cap on the header block, on chunk lines and on the body, and one deadline for the whole exchange
(the caller's `asyncio.timeout`), however slowly it drips.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path

import certifi

from spiders.guard import Address
from spiders.outcome import FetchError, Outcome

MAX_HEAD_BYTES = 65_536
MAX_HEADERS = 256
MAX_LINE_BYTES = 4_096
"""Of one chunk size with its extensions; of all trailers together twice that."""
MAX_INFORMATIONAL = 8
"""1xx answers before the real one."""
CONNECT_SECONDS = 10.0
"""For each address of a host."""
IDLE_SECONDS = 15.0
"""How long a connection is kept for the next request to the same host."""
MAX_IDLE = 128
CONDITIONS = ("If-None-Match", "If-Modified-Since")
MAX_VALIDATOR_CHARS = 1_000
"""Of an ETag sent back: a request with a longer one is what other servers refuse."""

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/(\d)\.(\d)[ \t]+(\d{3})(?:[ \t]+(.*))?")
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,15})\s*(?:;.*)?")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server sent."""

    request_line: str
    request_headers: Headers
    """As sent."""
    version: str
    """`HTTP/1.1`."""
    status: int
    reason: str
    headers: Headers
    """As received: order, case and repeated names kept; latin-1."""
    body: bytes
    """As sent: transfer coding undone, content coding not."""
    truncated: str | None
    """`length` (longer than the cap), `disconnect` (ended early); None: whole."""
    ip: str

    def header(self, name: str) -> str | None:
        """First value of a header, its name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def conditional(etag: str | None, last_modified: str | None) -> Headers:
    """Headers that ask for an answer only where something changed."""
    pairs = zip(CONDITIONS, (etag, last_modified), strict=True)
    return tuple((name, value) for name, value in pairs if value and len(value) <= MAX_VALIDATOR_CHARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What is asked."""

    line: str
    headers: Headers

    def as_sent(self) -> bytes:
        """As it goes over the wire."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.line}\r\n{head}\r\n".encode("latin-1", "replace")


@dataclass(slots=True)
class _Stream:
    """A connection and what has come in on it that nobody has taken yet."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ip: str
    data: bytearray = field(default_factory=bytearray)
    idle_since: float = 0.0
    broken: bool = False
    """It did not end, it broke: a body that ends with its connection is not whole."""

    async def more(self) -> bool:
        """Take in what there is, at least a byte; False at the end of the connection."""
        try:
            chunk = await self.reader.read(65_536)
        except ssl.SSLEOFError:  # closed without a word of TLS, as many servers do
            return False
        except OSError:  # ConnectionError and SSLError among them
            self.broken = True
            return False
        self.data += chunk
        return bool(chunk)

    async def is_quiet(self) -> bool:
        """Whether the connection still stands and nothing came in on it since the last answer was taken."""
        # two rounds of the event loop: one hears that the socket has bytes, the next has taken them in
        for _ in range(2):
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(0):
                await self.reader.read(1)  # bytes that nobody asked for, or none: the connection ended
        except TimeoutError:
            return not self.writer.is_closing()
        except OSError:
            return False
        return False

    def close(self) -> None:
        self.writer.transport.abort()


class Wire:
    """Connections of one process. At most one request at a time for each origin: see `spiders.pace`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls or _trusting_context()
        self._tls.set_alpn_protocols(["http/1.1"])
        self._idle: dict[tuple[str, str, int], _Stream] = {}

    async def get(
        self,
        *,
        scheme: str,
        host: str,
        port: int,
        addresses: tuple[Address, ...],
        target: str,
        headers: Headers,
        max_bytes: int,
        prefix: bool = False,
    ) -> Answer:
        """Ask for `target` (path and query) and read the whole answer.

        `headers` go out as given, after Host. A body longer than `max_bytes` raises, or, with `prefix`, is
        cut there and marked. Raises FetchError.
        """
        asked = _request(scheme, host, port, target, headers)
        key = (scheme, host, port)
        stream = await self._reusable(key, addresses)
        answer = await self._ask(key, stream, asked, max_bytes, prefix) if stream is not None else None
        if answer is None:  # there was no connection, or it had gone stale
            stream = await self._connect(scheme, host, port, addresses)
            answer = await self._ask(key, stream, asked, max_bytes, prefix)
        if answer is None:
            raise FetchError(Outcome.DISCONNECTED, "the connection ended before an answer")
        return answer

    async def _ask(
        self, key: tuple[str, str, int], stream: _Stream, asked: _Request, max_bytes: int, prefix: bool
    ) -> Answer | None:
        """The answer on this connection, which is then kept or closed; None: it ended before a byte of one."""
        reusable = False
        try:
            stream.writer.write(asked.as_sent())
            head = await _head(stream)
            if head is None:
                return None
            version, status, reason, received = head
            body, truncated, ended = await _body(stream, status, received, max_bytes, prefix)
            reusable = not ended and truncated is None and _keeps_alive(version, received)
            return Answer(
                request_line=asked.line,
                request_headers=asked.headers,
                version=version,
                status=status,
                reason=reason,
                headers=received,
                body=body,
                truncated=truncated,
                ip=stream.ip,
            )
        finally:
            # bytes nobody asked for: an answer to the next request may have been smuggled in
            if reusable and not stream.data:
                self._keep(key, stream)
            else:
                stream.close()

    def close(self) -> None:
        """End every connection."""
        while self._idle:
            self._idle.popitem()[1].close()

    async def _reusable(self, key: tuple[str, str, int], addresses: tuple[Address, ...]) -> _Stream | None:
        stream = self._idle.pop(key, None)
        if stream is None:
            return None
        age = asyncio.get_running_loop().time() - stream.idle_since
        current = stream.ip in {str(address) for address in addresses}
        # a 408 sent to an idle connection, or an answer smuggled in, would be taken for the next request's
        if age > IDLE_SECONDS or not current or not await stream.is_quiet():
            stream.close()
            return None
        return stream

    def _keep(self, key: tuple[str, str, int], stream: _Stream) -> None:
        stream.idle_since = asyncio.get_running_loop().time()
        self._idle.pop(key, None)
        self._idle[key] = stream
        while len(self._idle) > MAX_IDLE:
            self._idle.pop(next(iter(self._idle))).close()

    async def _connect(self, scheme: str, host: str, port: int, addresses: tuple[Address, ...]) -> _Stream:
        failure = FetchError(Outcome.REFUSED, f"{host}:{port} has no address to connect to")
        for address in addresses:
            ip = str(address)
            # another address is tried sooner than the last one is given up: IPv6 is often a dead end
            seconds = CONNECT_SECONDS if address == addresses[-1] else CONNECT_SECONDS / 3
            try:
                async with asyncio.timeout(seconds):
                    reader, writer = await asyncio.open_connection(
                        ip,
                        port,
                        ssl=self._tls if scheme == "https" else None,
                        server_hostname=host if scheme == "https" else None,
                    )
                return _Stream(reader, writer, ip)
            except TimeoutError:
                failure = FetchError(Outcome.TIMEOUT, f"{ip}:{port}: no connection in {seconds:g} s")
            except ssl.SSLError as error:
                failure = FetchError(Outcome.TLS, f"{host}: {error.reason or error}")
                if isinstance(error, ssl.SSLCertVerificationError):
                    failure = FetchError(Outcome.TLS, f"{host}: {error.verify_message}")
            except OSError as error:
                failure = FetchError(Outcome.REFUSED, f"{ip}:{port}: {error.strerror or error}")
        raise failure


def _trusting_context() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR.

    Where a machine has none, as slim container images, Mozilla's list stands in.
    """
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not (paths.capath and any(Path(paths.capath).iterdir())):
        context.load_verify_locations(certifi.where())
    return context


def _request(scheme: str, host: str, port: int, target: str, headers: Headers) -> _Request:
    shown = f"[{host}]" if ":" in host else host
    default = 443 if scheme == "https" else 80
    asked = ("Host", shown if port == default else f"{shown}:{port}")
    # what would break out of its header is left out
    safe = (header for header in (asked, *headers) if not _unsafe("".join(header)))
    return _Request(line=f"GET {target} HTTP/1.1", headers=tuple(safe))


def _unsafe(text: str) -> bool:
    return any(character in text for character in "\r\n\0")


async def _head(stream: _Stream) -> tuple[str, int, str, Headers] | None:
    """Version, status, reason and headers of the answer; None: the connection ended before a byte of it."""
    for _ in range(MAX_INFORMATIONAL + 1):
        block = await _head_block(stream)
        if block is None:
            return None
        first, *lines = re.split(rb"\r?\n", block)
        match = _STATUS.fullmatch(first.strip())
        if match is None:
            raise FetchError(Outcome.PROTOCOL, f"no status line: {first[:80]!r}")
        status = int(match[3])
        if 100 <= status < 200 and status != 101:
            continue
        if status < 200 or status > 599:
            raise FetchError(Outcome.ODD_STATUS, f"status {status}")
        version = f"HTTP/{int(match[1])}.{int(match[2])}"
        return version, status, (match[4] or b"").decode("latin-1").strip(), _headers(lines)
    raise FetchError(Outcome.PROTOCOL, f"more than {MAX_INFORMATIONAL} informational answers")


async def _head_block(stream: _Stream) -> bytes | None:
    start = 0
    while True:
        match = _HEAD_END.search(stream.data, start)
        if match and match.end() <= MAX_HEAD_BYTES:
            block = bytes(stream.data[: match.start()])
            del stream.data[: match.end()]
            return block
        if len(stream.data) > MAX_HEAD_BYTES:
            raise FetchError(Outcome.HEADERS_TOO_LARGE, f"more than {MAX_HEAD_BYTES} bytes of headers")
        if len(stream.data) >= 5 and not stream.data.startswith(b"HTTP/"):
            raise FetchError(Outcome.PROTOCOL, f"no HTTP: {bytes(stream.data[:40])!r}")
        start = max(0, len(stream.data) - 3)
        if not await stream.more():
            if not stream.data:
                return None
            raise FetchError(Outcome.DISCONNECTED, "the connection ended within the headers")


def _headers(lines: list[bytes]) -> Headers:
    """Headers as browsers read them: folded lines joined, lines without a colon left out."""
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip().decode('latin-1')}")
            continue
        raw, colon, rest = line.partition(b":")
        if colon and raw.strip():
            # PostgreSQL keeps no NUL, and no header has one by right (RFC 9110, 5.5)
            value = rest.strip().replace(b"\0", b" ").decode("latin-1")
            found.append((raw.strip().decode("latin-1"), value))
        if len(found) > MAX_HEADERS:
            raise FetchError(Outcome.HEADERS_TOO_LARGE, f"more than {MAX_HEADERS} headers")
    return tuple(found)


def _values(headers: Headers, name: str) -> list[str]:
    """Every comma-separated value of a header, lower case."""
    joined = ",".join(value for key, value in headers if key.lower() == name)
    return [value.strip().lower() for value in joined.split(",") if value.strip()]


def _keeps_alive(version: str, headers: Headers) -> bool:
    connection = _values(headers, "connection")
    return "close" not in connection and (version == "HTTP/1.1" or "keep-alive" in connection)


async def _body(
    stream: _Stream, status: int, headers: Headers, max_bytes: int, prefix: bool
) -> tuple[bytes, str | None, bool]:
    """Body, why it is not whole, and whether it took the end of the connection to end it (RFC 9112, 6.3)."""
    if status in (204, 304):
        return b"", None, False
    coding = _values(headers, "transfer-encoding")
    if coding == ["chunked"]:
        body, truncated = await _chunked(stream, max_bytes)
        ended = False
    elif coding and coding != ["identity"]:
        raise FetchError(Outcome.BAD_CODING, f"transfer coding {', '.join(coding)!r} is not known")
    else:
        lengths = set(_values(headers, "content-length"))
        if len(lengths) > 1 or not all(length.isdecimal() and len(length) < 19 for length in lengths):
            raise FetchError(Outcome.PROTOCOL, f"Content-Length {' and '.join(sorted(lengths))[:80]!r}")
        expected = int(lengths.pop()) if lengths else None
        if expected is not None and expected > max_bytes and not prefix:
            raise FetchError(Outcome.TOO_LARGE, f"{expected} bytes announced, {max_bytes} allowed")
        body, truncated = await _plain(stream, expected, max_bytes)
        ended = expected is None
    if truncated == "length" and not prefix:
        raise FetchError(Outcome.TOO_LARGE, f"more than {max_bytes} bytes")
    return body, truncated, ended


async def _plain(stream: _Stream, expected: int | None, max_bytes: int) -> tuple[bytes, str | None]:
    wanted = max_bytes + 1 if expected is None else min(expected, max_bytes + 1)
    while len(stream.data) < wanted:
        if not await stream.more():
            body = bytes(stream.data)
            stream.data.clear()
            return body, None if expected is None and not stream.broken else "disconnect"
    cut = wanted > max_bytes
    body = bytes(stream.data[: max_bytes if cut else wanted])
    del stream.data[:wanted]
    return body, "length" if cut else None


async def _chunked(stream: _Stream, max_bytes: int) -> tuple[bytes, str | None]:
    body = bytearray()
    while True:
        line = await _line(stream, MAX_LINE_BYTES)
        if line is None:
            return bytes(body), "disconnect"
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise FetchError(Outcome.PROTOCOL, f"no chunk size: {line[:40]!r}")
        left = int(match[1], 16)
        if left == 0:
            return bytes(body), await _trailers(stream)
        while left:
            if not stream.data and not await stream.more():
                return bytes(body), "disconnect"
            piece = stream.data[:left]
            body += piece
            left -= len(piece)
            del stream.data[: len(piece)]
            if len(body) > max_bytes:
                return bytes(body[:max_bytes]), "length"
        if await _line(stream, MAX_LINE_BYTES) is None:
            return bytes(body), "disconnect"


async def _trailers(stream: _Stream) -> str | None:
    left = 2 * MAX_LINE_BYTES
    while line := await _line(stream, left):
        left -= len(line) + 2
        if left <= 0:
            raise FetchError(Outcome.HEADERS_TOO_LARGE, "too many trailers")
    # a connection that ends instead of the last empty line has still sent every byte of the body
    return None


async def _line(stream: _Stream, max_bytes: int) -> bytes | None:
    """The next line without its end; None: the connection ended before it did."""
    start = 0
    while (end := stream.data.find(b"\n", start)) < 0:
        if len(stream.data) > max_bytes:
            raise FetchError(Outcome.PROTOCOL, f"a line of more than {max_bytes} bytes between chunks")
        start = len(stream.data)
        if not await stream.more():
            return None
    if end > max_bytes:
        raise FetchError(Outcome.PROTOCOL, f"a line of more than {max_bytes} bytes between chunks")
    line = bytes(stream.data[:end])
    del stream.data[: end + 1]
    return line.rstrip(b"\r")
