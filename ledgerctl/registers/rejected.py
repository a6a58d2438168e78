"""The rejected workbook: refused rows with their original cells and the reason, ready to be corrected and handed in.

A clerk may have begun to correct an earlier one, so no file that says something else is ever written
over: the next one gets a number (`x.rejected.xlsx`, `x-2.rejected.xlsx`). Rows refused once more, from a rejected
workbook that was handed in, go into the next one of the same name, and keep the number of the row they had at first.
"""

from __future__ import annotations

import datetime
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from ledgerctl.registers.headers import ALIASES
from ledgerctl.registers.layout import ADDED_HEADERS
from ledgerctl.registers.report import Report, SheetReport
from ledgerctl.registers.text import Cell, header_of, plain

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_CELL = 32_767
#: rows that decide how wide the columns are, and the widest a column gets
_LOOKED_AT, _WIDEST = 200, 48
#: columns a clerk corrects by retyping digits: as text, or Excel drops them again
_AS_TEXT = frozenset(
    {"身份证号", "统一社会信用代码", "联系电话", "证书编号", "协议编号", "班级编号", "技能档案编号", "活动编号"}
)


def rejected_path(path: Path) -> Path:
    """`<name>.rejected.xlsx` beside the input, also where that is a rejected workbook of `<name>` itself."""
    name = path.stem.removesuffix(".rejected")
    numbered = re.fullmatch(r"(.+)-[0-9]+", name) if name != path.stem else None
    # `x-2.rejected.xlsx` is the second of x if there is a first one; else that of a register x-2
    if numbered and path.with_name(f"{numbered[1]}.rejected.xlsx").exists():
        name = numbered[1]
    return path.with_name(f"{name}.rejected.xlsx")


def write_rejected(report: Report, path: Path | None = None) -> Path | None:
    """Write the refused rows of a file to `path` (default `rejected_path`), or where that is taken by something
    else, beside it with a number; returns where they are, None where there are none.

    One sheet for each with refused rows: the original header and cells, the number of the original
    row (in the register that was handed in first), and two columns 拒绝原因 and Reason. Readable by its
    owner alone: it holds what the register held. Raises `OSError` where it cannot be written.
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
        return _put(Path(temporary), target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _put(written: Path, target: Path) -> Path:
    """Give the file its place, or the next free one; where the same stands already, that is it."""
    content = _content(written)
    for place in _places(target):
        try:
            place.touch(mode=0o600, exist_ok=False)  # ours from here on: nobody else writes there
        except FileExistsError:
            if _content(place) == content:
                return place
            continue
        written.replace(place)
        return place
    raise AssertionError("there is always another number")


def _places(target: Path) -> Iterator[Path]:
    yield target
    name = target.name.removesuffix(".rejected.xlsx")
    end = target.name[len(name) :] or target.suffix
    name = name.removesuffix(end)
    for number in count(2):
        yield target.with_name(f"{name}-{number}{end}")


def _content(path: Path) -> dict[str, int] | None:
    """The parts of a workbook by their checksums, without the one that says when it was written; None: it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {part.filename: part.CRC for part in archive.infolist() if part.filename != "docProps/core.xml"}
    except (OSError, zipfile.BadZipFile):
        return None


def _write_sheet(worksheet: WriteOnlyWorksheet, sheet: SheetReport) -> None:
    places = sheet.original_columns
    headers = [header_of(sheet.header[place]) for place in places]
    as_text = [ALIASES.get(header, header) in _AS_TEXT for header in headers]
    titles = [plain(sheet.header[place]) for place in places]
    worksheet.freeze_panes = "A2"
    _set_widths(
        worksheet, titles, [[refused.cells[place] for place in places] for refused in sheet.refused[:_LOOKED_AT]]
    )
    worksheet.append([*_bold(worksheet, titles), *_bold(worksheet, ADDED_HEADERS)])
    number_at = next((place for place, cell in enumerate(sheet.header) if header_of(cell) == ADDED_HEADERS[0]), None)
    for refused in sheet.refused:
        cells = [
            _cell(worksheet, refused.cells[place], as_text=text) for place, text in zip(places, as_text, strict=True)
        ]
        row = refused.row if number_at is None else _row_at_first(refused.cells[number_at])
        added = [_cell(worksheet, value) for value in (row, refused.zh, refused.en)]
        worksheet.append([*cells, *added])


def _row_at_first(cell: Cell) -> Cell:
    """What an earlier rejected workbook says of the row; one that a clerk added there has no number."""
    number = re.fullmatch(r"([0-9]+)(?:\.0*)?", plain(cell))
    return int(number[1]) if number else cell


def _set_widths(worksheet: WriteOnlyWorksheet, titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Wide enough to be read, in characters of the font; a Chinese one takes two."""
    columns = cast("Any", worksheet).column_dimensions  # its stubs leave them out
    for at, title in enumerate(titles):
        widest = max(_width(title), *(_width(_shown(row[at])) for row in rows))
        columns[get_column_letter(at + 1)].width = min(max(widest + 2, 8), _WIDEST)
    for at, width in enumerate((8, _WIDEST, _WIDEST), len(titles) + 1):
        columns[get_column_letter(at)].width = width


def _shown(cell: Cell) -> str:
    return "0000-00-00" if isinstance(cell, datetime.date) else plain(cell)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _bold(worksheet: WriteOnlyWorksheet, texts: Sequence[str]) -> Iterator[ExcelCell]:
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
