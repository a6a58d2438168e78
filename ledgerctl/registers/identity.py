"""Identity numbers (GB 11643), unified credit codes (GB 32100) and phones: what can be checked locally."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from ledgerctl.registers.places import is_current, is_retired
from ledgerctl.registers.problems import BadValue
from ledgerctl.registers.text import Cell, fold

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_WITH_POWER = re.compile(r"\d(?:\.\d+)?E\+?\d+")
_FIRST_BIRTH = 1900
_CREDIT_DIGITS = {char: value for value, char in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_HELD_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?![\dXx])")
_HELD_PHONE = re.compile(r"(?<!\d)(?:\+?86-?)?1[3-9]\d-?\d{4}-?\d{4}(?!\d)")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(
    r"(?:(?:(?:\+?86|0086)0?|0)([1-9]\d{1,2}))?([2-8]\d{6,7})(?:(?:转|#|EXT\.?)(\d{1,6}))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A checked number of 18 characters. `doubt` is None, `retired_region` or `unknown_region`."""

    number: str
    doubt: str | None

    def __repr__(self) -> str:
        return "IdentityNumber(…)"

    @property
    def born_on(self) -> str:
        """ISO date of birth as the number states it."""
        return f"{self.number[6:10]}-{self.number[10:12]}-{self.number[12:14]}"


def check_character(seventeen: str) -> str:
    """The 18th character by ISO 7064 MOD 11-2."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True)) % 11]


def _born(number: str) -> bool:
    try:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14])).year >= _FIRST_BIRTH
    except ValueError:
        return False


def _region_doubt(prefix: str) -> str | None:
    if prefix.startswith("99") or prefix == "830000" or is_current(prefix):
        return None
    return "retired_region" if is_retired(prefix) else "unknown_region"


def identity_number(cell: Cell) -> IdentityNumber:
    """The identity number of a text cell: blanks and full-width digits tolerated, 15 digits upgraded.

    Raises `BadValue`: numeric_identity (a number cell, or its `9.9E+17`: digits are lost),
    bad_identity_form, bad_identity_birth, bad_identity_check.
    """
    text = fold(cell).lstrip("'‘’`").upper() if isinstance(cell, str) else ""
    if not isinstance(cell, str) or _WITH_POWER.fullmatch(text):
        raise BadValue(
            "numeric_identity",
            "是数字单元格，Excel 只保留 15 位，末几位已丢失；请先把整列设为“文本”格式，再按证件重新录入 18 位号码",
            "a number cell keeps 15 digits, so the last ones are lost; format the column as text first, "
            "then type all 18 characters again from the card",
        )
    if len(text) == 15 and text.isascii() and text.isdigit():
        seventeen = f"{text[:6]}19{text[6:]}"
        text = seventeen + check_character(seventeen)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise BadValue(
            "bad_identity_form",
            "应为 18 位（或旧 15 位）证件号码，请核对位数",
            "18 characters (or the old 15) are wanted; count them again",
        )
    if not _born(text):
        raise BadValue(
            "bad_identity_birth",
            "号码中的出生日期不存在，请按证件核对",
            "the date of birth in the number does not exist; check it against the card",
        )
    if check_character(text[:17]) != text[17]:
        raise BadValue(
            "bad_identity_check",
            "校验位不符，至少有一位录错，请按证件核对",
            "the check character does not fit: at least one digit is wrong; check it against the card",
        )
    return IdentityNumber(text, _region_doubt(text[:6]))


def credit_code(cell: Cell) -> str | None:
    """The unified social credit code of a cell, upper case; None where it is not a valid one (GB 32100-2015)."""
    if not isinstance(cell, str):
        return None
    text = fold(cell).replace("-", "").lstrip("'‘’`").upper()
    if len(text) != 18:
        return None
    try:
        values = [_CREDIT_DIGITS[char] for char in text]
    except KeyError:
        return None
    expected = (31 - sum(w * v for w, v in zip(_CREDIT_WEIGHTS, values[:17], strict=True)) % 31) % 31
    return text if expected == values[17] else None


def phone(cell: Cell) -> str | None:
    """A phone as digits (`13800000000`, `09712345678`, with `-` before an extension); None where it is not one.

    Blanks, dashes, brackets and `+86` are tolerated; a number cell is fine: eleven digits survive.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    written = cell if isinstance(cell, str) else format(cell, ".15g")
    text = re.sub(r"[-—–−―‐·.()]", "", fold(written).lstrip("'‘’`"))
    mobile = _MOBILE.fullmatch(text)
    if mobile:
        return mobile[1]
    landline = _LANDLINE.fullmatch(text)
    if landline is None:
        return None
    area = f"0{landline[1]}" if landline[1] else ""
    return area + landline[2] + (f"-{landline[3]}" if landline[3] else "")


def holds_identity_number(text: str) -> bool:
    """True where a text contains something that passes as an identity number of 18 characters."""
    return any(_passes(match[0].upper()) for match in _HELD_NUMBER.finditer(fold(text)) if len(match[0]) == 18)


def holds_personal_number(text: str) -> bool:
    """True where a text contains something that passes as an identity number, old or new, or a mobile phone."""
    folded = fold(text)
    if _HELD_PHONE.search(folded):
        return True
    return any(_passes(match[0].upper()) for match in _HELD_NUMBER.finditer(folded))


def _passes(number: str) -> bool:
    if len(number) == 15:
        number = f"{number[:6]}19{number[6:]}"
        return _born(number + "0") and _region_doubt(number[:6]) != "unknown_region"
    return _born(number) and check_character(number[:17]) == number[17]
