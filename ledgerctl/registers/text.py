"""Text as people type it: blanks, full-width forms, and the many ways of writing nothing."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import TypeAlias

Cell: TypeAlias = (
    str | int | float | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None
)

#: invisible characters that copying from web pages and chat programs leaves behind
_INVISIBLE = dict.fromkeys((173, 65279, *range(8203, 8208), *range(8234, 8239), *range(8288, 8293)))
_CONTROL = dict.fromkeys(range(32), " ")
_TIDY = _CONTROL | _INVISIBLE
_SPACES = re.compile(r"\s+")
_WRITTEN_NOTHING = frozenset({"无", "没有", "暂无"})
_STROKES = frozenset("-—–―−‐_/\\")
#: what a text that says nothing can start with; asked first, because almost no cell does
_STARTS_OF_NOTHING = _STROKES | frozenset("无没暂－／＿＼﹣")
#: how a cell is shown whose value is an Excel error, or whose formula was never calculated
FAULTY = "#N/A"
_FAULTS = frozenset("#N/A #REF! #VALUE! #DIV/0! #NAME? #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED!".split())
_BRACKETED = re.compile(r"[(\[{【〔〖<《][^)\]}】〕〗>》]*[)\]}】〕〗>》]|[(\[{【〔〖].*$")


def clean(text: str) -> str:
    """The text as it should be stored: no invisible or control characters, single blanks, none at the ends."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", text.translate(_TIDY)).strip()


def fold(text: str) -> str:
    """The text as it should be compared: NFKC (full-width forms made plain) and without any blank."""
    if text.isascii():
        return "".join(text.split()) if not text.isalnum() else text
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).translate(_TIDY))


def is_empty(cell: Cell) -> bool:
    """True for an empty cell, blanks, `无`, `没有`, `暂无`, and strokes such as `-`, `/`, `——`."""
    if cell is None:
        return True
    if not isinstance(cell, str):
        return False
    start = cell.strip()[:1]
    if start.isprintable() and start and start not in _STARTS_OF_NOTHING:
        return False
    folded = fold(cell)
    if not folded or folded in _WRITTEN_NOTHING:
        return True
    return all(char in _STROKES for char in folded)


def is_blank(cell: Cell) -> bool:
    """True only for a cell that holds nothing or blanks."""
    return cell is None or (isinstance(cell, str) and not fold(cell))


def is_fault(cell: Cell) -> bool:
    """True for the text of an Excel error, which is what a CSV has in its place."""
    return isinstance(cell, str) and cell.startswith("#") and cell.strip() in _FAULTS


def header_of(cell: Cell) -> str:
    """A header as it is matched: no blanks, line breaks, bracketed units, nor the `*` that marks a required column."""
    if not isinstance(cell, str):
        return ""
    return _BRACKETED.sub("", fold(cell)).strip("*:：")


def scale_of(cell: Cell) -> int:
    """What a number under this header is to be multiplied by: 10000 for `（万元）`, 1000 for `（千元）`, else 1."""
    if not isinstance(cell, str):
        return 1
    unit = re.search(r"[(\[{【〔〖](?:单位[:：]?)?([万千])", fold(cell))
    return {"万": 10_000, "千": 1_000}[unit[1]] if unit else 1


def plain(cell: Cell) -> str:
    """Any cell as text: whole numbers without a point, dates as ISO. For looking at rows, not for values."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, float):
        return format(cell, ".15g")
    return str(cell)
