"""Flows called in a test's own process report to the real server of tests/conftest.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings


@pytest.fixture
def prefect_server(prefect_environment: dict[str, str]) -> Iterator[str]:
    """Flows called in this test report to the server at this URL."""
    url = prefect_environment["PREFECT_API_URL"]
    with temporary_settings({PREFECT_API_URL: url}):
        yield url
