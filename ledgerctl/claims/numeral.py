"""Numbers as reports write them: `1,000`, `19万`, `1.2亿`, `八百`, `两千三百`, `3万5千`. Exact, never a float."""

from __future__ import annotations

import re
from fractions import Fraction

#: every character a number may be written with, as the inside of a regular expression's class
CHARACTERS = "0-9.,零〇一二两三四五六七八九十百千万亿"

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = (("亿", 10**8), ("万", 10**4))
_ARABIC = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_DIGIT = "([1-9一二两三四五六七八九])"
_SECTION = re.compile(rf"(?:{_DIGIT}?千)?(?:零?{_DIGIT}?百)?(?:零?{_DIGIT}?十)?(?:(零)?{_DIGIT})?")


class NumeralError(ValueError):
    """Not a number, or one that can be read in two ways (`二百五`)."""


def value_of(text: str) -> Fraction:
    """The number written in `text`. Raises NumeralError."""
    for sign, scale in _LARGE:
        if sign in text:
            high, _, low = text.rpartition(sign)
            rest = value_of(low) if low else Fraction(0)
            if low and (rest >= scale or (rest * 10 < scale and low[0] not in "零〇")):
                raise NumeralError(text)
            return (value_of(high) if high else Fraction(1)) * scale + rest
    if arabic := _ARABIC.fullmatch(text):
        return Fraction(arabic[1].replace(",", "") + (arabic[2] or ""))
    if text in ("零", "〇"):
        return Fraction(0)
    if text[-1:] in _SMALL and (arabic := _ARABIC.fullmatch(text[:-1])):
        return Fraction(arabic[1].replace(",", "") + (arabic[2] or "")) * _SMALL[text[-1]]
    return _section(text)


def _section(text: str) -> Fraction:
    """A number below ten thousand in Chinese digits; a Chinese digit may be an Arabic one."""
    found = _SECTION.fullmatch(text)
    if not text or found is None:
        raise NumeralError(text)
    thousands, hundreds, tens, zero, units = found.groups()
    if units and len(text) > 1 and not zero and text[-2] in "百千":
        raise NumeralError(text)
    total = _digit(units) if units else 0
    for sign, digit in (("千", thousands), ("百", hundreds), ("十", tens)):
        if sign in text:
            total += _SMALL[sign] * (_digit(digit) if digit else 1)
    return Fraction(total)


def _digit(character: str) -> int:
    return _DIGITS[character] if character in _DIGITS else int(character)


def place_of(value: Fraction) -> Fraction:
    """The place value of the last non-zero digit of a finite decimal: 1000 of 21000, 1/10 of 1.5; 1 of zero."""
    place = Fraction(1)
    if value == 0:
        return place
    while (value / place).denominator != 1:
        place /= 10
    while (value / (place * 10)).denominator == 1:
        place *= 10
    return place
