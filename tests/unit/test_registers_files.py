"""CSV files, and files that cannot be read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledgerctl.registers import RegisterError, read
from ledgerctl.registers.problems import (
    FileDamaged,
    FileEmpty,
    FileEncrypted,
    FileMissing,
    FileUnsupported,
    SheetUnknown,
)
from tests.support.registers import facts, grid, identity, import_file, only, row, workbook

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


# --- CSV ----------------------------------------------------------------------------------------


def csv_of(rows: list[list[str]]) -> str:
    return "".join(",".join(cells) + "\r\n" for cells in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_each_encoding_and_recognised_by_its_headers(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(csv_of([["协议台账"], HEADERS, LINE]).encode(encoding))
    plan = only(import_file(path))
    assert (plan.sheet, plan.row) == ("协议台账", 3)
    assert facts(plan)["RecordIntentAgreement"]["signed"].employer == "安心家政有限公司"


def test_rare_characters_survive_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(csv_of([HEADERS, [*LINE[:2], "王㐂𠮷", *LINE[3:]]]).encode("gb18030"))
    person = only(import_file(path)).person
    assert person is not None
    assert person.name == "王㐂𠮷"


def test_a_csv_may_be_named_by_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of([HEADERS, LINE]), encoding="utf-8")
    assert only(import_file(path, "协议台账")).sheet == "协议台账"
    assert import_file(path, "上岗台账").report.unread[0].rule == "missing_headers"


def test_a_csv_that_nobody_recognises_asks_for_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(SheetUnknown, match="--sheet"):
        read(path)


def test_rows_of_a_csv_count_as_a_spreadsheet_shows_them_whatever_breaks_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = csv_of([[*HEADERS, "岗位"], [*LINE, '"护理员,\r\n二班"'], [], ["AG-2", *LINE[1:]]])
    path.write_text(text, encoding="utf-8", newline="")
    imported = import_file(path)
    assert [plan.row for plan in imported.plans] == [2, 4]
    assert facts(imported.plans[0])["RecordIntentAgreement"]["signed"].position == "护理员, 二班"


def test_a_csv_number_with_a_power_of_ten_is_refused_like_a_number_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of([HEADERS, [*LINE[:3], "9.90121E+17", *LINE[4:]]]), encoding="utf-8")
    assert import_file(path).rules == ["numeric_identity"]


def test_an_error_text_in_a_csv_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of([[*HEADERS, "岗位"], [*LINE, "#N/A"]]), encoding="utf-8")
    assert import_file(path).rules == ["error_cell"]


def test_a_quote_left_open_is_a_damaged_file_and_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_of([HEADERS, LINE, ['"AG-2', *LINE[1:]], ["AG-3", *LINE[1:]]]), encoding="utf-8")
    with pytest.raises(FileDamaged, match="引号"):
        read(path)


# --- files that cannot be read ------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("empty.xlsx", b"", FileEmpty),
        ("empty.csv", b"", FileEmpty),
        ("junk.xlsx", b"hello", FileDamaged),
        ("junk.csv", b"\xff\x00\x81\x7f\xff", FileDamaged),
        ("utf16.csv", "姓名,身份证号".encode("utf-16"), FileUnsupported),
        ("old.xls", OLE, FileUnsupported),
        ("locked.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), FileEncrypted),
        ("zip.xlsx", b"PK\x03\x04" + bytes(100), FileDamaged),
        ("picture.png", b"\x89PNG", FileDamaged),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
    tmp_path: Path, name: str, data: bytes, error: type[RegisterError]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as raised:
        read(path)
    assert raised.value.zh
    assert raised.value.en


def test_a_missing_file_or_a_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.xlsx", tmp_path):
        with pytest.raises(FileMissing):
            read(path)


def test_a_workbook_cut_short_is_damaged(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"协议台账": [HEADERS, LINE]})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileDamaged):
        read(path)


def test_a_zip_that_is_no_workbook_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(FileDamaged):
        read(path)


def test_a_workbook_with_one_damaged_sheet_gives_the_others(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"协议台账": [HEADERS, LINE], "招聘活动": grid([row("招聘活动")])})
    imported = import_file(edited(path, "xl/worksheets/sheet1.xml", lambda xml: xml[:300]))
    assert [(unread.rule, unread.fault) for unread in imported.report.unread] == [("damaged_sheet", True)]
    assert imported.report.counts()["招聘活动"]["recorded"] == 1


def test_the_kind_of_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"招聘活动": grid([row("招聘活动")])}).rename(tmp_path / "really.csv")
    assert only(import_file(path)).sheet == "招聘活动"
