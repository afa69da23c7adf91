"""Telling people outside of Prefect: mail, chat or webhook, by one address of the setting `PRESSRUN_NOTIFY`."""

from __future__ import annotations

import logging

import apprise

from flows.config import SetUpError

log = logging.getLogger(__name__)


def check_address(address: str) -> None:
    """Raise SetUpError for what names no service that can be told."""
    _service(address)


def notify(address: str, title: str, body: str) -> bool:
    """Tell it; whether that arrived. The address, which holds secrets, is never told to anybody. Raises SetUpError."""
    arrived = bool(_service(address).notify(title=title, body=body))
    if not arrived:
        log.error("nobody could be told by PRESSRUN_NOTIFY: %s", title)
    return arrived


def _service(address: str) -> apprise.Apprise:
    service = apprise.Apprise()
    if not service.add(address):
        raise SetUpError(
            "PRESSRUN_NOTIFY names no service that can be told: give an Apprise address, such as "
            "mailto://user:password@example.com, slack://token/token/token or json://host/path"
        )
    return service
