"""Tables and words of a page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells may hold anything but a line break."""
    lines = [list(headers), ["---"] * len(headers), *([_cell(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def code(text: str) -> str:
    """A word as it stands in code."""
    return f"`{text}`"


def codes(words: Iterable[str]) -> str:
    """Several of them; an en dash for none."""
    return ", ".join(code(word) for word in words) or "–"


def on_one_line(documented: object) -> str:
    """The docstring of something, as one line."""
    return re.sub(r"\s+", " ", inspect.getdoc(documented) or "").strip()


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", r"\|").strip()
