"""The numbers a stated figure admits: counting rule C18, in exact fractions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ledgerctl.claims.numeral import place_of
from ledgerctl.claims.stated import Stated
from ledgerctl.claims.units import Measure


@dataclass(frozen=True, slots=True)
class Band:
    """An interval; a bound that is None does not bind. In units of one, 元, or percent.

    `whole`: the rate must be all of a base that is not empty and holds nothing unknown.
    """

    lower: Fraction | None = None
    lower_included: bool = False
    upper: Fraction | None = None
    upper_included: bool = False
    whole: bool = False

    def __contains__(self, value: Fraction) -> bool:
        above = self.lower is None or value > self.lower or (self.lower_included and value == self.lower)
        below = self.upper is None or value < self.upper or (self.upper_included and value == self.upper)
        return above and below

    def distance(self, value: Fraction, step: Fraction | None = None) -> Fraction:
        """How far `value` lies above (positive) or below (negative) the band; 0 inside.

        With `step` (1 for counts, 1/100 for 元) the way to the nearest multiple of it inside; without,
        the way to the bound, which is 0 for a value exactly on a bound that is not included.
        """
        low, high = self.lowest(step), self.highest(step)
        if low is not None and high is not None and low > high:  # no multiple of the step lies inside
            low, high = self.lower, self.upper
        if low is not None and value < low:
            return value - low
        if high is not None and value > high:
            return value - high
        return Fraction(0)

    def lowest(self, step: Fraction | None = None) -> Fraction | None:
        """The least admitted multiple of `step`; without a step, the lower bound."""
        if self.lower is None or step is None:
            return self.lower
        steps = self.lower / step
        return step * (math.ceil(steps) if self.lower_included else math.floor(steps) + 1)

    def highest(self, step: Fraction | None = None) -> Fraction | None:
        """The greatest admitted multiple of `step`; without a step, the upper bound."""
        if self.upper is None or step is None:
            return self.upper
        steps = self.upper / step
        return step * (math.floor(steps) if self.upper_included else math.ceil(steps) - 1)

    def __str__(self) -> str:
        """As an inequality: `800 < x < 900`."""
        if self.lower is not None and self.lower == self.upper:
            return f"x = {number_text(self.lower)}"
        if self.lower is None:
            return "x" if self.upper is None else f"x {_less(self.upper_included)} {number_text(self.upper)}"
        if self.upper is None:
            return f"x {'≥' if self.lower_included else '>'} {number_text(self.lower)}"
        low, high = number_text(self.lower), number_text(self.upper)
        return f"{low} {_less(self.lower_included)} x {_less(self.upper_included)} {high}"


def _less(included: bool) -> str:
    return "≤" if included else "<"


def number_text(value: Fraction) -> str:
    """A number with groups of three: exact where it is a finite decimal of at most four digits, else rounded to two."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    digits = next((digits for digits in range(1, 5) if (value * 10**digits).denominator == 1), 2)
    scaled = math.floor(abs(value) * 10**digits + Fraction(1, 2))
    whole, part = divmod(scaled, 10**digits)
    return f"{'-' if value < 0 else ''}{whole:,}.{part:0{digits}d}"


def band_of(stated: Stated, measure: Measure) -> Band:
    """The band of a stated figure compared as `measure`. Raises ValueError where it states no number.

    A bound is compared exactly; only where no qualifier stands is a rate rounded half up to the printed
    decimals and a mean of money to 元, which is the half-open interval that rounds to the printed number.
    """
    number = stated.value
    if number is None:
        raise ValueError(f"{stated.text}: no number")
    match stated.qualifier:
        case "surplus":
            # a malformed 余 may mean the number itself: 21余 is 21 ≤ x < 22
            malformed = stated.fault in ("surplus_after_unit_digit", "contradictory_qualifiers")
            return Band(number, malformed, _surplus_end(number, stated.place))
        case "near":
            share = Fraction(9, 10) if measure == "count" and number < 100 else Fraction(95, 100)
            return Band(number * share, True, number, False)
        case "about":
            slack = min(stated.place / 2, number / 10)
            return Band(number - slack, True, number + slack, True)
        case "over":
            return Band(number)
        case "at_least":
            return Band(number, True)
        case "whole" if measure == "rate":
            return Band(number, True, number, True, whole=True)
        case "whole" | "exact":
            return _rounded(number, stated.decimals, measure)


def _surplus_end(number: Fraction, place: Fraction) -> Fraction:
    power_of_ten = number >= 100 and place_of(number) == number
    return number * Fraction(3, 2) if power_of_ten else number + place


def _rounded(number: Fraction, decimals: int, measure: Measure) -> Band:
    if measure in ("count", "money"):
        return Band(number, True, number, True)
    half = Fraction(1, 2 * 10**decimals)
    return Band(number - half, True, number + half, False)
