"""Reading a segment: all its captures, one of them, its index; and recovering a torn one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from articles.model import Capture, Pointer, Problem, Reason
from storage.codings import MAX_DECODED_BYTES, CodingError, CutShort, TooLarge, undo
from storage.objects import ObjectStore
from storage.warc.blocks import Http, read_evidence, read_http, read_moment, read_terms
from storage.warc.members import MAX_MEMBER_BYTES, next_member, read_member
from storage.warc.records import Blank, Record, TornSegment, make_seal, parse, payload_digest, read_records
from storage.warc.writer import NOT_MODIFIED, OPEN, flush_folder

_EPOCH = datetime.fromtimestamp(0, UTC)
"""`fetched_at` of a record that states no moment; its capture has a problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One capture's line in the index of a segment."""

    url: str
    fetched_at: datetime
    mime: str
    status: int
    digest: str | None
    offset: int
    length: int


def read_captures(
    source: Path | BinaryIO,
    segment_key: str,
    *,
    begin: int = 0,
    end: int | None = None,
    max_body_bytes: int = MAX_DECODED_BYTES,
) -> Iterator[Capture]:
    """Every capture of a segment, in file order, bodies decoded, with its pointer and the evidence for it.

    A body that cannot be decoded, and a damaged record whose own header can still be read, give a capture
    with a `problem`; the others go on. `source` is a path or a seekable stream. With `begin` and `end`: the
    captures between these places, at which captures begin. Raises TornSegment where the file breaks off,
    after the captures before it: what was yielded until then is no whole segment.
    """
    held: Capture | None = None  # until the records concurrent to it are read
    held_id: str | None = None
    with _opened(source) as file:
        try:
            for record in read_records(file, segment_key, begin, end):
                if held is not None and held_id and record.header("WARC-Concurrent-To") == held_id:
                    if record.kind == "metadata":
                        held = replace(
                            held, found=read_evidence(record.block), terms=read_terms(record.block)
                        )
                    continue
                if held is not None and held_id and _renders(record, held_id):
                    held = _rendered(held, record)
                    continue
                if held is not None:
                    yield held
                    held = None
                if record.is_capture:
                    held = _capture(record, segment_key, max_body_bytes)
                    held_id = record.header("WARC-Record-ID")
        except TornSegment:
            if held is not None:
                yield held
            raise
        if held is not None:
            yield held


def _renders(record: Record, response_id: str) -> bool:
    made = record.kind == "conversion" and record.header("Pressrun-Rendered") is not None
    return made and record.header("WARC-Refers-To") == response_id


def _rendered(capture: Capture, record: Record) -> Capture:
    """The capture with the document that a browser made of it, in place of what the server sent."""
    headers = tuple(
        pair for pair in capture.headers if pair[0].lower() not in ("content-type", "content-encoding")
    )
    kind = ("Content-Type", "text/html; charset=utf-8")
    return replace(capture, headers=(*headers, kind), body=record.block, unchanged=False, problem=None)


def read_capture(store: ObjectStore, pointer: Pointer, *, max_body_bytes: int = MAX_DECODED_BYTES) -> Capture:
    """The one capture at a pointer, without the evidence: that is a record of its own. Raises TornSegment."""
    member = read_member(BytesIO(store.get_range(pointer.segment, pointer.offset, pointer.length)), 0)
    record = parse(member) if member and not member.cut else None
    if record is None or not record.is_capture or record.length != pointer.length:
        where = f"byte {pointer.offset}, length {pointer.length}"
        raise TornSegment(f"{pointer.segment}: no capture at {where}")
    return replace(_capture(record, pointer.segment, max_body_bytes), pointer=pointer)


def read_index(source: Path | BinaryIO, segment_key: str) -> Iterator[Entry]:
    """What an index says of each capture. Raises TornSegment as `read_captures` does."""
    with _opened(source) as file:
        for record in read_records(file, segment_key):
            if record.is_capture:
                yield _entry(record)


def check_records(path: Path) -> Iterator[tuple[int, str]]:
    """(byte, what is wrong) of each record that is damaged or whose block is not that of its digest.

    Unlike the other readers it goes on behind damage, in segments of ours too, where the next record can be found.
    """
    with _opened(path) as file:
        offset = 0
        while (member := read_member(file, offset)) is not None:
            record = parse(member)
            if record.damage:
                yield offset, record.damage
                following = next_member(file, offset + 1)
                if following is None:
                    return
                offset = following
                continue
            stated = record.header("WARC-Block-Digest") or ""
            if stated.startswith("sha1:") and not record.too_large:
                found = payload_digest(record.block)
                if found != stated:
                    yield offset, f"its block's digest is {found}, must be {stated}"
            offset += member.length


