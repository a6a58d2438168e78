"""`ledgerctl recover`: bring back, byte for byte, what a restored database lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    log: Annotated[str, typer.Argument(metavar="LOG", help="Origin of the log, or just its service: placement.")],
    source: Annotated[
        Path, typer.Option("--from", metavar="FILE", help="An outcomes.sqlite, or entries.jsonl[.gz] of an export.")
    ],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Bring entries back that a log's database lost 找回条目, from a copy that still has them.

    For a database restored from a backup: what was recorded since is appended again exactly as it was, if the copy
    has the roots of the log's head and of what it signed last. All of it is verified before anything is written. The
    ledger must be down. Of `registry` it also says how many persons' identities the restored vault lacks, and deletes
    anew what the log says was erased. Exit 0: brought back, or nothing was missing. 1: the copy is another history, or
    too short.

    \b
    Examples 示例:
      ledgerctl recover placement --from var.lost/db/outcomes.sqlite
    """
    from ledgerctl.embedded.home import Home
    from ledgerctl.embedded.identities import REGISTRY, forget_erased, lost_identities
    from ledgerctl.embedded.layout import process_names
    from ledgerctl.embedded.recovering import recover
    from ledgerctl.failures import BadInput, Failure
    from ledgerctl.printers import print_json, say

    home = Home(data_dir)
    home.address("nats")  # says so where no ledger was ever started
    name = log.rpartition("/")[2]
    if name not in home.logs() or log not in (name, home.origin(name)):
        raise BadInput(f"没有日志 {log} · there is no log {log}", f"there are: {', '.join(home.logs())}")
    with home.locked(lambda: say(f"waiting for another ledgerctl at work in {home.root}")):
        if running := [one for one in process_names() if home.slot(one).alive]:
            raise Failure(f"台账在运行 · the ledger is running: {', '.join(running)}", "ledgerctl down 停止 stops it")
        found = recover(home, name, source)
        told: dict[str, Any] = found._asdict()
        if name == REGISTRY:
            told |= {"erased_again": forget_erased(home), "identities_lost": lost_identities(home)}
    if as_json:
        print_json(told)
        return
    if found.start == found.stop:
        say(f"– {found.log}: 无缺失 · nothing is missing, it holds {found.stop:,} entries")
    else:
        say(f"✓ 已找回 · brought back: entries {found.start:,} to {found.stop - 1:,} of {found.log}")
        if unsigned := found.stop - max(found.start, found.signed):
            say(f"  末 {unsigned:,} 条当时尚未签名 · the last {unsigned:,} were not signed yet: on the copy's word")
    if erased := told.get("erased_again"):
        say(f"✓ 已再次删除 {erased:,} 人的信息 · erased again, as the log says: {erased:,} persons")
    if lost := told.get("identities_lost"):
        say(f"! {lost:,} 人只有编号，身份信息已失 · of {lost:,} persons the vault does not know who they are")
        say("  以前的行不要再交 · do not hand their rows in again: docs/operating/restore.md")
