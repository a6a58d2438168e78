"""The registers of `examples/`, whole or cut short: the first rows of every sheet."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

ROOT: Final = Path(__file__).resolve().parents[2] / "examples"
FOLDERS: Final = ("datong", "linqing", "sichuan", "maoming", "zhenfeng")
#: a title and the headers stand above the rows
HEAD: Final = 2


def registers(folder: str) -> list[Path]:
    """The workbooks of a programme."""
    return sorted((ROOT / folder).glob("*.xlsx"))


@cache
def cells(path: Path) -> dict[str, list[list[Any]]]:
    """Sheet → its lines, as they were typed."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def rows(folder: str) -> dict[str, list[dict[str, Any]]]:
    """Sheet → its rows by header, without title, totals and notes. An empty cell is an empty text."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in registers(folder):
        for sheet, lines in cells(path).items():
            headers = ["".join(str(cell).split()).partition("（")[0] for cell in lines[1]]
            for line in lines[HEAD:]:
                if any(cell != "" for cell in line) and not str(line[0]).startswith(("合计", "注：")):
                    found.setdefault(sheet, []).append(dict(zip(headers, line, strict=True)))
    return found


def cut_short(folder: str, into: Path, rows_max: int) -> Path:
    """A folder with the same workbooks, of each sheet the first `rows_max` rows, and its import.toml."""
    small = into / folder
    small.mkdir(parents=True)
    shutil.copy(ROOT / folder / "import.toml", small)
    for path in registers(folder):
        book = Workbook(write_only=True)
        for sheet, lines in cells(path).items():
            page = book.create_sheet(sheet)
            for line in lines[: HEAD + rows_max]:
                page.append([None if cell == "" else cell for cell in line])
        book.save(small / path.name)
    return small
