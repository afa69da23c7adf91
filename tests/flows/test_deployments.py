"""`prefect.yaml` is what Prefect, its UI and `pressrun serve-flows` run by."""

from pathlib import Path

import pytest

from flows.config import SetUpError
from flows.serve import FLOWS, deployments

ROOT = Path(__file__).resolve().parents[2]


BY_HAND = {"backfill", "crawl-now", "import-ccnews", "replay"}


def test_what_is_scheduled_never_queues_up_and_what_is_run_by_hand_is_never_dropped() -> None:
    declared = {one.name: one for one in deployments()}

    assert declared.keys() >= BY_HAND | {"crawl", "maintain", "normalize"}
    for name, one in declared.items():
        assert one.concurrency_limit == 1, name
        assert one.concurrency_options is not None
        expected = "ENQUEUE" if name in BY_HAND else "CANCEL_NEW"
        assert one.concurrency_options.collision_strategy == expected, name
        assert bool(one.schedules) == (name not in BY_HAND), name


@pytest.mark.parametrize("entrypoint", FLOWS)
def test_every_parameter_tells_a_person_what_it_does(entrypoint: str) -> None:
    from prefect.utilities.callables import parameter_schema

    schema = parameter_schema(FLOWS[entrypoint])

    assert FLOWS[entrypoint].description
    for name, described in schema.properties.items():
        assert described.get("description"), name


def test_a_broken_declaration_is_refused_with_its_path(tmp_path: Path) -> None:
    broken = tmp_path / "prefect.yaml"
    broken.write_text("deployments: [{name: crawl, entrypoint: flows/gone.py:gone}]")

    with pytest.raises(SetUpError, match=r"prefect\.yaml.*gone"):
        deployments(broken)
    with pytest.raises(SetUpError, match="checkout"):
        deployments(tmp_path / "nowhere.yaml")
