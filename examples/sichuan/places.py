"""The programme's public facts: employers, sites, statements. All invented, except the numbers of the report."""

from __future__ import annotations

from datetime import date, timedelta

from examples.common.typing_habits import Cell

PROGRAMME = "sichuan-yilaoyixiao"
FIRST_CLASS = date(2023, 9, 11)
#: the report bears no date; its newest fact is of this half-year
PUBLISHED = date(2025, 6, 30)
OCCUPATIONS = ("保育师", "育婴员")
PROVIDERS = ("攀枝花攀西康养职业学院", "攀枝花金沙江职业培训学校")
CITIES = (
    "成都市", "自贡市", "攀枝花市", "泸州市", "德阳市", "绵阳市", "广元市", "遂宁市", "内江市", "乐山市", "南充市",
    "眉山市", "宜宾市", "广安市", "达州市", "雅安市", "巴中市", "资阳市", "阿坝州", "甘孜州", "凉山州",
)  # fmt: skip
_TRADES = (
    "钢铁",
    "电力",
    "铁路",
    "烟草",
    "纺织",
    "电子",
    "机械",
    "食品",
    "建材",
    "物流",
    "医药",
    "酒业",
    "通信",
    "银行",
)

#: name, kind of credit code, work place as clerks write it, positions, how many of the people it employs
EMPLOYERS: tuple[tuple[str, str | None, str, tuple[str, ...], int], ...] = (
    ("攀枝花东区暖阳托育有限公司", "91", "攀枝花市", OCCUPATIONS, 30),
    ("攀枝花西区金苗托育服务中心", "52", "510400", OCCUPATIONS, 20),
    ("攀枝花仁和区阳光宝贝托育园", "52", "攀枝花市", OCCUPATIONS, 18),
    ("成都锦江好家托育有限公司", "91", "四川省成都市", OCCUPATIONS, 14),
    ("西昌邛海托育有限公司", "91", "凉山彝族自治州", OCCUPATIONS, 10),
)


def _named(at: int) -> tuple[str, str]:
    """(city, an employer's name in it)."""
    city = CITIES[at % len(CITIES)]
    return city, f"{city}{_TRADES[at % len(_TRADES)]}第{at // len(_TRADES) + 1}公司"


def _sites() -> list[tuple[Cell, ...]]:
    """机构场所: childcare, family-friendly places of work and nursing rooms, each with its title."""
    rows: list[tuple[Cell, ...]] = []
    for at in range(54):
        city, owner = _named(at)
        title = "全国爱心托育用人单位" if at % 9 in (0, 4) else "爱心托育用人单位"
        level = "国家级" if title.startswith("全国") else "省级"
        opened = date(2022, 6, 1) + timedelta(days=17 * at)
        rows.append((f"SCTY-{at + 1:03d}", f"{owner}托育点", "托育单位", "0-3岁托育", owner, title, level, opened, None,
                     city, 30 + at % 5 * 10, 160 + 12 * at))  # fmt: skip
    for at in range(126):
        city, owner = _named(at)
        title = "全国年度典型案例" if at % 32 == 7 else "家庭友好型工作场所"
        level = "国家级" if title.startswith("全国") else "省级"
        found = date(2023, 3, 8) + timedelta(days=6 * at)
        rows.append((f"SCJT-{at + 1:03d}", owner, "用人单位", "家庭友好", owner, title, level, found, None, city,
                     None, None))  # fmt: skip
    for at in range(611):
        city, owner = _named(at % 318)
        opened = date(2021, 3, 8) + timedelta(days=2 * at)
        rows.append((f"SCMB-{at + 1:03d}", f"{owner}妈咪宝贝屋{at // 318 + 1}", "哺乳室", "母婴关爱", owner,
                     "省级妈咪宝贝屋", "省级", opened, None, city, None, 10 + at % 20))  # fmt: skip
    return rows


FACILITIES = _sites()

_UNION = "四川省总工会女职工部"


def _years(name: str, unit: str, kind: str, source: str, values: tuple[int, ...]) -> list[tuple[Cell, ...]]:
    """One cumulative indicator, as it was reported at the end of each year; the last of June 2025."""
    days = [*(date(year, 12, 31) for year in (2021, 2022, 2023, 2024)), PUBLISHED]
    return [(name, value, unit, kind, day, _UNION, source) for day, value in zip(days, values, strict=True)]


STATISTICS: list[tuple[Cell, ...]] = [
    *_years("爱心托管班累计", "个", "流量", "爱心托管服务年报", (1180, 2860, 4720, 6690, 8130)),
    *_years("托管服务职工子女累计", "人", "流量", "爱心托管服务年报", (26_400, 66_100, 110_300, 157_800, 193_500)),
    *_years("惠及育龄期女职工累计", "人次", "流量", "妈咪宝贝屋年报", (71_000, 188_000, 322_000, 478_000, 604_200)),
    ("专题调研用人单位", 92, "个", "流量", date(2024, 12, 31), _UNION, "托育需求调研报告"),
    ("特色托育模式", 5, "种", "存量", date(2024, 12, 31), _UNION, None),
    ("优秀案例", 2, "个", "流量", date(2024, 12, 31), _UNION, "全国爱心托育用人单位通报"),
    ("家庭友好型工作场所覆盖行业门类", 16, "类", "存量", PUBLISHED, _UNION, None),
    ("妈咪宝贝屋覆盖市州", 21, "个", "存量", PUBLISHED, _UNION, "妈咪宝贝屋名录"),
    ("妈咪宝贝屋所在企业", 318, "个", "存量", PUBLISHED, _UNION, "妈咪宝贝屋名录"),
]
_CONTEST = "“我学、我练、我能”"
ACTIVITIES: tuple[tuple[Cell, ...], ...] = tuple(
    (f"SCJS-{year}", f"{year}年{_CONTEST}托育职业技能比赛", _CONTEST, "技能竞赛", date(year, 10, 18),
     date(year, 10, 20), "成都市", None, people, teams, 2, 30, None)
    for year, people, teams in ((2022, 168, 42), (2023, 184, 46), (2024, 196, 49))
)  # fmt: skip
