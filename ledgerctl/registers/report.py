"""What became of every row of one file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ledgerctl.registers.plan import Refused, RowPlan
from ledgerctl.registers.problems import Caution, Problem, Skipped, Unread
from ledgerctl.registers.table import Cells, Table


@dataclass(slots=True)
class SheetReport:
    """One sheet. Once every plan is settled, read = recorded + already + refused; `skipped` stands apart.
    `corrected` are those of `recorded` that changed what an earlier entry states.

    Rows may be read in one thread and settled in another: every field is written by one of the two
    alone, and what depends on both is worked out when asked.
    """

    name: str
    # written by the reading side
    read: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    refused_here: list[Refused] = field(default_factory=list)
    #: rows that repeat an earlier one (by its number) and share its fate
    repeats: list[tuple[int, RowPlan]] = field(default_factory=list)
    header: Cells = ()
    original_columns: list[int] = field(default_factory=list)
    # written by the settling side
    recorded: int = 0
    corrected: int = 0
    found: int = 0
    refused_there: dict[int, Refused] = field(default_factory=dict)
    # appended to by both
    warnings: list[Caution] = field(default_factory=list)

    @property
    def already(self) -> int:
        """Rows that the ledger held, and rows that say an earlier row of the file again."""
        return self.found + sum(row not in self.refused_there for row, _ in self.repeats)

    @property
    def refused(self) -> list[Refused]:
        """Refused rows in the order of the file, whoever refused them."""
        fallen = (
            Refused(plan.sheet, plan.row, self.refused_there[row].problems, plan.cells)
            for row, plan in self.repeats
            if row in self.refused_there
        )
        return sorted([*self.refused_here, *self.refused_there.values(), *fallen], key=lambda refused: refused.row)

    @property
    def left_out(self) -> list[Skipped]:
        """Skipped rows that hold something a clerk meant to record: those under merged cells."""
        return [skipped for skipped in self.skipped if skipped.why == "merged"]

    @property
    def pending(self) -> int:
        """Plans handed out whose fate is not known yet."""
        return self.read - self.recorded - self.already - len(self.refused)

    def counts(self) -> dict[str, int]:
        """read, recorded, already, refused, skipped, warnings."""
        return {
            "read": self.read,
            "recorded": self.recorded,
            "already": self.already,
            "refused": len(self.refused),
            "skipped": len(self.skipped),
            "warnings": len(self.warnings),
        }


class Report:
    """One file. `plans` in `importing` fills in what is decided locally; the caller settles each plan handed out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sheets: dict[str, SheetReport] = {}
        self.unread: list[Unread] = []

    def sheet(self, name: str) -> SheetReport:
        """The report of a sheet, begun where there is none yet."""
        return self.sheets.setdefault(name, SheetReport(name))

    def begin(self, table: Table) -> SheetReport:
        """Begin a sheet that can be read."""
        sheet = self.sheet(table.sheet.name)
        sheet.header, sheet.original_columns = table.header, table.original_columns()
        sheet.warnings.extend(table.warnings)
        return sheet

    def pass_over(self, unread: Unread) -> None:
        """Note a sheet that was not read: with a warning, and its own line of counts."""
        self.unread.append(unread)
        self.sheet(unread.sheet).warnings.append(Caution(0, unread.zh, unread.en))

    def recorded(self, plan: RowPlan, *, corrected: bool = False) -> None:
        """Settle a plan: at least one of its facts was new; `corrected`: it took back an earlier one."""
        self.sheets[plan.sheet].recorded += 1
        self.sheets[plan.sheet].corrected += corrected

    def already(self, plan: RowPlan) -> None:
        """Settle a plan: the ledger held all of it."""
        self.sheets[plan.sheet].found += 1

    def refuse(self, plan: RowPlan, rule: str, zh: str, en: str) -> None:
        """Settle a plan that a service refused; rows of the file that only repeat it are refused with it."""
        problem = Problem(rule, zh, en)
        refused = Refused(plan.sheet, plan.row, (problem,), plan.cells)
        self.sheets[plan.sheet].refused_there[plan.row] = refused

    @property
    def any_read(self) -> bool:
        """True where at least one sheet could be read: otherwise nothing in the file could."""
        return any(sheet.header for sheet in self.sheets.values())

    @property
    def clean(self) -> bool:
        """True where no row was refused or left out for a merged cell, and no register in the file went unread."""
        return not any(sheet.refused or sheet.left_out for sheet in self.sheets.values()) and not any(
            unread.fault for unread in self.unread
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Counts by sheet, as `ledgerctl import --json` prints them for one file."""
        return {name: sheet.counts() for name, sheet in self.sheets.items()}


def corrections(reports: Iterable[Report]) -> dict[str, int]:
    """Of the recorded rows of each sheet those that changed what was recorded before, over several files."""
    sums: dict[str, int] = {}
    for report in reports:
        for name, sheet in report.sheets.items():
            sums[name] = sums.get(name, 0) + sheet.corrected
    return sums


def total(reports: Iterable[Report]) -> dict[str, dict[str, int]]:
    """Counts by sheet over several files."""
    sums: dict[str, dict[str, int]] = {}
    for report in reports:
        for name, counts in report.counts().items():
            into = sums.setdefault(name, dict.fromkeys(counts, 0))
            for key, value in counts.items():
                into[key] += value
    return sums
