"""Mends an article before it is read: everything that is not the article's own text is taken out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from ledgerctl.reading import adverts, script, torn
from ledgerctl.reading.glosses import without_glosses
from ledgerctl.reading.passage import Passage, Span

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
#: full-width digits, letters and signs as plain ones; Chinese punctuation stays
_WIDE: Final = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
} | {ord(was): ord(now) for was, now in zip("％．＋\u3000\u00a0\t", "%.+   ", strict=True)}
_CJK: Final = "\u3400-\u4dbf\u4e00-\u9fff"
#: blanks that type-setting put between characters and digits; those between digits stay
_BLANKS: Final = re.compile(
    rf"(?<=[{_CJK}，。、；：“”（）])[ ]+(?=[{_CJK}0-9“”（），。、；：])|(?<=[0-9%])[ ]+(?=[{_CJK}%，。、；：])"
)
#: a line that ends within a number, and the line that goes on with it
_CUT_NUMBER: Final = (re.compile(r".{20}[0-9]$"), re.compile(r"[余多万亿%]|\d+[余多]?[万亿]?[人个名家份元户场期次]"))
#: a line that ends within a sentence, whatever its length
_PAUSE: Final = ("，", "、", ",")
#: running text that a hand broke: long enough for a line, with a pause in it, and not the article's title
_RUNNING: Final = re.compile(rf"[，、,].*[{_CJK}0-9]$")
#: a count that is whole may be the end of a point in a list
_COUNT_AT_END: Final = re.compile(r"[0-9十百千万亿余多](?:人次|场次|[人名个家所份元户场期次件%])$")
_RUNNING_LENGTH: Final = 14
#: what begins a line of its own: a list's number, a heading, a label
_NEW_ITEM: Final = re.compile(
    r"(?:[（(]?(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})[)）、.．](?![0-9])|第[一二三四五六七八九十]|[●■◆▲·•*-]|.{1,8}[:：])"
)
#: how wide a text is set that is set in lines, in characters or columns
_WRAPPED: Final = (24, 160)


@dataclass(frozen=True, slots=True)
class Mended:
    """An article's own text. `spun`: a machine rewrote it; `spliced`: sentences of other texts may stand in it."""

    passage: Passage
    spun: bool
    spliced: bool


def mended(text: str) -> Mended:
    """The article without glosses, advertising, machine ids and the page's frame; cut figures put together."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _INVISIBLE.sub("", text).translate(_WIDE)
    joined, numbers = _unwrapped(text.split("\n"))
    passage = Passage(script.simplified(joined), joined, numbers)
    passage = without_glosses(passage)
    spun = script.is_spun(passage.text)
    spliced = spun or adverts.is_spliced(passage.text)
    passage = adverts.mended(passage)
    passage = passage.without([found.span() for found in _BLANKS.finditer(passage.text)], scar=False)
    passage = passage.without(_frames(passage.text), scar=False)
    return Mended(torn.closed(passage, spliced=spliced), spun, spliced)


def _unwrapped(lines: list[str]) -> tuple[str, tuple[int, ...]]:
    """The lines as one text, with lines that a fixed width broke put together, and each character's line."""
    widths = [max(len(line.rstrip()), 1) for line in lines]
    columns = [sum(2 if ord(one) > 0x2E7F else 1 for one in line.rstrip()) for line in lines]
    full = {at for measured in (widths, columns) for at in _of_full_width(measured)}
    text: list[str] = []
    numbers: list[int] = []
    for at, line in enumerate(lines):
        bare = line.strip()
        goes_on = at in full and not bare.endswith(("。", "！", "？", "”", "："))
        follows = lines[at + 1].strip() if at + 1 < len(lines) else ""
        cut_number = _CUT_NUMBER[0].search(bare) and _CUT_NUMBER[1].match(follows)
        if not goes_on and not cut_number and not _is_broken(bare, follows, first=not any(map(str.strip, lines[:at]))):
            bare += "\n"
        text.append(bare)
        numbers.extend([at + 1] * len(bare))
    return "".join(text), tuple(numbers)


def _is_broken(line: str, follows: str, *, first: bool) -> bool:
    """Whether a line breaks off within a sentence that the next one goes on with. `first`: it may be the title."""
    if not follows or adverts.is_frame(script.simplified(line)) or adverts.is_frame(script.simplified(follows)):
        return False
    if line.endswith(_PAUSE):
        return True
    if first or len(line) < _RUNNING_LENGTH or _COUNT_AT_END.search(line):
        return False
    runs = _RUNNING.search(line) is not None
    return runs and _NEW_ITEM.match(follows) is None and re.search("[，。；、！？]", follows) is not None


def _of_full_width(measured: list[int]) -> set[int]:
    """The lines that go on in the next one: three or more end at the same margin, and none goes beyond it."""
    margin = max(measured, default=0)
    full = {at for at, width in enumerate(measured) if width >= margin - 1}
    return full if _WRAPPED[0] <= margin <= _WRAPPED[1] and len(full) >= 3 else set()


def _frames(text: str) -> list[Span]:
    """The lines that belong to the page."""
    lines = [found.span() for found in re.finditer(r"[^\n]*\n?", text)]
    return [(start, end) for start, end in lines if adverts.is_frame(text[start:end])]
