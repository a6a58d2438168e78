"""`ledgerctl findings`: what contradicts itself, by the audit rules; and what was said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, Json, Programme, Region

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

_STATES = {
    "open": "未处理 open",
    "explained": "已说明 explained",
    "accepted": "已认可 accepted",
    "closed": "已销号 closed",
}
_TITLES = ("规则 rule", "级 severity", "发现 finding", "人员 person", "状态 state", "条目 entry", "key")


@app.callback()
def list_(
    context: typer.Context,
    rules: Annotated[
        list[str] | None, typer.Option("--rule", metavar="ID", help="Rule 规则, e.g. A44; may be given again.")
    ] = None,
    severity: Annotated[
        Literal["E", "W", ""], typer.Option("--severity", metavar="E|W", help="Errors 错误 or warnings 警告 only.")
    ] = "",
    person: Annotated[str, typer.Option("--person", metavar="REF", help="One person's, by any reference.")] = "",
    programme: Programme = "",
    region: Region = "",
    point: AsOf = "",
    state: Annotated[
        Literal["open", "explained", "accepted", "closed", ""],
        typer.Option("--state", metavar="S", help="open, explained, accepted or closed 处理状态."),
    ] = "",
    threshold: Annotated[
        list[str] | None, typer.Option("--threshold", metavar="NAME=N", help="Another threshold, e.g. sla_days=15.")
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="How many each rule finds 汇总, within programme and region.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, max=999, help="Rows to show in the table; 0: all. JSON is never cut.")
    ] = 50,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """List what contradicts itself or a threshold 审计发现, with the entries; nothing is refused for it.

    Exit 1: something listed is open. docs/reference/rules.md has every rule with its thresholds. --json prints
    one JSON document a line.

    \b
    Examples 示例:
      ledgerctl findings --summary --programme datong-hugong
      ledgerctl findings --programme datong-hugong --severity E
      ledgerctl findings --rule A44 --rule A34 --as-of 2025-06-20
      ledgerctl findings --json | jq -r .rule | sort | uniq -c
      ledgerctl findings settle A44 'employment/…#none' --kind explained --reason "合同在县局存档"
    """
    if context.invoked_subcommand is not None:
        return
    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.failures import BadInput, ExitCode
    from ledgerctl.finding import thresholds
    from ledgerctl.query import as_of
    from ledgerctl.session import run_async

    if summary:
        if person or state or threshold:
            raise BadInput(
                "--summary 只按规则、级别、项目、地区和时点汇总 · "
                "--summary counts by rule, severity, programme, region and date alone",
                "leave out --person, --state and --threshold, or leave out --summary",
            )
        wanted = pb.CountFindingsRequest(programme=programme, region=region, as_of=as_of(point))
        if run_async(_summary(data_dir, wanted, set(rules or []), severity, as_json)):
            raise typer.Exit(ExitCode.FINDINGS)
        return
    asked = pb.ListFindingsRequest(
        rules=rules or [],
        severity=severity,
        programme=programme,
        region=region,
        person=person,
        state=state,
        thresholds=thresholds(threshold or []),
        as_of=as_of(point),
        page_size=limit + 1,
    )
    if run_async(_lines(data_dir, asked) if as_json else _list(data_dir, asked, limit)):
        raise typer.Exit(ExitCode.FINDINGS)


async def _summary(data_dir: Path, asked: Any, rules: set[str], severity: str, as_json: bool) -> bool:
    """Print how many there are of each case; whether one is open."""
    from ledgerctl.finding import case_json, counted_findings
    from ledgerctl.printers import out, print_json, print_table, say
    from ledgerctl.query import cut_json, cut_text
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        answer = await counted_findings(session, asked)
    cases = [
        case_json(one) for one in answer.cases if severity in ("", one.severity) and (not rules or one.rule in rules)
    ]
    if as_json:
        print_json({"cut": cut_json(answer.cut), "cases": cases})
    else:
        print_table(
            ["规则 rule", "级 severity", "名称", "name", "情形 case", *_STATES.values()],
            [
                [one["rule"], one["severity"], one["name_zh"], one["name_en"], one["case"], *(one[s] for s in _STATES)]
                for one in cases
            ],
            align=dict.fromkeys(_STATES.values(), "right"),
        )
        out(cut_text(cut_json(answer.cut)))
        if not cases:
            say("✓ 没有发现 · nothing found")
    return any(one["open"] for one in cases)


async def _list(data_dir: Path, asked: Any, limit: int) -> bool:
    """The table; whether one that is listed is open. `limit` 0: all of them."""
    from ledgerctl.finding import all_findings, some_findings
    from ledgerctl.printers import print_table, say
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        if limit:
            found = await some_findings(session, asked)
        else:
            found = [one async for one in all_findings(session, asked)]
    shown = found[: limit or None]
    print_table(_TITLES, [_row(one) for one in shown])
    if not found:
        say("✓ 没有发现 · nothing found")
    if len(found) > len(shown):
        say(
            f"… 只列出前 {limit} 条 · the first {limit} are shown; --limit 0 or --json shows all, --summary counts them"
        )
    return any(one.state == "open" for one in shown)


async def _lines(data_dir: Path, asked: Any) -> bool:
    """A JSON document a line, as they come; whether one of them is open."""
    from ledgerctl.finding import all_findings, finding_json
    from ledgerctl.printers import print_json_lines
    from ledgerctl.session import open_session

    is_open = False
    async with open_session(data_dir) as session:
        async for one in all_findings(session, asked):
            is_open = is_open or one.state == "open"
            print_json_lines([finding_json(one)])
    return is_open


def _row(one: Any) -> list[Any]:
    entry = f"{one.log}@{one.index}"
    if one.HasField("other_log"):
        entry += f" ↔ {one.other_log}@{one.other_index}"
    state = _STATES[one.state] + (f": {one.reason}" if one.reason else "")
    return [one.rule, one.severity, one.sentence_zh, one.person, state, entry, one.key]


@app.command("settle")
def settle(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Rule id, e.g. A44.")],
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the finding, as findings lists it.")],
    kind: Annotated[
        Literal["explained", "accepted", "closed"],
        typer.Option("--kind", metavar="KIND", help="explained 说明, accepted 认可 or closed 销号."),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why 理由; without personal data.")],
    agency: Annotated[
        str, typer.Option("--agency", metavar="A", help="Who says so 单位; without: named after the ledger's host.")
    ] = "",
    actor: Annotated[str, typer.Option("--actor", help="Reference of the member of staff, st_….")] = "sv_ledgerctl",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Explain, accept or close a finding 处理审计发现; the word is recorded in the publication log.

    It speaks of the entry as it stands: if that is corrected and still contradicts, the finding is open again.
    Exit 0: recorded. 1: refused.

    \b
    Examples 示例:
      ledgerctl findings settle A44 'employment/…#none' --kind explained --reason "合同在县局存档"
      ledgerctl findings settle A11 'enrolment/…#too_many' --kind closed --reason "corrected in the register"
    """
    from ledgerctl.finding import Settling
    from ledgerctl.session import run_async

    run_async(_settle(data_dir, Settling(rule, key, kind, reason, agency, actor), as_json))


async def _settle(data_dir: Path, said: Any, as_json: bool) -> None:
    from ledgerctl.finding import settle
    from ledgerctl.printers import out, say
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        receipt = await settle(session, said)
    if as_json:
        told = {"log": receipt.log, "index": receipt.index, "subject": receipt.subject, "duplicate": receipt.duplicate}
        out(json.dumps(told, ensure_ascii=False))
        return
    done = "已有同样的说明 · said already" if receipt.duplicate else "已记录 · recorded"
    say(f"✓ {done}: {_STATES[said.kind]}, {receipt.log}@{receipt.index}")
