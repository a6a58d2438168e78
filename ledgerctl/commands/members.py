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
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Rows to show in the table; 0: all. JSON is never cut.")
    ] = 50,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """List what a figure counted and what it left out 指标明细, each with its entry.

    \b
    Examples 示例:
      ledgerctl members agreements_signed --programme datong-hugong
      ledgerctl members agreements_signed --json | grep '"counted": false'
    """
    from ledgerctl.freshness import look, notes
    from ledgerctl.printers import out, say
    from ledgerctl.query import as_of, cut_text, extra_parameters, parameters
    from ledgerctl.session import run_async
    from ledgerctl.wording import also_text, asked_text, excluded_text

    asked, at = parameters(programme, region, start, end, extra_parameters(extra)), as_of(point)
    logs = look(data_dir)
    cut, answer = run_async(_list(data_dir, figure, asked, at, None if as_json else limit))
    # lines of JSON are for a program: what they are of goes beside them
    tell = say if as_json else out
    tell(f"{answer['name_zh']} {answer['name_en']} · {asked_text([answer])}")
    tell(
        f"共 {answer['matched']:,} 条 records, 纳入 counted {answer['counted']:,}, "
        f"排除 excluded {answer['matched'] - answer['counted']:,}: {excluded_text(answer)}"
    )
    for line in also_text(answer):
        tell(line)
    for note in [*answer.get("notes", []), *notes(logs, cut, at)]:
        tell(f"! {note}")
    tell(cut_text(cut))


async def _list(
    data_dir: Any, figure: str, asked: Any, point: Any, limit: int | None
) -> tuple[dict[str, int], dict[str, Any]]:
    """Print the members; (cut, figure) they are of. `limit`: rows of a table, 0: all; None: lines of JSON."""
    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.printers import print_json_lines
    from ledgerctl.query import all_members, get_figure, member_json
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        cut, answer = await get_figure(session, figure, asked, point)
        there = pb.AsOf(cut=pb.Cut(sizes=cut))
        page_size = 5_000 if not limit else min(limit, 5_000)
        rows: list[Any] = []
        async for member in all_members(session, figure, asked, there, page_size):
            if limit is None:
                print_json_lines([member_json(member)])
                continue
            rows.append(member)
            if limit and len(rows) == limit:
                break
    if limit is not None:
        print_members(rows, answer)
    return cut, answer


def print_members(members: list[Any], answer: dict[str, Any]) -> None:
    """The table for people."""
    from ledgerctl.printers import print_table, say
    from ledgerctl.query import details_of
    from ledgerctl.wording import amount_text, column_text, reason_text

    details = list(dict.fromkeys(name for member in members for name in details_of(member)))
    key, person, value, counted, entry = ("记录 key", "人员 person", "值 value", "纳入 counted", "条目 entry")
    reasons = answer.get("reasons", {})
    rows = []
    for member in members:
        own = details_of(member)
        rows.append(
            [
                member.key,
                member.person or "–",
                amount_text(member.value, answer["unit"]) if member.HasField("value") else "–",
                *(str(own.get(name) if own.get(name) is not None else "–") for name in details),
                "✓" if member.counted else f"✗ {reason_text(member.reason, reasons)}",
                f"{member.log}@{member.index}",
            ]
        )
    titles = [key, person, value, *map(column_text, details), counted, entry]
    # what says nothing here: no value, or a key that is the person
    said = [title for at, title in enumerate(titles) if title != value or any(row[at] != "–" for row in rows)]
    if all(row[0] == row[1] for row in rows):
        said.remove(person)
    rows = [[cell for title, cell in zip(titles, row, strict=True) if title in said] for row in rows]
    titles = said
    print_table(titles, rows, align={value: "right"}, whole=(key, person, entry, value))
    if len(members) < answer["matched"]:
        say(f"… 只列出前 {len(members)} 条 · the first {len(members)} are shown; --limit 0 or --json shows all")
