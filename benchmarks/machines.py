"""Two machines share 200 sites through one Prefect server, one database and one bucket; one of them dies in the middle.

    python -m benchmarks.machines [--sites 200] [--pages 5] [--delay 0.5]

As compose.yaml sets it up, with the same environment and the same commands, from Debian's packages: Postgres (Prefect's
database, and the archive's state), Redis as Prefect's broker, Prefect's server and its background services apart, an S3
server (Ceph's gateway where installed, else moto). Each machine is a network namespace with an address, a host name and
files of its own; it cannot see the other's. It runs one worker. Needs root, iproute2, postgresql and redis-server.

Runs of `crawl` are started as a schedule would, one each 20 seconds. When a quarter of the sites was visited, the first
machine's worker, its runs and their crawlers are killed with SIGKILL, all at once. Then it is told when the second
claims what the first had claimed, and when the last article was stored; whether every site was visited, every
article stored once, and how many requests any host had at once.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import yaml

from articles.model import Fetch, Site
from benchmarks.local_web import LocalWeb
from seeds.load import write_site
from storage.batches import Change
from storage.reader import open_archive
from tests.support.ceph import ceph, missing_programs
from tests.support.postgres import postgres, programs
from tests.support.s3 import S3Server, moto, serving

ROOT = Path(__file__).resolve().parents[1]
SERVICES = "10.77.0.1"
"""Where both machines reach the server, the database and the store."""
WEB = "10.78"
"""The sites' network: one address each."""
BUCKET = "pressrun"
EVERY_SECONDS = 20.0
START_SECONDS = 420.0
"""On a busy machine."""
GIVE_UP_SECONDS = 600.0


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--pages", type=int, default=5, help="articles of each site")
    parser.add_argument("--delay", type=float, default=0.5, help="delay_seconds of every seed")
    parser.add_argument("--at-once", type=int, default=40, help="sites that one machine visits at once")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    bodies = [_body(1_000 + number) for number in range(arguments.sites * arguments.pages)]  # no story 404
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="machines-")))
        folder.chmod(0o755)
        stack.enter_context(_networks())
        web = stack.enter_context(
            LocalWeb(bodies, hosts=arguments.sites, pages=arguments.pages, answer_seconds=0.05, network=WEB)
        )
        house = stack.enter_context(_house(folder))
        homes = web.homes()
        for machine in ("one", "two"):
            for number, home in enumerate(homes):
                fetch = Fetch(
                    delay_seconds=arguments.delay, allow_private_hosts=(home.removeprefix("http://"),)
                )
                write_site(
                    folder / machine / "seeds", Site(name=f"paper-{number:03d}", home=home + "/", fetch=fetch)
                )
        _play(house, web, folder, arguments)


# --- What both machines use ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class House:
    """The services, and what a machine must be told to use them."""

    api: httpx.Client
    """Of Prefect, from here."""
    environment: Mapping[str, str]
    """Of a worker; its folders are missing."""
    here: Mapping[str, str]
    """Of commands run here."""
    state: str
    """The archive's state, from here."""
    s3: S3Server


