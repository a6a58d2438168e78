"""Files, sheets, header rows, and rows that are no records."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ledgerctl.registers import read
from ledgerctl.registers.archive import look_into
from ledgerctl.registers.problems import (
    SheetUnknown,
)
from tests.support.registers import Imported, facts, grid, identity, import_file, import_rows, only, row, workbook

Grid = list[list[Any]]
HEADERS: list[Any] = ["协议编号", "协议类型", "姓名", "身份证号", "用人单位", "签订日期"]
LINE: list[Any] = ["AG-1", "就业意向协议", "王小明", identity(), "安心家政有限公司", "2025-03-05"]


def edited(source: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    target = source.with_name("edited.xlsx")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return target


def counts(imported: Imported, sheet: str) -> tuple[int, ...]:
    return tuple(imported.report.counts()[sheet].values())


def whys(imported: Imported, sheet: str = "协议台账") -> list[tuple[int, str]]:
    return [(skipped.row, skipped.why) for skipped in imported.sheet(sheet).skipped]


# --- sheets and headers -------------------------------------------------------------------------


def test_the_header_row_is_the_first_that_holds_the_required_headers_under_any_title(tmp_path: Path) -> None:
    rows: Grid = [["2025年大通护工协议台账"], [], ["填报单位：大通县人社局", None, "单位：元"], HEADERS, LINE]
    assert only(import_file(workbook(tmp_path, {"协议台账": rows}))).row == 5


def test_columns_are_found_by_header_in_any_order_and_place(tmp_path: Path) -> None:
    def move(book: Workbook) -> None:
        book["协议台账"].insert_cols(1, 2)
        book["协议台账"].insert_rows(1, 3)

    rows = [list(reversed(HEADERS)), list(reversed(LINE))]
    plan = only(import_file(workbook(tmp_path, {"协议台账": rows}, touch=move)))
    assert plan.row == 5
    assert plan.person is not None
    assert plan.person.id_number == identity()


def test_headers_may_carry_blanks_breaks_units_stars_and_full_width_forms(tmp_path: Path) -> None:
    headers = ["协 议\n编号", "＊协议类型（意向/合同）", "姓  名*", "身份证号（18位）", "用人单位[全称]", "签订日期："]
    rows = [[*headers, "约定月工资（元）"], [*LINE, 4200]]
    plan = only(import_file(workbook(tmp_path, {"协议台账": rows})))
    assert facts(plan)["RecordIntentAgreement"]["signed"].expected_wage_fen == 420_000


def test_a_header_in_ten_thousand_yuan_is_heeded(tmp_path: Path) -> None:
    plan = only(import_file(workbook(tmp_path, {"协议台账": [[*HEADERS, "约定月工资（万元）"], [*LINE, 0.42]]})))
    assert facts(plan)["RecordIntentAgreement"]["signed"].expected_wage_fen == 420_000


def test_unknown_columns_are_listed_and_ignored(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, "协议台账", row("协议台账", 备注="一切顺利", 民族="土族"))
    assert imported.cautions == ["未识别的列「备注」，已忽略", "未识别的列「民族」，已忽略"]
    assert "一切顺利" not in repr(only(imported).facts("pr_1"))


def test_a_column_twice_is_read_once_and_a_column_without_header_is_reported(tmp_path: Path) -> None:
    imported = import_file(workbook(tmp_path, {"协议台账": [[*HEADERS, "协议编号", None], [*LINE, "AG-9", "悄悄话"]]}))
    assert only(imported).key[-1] == "AG-1"
    assert imported.cautions == ["列「协议编号」重复，只读取第一个", "第 8 列没有表头，内容已忽略"]


def test_a_missing_required_header_is_named_and_the_other_sheets_are_read(tmp_path: Path) -> None:
    sheets = {"协议台账": [HEADERS[:3], LINE[:3]], "招聘活动": grid([row("招聘活动")])}
    imported = import_file(workbook(tmp_path, sheets))
    (unread,) = imported.report.unread
    assert (unread.sheet, unread.rule, unread.fault) == ("协议台账", "missing_headers", True)
    assert "身份证号、用人单位、签订日期" in unread.zh
    assert imported.report.counts()["招聘活动"]["recorded"] == 1
    assert imported.report.any_read
    assert not imported.report.clean


def test_unknown_sheets_are_reported_and_passed_over(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {"通讯录": [["姓名"]], "Sheet3": []}
    sheets["招聘活动"] = grid([row("招聘活动")])
    imported = import_file(workbook(tmp_path, sheets))
    assert [(unread.sheet, unread.rule, unread.fault) for unread in imported.report.unread] == [
        ("通讯录", "unknown_sheet", False),
    ]
    assert counts(imported, "通讯录") == (0, 0, 0, 0, 0, 1)
    assert "Sheet3" not in imported.report.counts()  # holds nothing, bears no register's name
    assert imported.report.clean


def test_a_sheet_is_found_by_name_despite_blanks_and_one_name_twice_is_read_once(tmp_path: Path) -> None:
    sheets = {" 招聘活动": grid([row("招聘活动")]), "招聘 活动": grid([row("招聘活动", 活动编号="ZP-2")])}
    imported = import_file(workbook(tmp_path, sheets))
    assert only(imported).sheet == "招聘活动"
    assert [unread.rule for unread in imported.report.unread] == ["repeated_sheet"]


def test_a_register_that_holds_nothing_is_said_to_be_empty(tmp_path: Path) -> None:
    imported = import_file(workbook(tmp_path, {"协议台账": []}))
    assert [(unread.rule, unread.fault) for unread in imported.report.unread] == [("empty_sheet", False)]
    assert not imported.report.any_read


def test_one_sheet_of_a_workbook_can_be_picked(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"招聘活动": grid([row("招聘活动")]), "活动台账": grid([row("活动台账")])})
    assert list(import_file(path, "活动台账").report.sheets) == ["活动台账"]
    with pytest.raises(SheetUnknown):
        read(path, "协议台账")
    with pytest.raises(SheetUnknown):
        read(path, "通讯录")
    lone = workbook(tmp_path, {"Sheet1": grid([row("招聘活动")])}, name="lone.xlsx")
    assert only(import_file(lone, "招聘活动")).sheet == "招聘活动"


# --- rows that are no records -------------------------------------------------------------------


def test_blank_rows_totals_and_notes_are_skipped_and_reported(tmp_path: Path) -> None:
    rows = [
        HEADERS,
        LINE,
        [],
        ["  ", None, "\n"],
        ["合计", None, "1人", None, None, None],
        ["总计：", "1份"],
        ["小 计", None, None, None, None, "1"],
        ["备注：以上数据截至2025年6月"],
        ["填表人：李某", None, "审核人：张某", None, "日期：2025-06-30"],
        ["说明"],
        ["本表一式两份", "由县人社局存档"],
    ]
    imported = import_file(workbook(tmp_path, {"协议台账": rows}))
    assert only(imported).row == 2
    assert [why for _, why in whys(imported)] == ["blank"] * 2 + ["totals"] * 3 + ["note"] * 4
    assert counts(imported, "协议台账") == (1, 1, 0, 0, 9, 0)


def test_a_totals_row_is_found_in_any_column(tmp_path: Path) -> None:
    rows = [["序号", *HEADERS], [1, *LINE], ["合计", None, None, "1", None, None, None], [None, None, None, "合 计"]]
    assert whys(import_file(workbook(tmp_path, {"协议台账": rows}))) == [(3, "totals"), (4, "totals")]


def test_numbered_but_otherwise_empty_rows_are_blank(tmp_path: Path) -> None:
    rows = [["序号", *HEADERS], [1, *LINE], [2], [3]]
    assert whys(import_file(workbook(tmp_path, {"协议台账": rows}))) == [(3, "blank"), (4, "blank")]


def test_a_header_row_repeated_on_the_next_printed_page_is_skipped(tmp_path: Path) -> None:
    rows = [HEADERS, LINE, HEADERS, ["AG-2", *LINE[1:]]]
    imported = import_file(workbook(tmp_path, {"协议台账": rows}))
    assert whys(imported) == [(3, "header_again")]
    assert len(imported.plans) == 2


def test_a_section_line_merged_across_the_table_is_skipped(tmp_path: Path) -> None:
    rows = [HEADERS, ["第一批"], LINE, ["合计 1 份"]]

    def merge(book: Workbook) -> None:
        book["协议台账"].merge_cells("A2:F2")
        book["协议台账"].merge_cells("A4:F4")

    imported = import_file(workbook(tmp_path, {"协议台账": rows}, touch=merge))
    assert only(imported).row == 3
    assert [row for row, _ in whys(imported)] == [2, 4]


def test_rows_whose_value_hides_under_a_merged_cell_are_skipped_and_never_guessed(tmp_path: Path) -> None:
    rows: Grid = [["序号", *HEADERS], *([at, f"AG-{at}", *LINE[1:]] for at in range(1, 5))]

    def merge(book: Workbook) -> None:
        book["协议台账"].merge_cells("F3:F4")  # 用人单位 of rows 3 and 4
        book["协议台账"].merge_cells("A2:A5")  # 序号: not one of ours

    imported = import_file(workbook(tmp_path, {"协议台账": rows}, touch=merge))
    assert whys(imported) == [(4, "merged")]
    assert [plan.row for plan in imported.plans] == [2, 3, 5]
    (caution,) = (one for one in imported.sheet("协议台账").warnings if one.row > 1)
    assert (caution.row, "用人单位" in caution.zh) == (4, True)


def test_a_data_row_with_a_missing_required_cell_is_refused_and_not_skipped(tmp_path: Path) -> None:
    rows = [HEADERS, [*LINE[:4], "无", LINE[5]], [None, *LINE[1:]], ["AG-3", None, "王小明"]]
    imported = import_file(workbook(tmp_path, {"协议台账": rows}))
    assert [(one.row, one.rule, one.column) for one in imported.refused] == [
        (2, "missing_value", "用人单位"),
        (3, "missing_value", "协议编号"),
        (4, "missing_value", "协议类型"),
    ]
    assert "「身份证号」必填" in imported.refused[2].zh
    assert whys(imported) == []


def test_a_person_named_like_a_totals_row_is_still_a_person(tmp_path: Path) -> None:
    assert only(import_rows(tmp_path, "协议台账", row("协议台账", 姓名="小计"))).row == 2


# --- cells that only a workbook has -------------------------------------------------------------


def test_typed_cells_keep_their_types(tmp_path: Path) -> None:
    cells = row("协议台账", 协议编号=1001, 签订日期=dt.date(2025, 3, 5), 约定月工资=4200.5, 工作地=630121)
    signed = facts(only(import_rows(tmp_path, "协议台账", cells)))["RecordIntentAgreement"]["signed"]
    assert (signed.agreement, signed.signed_on) == ("1001", "2025-03-05")
    assert (signed.expected_wage_fen, signed.work_region) == (420_050, "630121")


def test_a_date_in_any_date_format_or_none_is_the_same_date(tmp_path: Path) -> None:
    def style(book: Workbook) -> None:
        forms = ('yyyy"年"m"月"d"日"', "m/d/yyyy;@", "[$-804]aaaa", "0.00", "General", "yyyy-mm-dd hh:mm")
        for at, form in enumerate(forms, 2):
            book["招聘活动"].cell(row=at, column=4).number_format = form

    rows = [row("招聘活动", 活动编号=f"ZP-{at}", 举办日期=45787) for at in range(6)]
    imported = import_file(workbook(tmp_path, {"招聘活动": grid(rows)}, touch=style))
    assert {facts(plan)["HoldMatchingEvent"]["held"].held_on for plan in imported.plans} == {"2025-05-10"}


def test_a_workbook_that_counts_from_1904_is_read_as_it_counts(tmp_path: Path) -> None:
    def old_mac(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        book["招聘活动"]["D2"].value = dt.date(2025, 5, 10)

    rows = [row("招聘活动"), row("招聘活动", 活动编号="ZP-2", 举办日期=44325)]
    imported = import_file(workbook(tmp_path, {"招聘活动": grid(rows)}, touch=old_mac))
    assert [facts(plan)["HoldMatchingEvent"]["held"].held_on for plan in imported.plans] == ["2025-05-10"] * 2


def test_an_error_cell_or_a_formula_never_calculated_is_refused_and_not_taken_for_empty(tmp_path: Path) -> None:
    rows = [
        row("招聘活动", 参加人数="#N/A"),
        row("招聘活动", 活动编号="ZP-2", 参加人数="=1+1"),
        row("招聘活动", 活动编号="ZP-3", 参加人数=3, 备注="#REF!"),
    ]
    imported = import_rows(tmp_path, "招聘活动", *rows)
    assert [(one.row, one.rule, one.column) for one in imported.refused] == [
        (2, "error_cell", "参加人数"),
        (3, "formula_without_result", "参加人数"),
    ]
    assert [plan.row for plan in imported.plans] == [4]


def test_rows_of_uncalculated_formulas_alone_do_not_vanish(tmp_path: Path) -> None:
    rows = [list(row("招聘活动")), ["=A1", "=B1", "=C1", "=D1"]]
    assert import_file(workbook(tmp_path, {"招聘活动": rows})).rules == ["formula_without_result"]


def test_a_calculated_formula_is_its_result(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"招聘活动": grid([row("招聘活动", 参加人数="=40+5")])})
    path = edited(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</f><v />", b"</f><v>45</v>"))
    assert facts(only(import_file(path)))["HoldMatchingEvent"]["held"].attendees == 45


def test_a_stray_cell_at_the_end_of_the_sheet_is_reported_instead_of_filling_memory(tmp_path: Path) -> None:
    def stray(book: Workbook) -> None:
        book["协议台账"]["XFD1048576"] = "x"

    path = workbook(tmp_path, {"协议台账": [HEADERS, LINE], "招聘活动": grid([row("招聘活动")])}, touch=stray)
    imported = import_file(path)
    assert [(unread.rule, unread.fault) for unread in imported.report.unread] == [("oversized_sheet", True)]
    assert imported.report.counts()["招聘活动"]["recorded"] == 1


def test_the_look_into_an_archive_counts_columns_and_rows(tmp_path: Path) -> None:
    def stray(book: Workbook) -> None:
        book["A"]["AB7"] = "=1"

    look = look_into(workbook(tmp_path, {"A": [["x"]]}, touch=stray)).sheets["A"]
    assert (look.rows, look.columns, look.faults) == (7, 28, {7: {28: "formula"}})
