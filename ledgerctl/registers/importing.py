"""From a file to plans: every sheet, every row, each decided as far as it can be locally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ledgerctl.registers.plan import Refused, RowPlan, Setup
from ledgerctl.registers.problems import Caution, Unread
from ledgerctl.registers.repeats import Repeats
from ledgerctl.registers.report import Report, SheetReport
from ledgerctl.registers.rows import plan_row
from ledgerctl.registers.sorting import RowSorter
from ledgerctl.registers.table import Cells, Table
from ledgerctl.registers.text import FAULTY, is_blank
from ledgerctl.registers.unstated import unstated


def plans(sheets: Iterable[Table | Unread], setup: Setup, report: Report) -> Iterator[RowPlan]:
    """Rows to be recorded, in the order of the file, one at a time.

    Skipped rows, refused rows, repeats within the file and warnings go into `report`; each plan that
    comes out is to be settled there by `recorded`, `already` or `refuse`.
    """
    repeats = Repeats()
    for sheet in sheets:
        if isinstance(sheet, Unread):
            report.pass_over(sheet)
        else:
            yield from _table(sheet, setup, report.begin(sheet), repeats)


def _table(table: Table, setup: Setup, report: SheetReport, repeats: Repeats) -> Iterator[RowPlan]:
    sorter = RowSorter(table)
    width = len(table.header)
    unheaded = _Unheaded(table)
    faults = table.oddities.faults
    silent = unstated(table.sheet.name, {bound.column.header for bound in table.bound})
    for number, short in table.rows:
        cells: Cells = short if len(short) >= width else [*short, *[None] * (width - len(short))]
        if number in faults:
            cells = _with_faults(cells, faults[number])
        skipped = sorter.skip(number, cells)
        if skipped is not None:
            report.skipped.append(skipped)
            if skipped.why == "merged":  # something a clerk meant to record
                report.warnings.append(Caution(number, skipped.zh, skipped.en))
            continue
        report.read += 1
        unheaded.look(cells, report)
        outcome = plan_row(table, setup, number, cells)
        if isinstance(outcome, Refused):
            report.refused_here.append(outcome)
            continue
        verdict = repeats.judge(outcome)
        if isinstance(verdict, Refused):
            report.refused_here.append(verdict)
            continue
        if silent:
            outcome = replace(outcome, unstated=silent)
        report.warnings.extend(outcome.warnings)
        other_name = repeats.other_name(outcome)
        if other_name is not None:
            report.warnings.append(other_name)
        if verdict is None:
            yield outcome
        else:
            report.repeats.append((verdict, outcome))


def _with_faults(cells: Cells, faults: Mapping[int, str]) -> Cells:
    """The cells with a visible error where the workbook holds one, so that nobody takes them for empty."""
    return [FAULTY if place in faults else cell for place, cell in enumerate(cells)]


class _Unheaded:
    """Columns without a header: read by nobody, so said once when the first cell turns up."""

    def __init__(self, table: Table) -> None:
        self._places = {place for place, cell in enumerate(table.header) if is_blank(cell)}
        self._row = table.header_row
        self._width = len(table.header)

    def look(self, cells: Cells, report: SheetReport) -> None:
        if not self._places and len(cells) == self._width:
            return
        for place in [*self._places, *range(self._width, len(cells))]:
            if not is_blank(cells[place]):
                self._places.discard(place)
                self._width = max(self._width, place + 1)
                report.warnings.append(
                    Caution(
                        self._row,
                        f"第 {place + 1} 列没有表头，内容已忽略",
                        f"column {place + 1} has no header: ignored",
                    )
                )
