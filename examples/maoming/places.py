"""The programme's public facts: employers, sites, statements. All invented, except the numbers of the report."""

from __future__ import annotations

from datetime import date, timedelta

from examples.common.typing_habits import Cell

PROGRAMME = "maoming-haoxin"
FIRST_DAY = date(2013, 3, 4)
PUBLISHED = date(2022, 12, 16)
OCCUPATIONS = ("好心月嫂", "好心保姆", "好心陪护", "好心护理")
PROVIDERS = ("茂名好心职业技能培训学校", "电白冼太家政培训中心", "高州荔乡职业培训学校", "化州橘州康养培训学校")

_TOWNS = ("茂南", "电白", "高州", "化州", "信宜", "滨海新区", "高新区")
_NAMES = ("好心", "冼太", "荔枝湾", "放鸡岛", "玉湖", "鉴江", "潘茂", "好邻", "安心", "暖家", "和顺", "悦家")
_TRADES = ("家政服务有限公司", "家庭服务有限公司", "月子护理有限公司", "养老服务有限公司")
#: the city's family-service companies, of which the first are of the employee system
COUNT, EMPLOYEE_SYSTEM = 156, 14
COMPANIES = tuple(
    f"{_TOWNS[at % len(_TOWNS)]}{_NAMES[(at // len(_TOWNS)) % len(_NAMES)]}{_TRADES[at // 84 + at % 2]}"
    for at in range(COUNT)
)
#: city of the Bay Area as clerks write it, how many of those sent go there
BAY_AREA = {
    "广州市": 30, "深圳市": 26, "广东省佛山市": 12, "东莞市": 12, "440400": 6, "中山市": 5, "江门市": 5, "惠州市": 2,
    "肇庆市": 2,
}  # fmt: skip
ELSEWHERE = {"湛江市": 40, "阳江市": 30, "南宁市": 20, "海口市": 10}


def employer_rows(companies: list[tuple[str, str | None]]) -> list[tuple[Cell, ...]]:
    """单位台账: (name, credit code) of the city's companies, and three that closed."""
    rows: list[tuple[Cell, ...]] = []
    for at, (name, code) in enumerate(companies):
        mode = "员工制" if at < EMPLOYEE_SYSTEM else "中介制"
        met = date(2012, 5, 7) + timedelta(days=23 * at)
        rows.append((name, code, mode, met, None, None, None, None))
    for at, name in enumerate(("茂南旧城家政服务部", "电白水东家政服务部", "高州潘州家政服务部")):
        closed = date(2020, 3, 31) + timedelta(days=90 * at)
        rows.append((name, None, "中介制", date(2014, 6, 3), closed, None, None, None))
    return rows


def _sites() -> list[tuple[Cell, ...]]:
    """机构场所: bases and schools, each with its title; the places (工位) come to 2,000."""
    rows: list[tuple[Cell, ...]] = []

    def add(title: str, level: str, kind: str, count: int, opened: date, places: int | None, area: int | None) -> None:
        for at in range(count):
            number = f"MM-{len(rows) + 1:03d}"
            name = f"{_TOWNS[at % len(_TOWNS)]}{_NAMES[len(rows) % len(_NAMES)]}{kind}"
            rows.append((number, name, kind, "家政服务", None, title, level, opened, None, "茂名市", places, area))

    add("茂名市家政培训示范基地", "市级", "培训基地", 6, date(2020, 9, 1), 150, 900)
    add("“南粤家政”培训示范基地", "省级", "培训基地", 6, date(2021, 6, 1), 120, 500)
    add("“南粤家政”综合培训就业示范基地", "省级", "培训基地", 3, date(2021, 6, 1), 126, 480)
    add("茂名市级家政实训室", "市级", "培训基地", 1, date(2019, 4, 1), 2, 60)
    add("省级龙头企业", "省级", "用人单位", 2, date(2021, 3, 1), None, None)
    add("省级诚信示范企业", "省级", "用人单位", 2, date(2021, 11, 1), None, None)
    add("1+X证书试点中职学校", "国家级", "学校", 5, date(2020, 9, 1), None, None)
    add("开设家政类专业学校", "市级", "学校", 8, date(2018, 9, 1), None, None)
    return rows


FACILITIES = _sites()
_REFORM = "茂名市发展和改革局"
_SCHOOLS = "茂名市教育局"
STATISTICS: tuple[tuple[Cell, ...], ...] = (
    ("员工制家政企业产值", 8_350_000, "元", "流量", date(2021, 12, 31), _REFORM, "家政服务业统计简表"),
    ("实训基地面积", 9800, "平方米", "存量", date(2022, 12, 16), "茂名市人力资源和社会保障局", None),
    ("家政类专业在校生", 28_700, "人", "存量", date(2021, 12, 31), _SCHOOLS, "2021年教育事业统计"),
    ("职业研发项目", 2, "个", "流量", date(2022, 6, 30), _SCHOOLS, "中标通知书"),
    ("教学资源库参建家政企业", 12, "家", "存量", date(2022, 6, 30), _SCHOOLS, "资源库建设方案"),
    ("国家级家政专业教学资源库", 1, "个", "存量", date(2022, 6, 30), _SCHOOLS, "资源库立项名单"),
    ("国家实用新型专利", 1, "项", "存量", date(2022, 6, 30), _SCHOOLS, None),
    ("年培训能力", 6000, "人", "能力", date(2022, 12, 16), "茂名市人力资源和社会保障局", "基地能力备案表"),
)
