"""Repeats within a file, counts, and the rejected workbook."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ledgerctl.registers import Report, plans, read, rejected_path, total, write_rejected
from ledgerctl.registers.layout import ADDED_HEADERS
from tests.support.registers import SETUP, Imported, grid, identity, import_file, import_rows, row, workbook

SHEET = "协议台账"


def test_the_same_row_again_is_already_there_and_other_content_conflicts(tmp_path: Path) -> None:
    rows = [
        row(SHEET),
        row(SHEET, 签订日期=dt.date(2025, 3, 5)),
        row(SHEET, 岗位="护工"),
        row(SHEET, 身份证号=identity(2)),
    ]
    imported = import_rows(tmp_path, SHEET, *rows)
    assert imported.report.counts()[SHEET] == {
        "read": 4,
        "recorded": 1,
        "already": 1,
        "refused": 2,
        "skipped": 0,
        "warnings": 0,
    }
    assert [(one.row, one.rule) for one in imported.refused] == [(4, "conflicting_row"), (5, "conflicting_row")]
    assert "第 2 行" in imported.refused[0].zh


def test_the_number_typed_otherwise_is_the_same_key(tmp_path: Path) -> None:
    rows = [row(SHEET, 协议编号="AG-1"), row(SHEET, 协议编号="ＡＧ－１", 身份证号=f" {identity()} ")]
    assert import_rows(tmp_path, SHEET, *rows).report.counts()[SHEET]["already"] == 1


def test_the_same_number_of_another_type_is_another_agreement(tmp_path: Path) -> None:
    assert len(import_rows(tmp_path, SHEET, row(SHEET), row(SHEET, 协议类型="劳动合同")).plans) == 2


@pytest.mark.parametrize(
    ("sheet", "other"),
    [
        ("招聘活动", {"参加人数": 5}), ("活动台账", {"参加人数": 5}), ("统计上报", {"数值": 5}),
        ("上岗台账", {"岗位": "护工"}), ("推荐台账", {"岗位": "护工"}), ("单位台账", {"岗位数": 5}),
        ("补贴台账", {"金额": 5}), ("机构场所", {"工位数": 5}),
        ("回访记录", {"存在问题": "拖欠工资"}), ("培训花名册", {"人员类别": "残疾人"}),
    ],
)  # fmt: skip
def test_every_sheet_has_its_key(tmp_path: Path, sheet: str, other: dict[str, Any]) -> None:
    imported = import_rows(tmp_path, sheet, row(sheet), row(sheet), row(sheet, **other))
    assert imported.report.counts()[sheet] | {"warnings": 0} == {
        "read": 3, "recorded": 1, "already": 1, "refused": 1, "skipped": 0, "warnings": 0,
    }  # fmt: skip
    assert imported.rules == ["conflicting_row"]


def test_free_text_that_differs_is_other_content_though_its_code_is_the_same(tmp_path: Path) -> None:
    rows = [row("回访记录", 存在问题="拖欠三月工资"), row("回访记录", 存在问题="拖欠四月工资")]
    assert import_rows(tmp_path, "回访记录", *rows).rules == ["conflicting_row"]


def test_what_a_service_refuses_is_counted_and_takes_its_repeats_along(tmp_path: Path) -> None:
    path = workbook(tmp_path, {SHEET: grid([row(SHEET), row(SHEET), row(SHEET, 协议编号="AG-2")])})
    report = Report(path)
    first, second = plans(read(path), SETUP, report)
    sheet = report.sheets[SHEET]
    assert sheet.pending == 2
    report.refuse(first, "person_erased", "此人已注销", "the person was erased")
    report.already(second)
    assert sheet.pending == 0
    assert report.counts()[SHEET] == {"read": 3, "recorded": 0, "already": 1, "refused": 2, "skipped": 0, "warnings": 0}
    assert [(one.row, one.rule) for one in sheet.refused] == [(2, "person_erased"), (3, "person_erased")]


def test_counts_of_several_files_add_up(tmp_path: Path) -> None:
    one = import_rows(tmp_path, SHEET, row(SHEET))
    assert total([one.report, one.report])[SHEET]["read"] == 2


def broken(tmp_path: Path) -> Imported:
    rows = [
        row(SHEET, 备注="=1+1", 约定月工资=4200.5),
        row(SHEET, 协议编号="AG-2", 身份证号=int(identity()[:15]) * 1000, 签订日期=dt.date(2025, 3, 5), 备注="=1+1"),
        row(SHEET, 协议编号="AG-3", 状态="作废", 岗位="#N/A"),
    ]
    sheets = {SHEET: [["协议台账"], *grid(rows)], "招聘活动": grid([row("招聘活动")])}
    return import_file(workbook(tmp_path, sheets, name="三月.xlsx"))


def test_refused_rows_go_to_a_workbook_with_their_cells_and_reasons_in_both_languages(tmp_path: Path) -> None:
    imported = broken(tmp_path)
    target = write_rejected(imported.report)
    assert target == tmp_path / "三月.rejected.xlsx" == rejected_path(imported.report.path)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    book = load_workbook(target)
    assert book.sheetnames == [SHEET]
    header, two, three = book[SHEET].iter_rows()
    names = [cell.value for cell in header]
    assert names[-2:] == ["拒绝原因", "Reason"]
    cells = dict(zip(names, two, strict=True))
    assert cells["协议编号"].value == "AG-2"
    assert cells["签订日期"].value == dt.datetime(2025, 3, 5, tzinfo=None)  # noqa: DTZ001
    assert cells["身份证号"].number_format == "@"
    assert "文本" in str(cells["拒绝原因"].value)
    assert "format the column as text" in str(cells["Reason"].value)
    after = dict(zip(names, three, strict=True))
    assert after["身份证号"].value == identity()
    assert after["岗位"].value == "#N/A"


def test_a_rejected_workbook_handed_in_again_is_refused_again_until_it_is_corrected(tmp_path: Path) -> None:
    target = write_rejected(broken(tmp_path).report)
    assert target is not None
    again = import_file(target)
    assert [{problem.rule for problem in one.problems} for one in again.refused] == [
        {"numeric_identity"},
        {"not_listed", "error_cell"},
    ]
    assert again.cautions == ["未识别的列「备注」，已忽略"]
    book = load_workbook(target)
    sheet = book[SHEET]
    column = {str(cell.value): place for place, cell in enumerate(sheet[1], 1)}
    sheet.cell(2, column["身份证号"], identity())
    sheet.cell(3, column["状态"], "有效")
    sheet.cell(3, column["岗位"], "护工")
    book.save(target)
    corrected = import_file(target)
    assert corrected.rules == []
    assert len(corrected.plans) == 2


def correct_in(path: Path, at: int, **cells: Any) -> None:
    """What a clerk does to a rejected workbook."""
    book = load_workbook(path)
    column = {str(cell.value): place for place, cell in enumerate(book[SHEET][1], 1)}
    for header, value in cells.items():
        book[SHEET].cell(at, column[header]).value = value
    book.save(path)


def numbered(path: Path) -> list[Any]:
    """原行号 of each row."""
    header, *rows = load_workbook(path)[SHEET].iter_rows(values_only=True)
    assert [header.count(name) for name in ADDED_HEADERS] == [1, 1, 1]
    return [cells[header.index("原行号")] for cells in rows]


def test_rows_refused_again_keep_the_number_of_the_row_they_had_at_first(tmp_path: Path) -> None:
    first = write_rejected(broken(tmp_path).report)
    assert first is not None
    assert numbered(first) == [4, 5]
    assert write_rejected(import_file(first).report) == first, "nothing was corrected"
    correct_in(first, 2, 身份证号=identity())
    correct_in(first, 3, 状态="有效")
    second = write_rejected(import_file(first).report)
    assert second == tmp_path / "三月-2.rejected.xlsx"
    assert numbered(second) == [5]
    correct_in(second, 2, 岗位="护工", 状态="作废")
    third = write_rejected(import_file(second).report)
    assert third == tmp_path / "三月-3.rejected.xlsx"
    assert numbered(third) == [5]


def test_a_row_that_a_clerk_adds_to_a_rejected_workbook_has_no_number_of_a_row(tmp_path: Path) -> None:
    first = write_rejected(broken(tmp_path).report)
    assert first is not None
    correct_in(first, 3, 原行号=None)
    second = write_rejected(import_file(first).report)
    assert second is not None
    assert numbered(second) == [4, None]


def test_a_numbered_rejected_workbook_without_a_first_one_is_that_of_its_own_register(tmp_path: Path) -> None:
    assert rejected_path(tmp_path / "三月-2.rejected.xlsx") == tmp_path / "三月-2.rejected.xlsx"
    assert rejected_path(tmp_path / "三月-2.xlsx") == tmp_path / "三月-2.rejected.xlsx"


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("活动编号,活动名称,活动类型,举办日期\n=HYPERLINK(1),@x,专场,2025-02-30\n", encoding="utf-8")
    target = write_rejected(import_file(path).report)
    assert target is not None
    assert load_workbook(target)["招聘活动"]["A2"].data_type == "s"


def test_nothing_is_written_where_nothing_was_refused(tmp_path: Path) -> None:
    assert write_rejected(import_rows(tmp_path, SHEET, row(SHEET)).report) is None
    assert [path.name for path in tmp_path.iterdir()] == ["register.xlsx"]


def test_a_rejected_workbook_that_says_something_else_is_never_written_over(tmp_path: Path) -> None:
    imported = broken(tmp_path)
    first = write_rejected(imported.report)
    assert first is not None
    assert write_rejected(imported.report) == first, "the same rows and reasons are the same workbook"
    book = load_workbook(first)
    book[SHEET].cell(2, 1, "AG-2 half corrected")
    book.save(first)
    second = write_rejected(imported.report)
    assert second == tmp_path / "三月-2.rejected.xlsx"
    assert load_workbook(first)[SHEET]["A2"].value == "AG-2 half corrected"
    assert write_rejected(imported.report) == second
    elsewhere = tmp_path / "out.xlsx"
    elsewhere.write_text("mine", encoding="utf-8")
    assert write_rejected(imported.report, elsewhere) == tmp_path / "out-2.xlsx"
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_rejected_workbook_tells_the_original_rows_and_is_wide_enough_to_read(tmp_path: Path) -> None:
    target = write_rejected(broken(tmp_path).report)
    assert target is not None
    sheet = load_workbook(target)[SHEET]
    column = {str(cell.value): cell.column_letter for cell in sheet[1]}
    assert [sheet[f"{column['原行号']}{at}"].value for at in (2, 3)] == [4, 5]
    assert sheet.column_dimensions[column["用人单位"]].width > 24
    assert sheet.column_dimensions[column["签订日期"]].width >= 12
    assert sheet.column_dimensions[column["拒绝原因"]].width > 40


def test_rows_under_merged_cells_are_told_one_by_one_and_the_file_is_not_clean(tmp_path: Path) -> None:
    rows = [["协议台账"], *grid([row(SHEET, 协议编号=f"AG-{at}") for at in range(3)]), ["合计", 3]]
    path = workbook(tmp_path, {SHEET: rows}, touch=lambda book: book[SHEET].merge_cells("A3:A4"))
    imported = import_file(path)
    assert imported.report.counts()[SHEET] | {"warnings": 0} == {
        "read": 2, "recorded": 2, "already": 0, "refused": 0, "skipped": 2, "warnings": 0,
    }  # fmt: skip
    assert [(one.row, one.why) for one in imported.sheet(SHEET).left_out] == [(4, "merged")]
    assert "协议编号" in imported.sheet(SHEET).left_out[0].zh
    assert not imported.report.clean


def test_a_rejected_workbook_can_be_put_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "out.xlsx"
    assert write_rejected(broken(tmp_path).report, elsewhere) == elsewhere
    assert elsewhere.exists()


def test_no_report_and_no_representation_shows_whom_a_row_is_about(tmp_path: Path) -> None:
    secrets = ("秦可卿", identity(31), "13811112222", "贾某宅", "拖欠工资三千", "王熙凤")
    name, number, phone, household, issue, staff = secrets
    rows = [
        row("回访记录", 姓名=name, 身份证号=number, 用人单位=household, 存在问题=issue, 回访人=staff),
        row("回访记录", 姓名=name, 身份证号=number, 用人单位=household, 存在问题=issue + "五百", 回访人=staff),
        row("回访记录", 姓名=name, 身份证号=number, 在岗状态=phone, 回访日期=name, 工资凭证=number, 实发月工资=issue),
        row("回访记录", 姓名=name, 身份证号=number[:17] + "Q", 回访方式=number),
    ]
    roster = [row("培训花名册", 姓名=name, 身份证号=number, 联系电话=phone, 培训地=phone)]
    path = workbook(tmp_path, {"回访记录": grid(rows), "培训花名册": grid(roster)})
    imported = import_file(path)
    assert imported.report.counts()["回访记录"]["refused"] == 3
    told = repr(imported.plans) + repr(imported.refused) + repr(imported.cautions)
    told += repr(imported.report.sheets) + "".join(one.zh + one.en for one in imported.refused)
    assert [secret for secret in secrets if secret in told] == []
