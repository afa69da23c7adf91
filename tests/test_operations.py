"""The recipes of docs/operations.md, taken from the page and run on a small archive; the files it speaks of."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_API_URL, temporary_settings

from articles.model import EXTRACTOR
from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import serve
from storage.batches import Change
from storage.log import Log
from storage.reader import Archive, open_archive
from tests.conftest import free_port
from tests.support.postgres import Postgres
from tests.support.s3 import BUCKET, S3Server

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROOMS = ("articles", "seeds", "storage", "spiders", "flows", "pressrun")


def recipe(heading: str) -> list[str]:
    """The blocks marked `sh` below a heading of the page, in order."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    assert blocks, heading
    return blocks


@dataclass
class Keeper:
    """A person at a shell, with an archive."""

    environment: dict[str, str]
    places: dict[str, str] = field(default_factory=dict)
    """What stands in the place of the page's names."""

    def sh(self, block: str) -> str:
        for name, place in self.places.items():
            block = block.replace(name, place)
        done = subprocess.run(
            ["sh", "-e", "-c", f"{block}\nenv > environment.after"],
            env=self.environment,
            cwd=self.environment["HOME"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, (block, done.stdout[-2000:], done.stderr[-2000:])
        # what a block exports is there for the next, as in a shell
        after = (Path(self.environment["HOME"]) / "environment.after").read_text()
        self.environment |= dict(
            line.split("=", 1) for line in after.splitlines() if line.startswith("PRESSRUN_")
        )
        return done.stdout


def read_all(archive: Archive) -> list[tuple[object, ...]]:
    """Everything a reader sees of the articles as they are, but for when it was committed."""
    return sorted(
        (a.url, a.revision_id, a.title, a.text, str(a.published_at), a.language, tuple(a.authors))
        for a in archive.articles()
    )


@pytest.fixture(scope="module")
def crawled(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with seeds and the archive of the sample newspaper, crawled once."""
    folder, port = tmp_path_factory.mktemp("crawled"), free_port()
    write_site(folder / "seeds", sample_site(port))
    with serve(port=port):
        subprocess.run(
            [Path(sys.executable).with_name("pressrun"), "crawl", "sample"],
            env=environment_of(folder, prefect_environment),
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=300,
        )
    return folder


def environment_of(folder: Path, prefect: dict[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in prefect.items() if not name.startswith(("PRESSRUN_", "AWS_"))}
    return {
        **ours,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "PRESSRUN_STORE": str(folder / "archive"),
        "PRESSRUN_SEEDS": str(folder / "seeds"),
        "PRESSRUN_WORK": str(folder / "work"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def keeper(crawled: Path, prefect_environment: dict[str, str], tmp_path: Path) -> Keeper:
    """At the shell before a copy of that archive."""
    shutil.copytree(crawled, tmp_path, dirs_exist_ok=True)
    return Keeper(environment_of(tmp_path, prefect_environment), {"/backup/": f"{tmp_path}/backup/"})


def test_a_backup_is_the_archive_and_is_brought_up_to_it(keeper: Keeper, tmp_path: Path) -> None:
    first, check = recipe("What to back up")[0].strip().splitlines()
    keeper.sh(first)
    told = keeper.sh(f"{first}\n{check}")
    assert "0 objects copied now" in told
    before = read_all(open_archive(str(tmp_path / "archive")))
    shutil.rmtree(tmp_path / "archive")
    assert len(before) > 40
    assert read_all(open_archive(str(tmp_path / "backup" / "archive"))) == before


def test_an_archive_is_not_copied_into_another(keeper: Keeper, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "archive" / "commits", other / "commits")
    commit = next((other / "commits").iterdir())
    commit.write_text(commit.read_text().replace('"sha256":"', '"sha256":"0', 1))
    done = subprocess.run(
        ["pressrun", "copy", other],
        env=keeper.environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0


def test_an_archive_moves_from_a_folder_to_a_bucket_and_from_sqlite_to_postgres(
    keeper: Keeper,
    tmp_path: Path,
    moto_server: S3Server,
    postgres_server: Postgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = read_all(open_archive(str(tmp_path / "archive")))
    bucket = f"s3://{BUCKET}/{secrets.token_hex(8)}"
    keeper.environment |= moto_server.settings()
    keeper.places |= {
        "s3://news/archive": bucket,
        "sqlite:////srv/pressrun/": f"sqlite:///{tmp_path}/srv/",
        "postgresql://user:password@host/name": postgres_server.new_database(),
    }
    to_bucket, to_postgres = recipe("Move an archive")

    keeper.sh(to_bucket)
    shutil.rmtree(tmp_path / "archive")
    told = keeper.sh(to_postgres)

    moto_server.enter(monkeypatch)
    assert read_all(open_archive(bucket)) == before
    assert "0 segments to be read, 0 in quarantine" in told
    assert f"{bucket}: the log is at commit" in told


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A Pressrun of a later version, with a reader of another number."""
    folder = tmp_path / "newer"
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    model = folder / "articles" / "model.py"
    text = model.read_text()
    assert f'EXTRACTOR = "{EXTRACTOR}"' in text
    model.write_text(text.replace(f'EXTRACTOR = "{EXTRACTOR}"', 'EXTRACTOR = "99"'))
    return folder


def test_a_newer_reader_is_adopted_and_gone_back_from(keeper: Keeper, newer: Path, tmp_path: Path) -> None:
    compare, replay = recipe("Upgrade Pressrun")[0].strip().splitlines()
    back, verify = recipe("Roll back the reader")[0].strip().splitlines()
    store = str(tmp_path / "archive")
    before = read_all(open_archive(store))

    keeper.sh(compare)
    keeper.environment["PYTHONPATH"] = str(newer)
    keeper.sh(
        f'{sys.executable} -c "from pressrun.cli import main; main()" {replay.removeprefix("pressrun ")}'
    )
    del keeper.environment["PYTHONPATH"]
    upgraded = {commit.extractor for commit in Log(open_archive(store).store).follow(0)}
    keeper.sh(f"{back}\n{verify}")

    log = [commit.extractor for commit in Log(open_archive(store).store).follow(0)]
    assert upgraded == {EXTRACTOR, "99"}
    assert log[-1] == EXTRACTOR
    assert read_all(open_archive(store)) == before
    kinds = {change.change for change in open_archive(store).changes()}
    assert kinds <= {Change.NEW, Change.REEXTRACTED}


# --- The files of the image ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def composed() -> dict[str, object]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text()))


def test_what_the_image_is_made_from_is_there_and_no_more_than_the_build_may_see() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, flags=re.MULTILINE)
        for name in line.split()[:-1]
    }
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert set(ROOMS) < copied
    assert "--require-hashes" in dockerfile
    assert "USER 10001:10001" in dockerfile


def test_every_package_of_the_image_is_one_that_is_tested() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text()
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE))

    tested, image = pins("requirements.lock"), pins("requirements.image.lock")
    assert image.items() <= tested.items()
    assert {
        "prefect",
        "prefect-redis",
        "prefect-kubernetes",
        "psycopg",
        "asyncpg",
        "setuptools",
    } <= image.keys()
    assert "pytest" not in image


