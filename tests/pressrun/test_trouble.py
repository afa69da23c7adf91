"""What the machine refuses ends a command with one sentence that says what to do, and with code 2."""

from __future__ import annotations

import errno
import os

import pytest

from pressrun.trouble import told_in_one_sentence


@pytest.mark.parametrize(
    ("number", "code", "advice"),
    [
        (errno.ENOSPC, 2, "No space left on device (/work/open): the disk is full; free some space"),
        (errno.EDQUOT, 2, "the disk quota is used up; free some space or raise the quota"),
        (errno.EROFS, 2, "the file system is read-only; mount it writable or choose another folder"),
        (errno.EIO, 2, "the disk reports an input/output error; check its health before anything else"),
        (errno.EACCES, 2, "this user has no permission; change the owner or the mode of the folder"),
        (errno.ENXIO, 1, "No such device or address"),
    ],
)
def test_a_full_or_failing_disk_is_told_with_its_remedy(
    number: int, code: int, advice: str, capfd: pytest.CaptureFixture[str]
) -> None:
    stdout = os.dup(1)
    try:
        with pytest.raises(SystemExit) as ended, told_in_one_sentence():
            raise OSError(number, os.strerror(number), "/work/open")
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
    assert ended.value.code == code
    said = capfd.readouterr().err
    assert advice in said
    assert said.count("\n") == 1
