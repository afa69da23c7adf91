"""What one connection carries: an answer belongs to the request it was asked with, and to no other."""

from __future__ import annotations

import asyncio
import ipaddress

import pytest

from spiders.wire import Answer, Wire
from tests.support.hostile import page


class Server:
    """Answers every request with its path, and counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writer = writer
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(page(head.split(b" ")[1]))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def say(self, unasked: bytes) -> None:
        """Send what nobody asked for on the connection that was used last."""
        assert self.writer is not None
        self.writer.write(unasked)
        await self.writer.drain()

    def hang_up(self) -> None:
        assert self.writer is not None
        self.writer.transport.abort()


async def ask(wire: Wire, port: int, path: str) -> Answer:
    return await wire.get(
        scheme="http",
        host="127.0.0.1",
        port=port,
        addresses=(ipaddress.ip_address("127.0.0.1"),),
        target=path,
        headers=(),
        max_bytes=10_000,
    )


async def two_requests(server: Server, unasked: bytes | None) -> tuple[Answer, Answer]:
    """Ask twice; between them the server says `unasked`, or hangs up."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    wire = Wire()
    async with listening:
        first = await ask(wire, port, "/first")
        if unasked is None:
            server.hang_up()
        else:
            await server.say(unasked)
        second = await ask(wire, port, "/second")
        wire.close()
    return first, second


@pytest.mark.parametrize(
    "unasked",
    [
        page("smuggled"),
        page("", "408 Request Timeout", Connection="close"),
        b"\r\n",
        pytest.param(None, id="hung up"),
    ],
)
def test_what_a_server_says_between_two_requests_is_not_taken_for_an_answer(unasked: bytes | None) -> None:
    server = Server()
    first, second = asyncio.run(two_requests(server, unasked))
    assert (first.body, second.status, second.body) == (b"/first", 200, b"/second")
    assert server.connections == 2


def test_a_connection_on_which_nothing_was_said_is_used_again() -> None:
    server = Server()
    first, second = asyncio.run(two_requests(server, b""))
    assert (first.body, second.body) == (b"/first", b"/second")
    assert server.connections == 1
