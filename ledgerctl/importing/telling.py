"""The report on an import: for scripts, and for the clerk who has to mend the rows."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from ledgerctl.importing.handing_in import Outcome
from ledgerctl.printers import out, print_table, say
from ledgerctl.registers import Caution, Report, SheetReport, corrections, total

SHOWN_ROWS: Final = 20
_TITLES: Final = {
    "read": "读取 read",
    "recorded": "登记 recorded",
    "corrected": "其中更正 corrected",
    "already": "已有 already",
    "refused": "拒绝 refused",
    "skipped": "跳过 skipped",
    "warnings": "提示 warnings",
}


def whole(outcome: Outcome) -> dict[str, Any]:
    """The JSON contract: counts a sheet, where refused rows went, and all that the clerk is told.

    `corrected`: of `recorded`, by sheet. `pending`: rows whose fate is not known, because it ended
    before its time. `error`: why it did.
    """
    answer: dict[str, Any] = {
        "sheets": total(outcome.reports),
        "corrected": corrections(outcome.reports),
        "rejected": str(outcome.rejected[0]) if outcome.rejected else None,
        "rejected_files": [str(path) for path in outcome.rejected],
        "unreadable": [{"file": str(path), "zh": zh, "en": en} for path, zh, en in outcome.unreadable],
        "unread_sheets": [
            {"file": str(report.path), "sheet": unread.sheet, "rule": unread.rule, "zh": unread.zh, "en": unread.en}
            for report in outcome.reports
            for unread in report.unread
        ],
        "refused_rows": [_row(report, sheet, one) for report, sheet in _each(outcome) for one in sheet.refused],
        "skipped_rows": [
            _row(report, sheet, one, rule=one.why) for report, sheet in _each(outcome) for one in sheet.left_out
        ],
        "warnings": [_row(report, sheet, one, rule="") for report, sheet in _each(outcome) for one in sheet.warnings],
        "interrupted": outcome.interrupted,
    }
    if outcome.pending:
        answer["pending"] = outcome.pending
    if outcome.cut is not None:
        answer["cut"] = outcome.cut
    if outcome.failure is not None:
        answer["error"] = {"message": outcome.failure.message, "remedy": outcome.failure.remedy}
    return answer


def _each(outcome: Outcome) -> list[tuple[Report, SheetReport]]:
    return [(report, sheet) for report in outcome.reports for sheet in report.sheets.values()]


def _row(report: Report, sheet: SheetReport, told: Any, rule: str | None = None) -> dict[str, Any]:
    """One row that the clerk is told about. No cell is quoted: only where it is, and why."""
    place = {"file": str(report.path), "sheet": sheet.name, "row": told.row}
    named = told.rule if rule is None else rule
    return {**place, **({"rule": named} if named else {}), "zh": told.zh, "en": told.en}


def told(outcome: Outcome) -> None:
    """The same in words: the table, then what to look at, row by row."""
    counts, corrected = total(outcome.reports), corrections(outcome.reports)
    if counts:
        print_table(
            ["表 sheet", *_TITLES.values()],
            [
                [name, *({**sheet, "corrected": corrected[name]}[key] for key in _TITLES)]
                for name, sheet in counts.items()
            ],
            align=dict.fromkeys(_TITLES.values(), "right"),
        )
    for path, zh, en in outcome.unreadable:
        say(f"✗ {path}: {zh} · {en}")
    for report in outcome.reports:
        _unread(report)
        for sheet in report.sheets.values():
            _rows(report, sheet)
    for path in outcome.rejected:
        out(f"拒绝的行及原因 · refused rows and why: {path}")
    if outcome.pending:
        say(f"! {outcome.pending:,} 行结果未知，请再执行同一命令 · the fate of {outcome.pending:,} rows is not known")
    if outcome.interrupted:
        say("已中断;重新执行同一命令即可继续 · interrupted; the same command goes on from here")


def _unread(report: Report) -> None:
    for unread in report.unread:
        say(f"{'✗' if unread.fault else '–'} {report.path.name} [{unread.sheet}]: {unread.zh} · {unread.en}")


def _rows(report: Report, sheet: SheetReport) -> None:
    where = f"{report.path.name} [{sheet.name}]"
    for refused in sheet.refused[:SHOWN_ROWS]:
        say(f"✗ {where} 第 {refused.row} 行 {refused.rule}: {refused.zh} · {refused.en}")
    _more(len(sheet.refused))
    kinds = Counter((skipped.zh, skipped.en) for skipped in sheet.skipped if skipped.why != "merged")
    for (zh, en), count in kinds.items():
        say(f"– {where} 跳过 {count} 行 skipped: {zh} · {en}")
    for skipped in sheet.left_out:
        say(f"✗ {where} 第 {skipped.row} 行跳过 skipped: {skipped.zh} · {skipped.en}")
    cautions = _not_told_yet(report, sheet)
    for caution in cautions[:SHOWN_ROWS]:
        place = f" 第 {caution.row} 行" if caution.row else ""
        say(f"! {where}{place}: {caution.zh} · {caution.en}")
    _more(len(cautions))


def _not_told_yet(report: Report, sheet: SheetReport) -> list[Caution]:
    """The warnings, without those that an unread sheet or a skipped row was told with already."""
    told = {(0, unread.zh) for unread in report.unread} | {(skipped.row, skipped.zh) for skipped in sheet.left_out}
    return [caution for caution in sheet.warnings if (caution.row, caution.zh) not in told]


def _more(count: int) -> None:
    if count > SHOWN_ROWS:
        rest = count - SHOWN_ROWS
        say(f"  … 另有 {rest} 条，--json 列出全部 · and {rest} more; --json lists them all")
