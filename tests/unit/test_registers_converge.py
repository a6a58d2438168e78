"""Rows of the newer sheets against the deciders: once, corrected, and back again, whatever was handed in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.decider import Command
from services.placement import commands as placement
from services.training import commands as training
from tests.support.given import Ledger, recorded
from tests.support.registers import HOUSEHOLD_REF, PERSON_REF, credit_code, import_file, import_rows, only, row

COMMANDS: dict[str, Any] = {"placement": placement, "training": training}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("推荐台账", {"岗位": "护工", "结果": "待录用"}, {"岗位": "护工", "结果": "已录用"}),
    (
        "单位台账",
        {"经营模式": "员工制", "合作签约日期": "2025-02-01", "岗位数": 30},
        {"经营模式": "员工制", "停业日期": "2025-06-01", "调研日期": "2025-02-02", "岗位数": 20},
    ),
    ("单位台账", {"统一社会信用代码": credit_code(), "岗位数": 1}, {"统一社会信用代码": credit_code(), "岗位数": 2}),
    ("补贴台账", {"金额": 1200}, {"金额": 1300, "追回日期": "2025-06-01"}),
    ("机构场所", {"工位数": 200, "称号": "示范基地"}, {"工位数": 100, "称号": "示范基地", "关闭日期": "2025-10-01"}),
]


def commands(folder: Path, sheet: str, **cells: Any) -> tuple[str, list[Command]]:
    """The service and the commands of one row."""
    plan = only(import_rows(folder, sheet, row(sheet, **cells)))
    asked = plan.facts(PERSON_REF, household_ref=HOUSEHOLD_REF)
    return plan.service, [getattr(COMMANDS[plan.service], name)(**facts) for name, facts in asked]


@pytest.mark.parametrize(("sheet", "a", "b"), CASES, ids=lambda one: one if isinstance(one, str) else "")
def test_a_then_b_then_a_again_ends_at_a(tmp_path: Path, sheet: str, a: dict[str, Any], b: dict[str, Any]) -> None:
    service, [first] = commands(tmp_path, sheet, **a)
    _, [other] = commands(tmp_path, sheet, **b)
    ledger = Ledger(service)
    [receipt] = ledger.given(first)
    assert recorded(ledger.when(first)).duplicate
    assert recorded(ledger.when(other)).subject == receipt.subject
    assert set(ledger.live(receipt.subject).values()) == set(other.facts())
    ledger.given(first)
    assert set(ledger.live(receipt.subject).values()) == set(first.facts())


def test_an_employer_of_a_private_household_is_recorded_by_reference(tmp_path: Path) -> None:
    service, [command] = commands(tmp_path, "单位台账", 单位名称="李晓红家")
    ledger = Ledger(service)
    [receipt] = ledger.given(command)
    assert receipt.subject == f"employer/datong-hrss/datong-hugong/{HOUSEHOLD_REF}"


@pytest.mark.parametrize("sheet", ["推荐台账", "单位台账", "补贴台账", "机构场所"])
def test_a_csv_is_known_by_its_headers(tmp_path: Path, sheet: str) -> None:
    cells = row(sheet)
    path = tmp_path / "一份.csv"
    path.write_text("\n".join(",".join(map(str, line)) for line in (cells.keys(), cells.values())), "utf-8")
    assert only(import_file(path)).sheet == sheet
