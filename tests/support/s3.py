"""S3 servers for the tests that need nothing but Python: moto's, and two weak ones made from it."""

from __future__ import annotations

import contextlib
import io
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from mypy_boto3_s3.client import S3Client

    Application = WSGIApplication


BUCKET = "pressrun-tests"
"""Made on every S3 server of the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Server:
    """Where an S3 server listens, and who may come in."""

    endpoint: str
    access_key: str = "testkey"
    secret_key: str = "testsecret"
    keeps_time: bool = True
    """Whether it says truly when an upload was begun; moto says 2010."""

    def client(self) -> S3Client:
        """boto3's own client, to prepare and to look without Pressrun."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )

    def settings(self) -> dict[str, str]:
        """The environment variables by which boto3, and so Pressrun, finds this server."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def enter(self, patch: pytest.MonkeyPatch) -> None:
        """Set those variables for one test, and none of the user's own."""
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name, value in self.settings().items():
            patch.setenv(name, value)


@contextlib.contextmanager
def serving(application: Application) -> Iterator[S3Server]:
    """Serve a WSGI application on loopback, a thread for each connection."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield S3Server(endpoint=f"http://127.0.0.1:{server.server_port}", keeps_time=False)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def moto() -> Application:
    """moto's S3, with a lock that makes its look-then-write of conditional writes one step."""
    application = DomainDispatcherApplication(create_backend_app)
    writing = threading.Lock()

    def one_writer_at_a_time(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("PUT", "POST", "DELETE"):
            with writing:
                return list(application(environ, start))
        return list(application(environ, start))

    return one_writer_at_a_time


def put_behind_the_back(url: str, keys: Iterable[str]) -> None:
    """Put the object b"x" under many keys of a bucket that moto serves in this process."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for key in keys:
        backend.put_object(bucket, f"{prefix}/{key}", b"x")


def ignoring_conditions() -> Application:
    """A store that overwrites whatever `If-None-Match` and `If-Match` say, as rclone and s3rver do."""
    application = moto()

    def ignore(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_IF_NONE_MATCH", None)
        environ.pop("HTTP_IF_MATCH", None)
        return application(environ, start)

    return ignore


def ignoring_swaps() -> Application:
    """A store that knows `If-None-Match` and overwrites whatever `If-Match` says."""
    application = moto()

    def ignore(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_IF_MATCH", None)
        return application(environ, start)

    return ignore


def refusing_swaps() -> Application:
    """A store that knows `If-None-Match` and refuses `If-Match`, as Swift does."""
    application = moto()

    def refuse(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if "HTTP_IF_MATCH" not in environ:
            return application(environ, start)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start("501 Not Implemented", [("Content-Type", "application/xml")])
        return [b"<Error><Code>NotImplemented</Code><Message>no conditional puts</Message></Error>"]

    return refuse


def looking_before_writing() -> Application:
    """A store that refuses a create if it sees the object, but lets others look meanwhile (Swift does)."""
    application, lookers = moto(), _Lookers()

    def look_then_write(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT" and "HTTP_IF_NONE_MATCH" in environ:
            look = {**environ, "REQUEST_METHOD": "HEAD", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}
            del look["HTTP_IF_NONE_MATCH"]
            seen: list[str] = []
            list(application(look, lambda status, *_: seen.append(status)))  # type: ignore[arg-type,return-value]
            if seen[0].startswith("404"):
                del environ["HTTP_IF_NONE_MATCH"]
                lookers.wait_for_another()
        return application(environ, start)

    return look_then_write


class _Lookers:
    """Holds a writer until another has looked too, or for a moment when there is none."""

    def __init__(self) -> None:
        self._changed, self._count = threading.Condition(), 0

    def wait_for_another(self) -> None:
        with self._changed:
            self._count += 1
            mine = self._count
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._count > mine, timeout=0.05)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No line a request."""
