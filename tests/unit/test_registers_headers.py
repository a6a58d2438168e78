"""Columns under other names, and values that a clerk should look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledgerctl.registers.headers import ALIASES
from ledgerctl.registers.layout import SHEETS
from tests.support.registers import grid, identity, import_file, import_rows, row, workbook


def renamed(tmp_path: Path, sheet: str, names: dict[str, str], **cells: object) -> Path:
    one = {names.get(header, header): value for header, value in row(sheet, **cells).items()}
    return workbook(tmp_path, {sheet: grid([one])})


def test_columns_are_known_under_their_usual_other_names(tmp_path: Path) -> None:
    names = {"身份证号": "身份证号码", "联系电话": "联系方式", "班级编号": "班级号", "培训工种": "工种（职业）"}
    imported = import_file(renamed(tmp_path, "培训花名册", names, 联系电话="13800000000"))
    assert imported.cautions == []
    [plan] = imported.plans
    assert plan.person is not None
    assert (plan.person.id_number, plan.person.phone) == (identity(), "13800000000")
    assert plan.key == ("培训花名册", "DT-01", identity())


def test_a_columns_own_name_wins_and_the_other_is_told_as_unknown(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"上岗台账": grid([row("上岗台账", 身份证号码="not a number")])})
    imported = import_file(path)
    assert imported.cautions == ["未识别的列「身份证号码」，已忽略"]
    assert len(imported.plans) == 1


def test_a_csv_is_recognised_by_other_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"姓名,身份证号码,就业单位,入职日期\n王小明,{identity()},南京安心家政服务有限公司,2025-04-01\n")
    assert [plan.sheet for plan in import_file(path).plans] == ["上岗台账"]


def test_the_header_row_repeated_under_other_names_is_no_record(tmp_path: Path) -> None:
    one = row("上岗台账")
    header = ["身份证号码" if name == "身份证号" else name for name in one]
    path = workbook(tmp_path, {"上岗台账": [header, list(one.values()), header]})
    assert [skipped.why for skipped in import_file(path).sheet("上岗台账").skipped] == ["header_again"]


def test_every_other_name_stands_for_a_column_and_is_none_itself() -> None:
    columns = {column.header for sheet in SHEETS.values() for column in sheet.columns}
    assert set(ALIASES.values()) <= columns
    for sheet in SHEETS.values():
        own = {column.header for column in sheet.columns}
        assert not {alias for alias, meant in ALIASES.items() if alias in own and meant in own}


@pytest.mark.parametrize(
    ("sheet", "cells", "said"),
    [
        ("上岗台账", {"上岗日期": "2052-04-01"}, "在今天之后"),
        ("上岗台账", {"上岗日期": "1998-04-01"}, "早于 2000 年"),
        ("协议台账", {"约定月工资": 4.2}, "低于 300 元"),
        ("回访记录", {"实发月工资": 420_000}, "高于 50,000 元"),
    ],
)
def test_values_that_hardly_can_be_are_recorded_with_a_word(
    tmp_path: Path, sheet: str, cells: dict[str, object], said: str
) -> None:
    imported = import_rows(tmp_path, sheet, row(sheet, **cells))
    assert len(imported.plans) == 1
    assert any(said in caution for caution in imported.cautions)
    assert (
        import_rows(tmp_path, sheet, row(sheet, 实发月工资=4200) if sheet == "回访记录" else row(sheet)).cautions == []
    )
