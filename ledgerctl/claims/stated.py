"""Reads a figure as it was printed (`800余份`, `超过8000人`, `30万余人`): its number, qualifier, unit and faults.

Qualifiers and faults are those of counting rule C18. Nothing is guessed: what the grammar does not
hold is refused with StatedError, and what contradicts itself is read and marked malformed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ledgerctl.claims import numeral
from ledgerctl.claims.units import STATED_UNITS

#: 余/多 · 近 · 约/左右 · 超/超过/逾/突破 · 不少于/至少/以上 · none · 100 % and 全覆盖
Qualifier = Literal["surplus", "near", "about", "over", "at_least", "exact", "whole"]
Fault = Literal["surplus_after_unit_digit", "contradictory_qualifiers", "annual_cumulative", "not_quantitative"]

FAULT_TEXTS: dict[Fault, tuple[str, str]] = {
    "surplus_after_unit_digit": ("“余/多”紧跟在非零个位之后", "余/多 directly after a non-zero unit digit"),
    "contradictory_qualifiers": ("限定词互相矛盾", "qualifiers that contradict each other"),
    "annual_cumulative": ("“年均”与“累计”并用", "an annual mean called cumulative"),
    "not_quantitative": ("没有可比的数", "no number to compare"),
}

_TRADITIONAL = str.maketrans("餘萬億兩約達過場個種間項戶間歲類", "余万亿两约达过场个种间项户间岁类")
_PREFIXES: tuple[tuple[Qualifier, tuple[str, ...]], ...] = (
    ("near", ("将近", "接近", "近")),
    ("about", ("大约", "约")),
    ("at_least", ("不少于", "不低于", "至少")),
    ("over", ("超过", "突破", "超", "逾")),
)
_SUFFIXES: dict[str, Qualifier] = {"左右": "about", "以上": "at_least"}
_REACHED = ("达到", "多达", "高达", "达")
_PLAIN = ("年均", "月均", "人均", "平均", "均", "共计", "总计", "累计", "合计", "共有", "共", "已")
_LIMITS = ("首批", "首次")
_NO_NUMBER = ("唯一", "一大批", "大批", "一批", "众多", "若干", "许多", "数百", "数千", "数万", "几百", "几千", "几万")

_UNITS = "|".join(sorted(map(re.escape, STATED_UNITS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<number>[{numeral.CHARACTERS}]+)(?P<surplus>[余多](?P<scale>[百千]?[万亿]+)?)?"
    rf"(?P<unit>{_UNITS})?(?P<suffix>{'|'.join(_SUFFIXES)})?"
)
_PERCENT = re.compile(rf"百分之([{numeral.CHARACTERS}]+)")


class StatedError(ValueError):
    """A figure that cannot be read. The message is Chinese first, English beside it."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure as printed.

    `value` is in units of one (`19万` is 190000; a rate is in percent); None: nothing to compare.
    `place` is u of rule C18; `decimals` how many digits stand after the point where no 万 follows;
    `qualifiers` all that were found, in order; `limits` the words 首批, 首次 that narrow the window.
    """

    text: str
    value: Fraction | None
    unit: str
    qualifiers: tuple[Qualifier, ...] = ()
    place: Fraction = Fraction(1)
    decimals: int = 0
    fault: Fault | None = None
    limits: tuple[str, ...] = ()

    @property
    def qualifier(self) -> Qualifier:
        """The one that compares: 余/多 where it is among several, else the first, else the number itself."""
        if "surplus" in self.qualifiers:
            return "surplus"
        if self.qualifiers:
            return self.qualifiers[0]
        return "whole" if self.unit == "%" and self.value == 100 else "exact"


def parse(text: str, context: str = "") -> Stated:
    """Read one printed figure. `context`: the sentence around it, searched for 年均累计 only. Raises StatedError."""
    plain = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL).replace(" ", "")
    annual = "年均累计" in plain or "年均累计" in context
    if plain.endswith("全覆盖"):
        if plain not in ("全覆盖", "达全覆盖", "实现全覆盖", "均全覆盖"):
            raise _unreadable(text)
        return Stated(text, Fraction(100), "%")
    if plain.startswith(_NO_NUMBER):
        return Stated(text, None, "", fault="not_quantitative")
    qualifiers, limits, reached_near, rest = _prefix(plain)
    found = _NUMBER.fullmatch(_PERCENT.sub(r"\1%", rest))
    if found is None:
        raise _unreadable(text)
    if found["surplus"]:
        qualifiers.append("surplus")
    if found["suffix"]:
        qualifiers.append(_SUFFIXES[found["suffix"]])
    number, scale = found["number"], found["scale"] or ""
    try:
        value = numeral.value_of(number) * (numeral.value_of("1" + scale) if scale else 1)
    except numeral.NumeralError as error:
        raise _unreadable(text) from error
    place = numeral.place_of(value)
    if found["surplus"] and number[-1] in "万亿":
        place = min(place, Fraction(10**8 if number[-1] == "亿" else 10**4))
    fault: Fault | None = None
    if found["surplus"] and number[-1] in "123456789一二两三四五六七八九":
        fault = "surplus_after_unit_digit"
    elif reached_near or len(set(qualifiers)) > 1:
        fault = "contradictory_qualifiers"
    elif annual:
        fault = "annual_cumulative"
    unit = found["unit"] or ""
    decimals = len(number.partition(".")[2]) if number[-1].isdecimal() and not scale else 0
    return Stated(text, value, unit, tuple(qualifiers), place, decimals, fault, tuple(limits))


def _prefix(text: str) -> tuple[list[Qualifier], list[str], bool, str]:
    """Qualifiers, limits, whether 近 follows 达, and what is left from the number on."""
    qualifiers: list[Qualifier] = []
    limits: list[str] = []
    reached = reached_near = False
    while True:
        word = next((word for word in (*_LIMITS, *_REACHED, *_PLAIN) if text.startswith(word)), None)
        if word is not None:
            if word in _LIMITS:
                limits.append(word)
            reached = word in _REACHED
            text = text.removeprefix(word)
            continue
        named = next(((name, word) for name, words in _PREFIXES for word in words if text.startswith(word)), None)
        if named is None:
            return qualifiers, limits, reached_near, text
        reached_near = reached_near or (reached and named[0] == "near")
        reached = False
        qualifiers.append(named[0])
        text = text.removeprefix(named[1])


def _unreadable(text: str) -> StatedError:
    return StatedError(
        f"读不懂“{text}”：只写数字一段，如 800余份、超过8000人、近4000元、100% · "
        f"cannot read {text!r}: write the number alone, as in 800余份, 超过8000人, 近4000元, 100%"
    )
