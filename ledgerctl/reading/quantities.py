"""Finds quantities in a line: `超过8000人`, `6万多人次`, `80%以上`, `3000元至5000元`, `上千名`.

Only the shape is judged here; `sift` says which of them are figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from ledgerctl.reading import numerals
from ledgerctl.reading.numerals import CHINESE, MIXED, NumeralError, value_of

_MONEY: Final = "美元 港元 元/人·月 元/人/月 元/人 元/月 元/年 元/天 元/日 元/小时 元/课时 元人民币 块钱 元".split()
_AREA: Final = "平方公里 平方千米 平方米 平方 平米 m² m2 ㎡ 亩 公顷".split()
_RATES: Final = "个百分点 % ‰ 倍 成".split()
_TIMES: Final = "课时 学时 学分 小时 天 个月 年 岁 周岁".split()
_EVENTS: Final = (
    "人次 人·次 场次 班次 课次 批次 户次 家次 单次 轮次 频次 架次 车次 辆次 趟次 次 场 期 届 轮 回 趟 节 堂 讲 班"
).split()
_PEOPLE: Final = "名 位 人 对".split()
_THINGS: Final = (
    "个 家 所 间 户 支 座 处 条 台 套 组 批 项 种 类 款 例 件 份 册 本 张 篇 部 幅 面 枚 门 栋 幢 片 笔 单 队 "
    "辆 架 艘 列 床 口 起 宗 块 片区 大类 小类"
).split()
UNITS: Final = tuple(sorted({*_MONEY, *_AREA, *_RATES, *_TIMES, *_EVENTS, *_PEOPLE, *_THINGS}, key=len, reverse=True))
MONEY: Final = frozenset(_MONEY)
TIMES: Final = frozenset(_TIMES)

#: a word before the number that is its qualifier, and what the word must not be the end of
_PREFIX: Final = (
    r"(?P<prefix>将近|接近|(?<![附最邻靠亲临新远贴])近|大约|(?<![签预节契合特违条履相制隐])约|超过|超出|(?<![高赶反])超|突破|"
    r"(?<![俞])逾|不少于|不低于|不下于?|至少|不超过|不高于|不多于|不足|不到|不满|至多|最多|足足|跨越|冲破|濒临)"
    r"(?:了|有|为|达到?)?(?:人民币)?[ ]?"
)
_SURPLUS: Final = r"余|多|来|几"
_UNIT: Final = "|".join(re.escape(unit) for unit in UNITS)
_QUANTITY: Final = re.compile(
    rf"(?:{_PREFIX})?"
    rf"(?P<number>(?<![0-9.A-Za-z])(?<![0-9],)(?:{MIXED})|{CHINESE})"
    rf"[ ]?(?P<surplus>{_SURPLUS})?(?P<scale>[百千]?[万亿]+)?(?P<late>余|多)?[ ]?"
    rf"(?:(?P<unit>{_UNIT})(?P<times>[(（]次[)）])?)(?P<suffix>以上|左右|上下|以内|以下|摆布|之多)?"
)
_RANGE: Final = re.compile(
    rf"(?P<low>(?<![0-9.A-Za-z])(?<![0-9],)(?:{MIXED})|{CHINESE})(?P<lowunit>{_UNIT})?"
    rf"(?:[-–—－~～〜]{{1,2}}|至|到)(?P<high>(?:{MIXED})|{CHINESE})(?P<unit>{_UNIT})(?P<suffix>不等|左右)?"
)
#: 上千名, 过万元; not 网上百家
_OVER_BARE: Final = re.compile(r"(?<![以网线会上晚早成千百岗通经不透超])[上过破]$")
_UPON: Final = re.compile(rf"百分之(?P<number>(?:{MIXED})|{CHINESE})(?P<suffix>以上|左右)?")
#: 三分之二: in percent, to two decimals
_PART: Final = re.compile(
    r"(?P<below>[一二三四五六七八九十]|\d{1,2})分之(?P<above>[一二三四五六七八九]|\d)(?P<suffix>以上|左右)?"
)
_HALF: Final = re.compile(
    r"(?P<prefix>超过|超|近|约|过|逾)(?:一半|半数|半)(?!径|年|天|个|小时|山|岛|夜|程|月|成)|半数(?P<suffix>以上|左右)"
)
#: all of them, said of something that the ledger counts as a rate
_ALL: Final = re.compile(r"全覆盖(?P<suffix>)")
#: what the ledger counts as a rate
_RATES_OF: Final = re.compile(r"合同|体检|培训|持证|保险|参保|建档|补贴|回访")
#: where a unit's character begins another word: 部门, 家庭, 期间; 家政 may still be 10家 + 政企
OTHER_WORD_PATTERN: Final = (
    r"(?!家政(?:企|公|服务[企公机]|培|门|中介|机))(?:"
    r"部门|门店|门类|家庭|期间|期待|期望|次数|次日|次生|场所|场地|场馆|所有|所在|对口|对接|对象|对于|条件|条例|条龙|名单|名录|名师|"
    r"本科|本地|本人|本市|本县|本次|户籍|户外|批准|位于|位置|位一体|组织|组成|台账|台湾|套餐|处理|处于|处长|单位|单元|单独|单列|"
    r"部分|部队|部长|例如|类似|类型|种植|间接|份子|人民|人大|人均|人社|人力|人才强|人一[档策]|人行|面对|面向|面临|队伍建|队员|"
    r"家政|家长|家乡|家门|家电|家纺|家具|家居|家务|项链|口岸|口语|口号|村民|村委|村级|村镇|村民|师傅|师范|"
    r"节约|节能|节点|节日|节前|节后|节气|讲话|讲座|讲述|讲师|讲好|堂课|道路|段落|只要|只有|只能|列入|列车|列为|起来|起到|起点|"
    r"床上|班级|班子|班组|班长|班列|块链|成群|成年|成品|成分|成交|成家|成为|成立|成功|成果|成绩|成员|成本|成才|成长|成熟|成效|成人|成都|倍增|倍感|天府|天津|天鹅|天猫|天然|天下|天使|天河|天宁|天色|天空|天气|天亮|天黑|天际|天边|"
    r"家里|家中|家人|个头|个子|件事|名叫|名字|口气|口中|对方|对着|对了|对不起|张水瓶|张三|件衣|条街|位于|"
    r"年龄|年级|年度|年轻|年间|年代|年来|年以来|年行动|年计划|年规划|年贯|年一贯|年制|年期|年前|年内|年后|年底|年初|年末|个人(?=信息|所得|简|征信|账|工作)|个体(?!工商户)|个性|个别|"
    r"元素|元旦|元宵|元化|元月"
    r")"
)
OTHER_WORD: Final = re.compile(OTHER_WORD_PATTERN)
_QUALIFIER_OF: Final = {
    "跨越": "超过",
    "冲破": "突破",
    "濒临": "接近",
    "摆布": "左右",
    "足足": "",
    "之多": "",
    "不等": "",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, at [start, end) of a line.

    `value` is in units of one (`2万` is 20000), a rate in percent. `qualifier` is the word as printed,
    `至N` for the upper end of a range. `number` and `unit_at`: where the digits begin, where the unit
    does. `chinese`: written in Chinese digits. `stated`: the printed figure, prefix to suffix.
    """

    start: int
    end: int
    number: int
    unit_at: int
    value: Decimal
    qualifier: str
    unit: str
    stated: str
    chinese: bool


