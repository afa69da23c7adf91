"""The files of the sample newspaper that are no text: drawn pictures and one PDF."""

from __future__ import annotations

import zlib


def scene(slug: str) -> bytes:
    """A picture of sea, hills and sun, different for every slug."""
    seed = zlib.crc32(slug.encode())
    sky, sea, land = seed % 60 + 190, seed // 5 % 50 + 185, seed // 3 % 120 + 30
    sun, hill = 120 + seed // 7 % 960, 260 + seed // 11 % 120
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 675" width="1200" height="675">'
        f'<rect width="1200" height="675" fill="hsl({sky},45%,80%)"/>'
        f'<circle cx="{sun}" cy="190" r="70" fill="hsl(45,85%,88%)"/>'
        f'<path d="M0 {hill} Q300 {hill - 140} 600 {hill} T1200 {hill - 40} V675 H0Z" '
        f'fill="hsl({land},25%,42%)"/>'
        f'<path d="M0 470 H1200 V675 H0Z" fill="hsl({sea},45%,32%)"/>'
        f'<path d="M{sun} 520 l60 -110 l0 110z M{sun + 66} 520 l0 -130 l70 130z" fill="#f7f3ea"/></svg>'
    ).encode()


def agenda_pdf() -> bytes:
    """The smallest honest PDF: one page, one line."""
    stream = b"BT /F1 18 Tf 72 720 Td (City Council of Port Calder: agenda for November 19, 2026) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
