"""Numbers as articles write them: how one looks, and what it is worth. The arithmetic is cn2an's."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

#: 1,200 · 1 200 · 12.5
ARABIC: Final = r"(?:\d{1,3}(?:,\d{3}){1,5}(?!\d)|\d{1,3}(?: \d{3}){1,5}(?!\d)|\d{1,15}(?!\d))(?:\.\d{1,6})?"
_SCALE: Final = r"(?:[百千]?(?:万亿|[万亿])|[百千])"
#: 5400 · 2万 · 1.25万 · 3万5千 · 1亿2000万 · 5百 · 119万2,000 (before a unit)
MIXED: Final = rf"{ARABIC}(?:{_SCALE}(?:\d+(?:[百千]?万|[百千])|(?<=[万亿])(?:{ARABIC})(?=元|人|名|户|份))?)?"
#: not within 唯一, 数十 · 二十 · 两千三百 · 十五 · 一百零五 · 三点五 · 二十几 is 二十 and 几
CHINESE: Final = (
    r"(?<![唯统同单])(?<![几数](?=[十百千万亿]))[零〇一二两三四五六七八九十百千万亿廿卅]{1,20}"
    r"(?:点[零〇一二三四五六七八九]{1,6})?(?:[百千]?[万亿])?"
)
DIGITS: Final = "零一二三四五六七八九"

_BARE: Final = re.compile(r"[十百千万亿]+")
_NEIGHBOURS: Final = re.compile(r"(.*?)([一二三四五六七八九])([一二三四五六七八九])([十百千万亿]*)")


class NumeralError(ValueError):
    """Not a number."""


def value_of(text: str) -> Decimal:
    """The number written in `text`. Raises NumeralError."""
    import cn2an

    plain = re.sub(r"[,， ]", "", text).replace("两", "二").replace("卅", "三十").replace("〇", "零")
    if not plain:
        raise NumeralError(text)
    scale = Decimal(1)
    while len(plain) > 1 and plain[-1] in "万亿" and plain[-2] in "百千万亿" and not _BARE.fullmatch(plain):
        # 1.2万亿, 3百万: cn2an reads one scale at a time
        scale *= {"万": 10**4, "亿": 10**8}[plain[-1]]
        plain = plain[:-1]
    if _BARE.fullmatch(plain):  # 百, 万, 百万: one of them
        for sign in plain:
            scale *= {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[sign]
        return scale
    try:
        return Decimal(plain) * scale
    except InvalidOperation:
        pass
    if re.fullmatch(r"[一二三四五六七八九]{2,}", plain):
        raise NumeralError(text)  # 四五, 十四五: digits side by side are no number
    try:
        return Decimal(str(cn2an.cn2an(plain, "smart"))) * scale
    except ValueError as error:
        raise NumeralError(text) from error


def between(text: str) -> tuple[Decimal, Decimal] | None:
    """The two ends of `三四百`, `十七八`, `五六`; None for what is not two neighbours side by side."""
    found = _NEIGHBOURS.fullmatch(text)
    if found is None or DIGITS.index(found[3]) - DIGITS.index(found[2]) not in (1, 2):
        return None
    head, low, high, scale = found.groups()
    if head and not head.endswith(("十", "百", "千")):
        return None
    try:
        return value_of(head + low + scale), value_of(head + high + scale)
    except NumeralError:
        return None


def plain(value: Decimal) -> int | float:
    """As JSON has it: a whole number without a point."""
    return int(value) if value == value.to_integral_value() else float(value)
