"""The report on an import: for scripts, and for the clerk who has to mend the rows."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from ledgerctl.importing.handing_in import Outcome
from ledgerctl.printers import out, print_table, say
from ledgerctl.registers import Report, SheetReport, total

SHOWN_ROWS: Final = 20
COUNTED: Final = ("读取 read", "登记 recorded", "已有 already", "拒绝 refused", "跳过 skipped", "提示 warnings")


def whole(outcome: Outcome) -> dict[str, Any]:
    """The JSON contract: counts a sheet, and where refused rows went."""
    answer: dict[str, Any] = {
        "sheets": total(outcome.reports),
        "rejected": str(outcome.rejected[0]) if outcome.rejected else None,
        "rejected_files": [str(path) for path in outcome.rejected],
        "unreadable": [{"file": str(path), "zh": zh, "en": en} for path, zh, en in outcome.unreadable],
        "unread_sheets": [
            {"file": str(report.path), "sheet": unread.sheet, "rule": unread.rule, "zh": unread.zh, "en": unread.en}
            for report in outcome.reports
            for unread in report.unread
        ],
        "interrupted": outcome.interrupted,
    }
    if outcome.cut is not None:
        answer["cut"] = outcome.cut
    return answer


def told(outcome: Outcome) -> None:
    """The same in words: the table, then what to look at, row by row."""
    counts = total(outcome.reports)
    if counts:
        print_table(
            ["表 sheet", *COUNTED],
            [[name, *sheet.values()] for name, sheet in counts.items()],
            align=dict.fromkeys(COUNTED, "right"),
        )
    for path, zh, en in outcome.unreadable:
        say(f"✗ {path}: {zh} · {en}")
    for report in outcome.reports:
        _unread(report)
        for sheet in report.sheets.values():
            _rows(report, sheet)
    for path in outcome.rejected:
        out(f"拒绝的行及原因 · refused rows and why: {path}")
    if outcome.interrupted:
        say("已中断;重新执行同一命令即可继续 · interrupted; the same command goes on from here")


def _unread(report: Report) -> None:
    for unread in report.unread:
        say(f"{'✗' if unread.fault else '–'} {report.path.name} [{unread.sheet}]: {unread.zh} · {unread.en}")


def _rows(report: Report, sheet: SheetReport) -> None:
    for refused in sheet.refused[:SHOWN_ROWS]:
        say(f"✗ {report.path.name} [{sheet.name}] 第 {refused.row} 行 {refused.rule}: {refused.zh} · {refused.en}")
    _more(len(sheet.refused))
    kinds = Counter((skipped.zh, skipped.en) for skipped in sheet.skipped)
    for (zh, en), count in kinds.items():
        say(f"– {report.path.name} [{sheet.name}] 跳过 {count} 行 skipped: {zh} · {en}")
    for caution in sheet.warnings[:SHOWN_ROWS]:
        say(f"! {report.path.name} [{sheet.name}] 第 {caution.row} 行: {caution.zh} · {caution.en}")
    _more(len(sheet.warnings))


def _more(count: int) -> None:
    if count > SHOWN_ROWS:
        say(f"  … 另有 {count - SHOWN_ROWS} 条 · and {count - SHOWN_ROWS} more")
