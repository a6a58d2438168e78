"""`ledgerctl status`: which processes live, and how far each log has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json

if TYPE_CHECKING:
    from ledgerctl.embedded.lag import LogState


PROCESS, STATE, ADDRESS, LOG = "进程 process", "状态 state", "地址 address", "日志 log"
_STATES = {"running": "运行 running", "starting": "启动中 starting", "dead": "已死 dead", "stopped": "停止 stopped"}


def run(
    check: Annotated[bool, typer.Option("--check", help="Exit 1 if a process is dead 有死进程则返回 1.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show what runs, and how far each log is. 状态

    For each log: how much is recorded, published and projected. It answers with dead processes
    too, because logs are read from their databases. Exit code 1 if a log diverged: publishing or
    projecting it stopped, and somebody must decide. With --check also if a process is dead, for
    whoever watches over the ledger; one that was stopped, or never started, is as it should be.

    \b
    Examples 示例:
      ledgerctl status
      ledgerctl status --json --data-dir /srv/ledger
      ledgerctl status --check || echo "a process is dead, or a log is stopped"
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
    dead = any(process.state == "dead" for process in processes)
    if as_json:
        print_json(
            {
                "processes": [{"name": p.name, "pid": p.pid, "state": p.state} for p in processes],
                "logs": [_as_json(log) for log in logs],
            }
        )
    else:
        print_table(
            [PROCESS, STATE, "pid", ADDRESS],
            [(p.name, _STATES[p.state], str(p.pid or "–"), p.address or "–") for p in processes],
            align={"pid": "right"},
            styles={_STATES["dead"]: "bold red", _STATES["running"]: "green", _STATES["starting"]: "yellow"},
            whole=(PROCESS, ADDRESS),
        )
        out("")
        numbers = ["条目 entries", "已发布 published", "已汇总 projected", "未汇总 behind", "滞后秒 seconds"]
        print_table(
            [LOG, *numbers],
            [(s.log, s.size, s.published, s.ingested, s.lag_entries, f"{s.lag_seconds:.1f}") for s in logs],
            align=dict.fromkeys(numbers, "right"),
            whole=(LOG,),
        )
        if not home.exists:
            say(f"{home.root} 里没有台账 · no ledger was started there yet; ledgerctl up --detach 启动 starts one")
        elif dead:
            say("→ ledgerctl up --detach 启动已停的进程 · starts what is dead and keeps the rest")
    for log in logs:
        if log.trouble:
            say(f"! {log.log} 等待发布 · waits to be published: {log.trouble}")
        if log.error:
            say(f"✗ {log.log} 已停止 · stopped: {log.error}")
    if (dead and check) or any(log.error for log in logs):
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
