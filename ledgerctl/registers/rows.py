"""From a row to its plan: the rules of each sheet."""

from __future__ import annotations

from collections.abc import Callable

from ledgerctl.registers import (
    rows_employers,
    rows_facilities,
    rows_followup,
    rows_placement,
    rows_referrals,
    rows_training,
)
from ledgerctl.registers.plan import Refused, RowPlan, Setup
from ledgerctl.registers.row import Row
from ledgerctl.registers.table import Cells, Table

_RULES: dict[str, Callable[[Row], RowPlan]] = {
    "培训花名册": rows_training.enrolment,
    "协议台账": rows_placement.agreement,
    "上岗台账": rows_placement.employment,
    "回访记录": rows_followup.visit,
    "招聘活动": rows_placement.matching_event,
    "推荐台账": rows_referrals.referral,
    "单位台账": rows_employers.employer,
    "补贴台账": rows_referrals.subsidy,
    "活动台账": rows_training.activity,
    "机构场所": rows_facilities.facility,
    "统计上报": rows_training.statistic,
}


def plan_row(table: Table, setup: Setup, number: int, cells: Cells) -> RowPlan | Refused:
    """Check one row by itself. `cells` is as long as the header at least; nothing is resolved here."""
    row = Row.read(table, setup, number, cells)
    if row.problems:
        return row.refused
    plan = _RULES[table.sheet.name](row)
    return row.refused if row.problems else plan
