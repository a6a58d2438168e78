"""One row, cell by cell: every column read, every problem kept, then typed access for the rules."""

from __future__ import annotations

from typing import Any

from ledgerctl.registers.doubts import doubts
from ledgerctl.registers.employers import Employer, employer
from ledgerctl.registers.identity import IdentityNumber, phone
from ledgerctl.registers.places import place
from ledgerctl.registers.plan import HOUSEHOLD, PersonInput, Refused, Setup
from ledgerctl.registers.problems import BadValue, Caution, Problem
from ledgerctl.registers.table import Cells, Table
from ledgerctl.registers.text import Cell, is_empty, is_fault

_FAULTS = {
    "error": Problem(
        "error_cell",
        "单元格是 Excel 错误值（如 #N/A），请改正",
        "the cell holds an Excel error such as #N/A; correct it",
    ),
    "formula": Problem(
        "formula_without_result",
        "公式没有保存计算结果，请用 Excel 打开、保存后重试，或粘贴为数值",
        "a formula without a stored result; open and save the file in Excel, or paste values",
    ),
}
_PLACE_DOUBTS = {
    "unknown": ("工作地无法识别", "the work place is not known"),
    "ambiguous": (
        "工作地有多处同名，请写明省市或行政区划代码",
        "several places bear this name; add the province or code",
    ),
    "partly": ("工作地只识别出一部分", "only part of the work place was understood"),
    "retired": ("工作地代码已停用", "the code of the work place is no longer in force"),
}


class Row:
    """A row whose cells have been read. Getters name a column by its header; `warn` and `refuse` collect."""

    def __init__(self, setup: Setup, sheet: str, number: int, cells: Cells) -> None:
        self.setup = setup
        self.sheet = sheet
        self.number = number
        self.cells = cells
        self.problems: list[Problem] = []
        self.warnings: list[Caution] = []
        self._values: dict[str, Any] = {}

    @classmethod
    def read(cls, table: Table, setup: Setup, number: int, cells: Cells) -> Row:
        """Read all known columns; what cannot be read is a problem, what is empty is absent."""
        row = cls(setup, table.sheet.name, number, cells)
        faults = table.oddities.faults.get(number, {})
        for bound in table.bound:
            column = bound.column
            cell = cells[bound.place]
            if is_fault(cell):
                fault = _FAULTS[faults.get(bound.place, "error")]
                row.refuse(fault.rule, fault.zh, fault.en, column.header)
            elif is_empty(cell):
                if column.required:
                    row.refuse("missing_value", "必填，不能为空", "required, must not be empty", column.header)
            else:
                try:
                    row._values[column.header] = bound.read(cell)
                except BadValue as bad:
                    row.refuse(bad.rule, bad.zh, bad.en, column.header)
        for zh, en in doubts(row._values, setup.today):
            row.warn(zh, en)
        return row

    def refuse(self, rule: str, zh: str, en: str, column: str = "") -> None:
        """Add a reason to refuse the row."""
        self.problems.append(Problem(rule, zh, en, column))

    def warn(self, zh: str, en: str) -> None:
        """Add something to look at."""
        self.warnings.append(Caution(self.number, zh, en))

    @property
    def refused(self) -> Refused:
        """The row as refused, for the problems found so far."""
        return Refused(self.sheet, self.number, tuple(self.problems), self.cells)

    def has(self, header: str) -> bool:
        """True where the column is there and not empty."""
        return header in self._values

    def text(self, header: str) -> str:
        """A required text, code or ISO date."""
        value = self._values[header]
        assert isinstance(value, str), header
        return value

    def maybe(self, header: str) -> str | None:
        """An optional text, code or ISO date."""
        return self.text(header) if header in self._values else None

    def number_of(self, header: str) -> int | None:
        """An optional integer (fen, count, tenths)."""
        value = self._values.get(header)
        assert value is None or isinstance(value, int), header
        return value

    def value(self, header: str) -> Any:
        """A value of a type of its own, or None."""
        return self._values.get(header)

    def cell(self, header: str) -> Cell:
        """The cell of a column that is read together with others; None where empty."""
        value: Cell = self._values.get(header)
        return value

    def in_order(self, earlier: str, later: str) -> None:
        """Warn where a date stands before one it should follow. Not refused: a contradiction is a finding."""
        first, second = self.maybe(earlier), self.maybe(later)
        if first is not None and second is not None and second < first:
            self.warn(f"「{later}」早于「{earlier}」", f"{later} is earlier than {earlier}")

    def ignored(self, header: str, lacking: str) -> None:
        """Warn that a column was left out because another is empty."""
        if self.has(header):
            self.warn(f"没有「{lacking}」，已忽略「{header}」", f"{header} ignored: {lacking} is empty")

    def person(self) -> PersonInput:
        """Who the row is about; warns about region and phone, refuses a birth date in the future."""
        number = self._values["身份证号"]
        assert isinstance(number, IdentityNumber)
        if number.born_on > self.setup.today:
            self.refuse(
                "bad_identity_birth",
                "号码中的出生日期在今天之后，请按证件核对",
                "the date of birth in the number is in the future; check it against the card",
                "身份证号",
            )
        if number.doubt == "retired_region":
            self.warn("证件号码前六位是已停用的行政区划代码", "the identity number starts with a retired region code")
        elif number.doubt is not None:
            self.warn("证件号码前六位不是已知的行政区划代码", "the identity number starts with an unknown region code")
        digits = None
        if self.has("联系电话"):
            digits = phone(self.cell("联系电话"))
            if digits is None:
                self.warn("联系电话无法识别，未保存", "the phone could not be read and was left out")
        return PersonInput(number.number, self.text("姓名"), digits)

    def employer(self, person: PersonInput | None, header: str = "用人单位") -> Employer:
        """Who employs (`header` is not empty); warns where the credit code was not used or a household was inferred."""
        found = employer(self.text(header), self.cell("统一社会信用代码"), person.name if person else "")
        if found.doubt == "bad_credit_code":
            self.warn(
                "统一社会信用代码无效，按单位名称识别", "the unified social credit code is not valid; the name is used"
            )
        if found.household is not None and found.doubt == "household_by_name":
            self.warn(
                f"{header}像是个人姓名，按雇主家庭保密处理；如是单位请填统一社会信用代码",
                "the employer looks like a person's name and is kept secret as a household; "
                "give the credit code if it is an organisation",
            )
        return found

    def employer_key(self, found: Employer) -> str:
        """The employer as an event states it; a household's is put in by the registry's answer."""
        return HOUSEHOLD if found.key is None else found.key

    def work_region(self) -> str | None:
        """The GB/T 2260 code of 工作地; None with a warning where nothing certain was understood."""
        if not self.has("工作地"):
            return None
        found = place(self.cell("工作地"))
        if found.doubt is not None:
            self.warn(*_PLACE_DOUBTS[found.doubt])
        return found.code
