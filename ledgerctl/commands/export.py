"""`ledgerctl export`: a published figure with all its evidence, for somebody who trusts nobody here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, Extra, From, Json, Programme, Region, To


def run(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder, or a file that ends in .tar.gz.")],
    figure: Annotated[str, typer.Option("--figure", metavar="ID", help="Figure id, e.g. agreements_signed.")],
    programme: Programme = "",
    region: Region = "",
    start: From = "",
    end: To = "",
    point: AsOf = "",
    extra: Extra = [],  # noqa: B006  # typer reads the default and never changes it
    published: Annotated[
        int | None,
        typer.Option("--published", metavar="INDEX", min=0, help="The entry of the publication log; else the newest."),
    ] = None,
    compressed: Annotated[
        bool | None, typer.Option("--gzip/--plain", help="Entries gzipped, as in a .tar.gz, or plain, as in a folder.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Export a published figure with its evidence 导出: statement, rule, logs, members.

    The newest statement published for these parameters is taken (--as-of: the newest that reads nothing later).
    The same statement gives the same files, byte for byte, until something more is published.

    \b
    Examples 示例:
      ledgerctl export --figure agreements_signed --programme datong-hugong agreements.tar.gz
      python3 verifier/verify.py agreements.tar.gz --policy policy.txt
    """
    from ledgerctl.printers import print_json, say
    from ledgerctl.query import as_of, extra_parameters, parameters
    from ledgerctl.session import run_async

    asked = parameters(programme, region, start, end, extra_parameters(extra))
    report = run_async(_export(data_dir, out, figure, asked, as_of(point), published, compressed))
    if as_json:
        print_json(report)
        return
    cut = "  ".join(f"{log}@{size}" for log, size in report["cut"].items())
    say(f"✓ 已导出 · exported to {report['out']}: {report['entries']:,} entries, {report['members']:,} members")
    say(f"  截面 cut: {cut}")
    say(f"  核验 check it: python3 verifier/verify.py {report['out']} --policy FILE (ledgerctl keys --policy)")


async def _export(
    data_dir: Path, out: Path, figure: str, asked: Any, point: Any, index: int | None, compressed: bool | None
) -> dict[str, Any]:
    from ledgerctl.exporting.collect import collect
    from ledgerctl.exporting.layout import check_target
    from ledgerctl.exporting.published import at, find, question
    from ledgerctl.failures import BadInput
    from ledgerctl.session import open_session
    from ledgerctl.vkeys import vkeys

    check_target(out)
    async with open_session(data_dir) as session:
        wanted = await question(session, figure, asked, point)
        found = await (at(session, index) if index is not None else find(session, wanted))
        if not wanted.answered_by(found.stated):
            raise BadInput(
                f"发布日志第 {index} 条是另一数字 · entry {index} of the publication log answers another question",
                "leave --published out to take the newest statement for these parameters",
            )
        return await collect(session, found, vkeys(data_dir).values(), out, compressed=compressed)
