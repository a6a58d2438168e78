"""Values that can be, and hardly are: a clerk should look at them, and nothing is refused.

Bounds are wide on purpose. What they catch is a slip of the keyboard (2052 for 2025) or a unit (4.2
for 4.2 千元, 42000 fen typed as 元), not what is unusual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

#: no programme of training and placement is older
EARLIEST_DAY: Final = "2000-01-01"
#: a month's pay in fen, part-time and skilled work included
LEAST_WAGE_FEN, MOST_WAGE_FEN = 300_00, 50_000_00
WAGES: Final = frozenset({"约定月工资", "实发月工资"})


def doubts(values: Mapping[str, Any], today: str) -> Iterator[tuple[str, str]]:
    """(Chinese, English) for each value of a row that a clerk should look at. `values` by column, dates ISO."""
    for header, value in values.items():
        if header in WAGES and isinstance(value, int):
            if not LEAST_WAGE_FEN <= value <= MOST_WAGE_FEN:
                few = value < LEAST_WAGE_FEN
                yield (
                    f"「{header}」{'低于 300 元' if few else '高于 50,000 元'}，请核对数额和单位",
                    f"{header} is {'below 300' if few else 'above 50,000'} 元 a month; check amount and unit",
                )
        elif header.endswith("日期") and isinstance(value, str):
            if value > today:
                yield f"「{header}」在今天之后，请核对", f"{header} is in the future; check it"
            elif value < EARLIEST_DAY:
                yield f"「{header}」早于 2000 年，请核对", f"{header} is before 2000; check it"
