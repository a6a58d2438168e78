"""Dates and months as people type them. Results are ISO texts: `YYYY-MM-DD`, `YYYY-MM`."""

from __future__ import annotations

import datetime
import math
import re
from functools import lru_cache

from ledgerctl.registers.problems import BadValue
from ledgerctl.registers.text import Cell, fold

FIRST_YEAR, LAST_YEAR = 1950, 2099
#: Excel's day 0; day 60 (29 February 1900) never was, which does not matter after `FIRST_YEAR`
_EXCEL_EPOCH = datetime.date(1899, 12, 30)
_DAYS_1904 = 1462
_SERIALS = range(18_264, 73_051)  # 1950-01-01 to 2099-12-31
_DASHES = str.maketrans("—–―−‐", "-----")
_TIME = r"(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(
    rf"(\d{{4}})(?:([-/.])(\d{{1,2}})\2(\d{{1,2}})|年(\d{{1,2}})月(\d{{1,2}})[日号]?|(\d{{2}})(\d{{2}})){_TIME}"
)
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月?份?|(\d{2}))")


def _day_of(year: int, month: int, day: int) -> str:
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        raise BadValue(
            "date_does_not_exist", "日期不存在，请核对年月日", "no such date; check year, month, day"
        ) from None
    return _plausible(date)


def _plausible(date: datetime.date) -> str:
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise BadValue(
            "date_out_of_range",
            f"日期不在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间，请核对",
            f"the date is not between {FIRST_YEAR} and {LAST_YEAR}; check it",
        )
    return f"{date.year:04d}-{date.month:02d}-{date.day:02d}"


def _unreadable_day() -> BadValue:
    return BadValue("bad_date", "不是日期，请写成 2025-05-10", "not a date; write it as 2025-05-10")


@lru_cache(maxsize=65_536)
def _day_from_text(text: str) -> str:
    match = _DAY.fullmatch(fold(text).translate(_DASHES))
    if match is None:
        raise _unreadable_day()
    year, _, m1, d1, m2, d2, m3, d3 = match.groups()
    return _day_of(int(year), int(m1 or m2 or m3), int(d1 or d2 or d3))


def _day_from_number(number: float, first_serial: int) -> str:
    whole = int(number)
    if whole + first_serial in _SERIALS:  # a date cell that lost its format; a fraction is a time of day
        return _plausible(_EXCEL_EPOCH + datetime.timedelta(days=whole + first_serial))
    if whole == number and 10_000_000 <= whole <= 99_999_999:
        return _day_of(whole // 10_000, whole // 100 % 100, whole % 100)
    raise _unreadable_day()


def day(cell: Cell, *, first_serial: int = 0) -> str:
    """An ISO date from a date cell, `2025-05-10`, `2025/5/10`, `2025.5.10`, `2025年5月10日` or `20250510`.

    A bare number is read as Excel's day number where it is one; `first_serial` is what a workbook
    that counts from 1904 adds to it.
    Raises `BadValue`: bad_date, date_does_not_exist, date_out_of_range.
    """
    if isinstance(cell, str):
        return _day_from_text(cell)
    if isinstance(cell, datetime.datetime):
        return _plausible(cell.date())
    if isinstance(cell, datetime.date):
        return _plausible(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise _unreadable_day()
    return _day_from_number(cell, first_serial)


def day_1904(cell: Cell) -> str:
    """`day` for a workbook whose day numbers count from 1904."""
    return day(cell, first_serial=_DAYS_1904)


def _unreadable_month() -> BadValue:
    return BadValue("bad_month", "不是月份，请写成 2025-05", "not a month; write it as 2025-05")


def _month_of(year: int, month_of_year: int) -> str:
    if not 1 <= month_of_year <= 12:
        raise _unreadable_month()
    return _day_of(year, month_of_year, 1)[:7]


@lru_cache(maxsize=4_096)
def _month_from_text(text: str) -> str:
    folded = fold(text).translate(_DASHES)
    match = _MONTH.fullmatch(folded)
    if match is not None:
        return _month_of(int(match[1]), int(match[2] or match[3] or match[4]))
    if _DAY.fullmatch(folded):
        return _day_from_text(text)[:7]
    raise _unreadable_month()


def month(cell: Cell, *, first_serial: int = 0) -> str:
    """An ISO month from `2025-05`, `2025年5月`, `202505`, or anything `day` reads.

    The number 2025.1 is refused: typed into a number cell, January and October look the same.
    Raises `BadValue`: bad_month, and those of `day`.
    """
    if isinstance(cell, str):
        return _month_from_text(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        return day(cell)[:7]
    if int(cell) == cell and 100_000 <= cell <= 999_999:
        return _month_of(int(cell) // 100, int(cell) % 100)
    if FIRST_YEAR <= cell < LAST_YEAR + 1:
        written = format(cell, ".15g")
        if written.endswith(".1"):
            raise BadValue(
                "ambiguous_month",
                "单元格是数字，1 月与 10 月无法区分，请写成 2025-01 或 2025-10",
                "typed as a number, January and October look alike; write 2025-01 or 2025-10",
            )
        return _month_from_text(written)
    return _day_from_number(cell, first_serial)[:7]


def month_1904(cell: Cell) -> str:
    """`month` for a workbook whose day numbers count from 1904."""
    return month(cell, first_serial=_DAYS_1904)
