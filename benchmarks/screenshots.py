"""Pictures of Prefect's UI for docs/runs.md: `pressrun up` on three sample newspapers, in a real browser.

    python -m benchmarks.screenshots              # into docs/images
    python -m benchmarks.screenshots --out DIR

Needs Playwright's Python package (the extra `render`) and a Chromium (`PRESSRUN_BROWSER`, else /usr/bin/chromium).
Pictures are made smaller where Pillow is installed. The form that is shown is sent off, and its run must complete.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

from articles.model import Expect, Fetch, Site
from benchmarks import alerts
from flows.config import choose
from flows.own_server import free_port
from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import serve
from storage.state.database import open_database

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("harbour-times", "hill-gazette", "sample")
SECONDS = 300.0
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
WIDTH = 1400


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as rest:
        folder = Path(rest.enter_context(tempfile.TemporaryDirectory(prefix="pressrun-pictures-")))
        for name in NAMES:
            site = sample_site(rest.enter_context(serve(port=0)).port)
            write_site(folder / "seeds", replace(site, name=name))
        home, fetch = f"http://127.0.0.1:{free_port()}/", Fetch(allow_private_hosts=("127.0.0.1",))
        moved = Site(name="moved-away", home=home, expect=Expect(min=5), fetch=fetch)
        write_site(folder / "seeds", moved)
        write_history(folder)
        server = rest.enter_context(running(folder))
        take(server, out)
    for path in sorted(out.glob("*.png")):
        smaller(path)
        print(f"{path}: {path.stat().st_size:,} bytes")


def write_history(folder: Path) -> None:
    """Six weeks of each newspaper that nobody crawled, for the watch to judge by; one was silent of late."""
    database = open_database(choose(store=str(folder / "archive"), seeds=str(folder / "seeds")).database)
    steady = alerts.paper(random.Random("steady"), 0)
    for name, a_day, fault in (
        (NAMES[0], 70, None),
        (NAMES[1], 60, alerts.half_vanishes),
        (NAMES[2], 90, None),
        ("moved-away", 40, alerts.feed_moves),
    ):
        of = replace(steady, site=replace(steady.site, name=name), a_day=a_day)
        alerts.write(database, alerts.last_weeks(of, datetime.now(UTC), fault=fault, since=timedelta(days=5)))


@dataclass(frozen=True, slots=True)
class Server:
    """A Prefect server with our deployments."""

    url: str

    def ask(self, path: str, **body: Any) -> Any:  # noqa: ANN401
        """What its API answers to a POST."""
        return httpx.post(f"{self.url}/api/{path}", json=body, timeout=60).raise_for_status().json()

    def deployment(self, name: str) -> str:
        """Id of a deployment."""
        (found,) = self.ask("deployments/filter", deployments={"name": {"any_": [name]}})
        return str(found["id"])

    def finished(self, deployment: str) -> dict[str, Any]:
        """A run of a deployment that is over; one cancelled because another worked has nothing to show."""
        give_up_at = time.monotonic() + SECONDS
        while time.monotonic() < give_up_at:
            runs = self.ask("flow_runs/filter", flow_runs={"deployment_id": {"any_": [deployment]}})
            over = [run for run in runs if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]
            if over:
                return dict(over[0])
            time.sleep(0.5)
        raise SystemExit(f"no run of {deployment} came to its end")

    def artifact(self, run: str) -> str:
        """Id of the artifact that a run left."""
        found = self.ask("artifacts/filter", artifacts={"flow_run_id": {"any_": [run]}})
        return next(str(one["id"]) for one in found if one["key"])  # a result is one too, without a key


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """`pressrun up`; it crawls what is due at once."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    log = folder / "up.log"
    command = [str(Path(sys.executable).with_name("pressrun")), "up", "--port", str(port)]
    command += ["--store", str(folder / "archive"), "--seeds", str(folder / "seeds")]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        give_up_at = time.monotonic() + SECONDS
        while " up: " not in log.read_text():
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise SystemExit(f"`pressrun up` did not come up:\n{log.read_text()}")
            time.sleep(0.2)
        yield Server(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(120)


def take(server: Server, out: Path) -> None:
    """Take the pictures in the order in which a person comes to them."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=os.environ.get("PRESSRUN_BROWSER") or "/usr/bin/chromium",
            headless=True,
            args=list(FLAGS),
            viewport={"width": WIDTH, "height": 900},
        )
        page = browser.new_page()
        crawl_now, first = server.deployment("crawl-now"), server.finished(server.deployment("crawl"))
        show(page, f"{server.url}/v2/runs/flow-run/{first['id']}", height=1300)
        page.screenshot(path=out / "crawl-run.png")
        show(page, f"{server.url}/v2/artifacts/artifact/{server.artifact(first['id'])}", height=2900)
        page.screenshot(path=out / "crawl-artifact.png")
        show(page, f"{server.url}/v2/deployments", height=680)
        page.screenshot(path=out / "deployments.png")
        show(page, f"{server.url}/v2/deployments/deployment/{server.deployment('backfill')}/run", height=1160)
        page.screenshot(path=out / "backfill-form.png")
        show(page, f"{server.url}/v2/deployments/deployment/{crawl_now}/run", height=1060)
        page.get_by_text("Select", exact=True).first.click()
        for name in (*NAMES[:2], "moved-away"):
            page.get_by_role("option", name=name).click()
        page.wait_for_timeout(500)
        page.screenshot(path=out / "run-form.png")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Submit").click()
        if (run := server.finished(crawl_now))["state_type"] != "COMPLETED":
            raise SystemExit(f"the run started in the form did not complete: {run['state']}")
        for name, height in (("maintain", 900), ("watch", 1100)):
            deployment = server.deployment(name)
            server.ask(f"deployments/{deployment}/create_flow_run")
            run = server.finished(deployment)
            show(page, f"{server.url}/v2/artifacts/artifact/{server.artifact(run['id'])}", height=height)
            page.screenshot(path=out / f"{name}-artifact.png")
        browser.close()


def show(page: Page, url: str, *, height: int) -> None:
    """Go to a page and let it settle."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2_000)


def smaller(path: Path) -> None:
    """Store a picture with 256 colours, where Pillow is installed."""
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(path) as picture:
        # letters and a few colours: the method that keeps each colour, however few pixels have it
        quantized = picture.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE)
    quantized.save(path, optimize=True)


if __name__ == "__main__":
    main()
