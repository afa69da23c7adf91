"""`prefect.yaml` is what Prefect, its UI and `pressrun serve-flows` run by."""

from pathlib import Path

import pytest

from flows.config import SetUpError
from flows.serve import FLOWS, deployments

ROOT = Path(__file__).resolve().parents[2]


def test_every_flow_is_declared_once_and_never_runs_twice_at_once() -> None:
    declared = deployments()

    assert sorted(one.name for one in declared) == [
        "crawl",
        "import-ccnews",
        "maintain",
        "normalize",
        "replay",
    ]
    for one in declared:
        assert one.concurrency_limit == 1
        assert one.concurrency_options is not None
        assert one.concurrency_options.collision_strategy == "CANCEL_NEW"
    assert {one.name for one in declared if one.schedules} == {"crawl", "maintain", "normalize"}


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
