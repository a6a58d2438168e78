"""`ledgerctl figure publish | list | diff`: figures as signed statements in a log of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, Extra, From, Json, Programme, Region, To

app = typer.Typer(help="Publish figures as signed statements 公布指标.", no_args_is_help=True, rich_markup_mode=None)

Entry = Annotated[int, typer.Argument(min=0, help="Index in the publication log, as figure list shows it.")]


@app.callback()
def _figure() -> None:
    """Publish figures as signed statements, restate and compare them 公布指标."""


@app.command("publish")
def publish(
    figure: Annotated[str, typer.Argument(metavar="ID", help="Figure id, e.g. agreements_signed.")],
    programme: Programme = "",
    region: Region = "",
    start: From = "",
    end: To = "",
    point: AsOf = "",
    extra: Extra = [],  # noqa: B006  # typer reads the default and never changes it
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Restate what stands, for this reason 更正原因.")
    ] = "",
    empty: Annotated[bool, typer.Option("--empty", help="Also of a programme nobody knows 查无此项目也公布.")] = False,
    agency: Annotated[
        str,
        typer.Option("--agency", metavar="A", help="Who publishes 公布单位; without: named after the ledger's host."),
    ] = "",
    actor: Annotated[str, typer.Option("--actor", help="Reference of the member of staff, st_….")] = "sv_ledgerctl",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Publish a figure: it is counted where every log is signed, stated, signed and recorded 公布指标.

    The same value by the same rule is published once, however often it is asked for. Another value is
    refused unless --reason restates the entry that stands; both statements stay in the log. So is a
    programme or region that no entry is of: --empty publishes the nought all the same.
    Exit 0: it is published. 1: refused.

    \b
    Examples 示例:
      ledgerctl figure publish agreements_signed --programme datong-hugong --to 2025-06-30
      ledgerctl figure publish agreements_signed --programme datong-hugong --to 2025-06-30 --reason "late entries"
    """
    from ledgerctl.publishing.publish import Wanted
    from ledgerctl.query import as_of, extra_parameters, parameters
    from ledgerctl.session import run_async

    asked = parameters(programme, region, start, end, extra_parameters(extra))
    wanted = Wanted(figure, asked, as_of(point), agency, actor, reason, empty)
    run_async(_publish(data_dir, wanted, as_json))


async def _publish(data_dir: Path, wanted: Any, as_json: bool) -> None:
    from ledgerctl.printers import out, print_json, say
    from ledgerctl.publishing.publish import publish
    from ledgerctl.publishing.published import published_json
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        receipt, published = await publish(session, wanted)
    if as_json:
        print_json({**published_json(published), "log": receipt.log, "duplicate": receipt.duplicate})
        return
    where = f"{receipt.log} @ {published.index}"
    value = f"{published.value} {published.unit}"
    if receipt.duplicate:
        say(f"✓ 已有公布,数值与规则未变 · published already, with the same value and rule: {value}, {where}")
    else:
        say(f"✓ 已公布 · published: {value}, {where}")
    if published.HasField("supersedes"):
        say(f"  代替第 {published.supersedes} 条 · in place of entry {published.supersedes}; what moved: ")
        say(f"  ledgerctl figure diff {published.supersedes} {published.index}")
    out(published.statement.removesuffix("\n"))


@app.command("list")
def list_(
    figure: Annotated[str, typer.Argument(metavar="[ID]", help="Figure id; without: all.")] = "",
    programme: Programme = "",
    standing: Annotated[bool, typer.Option("--standing", help="Only what was not restated since 只列现行.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """List published figures 已公布指标, in the order they were published.

    \b
    Examples 示例:
      ledgerctl figure list --programme datong-hugong
      ledgerctl figure list agreements_signed --standing --json
    """
    from ledgerctl.session import run_async

    run_async(_list(data_dir, figure, programme, standing, as_json))


async def _list(data_dir: Path, figure: str, programme: str, standing: bool, as_json: bool) -> None:
    from ledgerctl.printers import print_json, print_table
    from ledgerctl.publishing.published import published_figures, published_json
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        found = published_figures(session, figure, programme, standing=standing)
        figures = [published_json(one) async for one in found]
    if as_json:
        print_json(figures)
        return
    print_table(
        ["条目 entry", "指标 figure", "参数 parameters", "值 value", "单位 unit", "公布于 recorded", "状态 state"],
        [
            [
                str(one["entry"]),
                one["figure"],
                " ".join(f"{name}={value}" for name, value in one["parameters"].items() if value is not None),
                one["value"],
                one["unit"],
                one["recorded"][:19] + "Z",
                "现行 stands" if one["superseded_by"] is None else f"→ {one['superseded_by']}",
            ]
            for one in figures
        ],
        align={"条目 entry": "right", "值 value": "right"},
    )


@app.command("diff")
def diff(
    before: Entry,
    after: Entry,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show which members came, went or changed between two published figures 两次公布的差异, each with its entry.

    The members are those that today's rule finds at the two cuts; if the rule itself is another one by
    now, that is said. With --json one JSON document a line, and nothing else.

    \b
    Examples 示例:
      ledgerctl figure diff 0 2
      ledgerctl figure diff 0 2 --json | grep '"change": "came"'
    """
    from ledgerctl.session import run_async

    run_async(_diff(data_dir, before, after, as_json))


async def _diff(data_dir: Path, first: int, second: int, as_json: bool) -> None:
    from ledgerctl.printers import out, print_json_lines, print_table, say
    from ledgerctl.publishing.difference import differences, members_of
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        a, b = await _two(session, first, second)
        counts = {"came": 0, "went": 0, "changed": 0}
        rows: list[list[Any]] = []
        async for one in differences(members_of(session, a), members_of(session, b)):
            counts[one.change] += 1
            if as_json:
                print_json_lines([one.to_json()])
            else:
                words = {"came": "新增 came", "went": "消失 went", "changed": "变更 changed"}
                rows.append([words[one.change], one.key, _side(one.before), _side(one.after), f"{one.moves:+d}"])
    if as_json:
        return
    print_table(["差异 change", "记录 key", f"@ {first}", f"@ {second}", "计数 moves"], rows)
    out(f"{a.figure}: {a.value} → {b.value} {b.unit}")
    say(f"新增 came {counts['came']:,} · 消失 went {counts['went']:,} · 变更 changed {counts['changed']:,}")


async def _two(session: Any, first: int, second: int) -> tuple[Any, Any]:
    from ledger_api.audit.v1 import audit_pb2 as audit
    from ledgerctl.failures import BadInput
    from ledgerctl.printers import say
    from ledgerctl.publishing.published import get_published

    a, b = await get_published(session, first), await get_published(session, second)
    if a.figure != b.figure:
        raise BadInput(
            f"两条不是同一指标 · entry {first} is {a.figure}, entry {second} is {b.figure}",
            "name two entries of one figure; ledgerctl figure list shows them",
        )
    known = await session.client("audit").call("ListFigures", audit.ListFiguresRequest())
    rule = next((one.rule_sha256 for one in known.figures if one.id == a.figure), "")
    for one in (a, b):
        if one.rule_sha256 != rule:
            say(f"! 第 {one.index} 条按另一版规则公布 · entry {one.index} was published by another version of the rule")
    return a, b


def _side(member: Any) -> str:
    if member is None:
        return "–"
    value = f" {member.value}" if member.HasField("value") else ""
    return f"{'✓' if member.counted else member.reason}{value} {member.log}@{member.index}"
