"""`ledgerctl members`: the records behind a figure."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, Extra, From, Json, Programme, Region, To


def run(
    figure: Annotated[str, typer.Argument(metavar="ID", help="Figure id, e.g. agreements_signed.")],
    programme: Programme = "",
    region: Region = "",
    start: From = "",
    end: To = "",
    point: AsOf = "",
    extra: Extra = [],  # noqa: B006  # typer reads the default and never changes it
    limit: Annotated[int, typer.Option("--limit", help="Rows to show in the table; 0: all. JSON is never cut.")] = 50,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """List what a figure counted and what it left out 指标明细, each with its entry.

    \b
    Examples 示例:
      ledgerctl members agreements_signed --programme datong-hugong
      ledgerctl members agreements_signed --json | grep '"counted": false'
    """
    from ledgerctl.query import as_of, extra_parameters, parameters
    from ledgerctl.session import run_async

    asked = parameters(programme, region, start, end, extra_parameters(extra))
    run_async(_list(data_dir, figure, asked, as_of(point), None if as_json else limit))


async def _list(data_dir: Any, figure: str, asked: Any, point: Any, limit: int | None) -> None:
    from ledgerctl.printers import print_json_lines, print_table, say
    from ledgerctl.query import all_members, member_json
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        rows: list[list[Any]] = []
        cut_short = False
        page_size = 5_000 if not limit else min(limit + 1, 5_000)
        async for member in all_members(session, figure, asked, point, page_size):
            if limit is None:
                print_json_lines([member_json(member)])
                continue
            if limit and len(rows) == limit:
                cut_short = True
                break
            value = member.value if member.HasField("value") else ""
            rows.append([member.key, member.person, value, "✓" if member.counted else member.reason])
            rows[-1].append(f"{member.log}@{member.index}")
    if limit is not None:
        print_table(["记录 key", "人员 person", "值 value", "纳入 counted", "条目 entry"], rows)
    if cut_short:
        say(f"… 只列出前 {limit} 条 · the first {limit} are shown; --limit 0 or --json shows all")
