"""What can be wrong with a register: one value, one row, one sheet, or the whole file.

No text in here, and no exception text, ever quotes a cell: a shifted column would put a name or an
identity number into it. The place (sheet, row, column) is named instead.
"""

from __future__ import annotations

from dataclasses import dataclass


class BadValue(Exception):
    """A cell that cannot be read as its column demands. `zh` and `en` say the rule and the remedy."""

    def __init__(self, rule: str, zh: str, en: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused. `column` is its header, empty where the whole row is meant."""

    rule: str
    zh: str
    en: str
    column: str = ""

    def in_words(self) -> tuple[str, str]:
        """The reason with its column, in Chinese and in English."""
        if not self.column:
            return self.zh, self.en
        return f"「{self.column}」{self.zh}", f"{self.column}: {self.en}"


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a clerk should look at although nothing was refused. `row` counts from 1; 0: the sheet."""

    row: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no record: `why` is blank, totals, note, merged, header_again."""

    row: int
    why: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A sheet that was not read, and why.

    `rule` is unknown_sheet, empty_sheet (a sheet to pass over: `fault` False),
    or missing_headers, damaged_sheet, oversized_sheet, repeated_sheet (a register that should have been read).
    """

    sheet: str
    rule: str
    zh: str
    en: str
    fault: bool


class RegisterError(Exception):
    """A file that cannot be read at all. `rule`, `zh`, `en` as in `Problem`; the remedy is part of the text."""

    rule = "unreadable"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


class FileMissing(RegisterError):
    """There is no such file, or it may not be opened."""

    rule = "file_missing"


class FileEmpty(RegisterError):
    """The file holds nothing."""

    rule = "file_empty"


class FileDamaged(RegisterError):
    """The file is not the workbook its name promises, or it is cut short."""

    rule = "file_damaged"


class FileEncrypted(RegisterError):
    """The workbook is protected by a password."""

    rule = "file_encrypted"


class FileUnsupported(RegisterError):
    """A kind of file that is not read (.xls, .et, UTF-16 text)."""

    rule = "file_unsupported"


class FileTooLarge(RegisterError):
    """The file would unpack to more than is reasonable."""

    rule = "file_too_large"


class SheetUnknown(RegisterError):
    """The sheet asked for is not known, not in the file, or a CSV cannot be recognised."""

    rule = "sheet_unknown"
