"""`ledgerctl release`: let a log that was stopped be followed again, after it was mended."""

from __future__ import annotations

from typing import Annotated

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    log: Annotated[str, typer.Argument(metavar="LOG", help="Origin of the log, or just its service: placement.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="What was found and mended 原因; it is kept.")
    ],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Let a stopped log be followed again 解除停止, once what stopped it was mended.

    The log is held against the projector's copy first; where they still differ nothing is released. Whoever is
    released compares roots with the owner at once, and stops again if they differ: nothing can be hidden so.
    Each release is kept with its reason in releases.jsonl, in the data folder.
    Exit 0: released, or nothing was stopped. 1: the copies still differ.

    \b
    Examples 示例:
      ledgerctl release placement --reason "the newer database was put back, case 2025-7"
    """
    import sqlite3

    from ledgerctl.checking.logs import check_copy
    from ledgerctl.embedded.home import Home
    from ledgerctl.embedded.releasing import release, stopped_followers
    from ledgerctl.failures import BadInput, Failure
    from ledgerctl.printers import print_json, say

    home = Home(data_dir)
    home.address("nats")  # says so where no ledger was ever started
    name = log.rpartition("/")[2]
    if name not in home.logs() or log not in (name, home.origin(name)):
        raise BadInput(f"没有日志 {log} · there is no log {log}", f"there are: {', '.join(home.logs())}")
    if not reason.strip():
        raise BadInput("缺少原因 · a release needs its reason", '--reason "what was found, what was mended"')
    origin = home.origin(name)
    try:
        followers = stopped_followers(home, origin)
        if followers:
            for found in check_copy(home, name):
                raise Failure(
                    f"尚未修复 · not mended yet: {found.place} of {origin} {found.message}",
                    "docs/operating/diverged.md says what to do; ledgerctl fsck shows all that differs",
                )
        release(home, origin, followers, reason.strip())
    except sqlite3.DatabaseError as error:
        raise Failure(
            f"数据库无法读写 · a database cannot be read or written: {error}", "docs/operating/restore.md"
        ) from error
    if as_json:
        print_json({"log": origin, "released": [one._asdict() for one in followers]})
        return
    for one in followers:
        say(f"✓ 已解除 · released: {one.follower} follows {origin} again (it had said: {one.error})")
    say(
        "  ledgerctl status 查看 shows whether it stays so" if followers else f"– {origin}: 未停止 · nothing is stopped"
    )
