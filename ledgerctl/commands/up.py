"""`ledgerctl up`: start the embedded ledger, or what is missing of it."""

from __future__ import annotations

from typing import Annotated

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once everything serves, and leave it running.")
    ] = False,
    cosign: Annotated[
        bool | None,
        typer.Option(
            "--cosign/--no-cosign",
            help="Have every service witness the others' logs 互为见证; kept until told otherwise.",
        ),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Start the ledger, or what is missing of it. 启动

    The broker and all services come up on free loopback ports. Whatever is dead is started,
    whatever runs is kept. Without --detach it stays, restarts what dies, and stops everything on
    Ctrl-C. --cosign shows how witnesses work; those that an auditor relies on belong to other
    agencies (docs/operating/witnesses.md).

    \b
    Examples 示例:
      ledgerctl up
      ledgerctl up --detach
      ledgerctl up --detach --cosign
      ledgerctl up --detach --data-dir /srv/ledger --json
    """
    from ledgerctl.embedded.control import set_cosigning, start
    from ledgerctl.embedded.home import Home
    from ledgerctl.embedded.layout import process_names
    from ledgerctl.embedded.supervise import Supervisor
    from ledgerctl.failures import ExitCode
    from ledgerctl.printers import out, print_json, say

    home = Home(data_dir)
    if cosign is not None:
        set_cosigning(home, cosign, say)

    def tell() -> None:
        names = process_names()
        if as_json:
            processes = [{"name": name, "pid": home.slot(name).pid, "address": home.address(name)} for name in names]
            print_json({"data_dir": str(home.root), "processes": processes})
            return
        width = max(map(len, names))
        for name in names:
            out(f"  {name:<{width}}  {home.address(name)}")
        out(f"  {'data':<{width}}  {home.root}  (logs in log/, databases in db/)")

    if detach:
        found = start(home, say)
        if found.started and found.kept:
            say(f"✓ started {', '.join(found.started)}; the rest was running 已补启动")
        else:
            say("✓ the ledger is up 台账已启动" if found.started else "✓ the ledger was up already 台账已在运行")
        tell()
        return

    def ready() -> None:
        say("✓ the ledger is up 台账已启动; Ctrl-C stops it 按 Ctrl-C 停止")
        tell()

    supervisor = Supervisor(home, say)
    supervisor.take_signals()
    supervisor.run(ready)
    say("✓ stopped 已停止")
    if supervisor.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
