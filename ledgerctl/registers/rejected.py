"""The rejected workbook: refused rows with their original cells and the reason, ready to be corrected and handed in."""

from __future__ import annotations

import datetime
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from ledgerctl.registers.layout import ADDED_HEADERS
from ledgerctl.registers.report import Report, SheetReport
from ledgerctl.registers.text import Cell, header_of, plain

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_CELL = 32_767
#: columns a clerk corrects by retyping digits: as text, or Excel drops them again
_AS_TEXT = frozenset(
    {"身份证号", "统一社会信用代码", "联系电话", "证书编号", "协议编号", "班级编号", "技能档案编号", "活动编号"}
)


def rejected_path(path: Path) -> Path:
    """`<name>.rejected.xlsx` beside the input."""
    return path.with_name(f"{path.stem}.rejected.xlsx")


def write_rejected(report: Report, path: Path | None = None) -> Path | None:
    """Write the refused rows of a file to `path` (default `rejected_path`); None where there are none.

    One sheet for each with refused rows: the original header and cells and two columns 拒绝原因 and
    Reason. Written beside its place and renamed, readable by its owner alone: it holds what the
    register held. Raises `OSError` where it cannot be written.
    """
    sheets = [sheet for sheet in report.sheets.values() if sheet.refused]
    if not sheets:
        return None
    target = path or rejected_path(report.path)
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(workbook.create_sheet(sheet.name), sheet)
    handle, temporary = tempfile.mkstemp(prefix=".rejected-", suffix=".xlsx", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            workbook.save(file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def _write_sheet(worksheet: WriteOnlyWorksheet, sheet: SheetReport) -> None:
    places = sheet.original_columns
    headers = [header_of(sheet.header[place]) for place in places]
    worksheet.freeze_panes = "A2"
    worksheet.append(
        [*_bold(worksheet, [plain(sheet.header[place]) for place in places]), *_bold(worksheet, ADDED_HEADERS)]
    )
    for refused in sheet.refused:
        cells = [
            _cell(worksheet, refused.cells[place], as_text=header in _AS_TEXT)
            for place, header in zip(places, headers, strict=True)
        ]
        worksheet.append([*cells, _cell(worksheet, refused.zh), _cell(worksheet, refused.en)])


def _bold(worksheet: WriteOnlyWorksheet, texts: list[str] | tuple[str, ...]) -> Iterator[ExcelCell]:
    for text in texts:
        cell = _cell(worksheet, text)
        cell.font = Font(bold=True)
        yield cell


def _cell(worksheet: WriteOnlyWorksheet, value: Cell, *, as_text: bool = False) -> ExcelCell:
    """The original cell. A text stays a text even where it looks like a formula or an error.

    A number in a text column keeps its value, so that digits already lost are refused again until
    they are typed anew; the cell's format is text, so that they survive then.
    """
    cell: ExcelCell = WriteOnlyCell(worksheet)
    if isinstance(value, str) and value:
        cell.value = _ILLEGAL.sub("", value)[:_LONGEST_CELL]
        cell.data_type = "s"
    else:
        cell.value = None if value == "" else value
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            cell.number_format = "yyyy-mm-dd"
    if as_text:
        cell.number_format = "@"
    return cell
