"""Registers (台账): reading the workbooks that agencies already keep. Local: nothing is resolved or sent here.

    report = Report(path)
    for plan in plans(read(path, sheet), setup, report):
        ...resolve plan.person, plan.staff, plan.household; send plan.facts(person, staff, household)...
        report.recorded(plan)  # or report.already(plan), or report.refuse(plan, rule, zh, en)
    write_rejected(report)

`read` raises a `RegisterError` where a file cannot be read at all.
"""

from __future__ import annotations

from ledgerctl.registers.importing import plans
from ledgerctl.registers.plan import Command, Note, PersonInput, Refused, RowPlan, Setup
from ledgerctl.registers.problems import Caution, RegisterError, Skipped, Unread
from ledgerctl.registers.rejected import rejected_path, write_rejected
from ledgerctl.registers.report import Report, SheetReport, corrections, total
from ledgerctl.registers.table import Table
from ledgerctl.registers.workbook import read

__all__ = [
    "Caution",
    "Command",
    "Note",
    "PersonInput",
    "Refused",
    "RegisterError",
    "Report",
    "RowPlan",
    "Setup",
    "SheetReport",
    "Skipped",
    "Table",
    "Unread",
    "corrections",
    "plans",
    "read",
    "rejected_path",
    "total",
    "write_rejected",
]
