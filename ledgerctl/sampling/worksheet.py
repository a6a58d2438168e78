"""The sheet that goes into the field and comes back: a CSV that Excel opens, one drawn member a row.

It names no person but by reference: whoever verifies looks the person up where that is allowed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ledgerctl.failures import BadInput
from ledgerctl.registers import csvfile, dates
from ledgerctl.registers.problems import BadValue, RegisterError
from ledgerctl.registers.text import fold
from ledgerctl.sampling.lot import Place

COLUMNS: Final = ("序号", "记录", "日志", "条目", "核验结果", "核验日期")
RESULTS: Final[Mapping[str, str]] = {"属实": "confirmed", "不实": "refuted", "无法核实": "unreachable"}


class Verified(NamedTuple):
    """A row that came back: of which member, with what result (as the ledger names it), when."""

    row: int
    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    result: str
    verified_on: str


def blank(sample: Sequence[Place]) -> bytes:
    """The sheet to be filled in: UTF-8 with a byte order mark, as Excel wants it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, member in enumerate(sample, 1):
        writer.writerow([number, member.key, member.log, member.index, "", ""])
    return text.getvalue().encode("utf-8-sig")


def filled(data: bytes) -> list[Verified]:
    """The rows with a result. Rows without one are still to be looked at.

    Raises BadInput: not such a sheet, or a row whose result, date or entry cannot be read; nothing is taken then.
    """
    try:
        text = csvfile.decode(data)
        csvfile.check(text)
    except RegisterError as problem:
        raise BadInput(f"{problem.zh} · {problem.en}") from problem
    rows = csvfile.rows(text)
    header = [fold(str(cell)) for cell in next(rows, (0, ()))[1]]
    missing = [column for column in COLUMNS[2:] if column not in header]
    if missing:
        raise BadInput(
            f"缺少列 {'、'.join(missing)} · these columns are missing", "use the sheet that sample draw --out wrote"
        )
    at = {column: header.index(column) for column in COLUMNS[2:]}
    return [one for number, cells in rows if (one := _row(number, cells, at)) is not None]


def _row(number: int, cells: Sequence[object], at: Mapping[str, int]) -> Verified | None:
    cell = {column: fold(str(cells[place])) if place < len(cells) else "" for column, place in at.items()}
    if not cell["核验结果"]:
        return None
    result = RESULTS.get(cell["核验结果"], cell["核验结果"])
    if result not in RESULTS.values():
        raise BadInput(
            f"第 {number} 行:核验结果 “{cell['核验结果']}” 不在列表中 · row {number}: no such result",
            f"write one of {' / '.join(RESULTS)}",
        )
    if not cell["条目"].isdecimal():
        raise BadInput(
            f"第 {number} 行:条目 “{cell['条目']}” 不是数字 · row {number}: not the number of an entry",
            "leave the columns 日志 and 条目 as sample draw wrote them",
        )
    try:
        verified_on = dates.day(cell["核验日期"])
    except BadValue as wrong:
        raise BadInput(f"第 {number} 行:核验日期:{wrong.zh} · row {number}: {wrong.en}") from wrong
    return Verified(number, cell["日志"], int(cell["条目"]), result, verified_on)
