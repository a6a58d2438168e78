"""Units of figures and the words reports use for them.

人, 参与期, 人次, 份 and 场次 are never converted into each other: where one is claimed and another
holds, both are said.
"""

from __future__ import annotations

from typing import Literal

#: how a figure's value is compared: whole things, a sum of money, a mean of money, a rate in percent
Measure = Literal["count", "money", "money_mean", "rate"]

_PEOPLE = ("人", "名", "位", "员", "个人")
_EVENTS = ("场次", "场", "次", "期", "届")
_PAPERS = ("份", "本", "张", "件", "个")
_THINGS = ("个", "家", "所", "间", "户", "种", "类", "项", "项目", "支", "座", "处", "条", "台", "套", "组", "对", "批")
_MONEY = ("元", "元/月", "元/人", "元/人·月", "元/年", "元人民币")

#: figure's unit, as the catalogue names it -> words that state it
_WORDS: dict[str, tuple[str, ...]] = {
    "人": _PEOPLE,
    "人次": ("人次",),
    "参与期": ("参与期",),
    "份": _PAPERS,
    "本": _PAPERS,
    "件": _PAPERS,
    "场次": (*_EVENTS, "个"),
    "期": (*_EVENTS, "个", "班", "个班"),
    "次": ("次", "人次"),
    "家": _THINGS,
    "个": (*_THINGS, "工位", "个工位"),
    "工位": ("个", "工位", "个工位"),
    "种": _THINGS,
    "支": _THINGS,
    "天": ("天", "日"),
    "学时": ("学时", "课时"),
    "%": ("%",),
}
#: words that may stand after a number
STATED_UNITS: frozenset[str] = frozenset(
    {word for words in _WORDS.values() for word in words} | {*_MONEY, "岁", "年", "小时", "亩", "平方", "平方米", "m2"}
)

#: the same facts counted in another unit
_SIBLINGS: dict[str, tuple[str, ...]] = {
    "agreements_signed": ("persons_with_agreement",),
    "persons_with_agreement": ("agreements_signed",),
    "training_completions": ("persons_trained",),
    "persons_trained": ("training_completions",),
    "employment_starts": ("persons_started",),
    "persons_started": ("employment_starts",),
}


def siblings(figure: str) -> tuple[str, ...]:
    """The figures to ask for beside this one: the same facts in other units. Empty where there are none."""
    return _SIBLINGS.get(figure, ())


def is_money(unit: str) -> bool:
    """Whether a figure's value is in fen."""
    return unit.startswith(("fen", "分", "元"))


def kind_of(word: str) -> str:
    """What a printed unit counts, so that like can be compared with like: 名 and 位 are 人, all money is 元."""
    if word in _PEOPLE:
        return "人"
    return "元" if word in _MONEY else word


def states(word: str, unit: str) -> bool:
    """Whether `word`, as printed after a number, names the figure's `unit`. No word names any unit."""
    if not word:
        return True
    if is_money(unit):
        return word in _MONEY
    return word == unit or word in _WORDS.get(unit, ())