def test_what_compose_names_is_there(composed: dict[str, dict[str, dict[str, object]]]) -> None:
    services = composed["services"]
    read = "".join(
        (ROOT / name).read_text() for name in ("flows/config.py", "docs/operations.md", "flows/logs.py")
    )
    for service in services.values():
        for name in dict(service.get("environment", {})):  # type: ignore[call-overload]
            assert not name.startswith("PRESSRUN_") or name in read, name
        for volume in service.get("volumes", ()):  # type: ignore[attr-defined]
            source = str(volume).split(":")[0]
            assert not source.startswith("./") or (ROOT / source).exists(), source
    settings = _settings_of_prefect()
    for service in ("server", "services", "migrate", "deploy", "worker"):
        for name in services[service]["environment"]:  # type: ignore[attr-defined]
            assert not name.startswith("PREFECT_") or name in settings, name
    given = dict(
        line.split("=", 1)
        for line in (ROOT / "deploy" / "example.env").read_text().splitlines()
        if "=" in line
    )
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))
    assert asked <= given.keys()
    assert not any(given[name] for name in asked if "PASSWORD" in name or "SECRET" in name)


def test_compose_gives_what_a_setting_of_the_readme_is_for_to_those_who_use_it(
    composed: dict[str, dict[str, dict[str, dict[str, object]]]],
) -> None:
    named = set(re.findall(r"^\| `(PRESSRUN_\w+)`", (ROOT / "README.md").read_text(), flags=re.MULTILINE))
    # the image has a place for work and no browser; where segments are read, and other names, are for the inside
    elsewhere = {"PRESSRUN_WORK", "PRESSRUN_BROWSER", "PRESSRUN_RUNNER", "PRESSRUN_HOSTS"}
    services = composed["services"]
    assert named - elsewhere <= set(services["worker"]["environment"])
    # whoever makes the forms of the UI must see the sites that workers see
    for service in ("deploy", "worker"):
        assert services[service]["environment"]["PRESSRUN_SEEDS"] == "/seeds"
        assert any(str(volume).endswith(":/seeds:ro") for volume in services[service]["volumes"])


