"""`ledgerctl import`: registers go in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Workbooks (.xlsx) or tables (.csv).")],
    programme: Annotated[
        str, typer.Option("--programme", metavar="P", help="Programme 项目, e.g. datong-hugong.")
    ] = "",
    region: Annotated[str, typer.Option("--region", metavar="CODE", help="GB/T 2260 code 行政区划, e.g. 630121.")] = "",
    agency: Annotated[
        str, typer.Option("--agency", metavar="A", help="Who states it 填报单位, e.g. datong-hrss.")
    ] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="Which register a CSV holds, e.g. 协议台账.")] = "",
    actor: Annotated[str, typer.Option("--actor", help="Reference of the member of staff, st_….")] = "sv_ledgerctl",
    rejected: Annotated[
        Path | None, typer.Option("--rejected", metavar="FILE", help="Where refused rows go; else beside the input.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Return when what was recorded is projected.")] = False,
    only_new_rows: Annotated[
        bool,
        typer.Option("--only-new-rows", help="After identities were lost: these rows were never recorded 只有新行."),
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Hand in registers 导入台账. Valid rows are recorded even where others fail.

    Handing in the same file again records nothing twice, and goes on where an interruption stopped it.
    Programme, region and agency may stand in an import.toml beside the file instead.
    Exit 0: clean. 1: some rows were refused (see the rejected workbook) or left out under merged cells.
    2: nothing could be read, or the registry lost identities and rows could be recorded twice. 3: the ledger
    went away; what was done until then is reported, and stays done.

    \b
    Examples 示例:
      ledgerctl import 协议台账.xlsx --programme datong-hugong --region 630121 --agency datong-hrss
      ledgerctl import examples/datong/*.xlsx --wait --json
    """
    import asyncio

    from ledgerctl.failures import BadInput, ExitCode
    from ledgerctl.importing.handing_in import HandIn, Stated, hand_in
    from ledgerctl.printers import say

    if rejected is not None and len(files) > 1:
        raise BadInput(
            "--rejected 只能指一个文件 · names one file, but several are handed in",
            "请逐个导入 · import them one by one",
        )
    if rejected is not None and any(rejected.resolve() == file.resolve() for file in files):
        raise BadInput("--rejected 不能是被导入的文件 · names the file handed in", "请另指定 · name another file")
    wanted = HandIn(files, Stated(programme, region, agency), sheet or None, actor, rejected, wait, only_new_rows)
    try:
        outcome = asyncio.run(hand_in(data_dir, wanted))
    except KeyboardInterrupt:  # before anything was handed in: from there on it ends in good order
        say("已中断，尚未登记任何一行；重新执行同一命令即可 · interrupted before a row was recorded; run it again")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    _print(outcome, as_json)
    if outcome.failure is not None:
        raise outcome.failure
    if outcome.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    if outcome.nothing_read:
        raise typer.Exit(ExitCode.USAGE)
    if not outcome.clean:
        raise typer.Exit(ExitCode.FINDINGS)


def _print(outcome: Any, as_json: bool) -> None:
    from ledgerctl.importing.telling import told, whole
    from ledgerctl.printers import print_json

    if as_json:
        print_json(whole(outcome))
    else:
        told(outcome)