def quantities(text: str) -> Iterator[Quantity]:
    """Every quantity of a simplified line, left to right, none inside another."""
    at = 0
    found = sorted([*_ranges(text), *_rates(text), *_plain(text)], key=lambda one: (one.start, -one.end))
    for one in found:
        if one.start >= at:
            yield one
            at = one.end


def _plain(text: str) -> Iterator[Quantity]:
    at = 0
    while found := _QUANTITY.search(text, at):
        at = max(found.end("number"), found.start() + 1)
        one = _quantity(found)
        if one is not None:
            yield one
            at = found.end()


def _quantity(found: re.Match[str]) -> Quantity | None:
    number, unit, surplus = found["number"], found["unit"], found["surplus"] or ""
    surplus = surplus or found["late"] or ""
    prefix, suffix = found["prefix"] or "", found["suffix"] or ""
    start = found.start()
    upper = ""
    if unit == "成" and OTHER_WORD.match(found.string, found.start("unit")):
        return None
    if surplus in ("来", "几") and number[-1] not in "十百千":
        return None
    both = numerals.between(number)
    bare = re.fullmatch(r"[百千万亿]+", number) is not None
    if bare and not prefix and not surplus:
        word = _OVER_BARE.search(found.string[max(0, start - 4) : start])
        if word is None:
            return None  # 千家, 百名: a way of speaking
        prefix, start = word[0], start - 1
    try:
        value = value_of(number) if both is None else both[0]
        for sign in found["scale"] or "":
            value *= value_of(sign)
    except NumeralError:
        return None
    if number == "一" and found.string.endswith("唯一", 0, start):
        prefix, start = "唯一", start - 2
    if both is not None:
        upper = f"至{numerals.plain(both[1])}"
    end = found.end()
    if unit == "成":
        if value > 10:
            return None
        value, unit = value * 10, "%"
        if half := re.match(r"[一二三四五六七八九半](?![成个名])(?:以上|左右)?", found.string[found.end("unit") :]):
            value += 5 if half[0][0] == "半" else value_of(half[0][0])
            end = found.end("unit") + half.end()
            suffix = half[0][1:]
    if found["times"]:
        unit = "人次" if unit == "人" else unit
    qualifier = surplus or upper or prefix or suffix
    return Quantity(
        start,
        end,
        found.start("number"),
        found.start("unit"),
        value,
        _QUALIFIER_OF.get(qualifier, qualifier),
        {"人·次": "人次", "块钱": "元"}.get(unit, unit),
        found.string[_reached(found.string, start, prefix) : end],
        not number[0].isdecimal(),
    )


