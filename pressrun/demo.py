"""`pressrun demo`: the main job, run on the bundled sample newspaper."""

from __future__ import annotations

from pathlib import Path

from flows.config import choose, load_config
from pressrun import views
from pressrun.trouble import WorkError
from pressrun.watching import crawl_shown
from seeds.load import write_site
from seeds.sample.server import sample_site, serve


def run_demo(*, port: int, store: str, json: bool) -> None:
    """Serve the sample newspaper on loopback, crawl it as a schedule would, and show what was stored.

    Raises WorkError when the crawl stored nothing and nothing was there before.
    """
    from flows.crawl import crawl

    seeds = Path(load_config(store=store).work) / "demo-seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    write_site(seeds, sample_site(port))
    settings = choose(store=store, seeds=str(seeds))
    with serve(port=port) as server:
        if not json:
            views.say(f"The sample newspaper is at {server.url}; its archive is {settings.store}/")
        with crawl_shown():
            report = crawl(sites=["sample"])
    views.crawled(report, json=json)
    if not report.commits and not report.head:
        raise WorkError(f"nothing was stored in {settings.store}")
    if not json:
        views.how_to_read(settings.store, server.url)
