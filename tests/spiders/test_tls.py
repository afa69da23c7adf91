"""Certificates are checked, and nothing is ever asked of a host whose certificate is wrong."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from spiders.outcome import FetchError, Outcome
from spiders.wire import Answer, Wire
from tests.support.tls import Tls

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def ask(port: int) -> Answer:
    return asyncio.run(_asked(port, 2.0))


async def _asked(port: int, seconds: float) -> Answer:
    wire = Wire()
    try:
        async with asyncio.timeout(seconds):
            return await wire.get(
                scheme="https",
                host="127.0.0.1",
                port=port,
                addresses=(ipaddress.ip_address("127.0.0.1"),),
                target="/",
                headers=(),
                max_bytes=10_000,
            )
    finally:
        wire.close()


def test_an_authority_named_by_ssl_cert_file_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = Tls(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(secure.file))
    with secure as port:
        assert ask(port).status == 200


@pytest.mark.parametrize(
    ("wrong", "trusted", "word"),
    [
        ({}, False, "self-signed"),
        ({"from_day": -9, "to_day": -2}, True, "expired"),
        ({"from_day": 2, "to_day": 9}, True, "not yet valid"),
        ({"address": "127.0.0.2"}, True, "mismatch"),
    ],
)
def test_a_wrong_certificate_is_named_and_nothing_is_tried_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, object], trusted: bool, word: str
) -> None:
    secure = Tls(tmp_path, **wrong)  # type: ignore[arg-type]
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(secure.file))
    with secure as port, pytest.raises(FetchError, match=word) as caught:
        ask(port)
    assert caught.value.outcome is Outcome.TLS
    assert (secure.connections, secure.asked) == (1, [])


def test_a_server_that_speaks_no_tls_is_named() -> None:
    async def answers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    with pytest.raises(FetchError) as caught:
        asyncio.run(_ask_of(answers))
    assert caught.value.outcome is Outcome.TLS


def test_a_handshake_that_never_ends_ends_at_the_deadline() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    with pytest.raises(TimeoutError):
        asyncio.run(_ask_of(silent, seconds=0.3))


async def _ask_of(serve: Serve, seconds: float = 2.0) -> Answer:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        return await _asked(server.sockets[0].getsockname()[1], seconds)