def recover(path: Path) -> int:
    """Cut a torn segment of ours behind its last whole record and seal it; return the captures kept.

    `<name>.open` gets its final name. Safe to repeat; only for files whose writer has ended (`sweep` knows).
    Raises TornSegment where not even the first record is whole and ours: there is nothing to keep.
    """
    records = captures = end = 0
    sealed = False
    with path.open("r+b") as file:
        while not sealed and (member := read_member(file, end)) is not None:
            record = parse(member)
            if record.damage or not (records or record.is_ours):
                break
            sealed = record.seal == (records, captures)
            records += 1
            captures += record.is_capture
            end += member.length
        if not records:
            raise TornSegment(f"{path}: not one whole record of ours; nothing to recover")
        file.truncate(end)
        if not sealed:
            file.seek(end)
            file.write(make_seal(records, captures))
        file.flush()
        os.fsync(file.fileno())
    if path.name.endswith(OPEN):
        path.rename(path.with_name(path.name.removesuffix(OPEN)))
    flush_folder(path.parent)
    return captures


def _capture(record: Record, segment_key: str, max_body_bytes: int) -> Capture:
    http = read_http(record.block)
    unchanged = record.kind == "revisit"
    body, problem = b"", _problem(record, http)
    if problem is None and not unchanged:
        body, problem = _body(http, max_body_bytes)
    return Capture(
        url=record.header("WARC-Target-URI") or "",
        fetched_at=read_moment(record.header("WARC-Date")) or _EPOCH,
        status=_status(record, http),
        headers=http.headers,
        body=body,
        site=record.header("Pressrun-Site"),
        pointer=Pointer(segment=segment_key, offset=record.offset, length=record.length),
        truncated=record.header("WARC-Truncated"),
        unchanged=unchanged,
        problem=problem,
    )


_BLANKS = {
    Blank.TAKEN_DOWN: Problem(reason=Reason.TAKEN_DOWN, detail="taken down"),
    Blank.LOST: Problem(
        reason=Reason.UNREADABLE, detail="the record was damaged in the store and is blanked"
    ),
}


def _problem(record: Record, http: Http) -> Problem | None:
    if record.blanked:
        return _BLANKS[record.blanked]
    if record.damage:
        return Problem(reason=Reason.UNREADABLE, detail=f"damaged record: {record.damage}")
    if record.too_large:
        return Problem(reason=Reason.TOO_LARGE, detail=f"record is larger than {MAX_MEMBER_BYTES} bytes")
    if read_moment(record.header("WARC-Date")) is None:
        return Problem(reason=Reason.UNREADABLE, detail=f"WARC-Date is {record.header('WARC-Date')!r}")
    if not _status(record, http):
        return Problem(reason=Reason.UNREADABLE, detail=f"no HTTP status line: {record.block[:40]!r}")
    return None


def _body(http: Http, max_bytes: int) -> tuple[bytes, Problem | None]:
    if len(http.body) > max_bytes:
        detail = f"body is {len(http.body)} bytes as sent, more than {max_bytes}"
        return b"", Problem(reason=Reason.TOO_LARGE, detail=detail)
    try:
        return undo(http.body, http.coding, max_bytes), None
    except TooLarge as error:
        return b"", Problem(reason=Reason.TOO_LARGE, detail=str(error))
    except CutShort as error:
        return b"", Problem(reason=Reason.TRUNCATED, detail=str(error))
    except CodingError as error:
        return b"", Problem(reason=Reason.UNREADABLE, detail=str(error))


def _status(record: Record, http: Http) -> int:
    if record.kind == "revisit" and not record.block:
        return 304 if record.header("WARC-Profile") == NOT_MODIFIED else 200
    return http.status


def _entry(record: Record) -> Entry:
    http = read_http(record.block)
    content_type = next((value for name, value in http.headers if name.lower() == "content-type"), "")
    mime = content_type.partition(";")[0].strip().lower() or "unk"
    return Entry(
        url=record.header("WARC-Target-URI") or "",
        fetched_at=read_moment(record.header("WARC-Date")) or _EPOCH,
        mime="warc/revisit" if record.kind == "revisit" else mime,
        status=_status(record, http),
        digest=record.header("WARC-Payload-Digest"),
        offset=record.offset,
        length=record.length,
    )


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb", buffering=0) as file:
            yield file
    else:
        yield source
