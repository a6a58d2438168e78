"""Reading a file: its kind told by its content, its sheets found by name, each with its header row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from ledgerctl.registers import csvfile
from ledgerctl.registers.archive import SheetLook, WorkbookLook, look_into
from ledgerctl.registers.layout import SHEETS, Sheet, sheet_named
from ledgerctl.registers.problems import (
    FileDamaged,
    FileEmpty,
    FileEncrypted,
    FileMissing,
    FileTooLarge,
    FileUnsupported,
    SheetUnknown,
    Unread,
)
from ledgerctl.registers.table import Cells, NoHeader, Oddities, Table, find_table
from ledgerctl.registers.text import is_blank

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_CSV_BYTES = 512 << 20
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, sheet: str | None = None) -> Iterator[Table | Unread]:
    """The sheets of a register, in the order of the file. Each table's rows are to be taken before the next.

    `sheet` names the kind of a CSV, or picks one sheet of a workbook. Sheets of other names come
    back as `Unread`; worksheets that hold nothing and bear no register's name are passed over.
    Raises a `RegisterError` (before the first sheet) where the file cannot be read at all.
    """
    wanted = _wanted(sheet)
    kind = _kind(path)
    if kind == "workbook":
        return _workbook(path, wanted)
    return _csv(path, wanted)


def _wanted(name: str | None) -> Sheet | None:
    if name is None:
        return None
    sheet = sheet_named(name)
    if sheet is None:
        raise SheetUnknown(
            f"没有「{name}」这种台账；可用：{'、'.join(SHEETS)}",
            f"{name} is no register; there are: {', '.join(SHEETS)}",
        )
    return sheet


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(8)
            size = os.fstat(file.fileno()).st_size
            if start == _OLE:
                file.seek(0)
                raise _not_xlsx(encrypted=_ENCRYPTED_PART in file.read(_MOST_CSV_BYTES))
    except OSError as error:
        raise FileMissing(
            f"无法打开文件 {path.name}，请核对路径和权限", f"cannot open {path.name}; check the path and permissions"
        ) from error
    if not size or not start.strip():
        raise FileEmpty(f"文件 {path.name} 是空的", f"{path.name} is empty")
    if start.startswith(_ZIP):
        return "workbook"
    if path.suffix.lower() not in {".csv", ".txt"}:
        raise FileDamaged(
            f"{path.name} 不是完好的 .xlsx 或 .csv 文件，请用 Excel 打开并另存为 .xlsx",
            f"{path.name} is neither a sound .xlsx nor a .csv; open it in Excel and save it as .xlsx",
        )
    if size > _MOST_CSV_BYTES:
        raise FileTooLarge("CSV 超过 512 MB，请拆分后导入", "the CSV is larger than 512 MB; split it")
    return "csv"


def _not_xlsx(*, encrypted: bool) -> FileEncrypted | FileUnsupported:
    if encrypted:
        return FileEncrypted(
            "工作簿设有打开密码，请在 Excel 中取消密码（文件 > 信息 > 保护工作簿）后另存",
            "the workbook has a password; remove it in Excel (File > Info > Protect Workbook) and save",
        )
    return FileUnsupported(
        "这是旧版 .xls（或 .et）文件，请另存为 .xlsx 后重试", "this is an old .xls (or .et); save it as .xlsx"
    )


def _csv(path: Path, wanted: Sheet | None) -> Iterator[Table | Unread]:
    text = csvfile.decode(path.read_bytes())
    csvfile.check(text)
    sheet = wanted or csvfile.recognise(text)
    found = find_table(sheet, csvfile.rows(text), Oddities())
    return iter([found if isinstance(found, Table) else _no_header(sheet.name, found)])


def _workbook(path: Path, wanted: Sheet | None) -> Iterator[Table | Unread]:
    look = look_into(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise _not_xlsx(encrypted=True) from error
    except (CalamineError, OSError) as error:
        raise FileDamaged(
            f"{path.name} 已损坏，请用 Excel 打开并另存为 .xlsx",
            f"{path.name} is damaged; open it in Excel and save it",
        ) from error
    names = [meta.name for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    kinds: list[tuple[str, Sheet | None]] = [(name, sheet_named(name)) for name in names]
    if wanted is not None:
        kinds = [(name, kind) for name, kind in kinds if kind is wanted]
        if not kinds and len(names) == 1:
            kinds = [(names[0], wanted)]
        if not kinds:
            raise SheetUnknown(
                f"{path.name} 中没有工作表「{wanted.name}」", f"{path.name} has no sheet named {wanted.name}"
            )
    return _sheets(workbook, look, kinds)


def _sheets(
    workbook: CalamineWorkbook, look: WorkbookLook, kinds: list[tuple[str, Sheet | None]]
) -> Iterator[Table | Unread]:
    begun: set[str] = set()
    with workbook:
        for name, kind in kinds:
            if kind is not None and kind.name in begun:
                yield _twice(name, kind)
                continue
            begun.update(() if kind is None else (kind.name,))
            found = _sheet(workbook, name, kind, look.sheets.get(name, SheetLook()), look.date1904)
            if found is not None:
                yield found


def _sheet(
    workbook: CalamineWorkbook, name: str, kind: Sheet | None, look: SheetLook, date1904: bool
) -> Table | Unread | None:
    if look.oversized:
        return _oversized(name, look) if kind else _passed_over(name)
    try:
        sheet = workbook.get_sheet_by_name(name)
    except CalamineError:
        return Unread(
            name,
            "damaged_sheet",
            f"工作表「{name}」已损坏，无法读取；请用 Excel 打开并另存",
            f"sheet {name} is damaged and was not read; open the file in Excel and save it",
            fault=kind is not None,
        )
    if kind is None:
        holds = any(not is_blank(cell) for row in sheet.iter_rows() for cell in row)
        return _passed_over(name) if holds else None
    found = find_table(kind, _rows(sheet, look), _oddities(sheet, look, date1904))
    return _no_header(kind.name, found) if isinstance(found, NoHeader) else found


def _rows(sheet: CalamineSheet, look: SheetLook) -> Iterator[tuple[int, Cells]]:
    """The rows as the workbook numbers them, and behind them those that hold faults alone."""
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, cells
    yield from ((row, []) for row in sorted(look.faults) if row > number)


def _oddities(sheet: CalamineSheet, look: SheetLook, date1904: bool) -> Oddities:
    """Merged cells and faults, with columns counted as in the rows, which start at the first used column."""
    first = sheet.start[1] if sheet.start else 0
    last_row = sheet.end[0] if sheet.end else 0
    covered: dict[int, set[int]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, last_row) + 1):
            places = range(left + (row == top), min(right, first + sheet.width) + 1)
            if places:
                covered.setdefault(row + 1, set()).update(place - first for place in places)
    faults = {
        row: {column - 1 - first: kind for column, kind in columns.items()} for row, columns in look.faults.items()
    }
    return Oddities(date1904, covered, faults)


def _passed_over(name: str) -> Unread:
    return Unread(
        name,
        "unknown_sheet",
        f"工作表「{name}」不是已知台账，已跳过；台账按工作表名识别：{'、'.join(SHEETS)}",
        f"sheet {name} is no known register: skipped; registers are found by sheet name: {', '.join(SHEETS)}",
        fault=False,
    )


def _twice(name: str, kind: Sheet) -> Unread:
    return Unread(
        name,
        "repeated_sheet",
        f"工作表「{name}」与前面的「{kind.name}」同名，未读取；请合并或改名",
        f"sheet {name} bears the name of {kind.name} before it and was not read; merge or rename it",
        fault=True,
    )


def _oversized(name: str, look: SheetLook) -> Unread:
    return Unread(
        name,
        "oversized_sheet",
        f"工作表「{name}」已用区域达 {look.rows} 行 {look.columns} 列，多半有误填的远端单元格；请删除后另存",
        f"sheet {name} uses {look.rows} rows and {look.columns} columns, likely a stray cell; delete it and save",
        fault=True,
    )


def _no_header(name: str, found: NoHeader) -> Unread:
    if not found.any_content:
        return Unread(name, "empty_sheet", f"工作表「{name}」是空的", f"sheet {name} is empty", fault=False)
    missing = "、".join(found.missing)
    where = f"（最接近的是第 {found.nearest_row} 行）" if found.nearest_row else ""
    near = f" (row {found.nearest_row} comes nearest)" if found.nearest_row else ""
    return Unread(
        name,
        "missing_headers",
        f"「{name}」没有一行含全部必需表头，缺少：{missing}{where}；请补齐表头后重新导入",
        f"{name} has no row with all required headers; missing: {missing}{near}; add them and import again",
        fault=True,
    )
