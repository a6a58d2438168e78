"""`ledgerctl status`: which processes live, and how far each log has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json

if TYPE_CHECKING:
    from ledgerctl.embedded.lag import LogState


def run(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: Json = False) -> None:
    """Show what runs, and how far each log is. 状态

    For each log: how much is recorded, published and projected. It answers with dead processes
    too, because logs are read from their databases. Exit code 1 if a log diverged: publishing or
    projecting it stopped, and somebody must decide.

    \b
    Examples 示例:
      ledgerctl status
      ledgerctl status --json --data-dir /srv/ledger
    """
    import time

    from ledgerctl.embedded.home import Home
    from ledgerctl.embedded.lag import read_lag
    from ledgerctl.embedded.states import read_processes
    from ledgerctl.failures import ExitCode
    from ledgerctl.printers import out, print_json, print_table, say

    home = Home(data_dir)
    processes = read_processes(home)
    logs = read_lag(home, time.time())
    if as_json:
        print_json(
            {
                "processes": [{"name": p.name, "pid": p.pid, "state": p.state} for p in processes],
                "logs": [_as_json(log) for log in logs],
            }
        )
    else:
        print_table(
            ["process", "state", "pid", "address"],
            [(p.name, p.state, str(p.pid or "–"), p.address or "–") for p in processes],
            align={"pid": "right"},
            styles={"dead": "bold red", "running": "green", "starting": "yellow"},
        )
        out("")
        numbers = ["entries", "published", "projected", "behind", "seconds behind"]
        print_table(
            ["log", *numbers],
            [(s.log, s.size, s.published, s.ingested, s.lag_entries, f"{s.lag_seconds:.1f}") for s in logs],
            align=dict.fromkeys(numbers, "right"),
        )
        if not home.exists:
            say(f"no ledger was started in {home.root} yet; ledgerctl up --detach starts one")
        elif any(p.state == "dead" for p in processes):
            say("→ ledgerctl up --detach starts what is dead and keeps the rest")
    for log in logs:
        if log.trouble:
            say(f"! {log.log} waits to be published: {log.trouble}")
        if log.error:
            say(f"✗ {log.log} stopped: {log.error}")
    if any(log.error for log in logs):
        raise typer.Exit(ExitCode.FINDINGS)


def _as_json(log: LogState) -> dict[str, object]:
    """The published keys; `error` and `trouble` only where there is something to say."""
    told: dict[str, object] = {
        "log": log.log,
        "size": log.size,
        "published": log.published,
        "ingested": log.ingested,
        "lag_entries": log.lag_entries,
        "lag_seconds": log.lag_seconds,
    }
    told |= {"error": log.error} if log.error else {}
    told |= {"trouble": log.trouble} if log.trouble else {}
    return told