@contextmanager
def _house(folder: Path) -> Iterator[House]:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    where = programs()
    if where is None or shutil.which("redis-server") is None:
        sys.exit("apt-get install --no-install-recommends postgresql redis-server")
    with ExitStack() as stack:
        database = stack.enter_context(postgres(where))
        with psycopg.connect(database.url("postgres", driver=""), autocommit=True) as connection:
            connection.execute("CREATE DATABASE prefect")
            connection.execute((ROOT / "deploy" / "databases.sql").read_bytes())
        redis = _free_port()
        stack.enter_context(
            _process(
                ["redis-server", "--bind", "127.0.0.1", "--port", str(redis), "--save", ""],
                folder / "redis.log",
                {},
            )
        )
        if missing_programs():
            store = stack.enter_context(serving(moto()))
        else:
            (folder / "ceph").mkdir()
            store = stack.enter_context(ceph(folder / "ceph"))
        ports = {
            "postgres:5432": database.port,
            "redis:6379": redis,
            "s3:7070": int(store.endpoint.rpartition(":")[2]),
        }
        values = {
            "POSTGRES_PASSWORD": database.password,
            "S3_ACCESS_KEY": store.access_key,
            "S3_SECRET_KEY": store.secret_key,
        }
        api = _free_port()
        here = {name: f"127.0.0.1:{port}" for name, port in ports.items()} | {
            "server:4200": f"127.0.0.1:{api}"
        }
        there = {name: address.replace("127.0.0.1", SERVICES) for name, address in here.items()}
        stack.enter_context(_forwards(list(ports.values())))  # Prefect's server listens everywhere

        def environment(service: str, addresses: Mapping[str, str]) -> dict[str, str]:
            return {**_bare(), **_filled(composed[service]["environment"], values, addresses)}

        prefect = {"PREFECT_HOME": str(folder / "prefect"), "PREFECT_SERVER_LOGGING_LEVEL": "WARNING"}
        server = environment("server", here) | prefect
        _run(composed["migrate"]["command"], environment("migrate", here) | prefect)
        command = [*composed["server"]["command"], "--port", str(api)]
        stack.enter_context(_process(command, folder / "server.log", server))
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{api}/api/", timeout=60))
        _wait("Prefect's server", lambda: _healthy(client), folder / "server.log")
        stack.enter_context(
            _process(
                composed["services"]["command"],
                folder / "services.log",
                environment("services", here) | prefect,
            )
        )
        _run(composed["bucket"]["command"], environment("bucket", here))
        tools = {**environment("deploy", here), "PREFECT_HOME": str(folder / "tools")}
        _run([part.replace("${PRESSRUN_WORKERS:-1}", "2") for part in composed["deploy"]["command"]], tools)
        worker = environment("worker", there)
        yield House(
            client,
            worker,
            tools,
            f"postgresql://pressrun:{database.password}@127.0.0.1:{database.port}/pressrun",
            store,
        )


def _filled(
    environment: Mapping[str, str], values: Mapping[str, str], addresses: Mapping[str, str]
) -> dict[str, str]:
    """A service's environment as compose fills it in, with other addresses for its names."""
    filled = {}
    for name, value in environment.items():
        if name == "<<":
            continue
        text = str(value)
        for variable, content in values.items():
            text = text.replace(f"${{{variable}:?set it in .env}}", content)
        for service, address in addresses.items():
            text = text.replace(service, address)
        if not text.startswith("${"):
            filled[name] = text
    return filled


