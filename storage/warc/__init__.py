"""Segments: WARC/1.1 files, a gzip member a record, written as responses come in and read back as captures.

    warcinfo             Pressrun-Segment: <segment id>; software, format
    response | revisit   Pressrun-Site: <site>; status line, headers and body as sent, content codings kept
    request              concurrent to it; the headers we sent
    metadata             concurrent to it; application/warc-fields: via, found-at, found-title,
                         found-published, found-modified, found-language, found-as
    ...
    conversion           Pressrun-Rendered: dom; of a response, the document a browser made of it, in UTF-8
    metadata             a request that got no response; application/warc-fields: outcome, detail, via ...
    metadata             Blanked-Capture, Blanked-Record: a note in the place of a record, see `blanks`
    metadata             Pressrun-Seal: 1; application/warc-fields: records, captures. Always the last record

A revisit is a 304, or a response whose body equals an earlier one that the caller named. The seal states how
many records and captures stand before it: a file cut anywhere lacks it, and is never read as whole. While it
is being written a segment is `<name>.warc.gz.open`, locked by its writer; sealing renames it.

Chunks are undone, so `Transfer-Encoding` is hidden as Common Crawl hides what its records no longer have
(`X-Crawler-Transfer-Encoding`); captures show such names as received. CR, LF and NUL within a header became
spaces (RFC 9110, section 5.5); URLs are percent-encoded to printable ASCII.

Segments of others (CC-NEWS and any WARC with a gzip member a record) are read by the same function. They have
no seal; a damaged record in one costs that record alone, as far as the next can be found. Damage in a segment
of ours is a TornSegment.
"""

from storage.warc.blanks import blank_damaged, blank_records
from storage.warc.reader import Entry, check_records, read_capture, read_captures, read_index, recover
from storage.warc.records import Blank, Record, TornSegment, payload_digest
from storage.warc.writer import OPEN, Earlier, SegmentWriter

__all__ = [
    "OPEN",
    "Blank",
    "Earlier",
    "Entry",
    "Record",
    "SegmentWriter",
    "TornSegment",
    "blank_damaged",
    "blank_records",
    "check_records",
    "payload_digest",
    "read_capture",
    "read_captures",
    "read_index",
    "recover",
]
