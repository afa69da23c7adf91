"""Where everything is: the environment variables of Pressrun, read here and nowhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.redaction import conceal

DEFAULT_STORE = "archive"

BESIDE, DASK = "processes", "dask"
"""Runners: processes beside the flow; a Dask cluster."""
_SCHEDULER = re.compile(rf"{DASK}://[^/@\s]+:\d+")
_RELATIVE = re.compile(r"^(sqlite(?:\+\w+)?:///)(?!/|:memory:|file:|$)")

JSON_LINES, TEXT_LINES = "json", "text"
"""Forms of the log."""

PREFECT_DEFAULTS = {
    # a small busy machine takes longer than the 20 s that Prefect gives its own server to start
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # no advertisements in the UI
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # nobody is told that and how this runs
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # our own loggers' lines appear in the run's log
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,storage,seeds",
    # and are no one's business outside of a run
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
"""How a flow runs where no Prefect is set up; `prefect.toml` says the same to Prefect's own commands."""


class SetUpError(Exception):
    """Prefect is not set up as the flows need it; the message says what is missing and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What every command and flow needs to know about this installation."""

    store: str
    """A folder, or `s3://bucket/prefix` (`PRESSRUN_STORE`)."""
    database: str = field(repr=False)
    """SQLAlchemy URL of the operational state (`PRESSRUN_DATABASE`)."""
    seeds: Path
    """Folder of seed files (`PRESSRUN_SEEDS`)."""
    work: Path
    """Local folder for open segments and locks (`PRESSRUN_WORK`)."""
    contact: str | None = None
    """Mail address or URL in the user agent, for people who run sites (`PRESSRUN_CONTACT`)."""
    hosts: Path | None = None
    """A file in the form of /etc/hosts that answers before DNS does, for staging sites (`PRESSRUN_HOSTS`)."""
    profiles: bool = False
    """Whether the reader learns what a site's pages repeat (`PRESSRUN_PROFILES=on`; docs/decisions/008)."""
    browser: str | None = None
    """The Chromium that renders pages of sites whose seeds say so (`PRESSRUN_BROWSER`)."""
    notify: str | None = field(default=None, repr=False)
    """Whom the watch tells: an Apprise address (`PRESSRUN_NOTIFY`)."""
    runner: str = BESIDE
    """Where stored segments are read (`PRESSRUN_RUNNER`): beside the flow (`processes`), on a Dask cluster made for the
    run (`dask`), or on one that is there (`dask://scheduler:8786`)."""


def load_config(
    environment: Mapping[str, str] | None = None,
    *,
    store: str | None = None,
    seeds: str | Path | None = None,
) -> Config:
    """Config from the environment; what a command line named wins.

    A folder store keeps its database beside it.
    """
    env = os.environ if environment is None else environment
    conceal(env)
    log_form(env)
    store = store or env.get("PRESSRUN_STORE") or DEFAULT_STORE
    local = Path(DEFAULT_STORE if "://" in store else store).absolute()
    return Config(
        store=store,
        database=_absolute(env.get("PRESSRUN_DATABASE") or f"sqlite:///{local / 'state.sqlite'}"),
        seeds=Path(seeds or env.get("PRESSRUN_SEEDS") or _default_seeds()),
        work=Path(env.get("PRESSRUN_WORK") or local / "work"),
        contact=env.get("PRESSRUN_CONTACT") or None,
        hosts=Path(env["PRESSRUN_HOSTS"]) if env.get("PRESSRUN_HOSTS") else None,
        profiles=_on("PRESSRUN_PROFILES", env.get("PRESSRUN_PROFILES")),
        browser=env.get("PRESSRUN_BROWSER") or None,
        notify=env.get("PRESSRUN_NOTIFY") or None,
        runner=_runner(env.get("PRESSRUN_RUNNER") or BESIDE),
    )


def _absolute(database: str) -> str:
    """A database's URL that names the same SQLite file in whatever folder a process runs."""
    return _RELATIVE.sub(lambda found: f"{found[1]}{Path.cwd()}/", database)


def _runner(value: str) -> str:
    """A runner's name. Raises SetUpError for any other."""
    if value in (BESIDE, DASK) or _SCHEDULER.fullmatch(value):
        return value
    raise SetUpError(
        f"PRESSRUN_RUNNER={value}: give {BESIDE}, {DASK}, or a scheduler's address, {DASK}://host:8786"
    )


def log_form(environment: Mapping[str, str]) -> str:
    """The form of the log that `PRESSRUN_LOG` asks for; lines for people unless told otherwise. Raises SetUpError."""
    value = environment.get("PRESSRUN_LOG", "").strip().lower() or TEXT_LINES
    if value not in (JSON_LINES, TEXT_LINES):
        raise SetUpError(f"PRESSRUN_LOG={value}: give {JSON_LINES} or {TEXT_LINES}")
    return value


def _on(name: str, value: str | None) -> bool:
    """A switch that is off unless told otherwise. Raises SetUpError for a value that is neither."""
    if not value or value.lower() in ("off", "0", "false", "no"):
        return False
    if value.lower() in ("on", "1", "true", "yes"):
        return True
    raise SetUpError(f"{name}={value}: neither on nor off")


def choose(*, store: str | None = None, seeds: str | None = None) -> Config:
    """The config, after setting what a command line named for the flows and child processes that follow.

    Also settles what Prefect must know before it is first imported.
    """
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    if log_form(os.environ) == JSON_LINES:
        # Prefect's own processes too: server and worker
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_CLASS", "flows.logs.Console")
    if store:
        os.environ["PRESSRUN_STORE"] = store
    if seeds:
        os.environ["PRESSRUN_SEEDS"] = seeds
    return load_config()


def _default_seeds() -> Path:
    return Path(__file__).resolve().parent.parent / "seeds" / "sites"


def subprocess_environment(settings: Mapping[str, str], **more: str) -> dict[str, str]:
    """The environment of a child process: ours, these settings, and more."""
    return {**os.environ, **settings, **more}
