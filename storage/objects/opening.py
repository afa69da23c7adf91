"""From a store's URL to the store, and to what delta-rs needs to open the same place by itself."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from storage.objects.folder import FolderStore
from storage.objects.protocol import ObjectStore, StoreError, check_key

BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
"""Wider than AWS allows today: older and other stores have upper case and underscores."""

_OURS = frozenset({"commits", "segments", "batches", "_pressrun", ".pressrun-lock", "state.sqlite", "work"})
"""One of these at least is in the folder of every archive."""
ATTEMPTS = 8
"""How often a request is sent before its failure is believed."""


def open_store(url: str, *, attempts: int = ATTEMPTS) -> ObjectStore:
    """The store at a folder's path, `file:///path` or `s3://bucket/prefix`. Nothing is read or written yet.

    Raises StoreError for any other kind of URL, and for boto3 settings that cannot work.
    """
    scheme = urlsplit(url).scheme if "://" in url else ""
    if scheme == "s3":
        from storage.objects.s3 import S3Store  # boto3 takes 0.3 s to import: only where it is needed

        return S3Store(*_bucket_and_prefix(url), attempts=attempts)
    if scheme == "file":
        return FolderStore(_file_path(url))
    if scheme:
        raise StoreError(
            f"store {url!r}: unknown scheme {scheme!r}; use s3://bucket/prefix or a folder's path"
        )
    if not url.strip() or "\0" in url:
        raise StoreError(f"store {url!r} is no path; use s3://bucket/prefix or a folder's path")
    return FolderStore(Path(url))


def open_to_read(url: str, *, attempts: int = ATTEMPTS) -> ObjectStore:
    """The store of an archive that is there, for who only reads: nothing is made, tried or written.

    Raises StoreError as `open_store` does, and for a folder that is not there or holds other things.
    """
    store = open_store(url, attempts=attempts)
    if "://" not in store.url and (why := _no_archive(Path(store.url))):
        raise StoreError(
            f"{store.url}: no archive is there ({why}); check the path, or crawl a site into it first"
        )
    return store


def _no_archive(folder: Path) -> str | None:
    """Why a folder cannot be an archive; None: it can. An empty one may become it."""
    if not folder.is_dir():
        return "a file" if folder.exists() else "no such folder"
    try:
        held = {entry.name for entry in folder.iterdir()}
    except OSError:
        return None
    return "the folder holds other things" if held and held.isdisjoint(_OURS) else None


def storage_options(store: ObjectStore) -> dict[str, str] | None:
    """What deltalake wants as `storage_options`, credentials as boto3 finds them now; None for a folder."""
    if not store.url.startswith("s3://"):
        return None
    from storage.objects.s3 import delta_options

    return delta_options(store.url)


def table_url(store: ObjectStore, key: str) -> str:
    """Where deltalake finds the table under `key`: `s3://bucket/prefix/tables/articles`, or a path."""
    return f"{store.url}/{check_key(key)}"


def _bucket_and_prefix(url: str) -> tuple[str, str]:
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    prefix = prefix.strip("/")
    if not BUCKET.fullmatch(bucket):
        raise StoreError(f"store {url!r}: {bucket!r} is no bucket name; use s3://bucket/prefix")
    if prefix:
        check_key(prefix)
    return bucket, prefix


def _file_path(url: str) -> Path:
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path.startswith("/") or "\0" in path:
        raise StoreError(
            f"store {url!r}: a file URL has three slashes and an absolute path: file:///srv/archive"
        )
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would also follow links
