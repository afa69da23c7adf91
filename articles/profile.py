"""What repeats across a site's pages is boilerplate of that site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What repeats on a site's pages."""

    site: str
    lines: frozenset[str] = frozenset()
    """Folded lines that stand on many pages."""
