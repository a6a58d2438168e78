"""`ledgerctl retract`: an entry that was recorded by mistake no longer stands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    log: Annotated[str, typer.Argument(metavar="LOG", help="Origin of the log, or just its service: placement.")],
    index: Annotated[int, typer.Argument(metavar="INDEX", min=0, help="Index of the entry, as members shows it.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why 原因, without personal data; it is kept for ever.")
    ],
    dependents: Annotated[
        bool, typer.Option("--with-dependents", help="Retract first whatever rests on it, e.g. the end of a work.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask again.")] = False,
    actor: Annotated[str, typer.Option("--actor", help="Reference of the member of staff, st_….")] = "sv_ledgerctl",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Take an entry back 撤销一条记录, in the name of the agency that stated it.

    The entry stays in its log, followed by one that says it no longer stands, and why: no figure
    counts it from there on, and every figure counted before stays as it was. What rests on the entry
    is shown, and has to go first. To change a record, hand in the corrected row instead.
    Exit 0: it no longer stands. 1: refused, with what rests on it.

    \b
    Examples 示例:
      ledgerctl retract placement 12 --reason "协议编号录错"
      ledgerctl retract placement 12 --reason wrong_number --with-dependents --yes --json
    """
    import sys

    from ledgerctl.failures import BadInput
    from ledgerctl.printers import out, print_json, say
    from ledgerctl.retracting import Wish, retract
    from ledgerctl.session import run_async

    if not reason.strip():
        raise BadInput("--reason 不能为空 · must not be empty", '例如 for example --reason "重复登记"')

    def agree(entry: Any) -> None:
        say(entry.text)
        if sys.stdin.isatty() and not yes:
            typer.confirm("撤销这一条? · retract this entry?", abort=True, err=True)

    gone = run_async(retract(data_dir, Wish(log, index, reason.strip(), actor, dependents, agree)))
    if as_json:
        print_json({"retracted": [one.to_json() for one in gone]})
        return
    for one in gone:
        out(f"✓ {one.entry.log}@{one.entry.index} 已撤销 retracted by {one.entry.log}@{one.by_index}")
