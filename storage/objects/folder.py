"""A folder as object store: every object one file, whole or absent, whatever is killed meanwhile.

An object is written to a temporary file beside its place, synced, then linked (create) or renamed (put) to
its name, and the directory is synced. Plain `open(..., "w")` and O_EXCL leave torn files when killed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from storage.objects.protocol import (
    TEMPORARY,
    NotFound,
    StoreError,
    check_key,
    check_prefix,
    key_fault,
)
from storage.objects.system import sentence

LOCK = TEMPORARY + "lock"
"""Held while `replace` compares and swaps."""

ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR)


class FolderStore:
    """Objects as files below one folder, which is made at the first write."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.abspath(root.expanduser()))  # noqa: PTH100 - resolve() would also follow links
        self.url = str(self._root)
        self.swaps = True

    def get(self, key: str) -> bytes:
        """The whole object; raises NotFound."""
        try:
            with open(f"{self.url}/{check_key(key)}", "rb", buffering=0) as file:  # noqa: PTH123 - a third of the time
                return file.read()
        except OSError:  # said again with its cause
            with self._reading(key) as path:
                return path.read_bytes()

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` on; raises NotFound."""
        if offset < 0 or length < 0:
            raise ValueError(f"negative range of {key!r}: offset {offset}, length {length}")
        with self._reading(key) as path, path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def get_versioned(self, key: str) -> tuple[bytes, str]:
        """The whole object and the SHA-256 of it, which is its version; raises NotFound."""
        data = self.get(key)
        return data, _version(data)

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, over whatever is there."""
        with self._writing(key) as path:
            _write(path, lambda file: file.write(data), os.replace)

    def put_file(self, key: str, path: Path) -> None:
        """Store the bytes of a local file under `key`, over whatever is there."""
        with path.open("rb") as source, self._writing(key) as place:
            _write(place, lambda file: shutil.copyfileobj(source, file, 1 << 20), os.replace)

    def fetch_file(self, key: str, path: Path) -> None:
        """Copy an object to a local file, which appears whole or not at all; raises NotFound."""
        with self._reading(key) as place, place.open("rb") as source:
            partial = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
            with _explained(f"cannot write {path}"):
                try:
                    with partial.open("xb") as file:
                        shutil.copyfileobj(source, file, 1 << 20)
                    partial.replace(path)
                finally:
                    partial.unlink(missing_ok=True)

    def create(self, key: str, data: bytes) -> bool:
        """Store `data` under a free key; True: the key holds exactly `data`, False: something else."""
        with self._writing(key) as path:
            try:
                if path.exists():
                    raise FileExistsError(path)
                _write(path, lambda file: file.write(data), os.link)
            except FileExistsError:
                return self.get(key) == data
        return True

    def replace(self, key: str, data: bytes, version: str | None) -> str | None:
        """Store `data` if the object still has this version (None: is absent); the new version or None."""
        if version is None:
            return _version(data) if self.create(key, data) else None
        with self._locked():
            try:
                current = self.get(key)
            except NotFound:
                return None
            if current == data:
                return _version(data)
            if _version(current) != version:
                return None
            self.put(key, data)
        return _version(data)

    def size(self, key: str) -> int | None:
        """Bytes of the object; None: there is none."""
        try:
            with self._reading(key) as path:
                return path.stat().st_size if path.is_file() else None
        except NotFound:
            return None

    def list(self, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
        """(key, bytes) of every object whose key begins with `prefix` and is beyond `after`, in key order."""
        folder = check_prefix(prefix).rpartition("/")[0]
        with _explained(f"{self.url}: cannot list {prefix!r}"):
            yield from self._walk(f"{folder}/" if folder else "", prefix, after)

    def delete(self, key: str) -> None:
        """Remove the object; a key that holds none is no error."""
        path = self._path(key)
        with _explained(f"{self.url}: cannot delete {key!r}"):
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
            _sync_folder(path.parent)

    def sweep(self, older_than_seconds: float = 86_400) -> int:
        """Remove temporary files that killed writers left; how many there were."""
        oldest, removed = time.time() - older_than_seconds, 0
        with _explained(f"{self.url}: cannot sweep"):
            for folder, _, names in os.walk(self._root):
                for name in names:
                    path = Path(folder, name)
                    if not name.startswith(TEMPORARY) or name == LOCK:
                        continue
                    with contextlib.suppress(FileNotFoundError):
                        if path.stat().st_mtime < oldest:
                            path.unlink()
                            removed += 1
        return removed

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    @contextlib.contextmanager
    def _reading(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        with _explained(f"{self.url}: cannot read {key!r}"):
            try:
                yield path
            except OSError as error:
                if error.errno in ABSENT:
                    raise NotFound(f"{self.url}: there is no object {key!r}") from error
                raise

    @contextlib.contextmanager
    def _writing(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        with _explained(f"{self.url}: cannot write {key!r}"):
            _make_folder(path.parent)
            yield path

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with _explained(f"{self.url}: cannot lock"):
            _make_folder(self._root)
            descriptor = os.open(self._root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _walk(self, folder: str, prefix: str, after: str) -> Iterator[tuple[str, int]]:
        """Depth first, a folder sorted as if its name ended in `/`: the order of the whole keys."""
        entries = []
        try:
            with os.scandir(self._root / folder) as found:
                for entry in found:
                    entries.append((f"{folder}{entry.name}" + ("/" if entry.is_dir() else ""), entry))
        except (FileNotFoundError, NotADirectoryError):
            return
        for name, entry in sorted(entries, key=lambda pair: pair[0]):
            if name.endswith("/"):
                passed = name <= after and not after.startswith(name)
                related = name.startswith(prefix) or prefix.startswith(name)
                if related and not passed and key_fault(name[:-1]) is None:
                    yield from self._walk(name, prefix, after)
            elif name.startswith(prefix) and name > after and key_fault(name) is None:
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    yield name, entry.stat().st_size


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(path: Path, fill: Callable[[BinaryIO], object], settle: Callable[[Path, Path], None]) -> None:
    """Write a synced temporary file beside `path`, then link or rename it there and sync the folder."""
    partial = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        with partial.open("xb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        settle(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents so that they outlive a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explained(attempt: str) -> Iterator[None]:
    """Turn an OSError into a StoreError that says what was tried, what is wrong and what to do."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{attempt}: {sentence(error)}") from error
