"""How clerks type: the same date, amount or number in the many ways that stand in real registers."""

from __future__ import annotations

from datetime import date

from examples.common.dice import Dice
from examples.common.people import Person, short_identity

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

Cell = str | int | float | date | None


class Clerk:
    """One clerk's habits. `tidy_percent`: how often a cell is typed as it should be."""

    def __init__(self, dice: Dice, tidy_percent: int = 80) -> None:
        self._dice, self._tidy_percent = dice, tidy_percent

    def tidy(self) -> bool:
        return self._dice.percent(self._tidy_percent)

    def day(self, day: date | None) -> Cell:
        """An Excel date, or text in one of the usual styles."""
        if day is None or self.tidy():
            return day
        return self._dice.pick(
            (
                day.isoformat(),
                f"{day.year}/{day.month}/{day.day}",
                f"{day.year}.{day.month}.{day.day}",
                f"{day.year}年{day.month}月{day.day}日",
                f"{day:%Y%m%d}",
            )
        )

    def money(self, yuan: int | None) -> Cell:
        """Yuan as a number, or as text with a comma, a unit or in ten thousands."""
        if yuan is None or self.tidy():
            return yuan
        styles = [f"{yuan:,}", f"{yuan}元", f"{yuan:,}元"]
        if yuan % 100 == 0:
            styles.append(f"{yuan / 10000:.2f}万")
        return self._dice.pick(styles)

    def identity(self, person: Person) -> str:
        """Always text: 18 characters, sometimes spaced, lower-case, full-width, or the old 15 digits."""
        number = person.identity
        if not self._dice.percent(3):
            return number
        styles = [f"{number[:6]} {number[6:14]} {number[14:]}", number.translate(_FULL_WIDTH)]
        if number.endswith("X"):
            styles += [number[:-1] + "x", number[:-1] + "Ｘ"]
        if number[6:8] == "19" and self._dice.percent(30):
            styles.append(short_identity(number))
        return self._dice.pick(styles)

    def phone(self, person: Person) -> str:
        """Always text: plain, spaced, dashed or with the country code."""
        number = person.phone
        if self.tidy():
            return number
        parts = (number[:3], number[3:7], number[7:])
        return self._dice.pick((" ".join(parts), "-".join(parts), f"+86 {number}", f"+86{number}"))

    def nothing(self) -> Cell:
        """An empty cell, or one of the words for it."""
        return None if self.tidy() else self._dice.pick(("无", "-", "/", "没有"))
