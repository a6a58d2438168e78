"""Columns of words: names, codes, listed values, public text. What goes into an event must hold no personal number."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from ledgerctl.registers.identity import holds_identity_number, holds_personal_number
from ledgerctl.registers.problems import BadValue
from ledgerctl.registers.text import Cell, clean, fold

LONGEST_CODE = 100
LONGEST_TEXT = 500
LONGEST_NOTE = 5_000
#: a number cell keeps this many digits
_EXACT_BELOW = 10**15


def _too_long(limit: int) -> BadValue:
    return BadValue("too_long", f"超过 {limit} 个字，请缩短", f"longer than {limit} characters; shorten it")


def _number_as_text(number: float) -> str:
    if not abs(number) < _EXACT_BELOW or number != int(number):  # NaN is not less than anything
        raise BadValue(
            "numeric_code",
            "是数字单元格，位数或末尾的 0 可能已丢失；请把整列设为“文本”格式后重新录入",
            "a number cell, so digits or a trailing 0 may be lost; format the column as text and type it again",
        )
    return str(int(number))


def code(cell: Cell) -> str:
    """A number or code that a register gives (协议编号): full-width forms made plain, no blanks.

    Raises `BadValue`: numeric_code, date_for_code (Excel made a date of `3-1`), personal_data, too_long.
    """
    if isinstance(cell, str):
        text = fold(cell).lstrip("'‘’`")
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        text = _number_as_text(cell)
    else:
        raise BadValue(
            "date_for_code",
            "应为编号，单元格却是日期或其他类型；请把整列设为“文本”格式后重新录入",
            "a code is wanted, not a date; format the column as text and type it again",
        )
    if not text:
        raise BadValue("bad_code", "不是编号", "not a code")
    if len(text) > LONGEST_CODE:
        raise _too_long(LONGEST_CODE)
    if len(text) >= 18 and holds_identity_number(text):
        raise BadValue(
            "personal_data",
            "编号中含有证件号码，编号是公开的；请改用不含证件号码的编号",
            "the code contains an identity number, and codes are public; use one without",
        )
    return text


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return format(cell, ".15g")
    if isinstance(cell, datetime.date):
        return (cell.date() if isinstance(cell, datetime.datetime) else cell).isoformat()
    raise BadValue("not_text", "应为文字", "text is wanted")


def public(cell: Cell) -> str:
    """Text that will stand in an event: names of organisations, events, places, posts.

    Raises `BadValue`: personal_data (an identity number or mobile phone in it), too_long, not_text.
    """
    text = _text(cell)
    if len(text) > LONGEST_TEXT:
        raise _too_long(LONGEST_TEXT)
    if len(text) >= 11 and holds_personal_number(text):
        raise BadValue(
            "personal_data",
            "含有证件号码或手机号，这一列是公开的；请删去后重新导入",
            "contains an identity number or a mobile phone, and this column is public; remove it",
        )
    return text


def note(cell: Cell) -> str:
    """Free text, to be sealed in the vault: anything goes, up to a length."""
    text = _text(cell)
    if len(text) > LONGEST_NOTE:
        raise _too_long(LONGEST_NOTE)
    return text


def person_name(cell: Cell) -> str:
    """The name of a person; blanks inside Chinese names (`张 三`) are typing, not name."""
    if not isinstance(cell, str):
        raise BadValue("not_a_name", "应为姓名，单元格却不是文字", "a name is wanted, not a number or a date")
    text = clean(cell)
    if len(text) > LONGEST_CODE:
        raise _too_long(LONGEST_CODE)
    return text if text.isascii() else fold(text)


def listed(values: Mapping[str, str]) -> Callable[[Cell], str]:
    """A reader of one of the listed values (full-width forms and blanks tolerated); gives its code.

    Raises `BadValue`: not_listed.
    """
    folded = {fold(value): stored for value, stored in values.items()}
    names = "、".join(values)

    def read(cell: Cell) -> str:
        stored = folded.get(fold(cell)) if isinstance(cell, str) else None
        if stored is None:
            raise BadValue("not_listed", f"只能填：{names}", f"must be one of {names}")
        return stored

    return read


def raw(cell: Cell) -> Cell:
    """The cell itself, for columns that can only be read together with others."""
    return cell
