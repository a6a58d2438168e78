"""Registers of small programmes with synthetic people: what stands in them is known to the last row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from tests.support.registers import credit_code, grid, identity, workbook

Rows = list[dict[str, Any]]

EMPLOYERS: Final = (
    ("南京安心家政服务有限公司", credit_code("91990100MA1XYWAB0")),
    ("西宁康护医院", credit_code("12990100MB2XYWAB1")),
)


@dataclass(frozen=True)
class Person:
    """Somebody who is not, and never was."""

    name: str
    id_number: str
    phone: str

    @property
    def cells(self) -> dict[str, Any]:
        return {"姓名": self.name, "身份证号": self.id_number}


def person(number: int) -> Person:
    """The same for the same number, another for another (up to 900,000)."""
    born = (date(1970, 1, 1) + timedelta(days=number // 900)).strftime("%Y%m%d")
    name = "王李张刘陈"[number % 5] + "秀建国玉桂"[number // 5 % 5] + "英华兰芳梅"[number // 25 % 5]
    return Person(name, identity(100 + number % 900, born), f"199{number:08d}")


def write(folder: Path, name: str, **sheets: Rows) -> Path:
    """A workbook `<name>.xlsx` with these sheets."""
    return workbook(folder, {sheet: grid(rows) for sheet, rows in sheets.items()}, name=f"{name}.xlsx")


def trainee(who: Person, class_no: str, **cells: Any) -> dict[str, Any]:
    """A row of 培训花名册: trained and certified, unless `cells` say otherwise."""
    return {
        **who.cells,
        "联系电话": who.phone,
        "班级编号": class_no,
        "培训工种": "医疗护理员",
        "培训机构": "大通职业培训学校",
        "开班日期": "2025-03-01",
        "结业日期": "2025-03-20",
        "学时": 120,
        "理论成绩": 86,
        "实操成绩": 91.5,
        "结业结果": "合格",
        "证书编号": f"ZS-{class_no}-{who.id_number[-5:-1]}",
        "发证日期": "2025-04-01",
    } | cells


def agreement(who: Person, number: str, **cells: Any) -> dict[str, Any]:
    """A row of 协议台账: an intent agreement, unless `cells` say otherwise."""
    name, code = EMPLOYERS[0]
    return {
        "协议编号": number,
        "协议类型": "就业意向协议",
        **who.cells,
        "用人单位": name,
        "统一社会信用代码": code,
        "岗位": "医疗护理员",
        "签订日期": "2025-03-25",
        "工作地": "320100",
        "约定月工资": 4200,
        "状态": "有效",
        "撤回日期": None,
    } | cells


def start(who: Person, **cells: Any) -> dict[str, Any]:
    """A row of 上岗台账."""
    name, code = EMPLOYERS[0]
    return {
        **who.cells,
        "用人单位": name,
        "统一社会信用代码": code,
        "岗位": "医疗护理员",
        "上岗日期": "2025-04-10",
        "工作地": "320100",
        "用工形式": "全日制",
        "体检日期": "2025-04-05",
        "离岗日期": None,
        "离岗原因": None,
    } | cells


def visit(who: Person, **cells: Any) -> dict[str, Any]:
    """A row of 回访记录: found at work, with a wage on a payslip."""
    return {
        **who.cells,
        "回访日期": "2025-05-12",
        "回访方式": "电话",
        "在岗状态": "在岗",
        "实发月工资": 4000,
        "工资月份": "2025-04",
        "工资凭证": "工资条",
        "存在问题": None,
        "处理结果": None,
        "办结日期": None,
        "回访人": "赵回访",
    } | cells


def fair(number: str, **cells: Any) -> dict[str, Any]:
    """A row of 招聘活动."""
    return {
        "活动编号": number,
        "活动名称": f"春风行动专场 {number}",
        "活动类型": "专场招聘会",
        "举办日期": "2025-02-19",
        "地点": "大通县人力资源市场",
        "参加人数": 300,
        "提供岗位数": 120,
    } | cells


@dataclass(frozen=True)
class Programme:
    """A workbook of many plain rows, and how many of each figure's members they make."""

    path: Path
    rows: int
    members: dict[str, int]
    agreements: frozenset[str]
    """The numbers of the intent agreements in it."""


def plain_programme(folder: Path, at: int, people: int) -> Programme:
    """Workbook number `at`: every person of it is trained and signs; every second one works and is visited."""
    everybody = [person(at * people + number) for number in range(people)]
    at_work = everybody[::2]
    numbers = [f"YX-{at:03d}-{number:04d}" for number in range(people)]
    path = write(
        folder,
        f"programme-{at:03d}",
        培训花名册=[trainee(who, f"KB-{at:03d}") for who in everybody],
        协议台账=[agreement(who, number) for who, number in zip(everybody, numbers, strict=True)],
        上岗台账=[start(who) for who in at_work],
        回访记录=[visit(who) for who in at_work],
        招聘活动=[fair(f"ZP-{at:03d}")],
    )
    working = len(at_work)
    return Programme(
        path,
        rows=2 * people + 2 * working + 1,
        members={
            "classes_opened": 1,
            "training_completions": people,
            "certificates_issued": people,
            "agreements_signed": people,
            "employment_starts": working,
            "visits_completed": working,
            "mean_monthly_wage": working,
            "matching_events_held": 1,
        },
        agreements=frozenset(numbers),
    )


def added(programmes: Sequence[Programme], figure: str) -> int:
    """How many members of a figure these programmes make together."""
    return sum(programme.members[figure] for programme in programmes)
