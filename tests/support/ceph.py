"""A real S3 server from Debian's packages: one Ceph monitor, one OSD in memory, one radosgw, on loopback.

apt-get install --no-install-recommends ceph-mon ceph-osd radosgw
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests.support.s3 import S3Server

PROGRAMS = ("monmaptool", "ceph-mon", "ceph-osd", "ceph", "radosgw", "radosgw-admin")
START_SECONDS = 30
MEMORY_BYTES = 2 << 30
STRANGER = S3Server(endpoint="", access_key="strangerkey", secret_key="strangersecret")
"""A user of the server with no permission for the buckets of the first."""

GLOBAL = {
    "auth cluster required": "none",
    "auth service required": "none",
    "auth client required": "none",
    "auth allow insecure global id reclaim": "true",
    "ms mon client mode": "crc",  # without authentication there is no key for the secure mode
    "ms mon service mode": "crc",
    "ms mon cluster mode": "crc",
    "public network": "127.0.0.0/8",
    "cluster network": "127.0.0.0/8",
    "public addr": "127.0.0.1",
    "cluster addr": "127.0.0.1",
    "ms bind ipv6": "false",
    "osd pool default size": "1",
    "osd pool default min size": "1",
    "osd pool default pg num": "4",
    "osd pool default pgp num": "4",
    "osd pool default pg autoscale mode": "off",
    "osd crush chooseleaf type": "0",
    "mon allow pool size one": "true",
    "mon max pg per osd": "5000",
    "mon data avail warn": "2",
    "mon data avail crit": "1",
    "paxos propose interval": "0.05",
    "paxos min wait": "0.01",
    "mon tick interval": "1",
}
OSD = {
    "osd objectstore": "memstore",
    "memstore device bytes": str(MEMORY_BYTES),
    "osd op num shards": "1",
    "osd op num threads per shard": "2",
    "osd class load list": "*",
    "osd class default list": "*",
    "osd max object name len": "4096",
}
GATEWAY = {
    "rgw thread pool size": "48",
    "rgw enable usage log": "false",
    "rgw enable ops log": "false",
    "rgw gc max objs": "8",
    "rgw lc max objs": "4",
    "rgw dynamic resharding": "false",
    "rgw s3 auth order": "local",
}


class CephFailed(Exception):
    """A part of Ceph did not start; the message holds the end of its log."""


def missing_programs() -> list[str]:
    """Programs of Ceph that this machine lacks; empty: `ceph` below can run."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


@contextlib.contextmanager
def ceph(folder: Path) -> Iterator[S3Server]:
    """Start a cluster in an empty folder; ended with the block, or with this process."""
    server = S3Server(endpoint=f"http://127.0.0.1:{_free_port()}")
    configuration = _configure(folder, int(server.endpoint.rpartition(":")[2]))
    running: list[subprocess.Popen[bytes]] = []

    def run(*command: str) -> str:
        return _run(folder, command[0], "-c", str(configuration), *command[1:])

    def start(*command: str) -> None:
        log = (folder / "log" / f"{command[0]}.out").open("wb")
        running.append(
            subprocess.Popen(
                [command[0], "-c", str(configuration), "-f", *command[1:]],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_end_with_parent,
            )
        )  # fmt: skip

    try:
        run(
            "ceph-mon",
            "--mkfs",
            "-i",
            "a",
            "--monmap",
            str(folder / "monmap"),
            "--keyring",
            str(folder / "keyring"),
        )
        start("ceph-mon", "-i", "a")
        number = run("ceph", "--connect-timeout", str(START_SECONDS), "osd", "create").strip()
        run("ceph-osd", "-i", number, "--mkfs", "--osd-uuid", str(uuid.uuid4()))
        start("ceph-osd", "-i", number)
        run("ceph", "osd", "crush", "add", f"osd.{number}", "1.0", "host=localhost", "root=default")
        for user in (server, STRANGER):
            run("radosgw-admin", "-n", "client.rgw", "user", "create", f"--uid={user.access_key}",
                f"--display-name={user.access_key}", f"--access-key={user.access_key}",
                f"--secret-key={user.secret_key}")  # fmt: skip
        start("radosgw", "-n", "client.rgw")
        _wait_for(server.endpoint, running[-1], folder)
        yield server
    finally:
        for process in running:  # nothing in it is worth an orderly end, which takes seconds
            process.kill()
            process.wait()


def _configure(folder: Path, gateway_port: int) -> Path:
    for name in ("mon", "osd", "rgw", "run", "log", "crash"):
        (folder / name).mkdir()
    (folder / "keyring").touch()
    first, second, cluster = _free_port(), _free_port(), str(uuid.uuid4())
    monitor = f"[v2:127.0.0.1:{second},v1:127.0.0.1:{first}]"
    places = {
        "fsid": cluster,
        "mon host": monitor,
        "mon initial members": "a",
        "run dir": f"{folder}/run",
        "admin socket": f"{folder}/run/$name.asok",
        "pid file": f"{folder}/run/$name.pid",
        "log file": f"{folder}/log/$name.log",
        "mon cluster log file": f"{folder}/log/cluster.log",
        "crash dir": f"{folder}/crash",
    }
    sections = {
        "global": places | GLOBAL,
        "mon.a": {"mon data": f"{folder}/mon", "mon addr": f"127.0.0.1:{first}"},
        "osd": OSD | {"osd data": f"{folder}/osd"},
        "client.rgw": GATEWAY
        | {
            "rgw data": f"{folder}/rgw",
            "rgw frontends": f"beast endpoint=127.0.0.1:{gateway_port} tcp_nodelay=1",
        },
    }
    path = folder / "ceph.conf"
    path.write_text(
        "\n".join(
            f"[{section}]\n" + "".join(f"{name} = {value}\n" for name, value in values.items())
            for section, values in sections.items()
        )
    )
    _run(folder, "monmaptool", "--create", "--addv", "a", monitor, "--fsid", cluster, str(folder / "monmap"))
    return path


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)
    if done.returncode:
        raise CephFailed(f"{' '.join(command)} in {folder} gave {done.returncode}: {done.stderr[-1000:]}")
    return done.stdout


def _wait_for(endpoint: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(endpoint, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)  # it is starting; nothing to wait on but the port
        else:
            return
    tail = (folder / "log" / "radosgw.out").read_text(errors="replace")[-1000:]
    raise CephFailed(f"radosgw in {folder} does not answer at {endpoint}: {tail}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _end_with_parent() -> None:
    parent_death_signal = 1  # PR_SET_PDEATHSIG, linux/prctl.h
    ctypes.CDLL(None, use_errno=True).prctl(parent_death_signal, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)
