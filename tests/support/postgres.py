"""A real Postgres for tests: Debian's server on a free loopback port, its files in a folder of its own.

As root it runs as the user `postgres`, for the server refuses root; anyone else runs it as themselves.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

USER = "pressrun"


def programs() -> Path | None:
    """Folder with `initdb` and `postgres`, of the newest version installed; None: there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    port: int
    password: str

    def new_database(self) -> str:
        """SQLAlchemy URL of an empty database."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.url("postgres", driver=""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str, driver: str = "+psycopg") -> str:
        return f"postgresql{driver}://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"


@contextmanager
def postgres(bin_folder: Path) -> Iterator[Postgres]:
    """Run a server for as long as this block runs."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    owner = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    if owner:
        for path in (folder, folder / "password"):
            shutil.chown(path, owner)
    data = folder / "data"
    options = ["--username", USER, "--pwfile", folder / "password", "--auth", "scram-sha-256", "--no-sync"]
    subprocess.run(
        [bin_folder / "initdb", "--pgdata", data, "--encoding", "UTF8", "--locale", "C", *options],
        check=True, user=owner, cwd=folder, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings = {
        "listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": "", "fsync": "off",
        "full_page_writes": "off", "shared_buffers": "16MB", "max_connections": "50",
    }  # fmt: skip
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    try:
        with log.open("wb") as errors:
            server = subprocess.Popen(
                [bin_folder / "postgres", "-D", data, *arguments], user=owner, cwd=folder, stderr=errors
            )
        try:
            running = Postgres(port, password)
            _wait(server, running, log)
            yield running
        finally:
            server.send_signal(signal.SIGINT)  # what asks it not to wait for its clients
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], running: Postgres, log: Path) -> None:
    for _ in range(600):
        try:
            with psycopg.connect(running.url("postgres", driver=""), connect_timeout=5):
                return
        except psycopg.OperationalError:
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
    raise RuntimeError(f"Postgres did not start: {log.read_text()[-2000:]}")
