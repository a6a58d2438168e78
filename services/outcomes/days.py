"""Dates as integers, so that windows are integer arithmetic on every database.

A day is counted from 1970-01-01 (day 0), a month is `year * 12 + month - 1`. Pure.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST: Final = date.max.toordinal() - _EPOCH
#: Shanghai is eight hours ahead of UTC: from this hour on it is the next day there.
_NEXT_DAY_FROM_UTC_HOUR: Final = 16


@lru_cache(maxsize=16_384)
def day_number(on: str) -> int:
    """The day of an ISO date `YYYY-MM-DD`. Raises ValueError: any other form, or no such day."""
    if len(on) != 10 or on[4] != "-" or on[7] != "-":
        raise ValueError(f"not a date: {on!r}")
    return date.fromisoformat(on).toordinal() - _EPOCH


@lru_cache(maxsize=16_384)
def iso_date(day: int) -> str:
    """The ISO date of a day; days after 9999-12-31 give 9999-12-31."""
    return date.fromordinal(min(day, _LAST) + _EPOCH).isoformat()


@lru_cache(maxsize=2_048)
def month_number(month: str) -> int:
    """The number of a month `YYYY-MM`. Raises ValueError: any other form, or no such month."""
    if len(month) != 7:
        raise ValueError(f"not a month: {month!r}")
    first = date.fromisoformat(f"{month}-01")
    return first.year * 12 + first.month - 1


def shanghai_day(recorded: str) -> int:
    """The day in Shanghai of a UTC time `YYYY-MM-DDThh:mm:ss…Z`. Raises ValueError.

    UTC+8 throughout: Shanghai has kept no summer time since 1991, and no entry is older.
    """
    return _day_of_hour(recorded[:13])


@lru_cache(maxsize=16_384)
def _day_of_hour(hour: str) -> int:
    if len(hour) != 13 or hour[10] != "T":
        raise ValueError(f"not a time: {hour!r}")
    return day_number(hour[:10]) + (int(hour[11:]) >= _NEXT_DAY_FROM_UTC_HOUR)
