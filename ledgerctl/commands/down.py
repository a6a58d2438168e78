"""`ledgerctl down`: stop the embedded ledger."""

from __future__ import annotations

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: Json = False) -> None:
    """Stop the ledger. 停止

    Returns when no process is left; fine where nothing runs. Records are safe however a process
    ends; who does not end in time is killed, and named.

    \b
    Examples 示例:
      ledgerctl down
      ledgerctl down --data-dir /srv/ledger
    """
    from ledgerctl.embedded.control import stop_all
    from ledgerctl.embedded.home import Home
    from ledgerctl.printers import print_json, say

    ended = stop_all(Home(data_dir), say)
    if as_json:
        print_json({"stopped": list(ended.stopped), "killed": list(ended.killed)})
    elif ended.stopped:
        say(f"✓ stopped {', '.join(ended.stopped)} 已停止")
    else:
        say("✓ nothing was running 没有在运行的进程")
