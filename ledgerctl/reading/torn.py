"""Closes a figure that something was spliced into: `80[a whole sentence]00余个` becomes `8000余个`, with a scar.

What is closed is a proposal: the scar makes the figure doubtful, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ledgerctl.reading.adverts import is_spam
from ledgerctl.reading.passage import Passage, Span
from ledgerctl.reading.quantities import OTHER_WORD_PATTERN, UNITS

#: how far apart two halves may lie
_REACH: Final = 600

_UNIT: Final = "|".join(re.escape(unit) for unit in UNITS)
_AFTER: Final = rf"(?:[余多]?[百千]?[万亿]?[余多]?)(?:{_UNIT})"
#: the rear half of a number begins with noughts that begin no number: 00余个, 000人, 0余名
_NOUGHTS: Final = re.compile(rf"(?<![\d.:：])(?<!\d[,，])0(?:\d+{_AFTER}|[余多][万亿]?(?:{_UNIT}))")
#: a single nought with its unit may be meant: 0元. It is taken for a rear half right behind a front half only
_NOUGHT: Final = re.compile(rf"(?<![\d.:：])(?<!\d[,，])0(?:{_UNIT})")
_NEAR: Final = 120
#: a rear half without digits: 余个, 余万元; weaker ones: 多万元, 万人次, %
_ORPHAN: Final = re.compile(
    r"(?<![\d零一二两三四五六七八九十百千万亿几数上近其业剩富盈结丰许众很更不最增至之空课残公闲冗岁有 .,])"
    r"(?:余(?:名|个|家|份|场次?|人次|人|期|项|户|间|所|种|条|元|万元|亿元|万人次?)|(?P<weak>多(?:万元|万人次?|亿元|人次)|"
    r"[万亿](?:余|多)?(?:人次|人|元|名|户|个|平方米)|%))"
)
#: a rear half that is a number of its own, believed only right behind a text that does not belong there
_PLAIN: Final = re.compile(rf"(?<![\d.,A-Za-z])\d[\d,]*(?:\.\d+)?{_AFTER}")
_JUST_BEFORE: Final = 16
_NUMBER: Final = re.compile(r"\d")
#: a front half: digits that nothing belongs to
_FRONT: Final = re.compile(
    rf"(?<![\d.A-Za-z/\-–—+第〔(（号])(?<!\d,)(?:\d[\d,]*(?:\.\d+)?[百千万亿]?)"
    rf"(?![\d.,%％‰A-Za-z/\-–—~～+:：年月日号时点分秒周届级强版层楼室页岁世后条佳大余多”’」』》])"
    rf"(?![百千万亿]?[余多]?[万亿]?(?!{OTHER_WORD_PATTERN})(?:{_UNIT}))"
)


def closed(passage: Passage, *, spliced: bool) -> Passage:
    """The passage with every figure that was cut in two put together again.

    `spliced`: other texts are known to be mixed in, so that digits nothing belongs to are a front half
    even where nothing odd stands behind them.
    """
    at = 0
    while True:
        gap = _next_gap(passage.text, at, spliced=spliced)
        if gap is None:
            return passage
        passage = passage.without([gap], scar=True)
        at = gap[0] + 1


def _next_gap(text: str, at: int, *, spliced: bool) -> Span | None:
    """What lies between a front half and its rear half, behind `at`; the surest signs first."""
    fronts = [found.span() for found in _FRONT.finditer(text, at)]

    def gaps(rears: re.Pattern[str]) -> Iterator[tuple[Span, re.Match[str]]]:
        for rear in rears.finditer(text, at):
            front = next((front for front in reversed(fronts) if front[1] <= rear.start()), None)
            if front is not None and rear.start() - front[1] <= _REACH:
                yield (front[1], rear.start()), rear

    for gap, _ in gaps(_NOUGHTS):
        return gap
    for gap, _ in gaps(_NOUGHT):
        if gap[1] - gap[0] <= _NEAR and "\n" not in text[slice(*gap)]:
            return gap
    for gap, rear in gaps(_ORPHAN):
        # what also stands in whole sentences is believed only behind a text that does not belong there
        if gap[0] < gap[1] and (rear["weak"] is None or is_spam(text[slice(*gap)])):
            return gap
    for gap, _ in gaps(_PLAIN):
        between = text[slice(*gap)]
        if between and is_spam(between[-_JUST_BEFORE:]):
            return gap
        if spliced and 0 < len(between) <= _NEAR and not _NUMBER.search(between) and "\n" not in between:
            return gap
    return None
