"""A look into an .xlsx before it is read: what the reader would choke on, or silently drop.

The cell reader allocates a sheet's whole used rectangle, so one stray cell at XFD1048576 would end
the process; and it hands over error cells and formulas without a stored result as empty cells, which
would turn something unknown into nothing. Both are found here, by streaming over the sheets' XML.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree

from ledgerctl.registers.problems import FileDamaged, FileTooLarge

#: cells of a sheet's used rectangle: 32 bytes each in the reader
MOST_CELLS = 40_000_000
MOST_UNPACKED_BYTES = 2 << 30
_CHUNK_BYTES = 1 << 20
_MOST_DIRECTORY_BYTES = 4 << 20
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_OFFICE = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_FAR_COLUMN = re.compile(rb'\br="([A-Z]{2,3})(\d+)"')
_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d+)"')
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v\b[^>]*>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)

#: what a cut, garbled or encrypted archive raises on the way
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    KeyError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(slots=True)
class SheetLook:
    """What stands out in one sheet. Rows and columns count from 1; `faults[row][column]` is `error` or `formula`."""

    rows: int = 0
    columns: int = 0
    faults: dict[int, dict[int, str]] = field(default_factory=dict)

    @property
    def oversized(self) -> bool:
        """True where reading it would take an unreasonable amount of memory."""
        return self.rows * self.columns > MOST_CELLS


@dataclass(slots=True)
class WorkbookLook:
    """`date1904`: day numbers count from 1904. `sheets` by their name as written in the workbook."""

    date1904: bool
    sheets: dict[str, SheetLook]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _row_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The XML in pieces of about a megabyte that never cut a row of reasonable length in two."""
    rest = b""
    while chunk := file.read(_CHUNK_BYTES):
        rest += chunk
        cut = max(rest.rfind(b"<row"), rest.rfind(b":row "))
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > 16 * _CHUNK_BYTES:
            yield rest
            rest = b""
    yield rest


def _look_at_sheet(file: IO[bytes]) -> SheetLook:
    look = SheetLook(columns=26)
    for chunk in _row_chunks(file):
        look.rows = max((look.rows, *map(int, _ROW.findall(chunk))))
        for letters, row in _FAR_COLUMN.findall(chunk):
            look.columns = max(look.columns, _column_number(letters))
            look.rows = max(look.rows, int(row))
        if b't="e"' in chunk:
            for letters, row in _ERROR.findall(chunk):
                look.faults.setdefault(int(row), {})[_column_number(letters)] = "error"
        if b"<f" in chunk or b":f" in chunk:
            for letters, row in _NO_RESULT.findall(chunk):
                look.faults.setdefault(int(row), {})[_column_number(letters)] = "formula"
    return look


def _parse(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    if archive.getinfo(part).file_size > _MOST_DIRECTORY_BYTES:
        raise FileTooLarge("工作簿目录过大，不像是台账", "the workbook's directory is too large for a register")
    return ElementTree.fromstring(archive.read(part))


def _main_part(archive: zipfile.ZipFile) -> PurePosixPath:
    for relation in _parse(archive, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            return PurePosixPath(relation.get("Target", "").lstrip("/"))
    raise KeyError("officeDocument")


def _sheet_parts(archive: zipfile.ZipFile, main: PurePosixPath, book: ElementTree.Element) -> Iterator[tuple[str, str]]:
    relations = _parse(archive, str(main.parent / "_rels" / f"{main.name}.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            target = targets.get(sheet.get(_OFFICE) or sheet.get(_STRICT_OFFICE), "")
            yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else str(main.parent / target)


def look_into(path: Path) -> WorkbookLook:
    """Look into the workbook at `path` without loading it.

    Raises `FileDamaged` where it is no workbook or cut short, `FileTooLarge` where it unpacks to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise FileTooLarge(
                    "文件解压后超过 2 GB，请拆分后导入",
                    "the file unpacks to more than 2 GB; split it and import the parts",
                )
            main = _main_part(archive)
            book = _parse(archive, str(main))
            date1904 = any(
                node.get("date1904") in {"1", "true"}
                for node in book.iter()
                if node.tag.rpartition("}")[2] == "workbookPr"
            )
            known = set(archive.namelist())
            sheets: dict[str, SheetLook] = {}
            for name, part in _sheet_parts(archive, main, book):
                if part in known:
                    with archive.open(part) as file:
                        sheets[name] = _look_at_sheet(file)
            return WorkbookLook(date1904, sheets)
    except _DAMAGE as error:
        raise FileDamaged(
            "文件已损坏或不是 Excel 工作簿，请用 Excel 打开并另存为 .xlsx 后重试",
            "the file is damaged or no Excel workbook; open it in Excel and save it as .xlsx",
        ) from error
