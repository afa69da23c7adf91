"""What to do about what the operating system refuses: a full disk, no permission, a failing one."""

from __future__ import annotations

import errno
import secrets
from contextlib import suppress
from pathlib import Path

from storage.objects.protocol import TEMPORARY, StoreError

TRIED_BYTES = 1 << 20
"""Written to a folder before it is trusted: with less on its disk nothing goes on for long."""

REMEDIES = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space or raise the quota",
    errno.EROFS: "the file system is read-only; mount it writable or choose another folder",
    errno.EACCES: "this user has no permission; change the owner or the mode of the folder",
    errno.EPERM: "not permitted; the folder may be immutable, or the file system have no hard links",
    errno.EOPNOTSUPP: "the file system has no hard links; put the store on ext4, xfs, btrfs, zfs, NFS, or S3",
    errno.ENOTDIR: "a file is in the place of a folder; move it away or choose another path",
    errno.EISDIR: "a folder is in the place of this object; move it away",
    errno.EFBIG: "the file is larger than this process or file system may write; raise the limit (ulimit -f)",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENFILE: "too many files are open on this machine; raise its limit (fs.file-max)",
    errno.EIO: "the disk reports an input/output error; check its health before anything else",
    errno.ESTALE: "the file system was taken away or changed beneath us; mount it again",
    errno.ENAMETOOLONG: "the path is too long for this file system; choose a shorter folder",
}
ADVICE_WITHOUT = "see the message of the system"


def sentence(error: OSError) -> str:
    """What the system refused, of which file, and what to do: one line without an end."""
    where = f" ({error.filename})" if error.filename else ""  # a write to an open file has none
    return f"{error.strerror or error}{where}: {REMEDIES.get(error.errno or 0, ADVICE_WITHOUT)}"


def is_of_the_machine(error: OSError) -> bool:
    """Whether a person has to act on the machine before anything can be done: a full disk, no permission ..."""
    return error.errno in REMEDIES


def try_work_folder(folder: Path) -> None:
    """Write a file and remove it; raises StoreError, with cause and remedy, where a crawl cannot write its segments."""
    partial = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(bytes(TRIED_BYTES))
        finally:
            with suppress(OSError):
                partial.unlink()
    except OSError as error:
        raise StoreError(
            f"the work folder {folder} cannot be written: {sentence(error)}, or name another folder in PRESSRUN_WORK"
        ) from error
