"""Telling people outside of Prefect: mail, chat or webhook, by one address of the setting `PRESSRUN_NOTIFY`."""

from __future__ import annotations

import apprise

from flows.config import SetUpError


class NotTold(Exception):
    """What was to be told to people did not arrive; the message names it, and no address."""


def check_address(address: str) -> None:
    """Raise SetUpError for what names no service that can be told."""
    _service(address)


def notify(address: str, title: str, body: str) -> None:
    """Tell it. The address, which holds secrets, is never told to anybody. Raises SetUpError and NotTold."""
    if not _service(address).notify(title=title, body=body):
        raise NotTold(f"nobody could be told by PRESSRUN_NOTIFY: {title}")


def _service(address: str) -> apprise.Apprise:
    service = apprise.Apprise()
    if not service.add(address):
        raise SetUpError(
            "PRESSRUN_NOTIFY names no service that can be told: give an Apprise address, such as "
            "mailto://user:password@example.com, slack://token/token/token or json://host/path"
        )
    return service
