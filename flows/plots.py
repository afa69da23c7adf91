"""Plots that Prefect's UI shows: SVG as an image in markdown, made without a library.

Markdown artifacts show images from `data:` addresses, in both of Prefect's UIs; SVG and HTML in the text itself are
taken out. Colours and letters are chosen to be read on dark and on light.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Sequence
from html import escape

from storage.redaction import one_line

COLOURS = ("#2a9d8f", "#e9a13b", "#7a8599", "#d1495b", "#5b7fd6", "#9a6fb0")
"""Of the parts of a bar, in the order of the legend; Prefect's own backgrounds are near black and near white."""
INK = "#8b93a3"
WIDTH, ROW, LABEL = 760, 24, 190
CHARACTER = 7.2
"""Width of a letter at most, in the same units."""
MAX_LABEL = 26


def bars(title: str, rows: Sequence[tuple[str, Sequence[int]]], parts: Sequence[str] = ()) -> str:
    """Horizontal bars, each of one part or several put together, as a markdown image; empty without any number.

    `rows`: label, and one number for each of `parts`.
    """
    longest = max((sum(numbers) for _, numbers in rows), default=0)
    if longest == 0:
        return ""
    top = 26 if parts else 6
    room = WIDTH - LABEL - 80
    shapes = _legend(parts)
    for place, (label, numbers) in enumerate(rows):
        y, x = top + place * ROW, float(LABEL)
        shapes.append(_text(LABEL - 8, y + 16, _short(label), anchor="end"))
        for number, colour in zip(numbers, COLOURS, strict=False):
            width = room * number / longest
            if number:
                shapes.append(
                    f'<rect x="{x:.1f}" y="{y + 3}" width="{max(width, 1):.1f}" height="{ROW - 7}" fill="{colour}"/>'
                )
            x += width
        shapes.append(_text(x + 6, y + 16, f"{sum(numbers):,}"))
    return image(title, shapes, height=top + len(rows) * ROW + 6)


def days(title: str, rows: Sequence[tuple[str, Sequence[int]]], marked: Collection[str] = ()) -> str:
    """A row of small columns a label, each row to its own scale, its highest number beside it; empty without rows.

    Labels in `marked` are drawn in the colour of trouble.
    """
    if not rows:
        return ""
    high, shapes = ROW - 4, []
    for place, (label, numbers) in enumerate(rows):
        y, top = place * (ROW + 6) + 6, max(numbers, default=0)
        wide = (WIDTH - LABEL - 80) / max(1, len(numbers))
        colour = COLOURS[3] if label in marked else COLOURS[0]
        shapes.append(_text(LABEL - 8, y + 16, _short(label), anchor="end"))
        for column, number in enumerate(numbers):
            height = high * number / top if top else 0
            x = LABEL + column * wide
            shapes.append(
                f'<rect x="{x:.1f}" y="{y + high - max(height, 1):.1f}" width="{wide - 3:.1f}" '
                f'height="{max(height, 1):.1f}" fill="{colour}"/>'
            )
        shapes.append(_text(WIDTH - 74, y + 16, f"{top:,}"))
    return image(title, shapes, height=len(rows) * (ROW + 6) + 12)


def image(title: str, shapes: Sequence[str], *, height: int, width: int = WIDTH) -> str:
    """SVG shapes as a markdown image; `title` is read out where it cannot be seen."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="13">{"".join(shapes)}</svg>'
    )
    words = "".join(character for character in one_line(title) if character not in "[]()\\`*_")
    return f"![{words}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def _legend(parts: Sequence[str]) -> list[str]:
    shapes, x = [], float(LABEL)
    for part, colour in zip(parts, COLOURS, strict=False):
        shapes.append(f'<rect x="{x:.1f}" y="4" width="12" height="12" fill="{colour}"/>')
        shapes.append(_text(x + 17, 15, part))
        x += 17 + CHARACTER * len(part) + 18
    return shapes


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}">{escape(one_line(text))}</text>'
    )


def _short(label: str) -> str:
    return label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1] + "…"