def _bare() -> dict[str, str]:
    """What a container starts with: nothing of this user's."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": "/nonexistent",
        "DO_NOT_TRACK": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _healthy(client: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return client.get("health").is_success
    return False


# --- Machines --------------------------------------------------------------------------------------


@contextmanager
def _networks() -> Iterator[None]:
    """Two namespaces joined to this one; this one answers for every address of the web and of the services."""
    commands = [f"ip route replace local {WEB}.0.0/16 dev lo", f"ip route replace local {SERVICES}/32 dev lo"]
    for number, name in enumerate(("one", "two"), 1):
        net = f"10.77.{number}"
        commands += [
            f"ip netns add {name}",
            f"ip link add up-{name} type veth peer name eth0 netns {name}",
            f"ip address add {net}.1/24 dev up-{name}",
            f"ip link set up-{name} up",
            f"ip -n {name} address add {net}.2/24 dev eth0",
            f"ip -n {name} link set eth0 up",
            f"ip -n {name} link set lo up",
            f"ip -n {name} route add default via {net}.1",
        ]
    try:
        for command in commands:
            subprocess.run(command.split(), check=True)
        yield
    finally:
        for name in ("one", "two"):
            subprocess.run(["ip", "netns", "delete", name], check=False)
        for network in (f"{WEB}.0.0/16", f"{SERVICES}/32"):
            subprocess.run(["ip", "route", "delete", "local", network, "dev", "lo"], check=False)


@dataclass(slots=True)
class Machine:
    """A network namespace with a host name and a folder that nobody else sees."""

    name: str
    process: subprocess.Popen[bytes]
    killed_at: float | None = field(default=None)

    def pids(self) -> list[int]:
        """Everything that runs on it."""
        found = subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in found.stdout.split()]

    def kill(self) -> int:
        """Kill all of it at once; how many processes."""
        pids = self.pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.killed_at = time.monotonic()
        self.process.wait()
        return len(pids)


@contextmanager
def _machine(name: str, other: str, house: House, folder: Path) -> Iterator[Machine]:
    own = folder / name
    (own / "work").mkdir(parents=True, exist_ok=True)
    worker = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["worker"]["command"]
    worker = [part.replace("${PRESSRUN_RUNS:-2}", "1") for part in worker]
    environment = {
        **house.environment,
        "PRESSRUN_SEEDS": str(own / "seeds"),
        "PRESSRUN_WORK": str(own / "work"),
        "PREFECT_HOME": str(own / "prefect"),
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "TMPDIR": str(own),
    }
    (folder / other).mkdir(exist_ok=True)
    hidden = f"mount -t tmpfs none {folder / other} && hostname {name} && exec "
    command = ["ip", "netns", "exec", name, "unshare", "--uts", "sh", "-c", hidden + " ".join(worker)]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    machine = Machine(name, process)
    try:
        yield machine
    finally:
        machine.kill()


# --- The play --------------------------------------------------------------------------------------


def _play(house: House, web: LocalWeb, folder: Path, arguments: argparse.Namespace) -> None:
    wanted = arguments.sites * arguments.pages
    began = time.monotonic()
    with _machine("one", "two", house, folder) as one, _machine("two", "one", house, folder):
        _wait("two workers", lambda: _workers(house) == 2, folder / "one.log")
        deployment = house.api.get("deployments/name/crawl/crawl").raise_for_status().json()["id"]
        print(f"two workers are up after {time.monotonic() - began:.0f} s", flush=True)
        began, asked, lost, claimed_at, killed = time.monotonic(), 0.0, frozenset[str](), 0.0, 0
        visitors: dict[str, set[str]] = {"one": set(), "two": set()}
        with psycopg.connect(house.state, autocommit=True) as state:
            while True:
                now = time.monotonic()
                if now - began > GIVE_UP_SECONDS:
                    print(f"given up after {GIVE_UP_SECONDS:.0f} s")
                    break
                if now > asked:
                    asked = now + EVERY_SECONDS
                    parameters = {"sites_at_once": arguments.at_once, "processes": 1}
                    for _ in range(2 if not visitors["one"] and not visitors["two"] else 1):
                        house.api.post(
                            f"deployments/{deployment}/create_flow_run", json={"parameters": parameters}
                        ).raise_for_status()
                holders = _holders(state)
                if asked == now + EVERY_SECONDS:
                    told = Counter(holders.values())
                    print(
                        f"{now - began:5.0f} s: {_visited(state)} sites visited, {_fetched(state)} articles stored, "
                        f"{told['one']} and {told['two']} sites claimed",
                        flush=True,
                    )
                for site, name in holders.items():
                    visitors[name].add(site)
                if (
                    one.killed_at is None
                    and _visited(state) >= arguments.sites / 4
                    and "one" in holders.values()
                ):
                    lost = frozenset(site for site, name in holders.items() if name == "one")
                    killed = one.kill()
                    print(
                        f"after {now - began:.0f} s, {_visited(state)} sites visited: killed machine one, "
                        f"{killed} processes with {len(lost)} sites claimed",
                        flush=True,
                    )
                if lost and not claimed_at and any(holders.get(site) == "two" for site in lost):
                    claimed_at = now
                    print(
                        f"{now - (one.killed_at or now):.0f} s later machine two claims what it had",
                        flush=True,
                    )
                if one.killed_at and _fetched(state) >= wanted and not holders:
                    break
                time.sleep(0.5)
        done = time.monotonic()
        recovery = done - (one.killed_at or done)
        runs = Counter(run["state_name"] for run in _runs(house))
    _tell(house, web, wanted, visitors, done - began, recovery, runs)


def _tell(
    house: House,
    web: LocalWeb,
    wanted: int,
    visitors: Mapping[str, set[str]],
    seconds: float,
    recovery: float,
    runs: Counter[str],
) -> None:
    for name, value in house.s3.settings().items():
        os.environ[name] = value
    archive = open_archive(f"s3://{BUCKET}")
    urls = Counter(article.url for article in archive.articles())
    new = Counter(change.url for change in archive.changes() if change.change is Change.NEW)
    served = web.served()
    rows = {
        "seconds in all": f"{seconds:.0f}",
        "seconds from the kill to the last article": f"{recovery:.0f}",
        "sites claimed by one, by two": f"{len(visitors['one'])}, {len(visitors['two'])}",
        "articles in the archive": f"{len(urls)} of {wanted}",
        "stored more than once as new": sum(number > 1 for number in (urls | new).values()),
        "hosts never asked": sum(host.requests == 0 for host in served),
        "requests": sum(host.requests for host in served),
        "requests at once to a host, at most": max(host.at_once for host in served),
        "runs": ", ".join(f"{number} {name}" for name, number in runs.most_common()),
    }
    for what, figure in rows.items():
        print(f"{what:45} {figure}")
    if (
        len(urls) != wanted
        or rows["stored more than once as new"]
        or max(host.at_once for host in served) > 1
    ):
        sys.exit("something was lost, doubled or asked at once")


def _workers(house: House) -> int:
    answer = house.api.post("work_pools/local/workers/filter", json={})
    return sum(worker["status"] == "ONLINE" for worker in answer.json()) if answer.is_success else 0


def _runs(house: House) -> list[dict[str, str]]:
    answer = house.api.post(
        "flow_runs/filter", json={"deployments": {"name": {"any_": ["crawl"]}}, "limit": 200}
    )
    found: list[dict[str, str]] = answer.raise_for_status().json()
    return [run for run in found if run["state_type"] != "SCHEDULED"]


def _holders(state: psycopg.Connection[tuple[object, ...]]) -> dict[str, str]:
    """Site -> machine, of the claims in force."""
    try:
        rows = state.execute("SELECT site, shown FROM leases WHERE until > clock_timestamp()").fetchall()
    except psycopg.errors.UndefinedTable:
        return {}
    return {str(site): "one" if str(shown).endswith(" on one)") else "two" for site, shown in rows}


def _visited(state: psycopg.Connection[tuple[object, ...]]) -> int:
    return _count(state, "SELECT count(DISTINCT site) FROM polled WHERE checked_at IS NOT NULL")


def _fetched(state: psycopg.Connection[tuple[object, ...]]) -> int:
    return _count(state, "SELECT count(*) FROM heads")


def _count(state: psycopg.Connection[tuple[object, ...]], query: str) -> int:
    try:
        row = state.execute(query.encode()).fetchone()
    except psycopg.errors.UndefinedTable:
        return 0
    return int(str(row[0])) if row else 0


# --- Processes -------------------------------------------------------------------------------------


@contextmanager
def _process(command: list[str], log: Path, environment: Mapping[str, str]) -> Iterator[None]:
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, env=dict(environment) or None, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, env=dict(environment), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _wait(what: str, look: object, log: Path) -> None:
    assert callable(look)
    give_up_at = time.monotonic() + START_SECONDS
    while not look():
        if time.monotonic() > give_up_at:
            sys.exit(f"no {what} within {START_SECONDS:.0f} s:\n{log.read_text()[-3000:]}")
        time.sleep(0.3)


@contextmanager
def _forwards(ports: list[int]) -> Iterator[None]:
    """The services listen on loopback only; machines reach them through this."""
    process = multiprocessing.get_context("spawn").Process(target=_forward, args=(ports,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _forward(ports: list[int]) -> None:
    async def serve(port: int) -> None:
        async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                other_reader, other_writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                writer.close()
                return
            await asyncio.gather(_pour(reader, other_writer), _pour(other_reader, writer))

        server = await asyncio.start_server(join, SERVICES, port)
        await server.serve_forever()

    async def all_of_them() -> None:
        await asyncio.gather(*(serve(port) for port in ports))

    asyncio.run(all_of_them())


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _body(number: int) -> bytes:
    title = f"Story {number} of this town"
    text = "".join(
        f"<p>Paragraph {n} of story {number} tells at some length how the council of the town voted on Tuesday "
        f"night to rebuild pier {n * 7 + number} before the winter storms, and what it will cost.</p>"
        for n in range(1, 6)
    )
    return f"<!doctype html><title>{title}</title><article><h1>{title}</h1>{text}</article>".encode()


if __name__ == "__main__":
    main()
