"""CSV files: UTF-8 with or without a byte order mark, or GB18030; one sheet each."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from ledgerctl.registers.headers import names_of
from ledgerctl.registers.layout import SHEETS, Sheet
from ledgerctl.registers.problems import FileDamaged, FileUnsupported, SheetUnknown
from ledgerctl.registers.table import Cells

_MOST_ROWS_TO_RECOGNISE = 200


def decode(data: bytes) -> str:
    """The text of a CSV file. Raises `FileUnsupported` for UTF-16, `FileDamaged` for bytes that are no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnsupported(
            "文件是 UTF-16 编码，请另存为 “CSV UTF-8” 后重试", "the file is UTF-16; save it as “CSV UTF-8”"
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileDamaged(
        "既不是 UTF-8 也不是 GB18030 文本，请另存为 “CSV UTF-8” 后重试",
        "neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”",
    )


def rows(text: str) -> Iterator[tuple[int, Cells]]:
    """(row number, cells) as a spreadsheet would show them: a record with line breaks in it is one row."""
    yield from enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1)


def check(text: str) -> None:
    """Raises `FileDamaged` where quotes do not pair up: an open quote would swallow all rows behind it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        raise FileDamaged(
            f"CSV 第 {reader.line_num} 行附近引号不成对或单元格过长，请用 Excel 打开并重新保存",
            f"near line {reader.line_num} quotes do not pair up or a cell is too long; open in Excel and save again",
        ) from error


def recognise(text: str) -> Sheet:
    """The sheet whose required headers stand in one of the first rows; of several, the one with most known headers.

    Raises `SheetUnknown` where none or more than one fits.
    """
    best: list[Sheet] = []
    most = 0
    for number, cells in rows(text):
        for sheet in SHEETS.values():
            names = set(names_of(sheet, cells))
            if not set(sheet.required) <= names:
                continue
            known = len(names & {column.header for column in sheet.columns})
            if known > most:
                best, most = [sheet], known
            elif known == most and sheet not in best:
                best.append(sheet)
        if best or number >= _MOST_ROWS_TO_RECOGNISE:
            break
    if len(best) == 1:
        return best[0]
    raise SheetUnknown(
        f"无法从表头判断是哪种台账，请用 --sheet 指定：{'、'.join(SHEETS)}",
        f"its headers do not tell which register this is; name it with --sheet: {', '.join(SHEETS)}",
    )
