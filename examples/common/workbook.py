"""Writes registers as .xlsx, byte for byte the same on every run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from examples.common.typing_habits import Cell

_ZIP_TIME = (2025, 6, 20, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One register. `headers`: names parted by one blank. `totals` and `note` stand below the rows.

    `text_columns` are formatted as text, so that Excel keeps every digit.
    """

    name: str
    title: str
    headers: str
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] = ()
    note: str = ""
    text_columns: frozenset[str] = frozenset({"身份证号", "联系电话"})


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write one workbook: each sheet a merged title, a header row, its rows, a totals row, a blank row and a note."""
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _add(workbook, sheet)
    raw = io.BytesIO()
    workbook.save(raw)
    path.write_bytes(_settled(raw.getvalue()))


def _add(workbook: Workbook, sheet: Sheet) -> None:
    page = workbook.create_sheet(sheet.name)
    page.freeze_panes = "A3"
    headers = sheet.headers.split(" ")
    page.merged_cells.add(f"A1:{get_column_letter(len(headers))}1")
    for at, header in enumerate(headers, start=1):
        page.column_dimensions[get_column_letter(at)].width = 21 if header in sheet.text_columns else 13
    title, *heads = (WriteOnlyCell(page, value=text) for text in (sheet.title, *headers))
    title.font = Font(bold=True, size=14)
    for head in heads:
        head.font = Font(bold=True)
    page.append([title])
    page.append(heads)
    as_text = [header in sheet.text_columns for header in headers]
    for row in sheet.rows:
        page.append([_cell(page, value, text) for value, text in zip(row, as_text, strict=True)])
    if sheet.totals:
        page.append(list(sheet.totals))
    if sheet.note:
        page.append([])
        page.append([sheet.note])


def _cell(page: WriteOnlyWorksheet, value: Cell, text: bool) -> object:
    if text and isinstance(value, str):
        cell = WriteOnlyCell(page, value=value)
        cell.number_format = "@"
        return cell
    return value


def _settled(archive: bytes) -> bytes:
    """The same parts in the same order, without the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>2025-06-20T00:00:00Z", part)
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o644 << 16
            new.writestr(info, part, compresslevel=9)
    return out.getvalue()