def test_cleaning_up_leaves_the_archive() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "demo-archive" in done.stdout.split()
    assert "archive" not in done.stdout.split()


def _settings_of_prefect() -> set[str]:
    from prefect.settings.legacy import _get_settings_fields
    from prefect.settings.models.root import Settings
    from prefect_redis.client import RedisMessagingSettings

    redis = {f"PREFECT_REDIS_MESSAGING_{name.upper()}" for name in RedisMessagingSettings.model_fields}
    return set(_get_settings_fields(Settings)) | redis


@pytest.mark.parametrize("service", ["server", "services", "migrate", "worker"])
def test_compose_calls_prefect_as_it_can_be_called(
    service: str, composed: dict[str, dict[str, dict[str, list[str]]]]
) -> None:
    command = [re.sub(r"\$\{\w+:-(\w+)\}", r"\1", part) for part in composed["services"][service]["command"]]
    words = [part for part in command if not part.startswith("-")]
    depth = {"server": 3, "services": 4, "migrate": 4, "worker": 3}[service]
    told = subprocess.run(
        [Path(sys.executable).with_name("prefect"), *words[1:depth], "--help"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "300"},
        check=True,
    ).stdout
    for option in (part for part in command if part.startswith("--")):
        assert option in told, option


@pytest.fixture
def prefect_api(prefect_environment: dict[str, str]) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: prefect_environment["PREFECT_API_URL"]}):
        yield


def test_what_is_deployed_for_kubernetes_runs_there_and_from_the_folder_of_the_image(
    prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    for name in (*ROOMS, "deploy", "prefect.yaml"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    (block,) = recipe("Several machines")
    Keeper(environment_of(tmp_path, prefect_environment)).sh(block)

    api = prefect_environment["PREFECT_API_URL"]
    there = {"work_pools": {"name": {"any_": ["cluster"]}}}
    made = httpx.post(f"{api}/deployments/filter", json=there, timeout=30).raise_for_status().json()
    # Prefect's own client asks again where the server's SQLite file is locked just then (503)
    with SyncPrefectClient(api) as client:
        client.delete_work_pool("cluster")
        for one in made:
            client.delete_deployment(UUID(one["id"]))
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert {one["name"] for one in made} == {one["name"] for one in declared}
    pulls = [
        pull["prefect.deployments.steps.set_working_directory"] for one in made for pull in one["pull_steps"]
    ]
    assert pulls == [{"directory": "/app"}] * len(made)


def test_the_kubernetes_worker_makes_a_job_of_our_template(prefect_api: None) -> None:
    import asyncio
    import uuid

    from prefect.client.schemas.objects import FlowRun
    from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration

    template = json.loads((ROOT / "deploy" / "kubernetes-pool.json").read_text())

    async def prepared() -> dict[str, object]:
        made = await KubernetesWorkerJobConfiguration.from_template_and_values(template, {"env": {"A": "1"}})
        made.prepare_for_flow_run(FlowRun(id=uuid.uuid4(), flow_id=uuid.uuid4(), name="crawl what is due"))
        return dict(made.job_manifest)

    manifest = asyncio.run(prepared())
    pod = manifest["spec"]["template"]["spec"]  # type: ignore[index]
    (container,) = pod["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "pressrun"}}]
    assert {"name": "A", "value": "1"} in container["env"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/tmp", "/work", "/seeds"}
    assert "prefect flow-run execute" in " ".join(container["args"])