def _reached(text: str, start: int, prefix: str) -> int:
    """Where the printed figure begins: 达近3万 contradicts itself, and only with its 达."""
    if prefix not in ("近", "将近", "接近"):
        return start
    return start - next((len(word) for word in ("达到", "多达", "高达", "达") if text.endswith(word, 0, start)), 0)


def _ranges(text: str) -> Iterator[Quantity]:
    for found in _RANGE.finditer(text):
        unit = found["unit"]
        if found["lowunit"] not in (None, unit) or text[: found.start()].endswith(tuple("-–—/+第")):
            continue
        try:
            low, high = value_of(found["low"]), value_of(found["high"])
            sign = found["high"][-1]
            # 3至5万元: the sign stands once for both
            if (
                not found["lowunit"]
                and sign in "万亿"
                and found["low"][-1] not in "万亿"
                and low * value_of(sign) < high
            ):
                low *= value_of(sign)
        except NumeralError:
            continue
        if low < high:
            start, end = found.span()
            upper = f"至{numerals.plain(high)}"
            chinese = not found["low"][0].isdecimal()
            yield Quantity(start, end, start, found.start("unit"), low, upper, unit, found[0], chinese)


def _rates(text: str) -> Iterator[Quantity]:
    """Rates that are words: 百分之九十以上, 三分之二, 近半数, 全覆盖."""
    for found in _UPON.finditer(text):
        with suppress(NumeralError):
            yield _rate(found, value_of(found["number"]))
    for found in _PART.finditer(text):
        below, above = value_of(found["below"]), value_of(found["above"])
        if above < below:
            yield _rate(found, round(100 * above / below, 2))
    for found in _HALF.finditer(text):
        yield replace(_rate(found, Decimal(50)), qualifier=found["prefix"] or found["suffix"])
    for found in _ALL.finditer(text):
        if _RATES_OF.search(text[max(0, found.start() - 12) : found.start()]):
            yield replace(_rate(found, Decimal(100)), qualifier="全覆盖", stated="全覆盖")


def _rate(found: re.Match[str], percent: Decimal) -> Quantity:
    start, prefix = _prefix_before(found.string, found.start())
    qualifier = prefix or found["suffix"] or ""
    stated = found.string[start : found.end()]
    return Quantity(start, found.end(), found.start(), found.end(), percent, qualifier, "%", stated, chinese=False)


def _prefix_before(text: str, at: int) -> tuple[int, str]:
    """Where the qualifier right before `at` begins, and the word; (at, "") where there is none."""
    found = re.search(rf"{_PREFIX}$", text[max(0, at - 12) : at])
    return (max(0, at - 12) + found.start(), found["prefix"]) if found else (at, "")
