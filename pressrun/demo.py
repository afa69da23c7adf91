"""`pressrun demo`: the main job, run on the bundled sample newspaper."""

from __future__ import annotations

from pathlib import Path

from flows.config import choose, load_config
from pressrun import views
from pressrun.crawling import crawl_watched
from pressrun.trouble import RequestError, WorkError
from seeds.load import write_site
from seeds.sample.paper import load_paper
from seeds.sample.server import sample_site, serve

FIRST_ARTICLE = "russian-cruise-missiles-land-in-iran"
"""The article it all began with (Latin Post, 2015)."""


def run_demo(*, port: int, store: str, json: bool) -> None:
    """Serve the sample newspaper on loopback, crawl it as a schedule would, and show what was stored.

    Raises WorkError when the crawl stored nothing and nothing was there before.
    """
    seeds = Path(load_config(store=store).work) / "demo-seeds"
    try:
        seeds.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"--store {store}: {error.strerror}; name a folder that can be written") from error
    write_site(seeds, sample_site(port), replace=True)
    settings = choose(store=store, seeds=str(seeds))
    with serve(port=port) as server:
        if not json:
            views.say(f"The sample newspaper is at {server.url}; its archive is {settings.store}/")
        report = crawl_watched(settings, ["sample"])
    views.crawled(report, json=json)
    if not report.commits and not report.head:
        raise WorkError(f"nothing was stored in {settings.store}")
    if not json:
        first = load_paper().article(FIRST_ARTICLE)
        views.how_to_read(settings.store, server.url.rstrip("/") + first.path)
