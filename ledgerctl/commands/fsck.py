"""`ledgerctl fsck`: does everything that is held twice agree?"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    log: Annotated[str, typer.Option("--log", metavar="LOG", help="One log, e.g. placement; without: all.")] = "",
    deep: Annotated[
        bool, typer.Option("--deep", help="Compare every message of the stream, not its end alone.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Check the ledger 核验台账: databases, trees, checkpoints, streams, the projection and its tables.

    Nothing is repaired. It works with processes running or dead; without a broker the streams are
    left out, and this is said. Exit 0: all agree. 1: something differs, and exactly what is printed.

    \b
    Examples 示例:
      ledgerctl fsck
      ledgerctl fsck --log placement --deep
      ledgerctl fsck --json
    """
    import logging

    import structlog

    from ledgerctl.checking.whole import check_all
    from ledgerctl.embedded.home import Home
    from ledgerctl.failures import BadInput, ExitCode
    from ledgerctl.printers import print_json, say

    # what the broker's connection goes through is no finding
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    home = Home(data_dir)
    home.address("nats")  # says so where no ledger was ever started
    logs = home.logs()
    wanted = [name for name in logs if log in ("", name, home.origin(name))]
    if not wanted:
        raise BadInput(f"没有日志 {log} · there is no log {log}", f"there are: {', '.join(logs)}")
    report = check_all(home, wanted, deep=deep, say=say)
    if as_json:
        print_json(report.to_json())
    else:
        _tell(report)
    if report.findings:
        raise typer.Exit(ExitCode.FINDINGS)


def _tell(report: Any) -> None:
    from ledgerctl.printers import out, say

    for log, finding in report.findings:
        out(f"✗ {log} [{finding.check}] {finding.place}: {finding.message}")
    for left in report.left_out:
        say(f"– {left}")
    if not report.findings:
        out(f"✓ 一致 · all agree: {', '.join(report.logs)}")
