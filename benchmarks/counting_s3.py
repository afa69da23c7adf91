"""moto's S3 in a process of its own, which counts the requests that come in, by what they are billed as."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from tests.support.s3 import S3Server, moto, serving

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

WRITE, READ, FREE = "PUT, POST, LIST", "GET, HEAD", "DELETE"
"""How S3 bills: dear, cheap, nothing."""


class CountingS3:
    """Serves while the block lasts."""

    def __enter__(self) -> CountingS3:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.server = S3Server(endpoint=self._pipe.recv(), keeps_time=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def taken(self) -> Counter[str]:
        """Requests by kind since this was asked last."""
        self._pipe.send(None)
        counted: Counter[str] = self._pipe.recv()
        return counted


def _serve(pipe: Connection) -> None:
    counted: Counter[str] = Counter()
    application = moto()

    def counting(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        counted[_kind(environ)] += 1
        return application(environ, start)

    with serving(counting) as server:
        pipe.send(server.endpoint)
        while pipe.poll(None):
            try:
                pipe.recv()
            except EOFError:  # whoever asked is gone, and we with it
                return
            pipe.send(Counter(counted))
            counted.clear()


def _kind(environ: WSGIEnvironment) -> str:
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    if method == "DELETE":
        return FREE
    lists = method == "GET" and ("list-type" in query or "prefix=" in query)
    return WRITE if method in ("PUT", "POST") or lists else READ
