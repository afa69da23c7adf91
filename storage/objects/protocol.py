"""What every object store promises, how it fails, and which keys it takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from storage.redaction import redacted

TEMPORARY = ".pressrun-"
"""Names of files being written begin so; no key may have a part that does."""

MAX_KEY_BYTES = 1024
"""S3's limit for a key, prefix included."""

MAX_PART_BYTES = 255
"""What file systems allow for one name."""


class StoreError(Exception):
    """The store could not do what was asked; the message names store, key, cause and remedy, and no password."""

    def __init__(self, message: str = "") -> None:
        super().__init__(redacted(message))


class NotFound(StoreError):
    """There is no object under this key."""


class BadKey(StoreError):
    """No store would take this key."""


class Creates(StrEnum):
    """What a store does when two writers create, or swap, the same key."""

    ATOMIC = "atomic"
    """One wins, always: several writers may share the store."""
    WEAK = "weak"
    """A race may have several winners (or swaps are not known): one writer at a time, or a lock elsewhere."""
    IGNORED = "ignored"
    """The condition is not looked at and the later write replaces the earlier one."""


class ObjectStore(Protocol):
    """Bytes under keys. Safe to use from several threads."""

    url: str
    """`s3://bucket/prefix`, or the absolute path of a folder."""
    swaps: bool
    """False once the store was seen to know no compare-and-swap: `replace` then looks before it writes."""

    def get(self, key: str) -> bytes:
        """The whole object; raises NotFound."""
        ...

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` on, as a slice would give; raises NotFound."""
        ...

    def get_versioned(self, key: str) -> tuple[bytes, str]:
        """The whole object and its version, for `replace`; raises NotFound."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, over whatever is there."""
        ...

    def put_file(self, key: str, path: Path) -> None:
        """Store the bytes of a local file under `key`, over whatever is there; large files in parts."""
        ...

    def fetch_file(self, key: str, path: Path) -> None:
        """Copy an object to a local file, which appears whole or not at all; raises NotFound."""
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Store `data` under a free key. True: the key now holds exactly `data`; False: something else.

        So a write that is done again, because its answer was lost, stays a success. Where it matters who won,
        `data` must hold something that only its writer has (a writer id).
        """
        ...

    def replace(self, key: str, data: bytes, version: str | None) -> str | None:
        """Store `data` if the object still has this version (None: is absent); the new one, None when lost.

        As with `create`, finding exactly `data` in place counts as having won.
        """
        ...

    def size(self, key: str) -> int | None:
        """Bytes of the object; None: there is none."""
        ...

    def list(self, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
        """(key, bytes) of every object whose key begins with `prefix` and is beyond `after`, in key order."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; a key that holds none is no error."""
        ...

    def sweep(self, older_than_seconds: float = 86_400) -> int:
        """Remove what killed writers left (temporary files, multipart uploads); how many there were."""
        ...


_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""Keys that need no closer look: nearly all."""


def check_key(key: str) -> str:
    """The key itself; raises BadKey where it could not be kept by every store, or would leave its folder."""
    if fault := key_fault(key):
        raise BadKey(
            f"key {key[:200]!r} {fault}; keys are relative paths such as 'commits/000000000001.json'"
        )
    return key


def check_prefix(prefix: str) -> str:
    """The prefix itself (`""` and `"segments/2026/1"` are fine); raises BadKey if no key can begin so."""
    if prefix:
        check_key(prefix + "x")
    return prefix


def key_fault(key: str) -> str | None:
    """What is wrong with a key, to be read after it; None: nothing."""
    if _PLAIN.fullmatch(key) and len(key) <= MAX_PART_BYTES:
        return None
    try:
        raw = key.encode()
    except UnicodeEncodeError:
        return "is not Unicode text"
    if not key:
        return "is empty"
    if len(raw) > MAX_KEY_BYTES:
        return f"has {len(raw)} bytes, more than {MAX_KEY_BYTES}"
    if any(unicodedata.category(char) == "Cc" for char in key):
        return "holds a control character"
    parts = key.split("/")
    if "" in parts:
        return "begins or ends with '/' or holds '//'"
    if "." in parts or ".." in parts:
        return "holds the part '.' or '..'"
    if any(part.startswith(TEMPORARY) for part in parts):
        return f"holds a part that begins with {TEMPORARY!r}, the mark of unfinished files"
    if any(len(part.encode()) > MAX_PART_BYTES for part in parts):
        return f"holds a part of more than {MAX_PART_BYTES} bytes"
    return None
