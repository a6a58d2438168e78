"""Recognising numbers that stand for somebody, so that none gets into a log by accident.

Registers are checked when they are read; this is for whoever calls a service directly. Names cannot
be recognised, so this is a net and not the wall: the wall is that events have no field for a person
but a reference.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

#: Nothing shorter than a mobile number is looked at.
NUMBER_CHARS_MIN: Final = 11
_DIGITS: Final = re.compile(rf"\d{{{NUMBER_CHARS_MIN}}}")
_IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx])(?![0-9A-Za-z])")
_MOBILE: Final = re.compile(r"(?<![0-9A-Za-z])(?:\+?86)?1[3-9]\d{9}(?![0-9A-Za-z])")
_WEIGHTS: Final = tuple(2 ** (17 - at) % 11 for at in range(17))


def holds_number_of_somebody(text: str, *, is_code: bool = False) -> bool:
    """Whether a text holds an identity number (GB 11643) or a mobile number.

    `is_code`: the text is a number that an agency gave, and may look like a mobile number by chance.
    """
    if _DIGITS.search(text) is None:
        return False
    if not is_code and _MOBILE.search(text) is not None:
        return True
    return any(_is_identity(number) for number in _IDENTITY.findall(text))


def _is_identity(number: str) -> bool:
    """Birth date exists and the check character (ISO 7064 MOD 11-2) fits."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()
