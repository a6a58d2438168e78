"""Synthetic people: identity numbers that belong to nobody, names, phones.

Identity numbers begin with 99, a prefix no division has, and end in a true MOD 11-2 check
character (GB 11643-1999). Phones begin with 154, a segment no operator had been given when this was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from examples.common.dice import Dice

HUI_SURNAMES = tuple("马马马韩冶白喇沙丁穆祁")
TU_SURNAMES = tuple("李祁东鲍吕星刁乔麻")
HAN_SURNAMES = tuple("王张李刘赵陈杨杜郭魏贾许任蔡汪史雷严毛山")
HUI_WOMEN = ("海兰", "秀花", "阿依舍", "法图麦", "索菲娅", "麦尔燕", "玉兰", "小红", "哈丽麦", "春兰", "生花", "海丽")
TU_WOMEN = ("什姐", "花索", "金花", "玉花", "卓玛", "银花", "拉毛", "生莲", "存花", "措毛")
HAN_WOMEN = (
    "桂英",
    "秀兰",
    "海燕",
    "永莲",
    "玉梅",
    "晓霞",
    "生秀",
    "发秀",
    "春梅",
    "淑珍",
    "雪琴",
    "占花",
    "文秀",
    "丽娟",
)
SOUTHERN_SURNAMES = tuple("韦罗岑王黄陆班梁陈李吴潘杨蒙莫何刘张")
SOUTHERN_WOMEN = (
    "秀英", "桂兰", "阿妹", "小花", "美仙", "艳芬", "金秀", "丽萍", "玉莲", "春艳", "彩云", "凤仙", "小丽", "水莲",
)  # fmt: skip

MEN = ("国庆", "海龙", "占元", "永福", "生贵", "文军", "建平", "学良", "成林", "尕平", "伟", "强")

#: (surnames, women's given names) -> out of a hundred
Names = Mapping[tuple[tuple[str, ...], tuple[str, ...]], int]
NORTHWESTERN: Names = {(HUI_SURNAMES, HUI_WOMEN): 38, (TU_SURNAMES, TU_WOMEN): 17, (HAN_SURNAMES, HAN_WOMEN): 45}
NORTHERN: Names = {(HAN_SURNAMES, HAN_WOMEN): 100}
SOUTHERN: Names = {(SOUTHERN_SURNAMES, SOUTHERN_WOMEN): 70, (HAN_SURNAMES, HAN_WOMEN): 30}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who does not exist. `identity` has 18 characters."""

    name: str
    identity: str
    phone: str


def identity_check(first17: str) -> str:
    """The last character of an identity number: ISO 7064 MOD 11-2."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def short_identity(identity: str) -> str:
    """The 15-digit form used before 1999: no century, no check character. Only for births of the 1900s."""
    return identity[:6] + identity[8:17]


class People:
    """Hands out new people; no identity number or phone comes twice."""

    def __init__(self, dice: Dice, areas: Sequence[str], women_percent: int = 88, names: Names = NORTHWESTERN) -> None:
        """`areas`: six digits that begin an identity number, each starting with 99."""
        if any(len(area) != 6 or not area.startswith("99") for area in areas):
            raise ValueError("an area has six digits and begins with 99: only synthetic people here")
        self._dice, self._areas, self._women_percent, self._names = dice, areas, women_percent, names
        self._identities: set[str] = set()
        self._phones: set[str] = set()

    def one(self, born_from: int = 1966, born_to: int = 2004) -> Person:
        """A new person born in these years."""
        woman = self._dice.percent(self._women_percent)
        return Person(self._name(woman), self._identity(woman, born_from, born_to), self._phone())

    def _name(self, woman: bool) -> str:
        dice = self._dice
        surnames, women = dice.weighted(self._names)
        return dice.pick(surnames) + dice.pick(women if woman else MEN)

    def _identity(self, woman: bool, born_from: int, born_to: int) -> str:
        while True:
            born = self._dice.day(date(born_from, 1, 1), date(born_to, 12, 31))
            # the third digit of the sequence is odd for men, even for women
            sequence = self._dice.below(500) * 2 + (0 if woman else 1)
            first17 = f"{self._dice.pick(self._areas)}{born:%Y%m%d}{sequence:03d}"
            identity = first17 + identity_check(first17)
            if identity not in self._identities:
                self._identities.add(identity)
                return identity

    def _phone(self) -> str:
        while True:
            phone = f"154{self._dice.below(10**8):08d}"
            if phone not in self._phones:
                self._phones.add(phone)
                return phone
