"""The programme's public facts: schools, employers, events. All invented."""

from __future__ import annotations

from datetime import date

from examples.common.model import MatchingEvent
from examples.common.typing_habits import Cell

PROGRAMME = "zhenfeng-jiazheng"
FIRST_CLASS = date(2023, 3, 6)
PUBLISHED = date(2026, 3, 1)
OCCUPATIONS = ("母婴护理", "养老照护", "家庭保洁", "营养餐制作")
PROVIDERS = ("贞丰三岔河职业技能培训学校", "贞丰珉谷家政培训中心", "黔西南双乳峰康养职业培训学校")

_CARE = ("母婴护理", "养老照护")
_HOME = ("家庭保洁", "营养餐制作")
_ALL = OCCUPATIONS

#: name, kind of credit code, work place as clerks write it, positions, how many of the people it employs
EMPLOYERS: tuple[tuple[str, str | None, str, tuple[str, ...], int], ...] = (
    ("贞丰珉谷安心家政服务有限公司", "91", "贞丰县", _ALL, 90),
    ("贞丰永丰颐养服务中心", "52", "522325", ("养老照护",), 42),
    ("贞丰者相月子护理服务部", None, "贞丰县", ("母婴护理",), 18),
    ("贞丰北盘江餐饮服务有限公司", "91", "贞丰县", ("营养餐制作",), 44),
    ("贞丰双峰保洁服务有限公司", "91", "贞丰县", ("家庭保洁",), 48),
    ("兴义万峰林家政服务有限公司", "91", "兴义市", _ALL, 46),
    ("兴义桔山护理院", "52", "贵州省兴义市", _CARE, 24),
    ("贵阳南明好帮手家政有限公司", "91", "贵阳市", _ALL, 38),
    ("贵阳花溪颐康养老服务有限公司", "91", "520100", ("养老照护",), 20),
    ("宁波甬江暖家家政服务有限公司", "91", "浙江省宁波市", _ALL, 40),
    ("宁波东钱湖康养中心", "52", "宁波市", _CARE, 22),
    ("广州珠江月子会所管理有限公司", "91", "广州市", ("母婴护理",), 20),
    ("深圳鹏城家政服务有限公司", "91", "深圳市", _HOME, 24),
    ("昆明滇池家庭服务有限公司", "91", "昆明市", _HOME, 12),
)
HOME = ("贞丰", "5223")
AWAY = ("宁波", "广州", "深圳", "昆明")

_FAIRS = ("专场招聘会", "专场招聘会", "网络招聘", "专场招聘会")
EVENTS = tuple(
    MatchingEvent(f"ZFZP-{day.year}-{at:02d}", title, kind, day, place, people, posts)
    for at, (title, kind, day, place, people, posts) in enumerate(
        (
            (f"{year}年{month}月家政服务{kind}", kind, date(year, month, 12 + number), place, 90 + 17 * number, posts)
            for number, (year, month, kind, place, posts) in enumerate(
                (year, month, _FAIRS[(month // 3) % 4], "贞丰县文化广场" if month % 2 else "线上", 60 + 9 * month)
                for year in (2023, 2024, 2025)
                for month in (4, 6, 9, 11)
            )
        ),
        start=1,
    )
)

CATEGORIES: dict[str | None, int] = {
    "4050人员": 26, "脱贫家庭劳动力": 30, "零就业家庭": 4, "残疾人": 3, "登记失业人员": 9, "其他": 6, None: 22,
}  # fmt: skip
SOURCES = {
    "4050人员": "贞丰县就业局",
    "脱贫家庭劳动力": "贞丰县农业农村局",
    "零就业家庭": "贞丰县就业局",
    "残疾人": "贞丰县残疾人联合会",
    "登记失业人员": "贞丰县就业局",
}
#: categories whose holders are paid the training subsidy
SUBSIDISED = ("4050人员", "脱贫家庭劳动力", "零就业家庭", "残疾人")
VISITORS = ("罗艳", "韦小明", "王仕琴", "岑美")
TROUBLES = (
    ("工资晚发半个月", "工资", "联系单位当周补发"),
    ("没有签合同", "合同", "督促单位补签"),
    ("没有轮休", "权益", "与单位约定每周一休"),
    ("灶台没有防滑垫", "安全", "单位添置"),
    ("想学小儿推拿", "技能", "列入提升班"),
    ("膝盖疼", "健康", "调到保洁复查岗"),
    ("老人没人照看", "家庭", "联系日间照料"),
    ("宿舍漏水", "住房", "单位换房"),
)
STATISTICS: tuple[tuple[Cell, ...], ...] = (
    ("家政服务从业人员", 2380, "人", "存量", date(2025, 12, 31), "贞丰县就业局", "2025年劳务就业统计表"),
)
