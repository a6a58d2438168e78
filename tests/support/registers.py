"""Real workbooks for the register reader, with synthetic people (prefix 99)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ledgerctl.registers import Refused, Report, RowPlan, Setup, SheetReport, plans, read
from ledgerctl.registers.identity import check_character

SETUP = Setup(programme="datong-hugong", region="630121", agency="datong-hrss", today="2025-12-01")
PERSON_REF, STAFF_REF, HOUSEHOLD_REF = "pr_" + "a" * 32, "st_" + "b" * 32, "hh_" + "c" * 32

REQUIRED: dict[str, dict[str, Any]] = {
    "培训花名册": {
        "姓名": "王小明",
        "身份证号": "",
        "班级编号": "DT-01",
        "培训工种": "护工",
        "培训机构": "大通职业培训学校",
        "开班日期": "2025-03-01",
    },
    "协议台账": {
        "协议编号": "AG-2025-0001",
        "协议类型": "就业意向协议",
        "姓名": "王小明",
        "身份证号": "",
        "用人单位": "南京安心家政服务有限公司",
        "签订日期": "2025-03-05",
    },
    "上岗台账": {"姓名": "王小明", "身份证号": "", "用人单位": "南京安心家政服务有限公司", "上岗日期": "2025-04-01"},
    "回访记录": {"姓名": "王小明", "身份证号": "", "回访日期": "2025-05-01", "在岗状态": "在岗"},
    "招聘活动": {"活动编号": "ZP-1", "活动名称": "春风行动", "活动类型": "专场招聘会", "举办日期": "2025-02-19"},
    "推荐台账": {"姓名": "王小明", "身份证号": "", "推荐日期": "2025-03-20"},
    "单位台账": {"单位名称": "南京安心家政服务有限公司", "登记日期": "2025-01-15"},
    "补贴台账": {
        "补贴编号": "BT-1",
        "姓名": "王小明",
        "身份证号": "",
        "补贴类型": "培训补贴",
        "金额": 1200,
        "发放日期": "2025-04-10",
    },
    "机构场所": {"编号": "CS-1", "名称": "大通护工实训基地", "类型": "培训基地", "认定日期": "2025-02-01"},
    "活动台账": {"活动编号": "HD-1", "活动名称": "技能大赛", "活动类型": "技能竞赛", "开始日期": "2025-06-18"},
    "统计上报": {
        "指标": "从业人员",
        "数值": 8130,
        "单位": "人",
        "口径": "存量",
        "截至日期": "2025-05-31",
        "来源": "大通县人社局",
    },
}


def identity(at: int = 1, born: str = "19850615", region: str = "990121") -> str:
    """The `at`th synthetic identity number of a day of birth."""
    seventeen = f"{region}{born}{at:03d}"
    return seventeen + check_character(seventeen)


def credit_code(body: str = "91990100MA1XYWAB0") -> str:
    """A valid unified social credit code around these 17 characters."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + alphabet[-total % 31]


def row(sheet: str, **cells: Any) -> dict[str, Any]:
    """A row of a sheet: its required cells, changed and completed by `cells`."""
    base = dict(REQUIRED[sheet])
    if "身份证号" in base:
        base["身份证号"] = identity()
    return base | cells


def grid(rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Header row and rows below it."""
    headers = list(dict.fromkeys(header for one in rows for header in one))
    return [headers, *([one.get(header) for header in headers] for one in rows)]


def workbook(
    folder: Path,
    sheets: dict[str, list[list[Any]]],
    *,
    name: str = "register.xlsx",
    touch: Callable[[Workbook], None] | None = None,
) -> Path:
    """Write a workbook with typed cells; `touch` may change it before it is saved."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        worksheet: Worksheet = book.create_sheet(title)
        for cells in rows:
            worksheet.append(cells)
    if touch is not None:
        touch(book)
    path = folder / name
    book.save(path)
    return path


@dataclass(slots=True)
class Imported:
    """What came out of a file when every plan was recorded."""

    plans: list[RowPlan]
    report: Report

    def sheet(self, name: str) -> SheetReport:
        return self.report.sheets[name]

    @property
    def refused(self) -> list[Refused]:
        return [refused for sheet in self.report.sheets.values() for refused in sheet.refused]

    @property
    def rules(self) -> list[str]:
        return [refused.rule for refused in self.refused]

    @property
    def cautions(self) -> list[str]:
        return [caution.zh for sheet in self.report.sheets.values() for caution in sheet.warnings]


def import_file(path: Path, sheet: str | None = None) -> Imported:
    """Read a file to its end; every plan counts as recorded."""
    report = Report(path)
    taken = []
    for plan in plans(read(path, sheet), SETUP, report):
        report.recorded(plan)
        taken.append(plan)
    return Imported(taken, report)


def import_rows(folder: Path, sheet: str, *rows: dict[str, Any]) -> Imported:
    """Write rows to a workbook and read it."""
    return import_file(workbook(folder, {sheet: grid(rows)}))


def facts(plan: RowPlan) -> dict[str, dict[str, Any]]:
    """The facts of a plan by command, with references in place."""
    return {name: dict(slots) for name, slots in plan.facts(PERSON_REF, STAFF_REF, HOUSEHOLD_REF)}


def only(imported: Imported) -> RowPlan:
    """The one plan that came out, nothing refused."""
    assert imported.rules == []
    (plan,) = imported.plans
    return plan
