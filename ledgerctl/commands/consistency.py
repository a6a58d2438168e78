"""`ledgerctl consistency`: a proof that a log only grew from one checkpoint to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    log: Annotated[
        str, typer.Argument(metavar="[LOG]", help="Origin of the log, or just its service: placement.")
    ] = "",
    old: Annotated[int | None, typer.Argument(metavar="[OLD]", min=1, help="The earlier signed size.")] = None,
    new: Annotated[int, typer.Argument(metavar="[NEW]", min=0, help="The later one; without: the newest.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there, not on the screen.")
    ] = None,
    verify: Annotated[Path | None, typer.Option("--verify", metavar="FILE", help="Check this proof instead.")] = None,
    vkey: Annotated[str, typer.Option("--vkey", metavar="VKEY|FILE", help="The log's key, kept from earlier.")] = "",
    policy: Annotated[
        Path | None, typer.Option("--policy", metavar="FILE", help="Instead of --vkey: keys and a quorum of witnesses.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Prove that a log only grew between two checkpoints 一致性证明, or check such a proof offline.

    Without sizes: list those that were signed. The file holds both checkpoints as they were signed and the proof
    of RFC 6962 between them.

    \b
    Examples 示例:
      ledgerctl consistency placement
      ledgerctl consistency placement 120 4800 --out grew.json
      ledgerctl consistency --verify grew.json --vkey placement.vkey
    """
    from ledgerctl.consistency import read, verified
    from ledgerctl.failures import BadInput
    from ledgerctl.receipts import trusted
    from ledgerctl.session import run_async

    if verify is not None:
        if log or old is not None or output is not None:
            raise BadInput("--verify 只核验一份证明 · --verify checks one proof and takes no LOG, sizes or --out")
        _say(verified(read(verify), trusted(vkey, policy)), as_json)
        return
    if not log:
        raise BadInput("缺少 LOG · which log?", "ledgerctl consistency placement lists the signed sizes of placement")
    if vkey or policy:
        raise BadInput("--vkey, --policy 与 --verify 同用 · these go with --verify FILE")
    run_async(_fetch(data_dir, log, old, new, output, as_json))


async def _fetch(data_dir: Path, log: str, old: int | None, new: int, output: Path | None, as_json: bool) -> None:
    from ledger.runtime.process import write_atomically
    from ledgerctl.consistency import fetched, signed_sizes
    from ledgerctl.failures import BadInput
    from ledgerctl.printers import out, print_json, say
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        name = log.rpartition("/")[2]
        session.home.address("nats")  # says so where no ledger was ever started
        if name not in session.home.logs() or log not in (name, session.home.origin(name)):
            raise BadInput(f"没有日志 {log} · there is no log {log}", f"there are: {', '.join(session.home.logs())}")
        if old is None:
            sizes = await signed_sizes(session, name)
            if as_json:
                print_json({"log": session.home.origin(name), "sizes": sizes})
            else:
                out("\n".join(map(str, sizes)))
            return
        proof = await fetched(session, name, old, new)
    before, after = proof.heads
    if output is None:
        typer.echo(proof.encode(), nl=False)
        return
    try:
        write_atomically(output, proof.encode().decode())
    except OSError as error:
        raise BadInput(f"不能写入 {output} · cannot write {output}: {error.strerror}", "name another file") from error
    say(f"✓ 已写入 · written to {output}: {before.origin} from {before.size} to {after.size} entries")


def _say(heads: tuple[Any, Any], as_json: bool) -> None:
    from ledgerctl.printers import print_json, say

    old, new = heads
    if as_json:
        print_json({"log": old.origin, "old": old.size, "new": new.size, "root": new.root.hex()})
    else:
        say(f"✓ 已核验 · proven: {old.origin} at {new.size} entries begins with the {old.size} that were signed before")
