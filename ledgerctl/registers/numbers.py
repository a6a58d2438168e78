"""Money, counts, hours, scores and stated values: read exactly, as scaled integers, never rounded."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ledgerctl.registers.problems import BadValue
from ledgerctl.registers.text import Cell, fold

#: integers of an entry stay within this, so that every JSON reader sees the same number
LARGEST = 2**53 - 1
_NUMBER = re.compile(r"([-+−]?)(?:¥|RMB|CNY|人民币)?([-+−]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(.*)", re.IGNORECASE)
_LONGEST = 24
_YUAN = re.compile(r"(?P<scale>[万千]?)(?P<yuan>元|块|块钱|圆|RMB)?[整正]?(?:/(?:人/)?月|每月|一个月)?", re.IGNORECASE)
_SCALES = {"": 1, "千": 1_000, "万": 10_000, "亿": 100_000_000}


def _not_a_number() -> BadValue:
    return BadValue("bad_number", "不是可以识别的数字，请只填数字", "not a number that can be read; write digits alone")


def _exact(cell: Cell) -> tuple[Decimal, str]:
    """The number of a cell and what follows it. A number cell counts with its 15 digits, as Excel shows it."""
    if isinstance(cell, str):
        folded = fold(cell)
        match = _NUMBER.fullmatch(folded)
        if match is None or len(match[3]) > _LONGEST:
            raise _not_a_number()
        number = Decimal(match[3].replace(",", ""))
        return (-number if match[1] in {"-", "−"} or match[2] in {"-", "−"} else number), match[4]
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise _not_a_number()
    return Decimal(format(cell, ".15g")), ""


def _scaled(number: Decimal, by: int, *, rule: str, zh: str, en: str) -> int:
    scaled = number * by
    if scaled != scaled.to_integral_value():
        raise BadValue(rule, zh, en)
    if abs(scaled) > LARGEST:
        raise BadValue("number_too_large", "数字过大，请核对", "the number is too large; check it")
    return int(scaled)


def _not_negative(number: Decimal) -> None:
    if number < 0:
        raise BadValue("negative_number", "不能为负数", "must not be negative")


def money(cell: Cell, *, scale: int = 1) -> int:
    """Fen from `4200`, `4,200`, `4200元`, `¥4200`, `0.42万`.

    `scale` is the header's unit (10000 under `（万元）`), used where the cell names none itself.
    Raises `BadValue`: bad_number, negative_number, money_below_fen (more than two decimals of a
    yuan: refused, never rounded), number_too_large.
    """
    number, unit = _exact(cell)
    suffix = _YUAN.fullmatch(unit)
    if suffix is None:
        raise _not_a_number()
    _not_negative(number)
    own = _SCALES[suffix["scale"]]
    by = own if unit and (suffix["scale"] or suffix["yuan"]) else scale
    return _scaled(
        number,
        by * 100,
        rule="money_below_fen",
        zh="金额不足一分的部分无法记录，请精确到分（元后最多两位小数）",
        en="more than two decimals of a yuan; state it to the fen",
    )


def count(*measures: str) -> Callable[..., int]:
    """A reader of whole numbers that tolerates these measure words after the digits (`45人`, `1.2万人`).

    Another measure word is refused: 人 and 人次 are never converted into each other.
    """

    def read(cell: Cell, *, scale: int = 1) -> int:
        number, unit = _exact(cell)
        own = unit[:1] if unit[:1] in {"万", "千"} else ""
        if unit[len(own) :] not in {"", *measures}:
            raise BadValue(
                "wrong_measure",
                f"应为整数（可带{'、'.join(measures)}），不能换算其他计量单位或约数",
                f"a whole number is wanted (with {', '.join(measures)} at most); other measures are not converted",
            )
        _not_negative(number)
        return _scaled(
            number,
            _SCALES[own] if unit else scale,
            rule="not_whole",
            zh="应为整数",
            en="a whole number is wanted",
        )

    return read


def tenths(*measures: str) -> Callable[[Cell], int]:
    """A reader of numbers with at most one decimal, as tenths (`85.5` → 855), tolerating these measure words."""

    def read(cell: Cell) -> int:
        number, unit = _exact(cell)
        if unit not in {"", *measures}:
            raise _not_a_number()
        _not_negative(number)
        return _scaled(
            number, 10, rule="below_tenth", zh="最多保留一位小数", en="one decimal at most; the rest cannot be recorded"
        )

    return read


def hundredths(*measures: str) -> Callable[..., int]:
    """A reader of numbers with at most two decimals, as hundredths (`85.36㎡` → 8536, `0.98万平方米` → 980000).

    These measure words are tolerated after the digits; `scale` is the header's unit.
    """

    def read(cell: Cell, *, scale: int = 1) -> int:
        number, unit = _exact(cell)
        own = unit[:1] if unit[:1] in {"万", "千"} else ""
        if unit[len(own) :] not in {"", *measures}:
            raise _not_a_number()
        _not_negative(number)
        return _scaled(
            number,
            100 * (_SCALES[own] if unit else scale),
            rule="below_hundredth",
            zh="最多保留两位小数",
            en="two decimals at most; the rest cannot be recorded",
        )

    return read


@dataclass(frozen=True, slots=True)
class Stated:
    """A stated value in thousandths, what stood behind its digits (`%`, `人次`), and whether the cell was a number."""

    milli: int
    unit: str
    typed_as_number: bool


def stated(cell: Cell) -> Stated:
    """The 数值 of 统计上报: `19万`, `1,234`, `80%`, `-3.5`; exact to three decimals. The unit has its own column.

    Raises `BadValue`: bad_number, below_thousandth, number_too_large.
    """
    number, unit = _exact(cell)
    scale = unit[:1] if unit[:1] in _SCALES and unit[:1] else ""
    milli = _scaled(
        number,
        _SCALES[scale] * 1_000,
        rule="below_thousandth",
        zh="最多保留三位小数",
        en="three decimals at most; the rest cannot be recorded",
    )
    return Stated(milli, unit[len(scale) :], not isinstance(cell, str))
