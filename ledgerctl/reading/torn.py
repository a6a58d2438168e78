"""Closes a figure that something was spliced into: `80[a whole sentence]00余个` becomes `8000余个`, with a scar.

What is closed is a proposal: the scar makes the figure doubtful, and a person decides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from ledgerctl.reading.adverts import is_spam
from ledgerctl.reading.passage import Passage, Span
from ledgerctl.reading.quantities import OTHER_WORD_PATTERN, UNITS

#: how far apart two halves may lie
_REACH: Final = 600
#: what is torn more often is no article
_GAPS_MAX: Final = 100

_UNIT: Final = "|".join(re.escape(unit) for unit in UNITS)
_AFTER: Final = rf"(?:[余多]?[百千]?[万亿]?[余多]?)(?:{_UNIT})"
#: the rear half of a number begins with noughts that begin no number: 00余个, 000人, 0余名
_NOUGHTS: Final = re.compile(
    rf"(?<![\dA-Za-z.:：/\-–—第])(?<!\d[,，])0(?!\d*年)(?:\d+{_AFTER}|[余多][万亿]?(?:{_UNIT}))"
)
#: a single nought with its unit may be meant: 0元. It is taken for a rear half right behind a front half only
_NOUGHT: Final = re.compile(rf"(?<![\dA-Za-z.:：/\-–—第])(?<!\d[,，])0(?:{_UNIT})")
_NEAR: Final = 120
#: a rear half without digits: 余个, 余万元; weaker ones: 多万元, 万人次, %
_ORPHAN: Final = re.compile(
    r"(?<![\d零一二两三四五六七八九十百千万亿几数上近余多其业剩富盈结丰许众很更不最增至之空课残公闲冗岁有 .,])"
    r"(?:余(?:名|个|家|份|场次?|人次|人|期|项|户|间|所|种|条|元|万元|亿元|万人次?)|(?P<weak>多(?:万元|万人次?|亿元|人次)|"
    r"[万亿](?:余|多)?(?:人次|人|元|名|户|个|平方米)|%))"
)
#: a rear half that is a number of its own, believed only right behind a text that does not belong there
_PLAIN: Final = re.compile(rf"(?<![\d.,A-Za-z])\d[\d,]*(?:\.\d+)?{_AFTER}")
_JUST_BEFORE: Final = 16
#: between two halves: no other number, no end of a line, and nothing the front half may belong to
_BELONGS: Final = re.compile(rf"\d|\n|^(?:{_UNIT}| )")
#: a front half: digits that nothing belongs to
_FRONT: Final = re.compile(
    rf"(?<![\d.A-Za-z/\-–—+第〔(（号:：])(?<!\d,)(?:\d[\d,]*(?:\.\d+)?[百千万亿]?)"
    rf"(?![\d.,%％‰A-Za-z/\-–—~～+:：年月日号时点分秒周届级强版层楼室页岁世后条佳大余多”’」』》])"
    rf"(?![百千万亿]?[余多]?[万亿]?(?!{OTHER_WORD_PATTERN})(?:{_UNIT}))"
)

#: the same, where a front half must be
_DIGITS: Final = re.compile(r"(?<![\d.A-Za-z/+第〔])(?<!\d,)\d[\d,]*(?![\d.,%％‰年月日号时点/]|[余多]?[万亿]?人次)")


def closed(passage: Passage, *, spliced: bool) -> Passage:
    """The passage with every figure that was cut in two put together again.

    `spliced`: other texts are known to be mixed in, so that digits nothing belongs to are a front half
    even where nothing odd stands behind them.
    """
    # the surest signs first: what they close is no half of anything any more
    for kind in (_behind_noughts, _before_orphan, _before_plain):
        at = 0
        for _ in range(_GAPS_MAX):
            gap = kind(passage.text, at, spliced)
            if gap is None:
                break
            passage = passage.without([gap], scar=True)
            at = gap[0] + 1
    return passage


def _behind_noughts(text: str, at: int, spliced: bool) -> Span | None:
    """The gap in front of 00余个, or of a lone 0名 that digits stand shortly before."""
    for rear in _NOUGHTS.finditer(text, at):
        # that something is missing is certain, so the digits before it are its front half, whatever follows them
        before = list(_DIGITS.finditer(text, max(at, rear.start() - _REACH), rear.start()))
        if before:
            return before[-1].end(), rear.start()
    for gap, _ in _gaps(_NOUGHT, text, at):
        if gap[1] - gap[0] <= _NEAR and "\n" not in text[slice(*gap)]:
            return gap
    return None


def _before_orphan(text: str, at: int, spliced: bool) -> Span | None:
    """The gap in front of 余个 without a number."""
    for gap, rear in _gaps(_ORPHAN, text, at):
        # what also stands in whole sentences is believed only behind a text that does not belong there
        if gap[0] < gap[1] and (rear["weak"] is None or is_spam(text[slice(*gap)])):
            return gap
    return None


def _before_plain(text: str, at: int, spliced: bool) -> Span | None:
    """The gap in front of a whole figure that digits without a unit stand before."""
    for gap, _ in _gaps(_PLAIN, text, at):
        between = text[slice(*gap)]
        if between and is_spam(between[-_JUST_BEFORE:]):
            return gap
        if spliced and 0 < len(between) <= _NEAR and not _BELONGS.search(between):
            return gap
    return None


def _gaps(rears: re.Pattern[str], text: str, at: int) -> Iterator[tuple[Span, re.Match[str]]]:
    """(what lies between a rear half and the nearest front half before it, the rear half), behind `at`."""
    fronts = [found.end() for found in _FRONT.finditer(text, at)]
    for rear in rears.finditer(text, at):
        nearest = bisect_right(fronts, rear.start())
        if nearest and rear.start() - fronts[nearest - 1] <= _REACH:
            yield (fronts[nearest - 1], rear.start()), rear
