"""`ledgerctl receipt`: a proof that an entry is in a log, to keep and to check without the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    log: Annotated[
        str, typer.Argument(metavar="[LOG]", help="Origin of the log, or just its service: placement.")
    ] = "",
    index: Annotated[int | None, typer.Argument(metavar="[INDEX]", min=0, help="Index of the entry.")] = None,
    output: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there, not on the screen.")
    ] = None,
    verify: Annotated[Path | None, typer.Option("--verify", metavar="FILE", help="Check this receipt instead.")] = None,
    vkey: Annotated[str, typer.Option("--vkey", metavar="VKEY|FILE", help="The log's key, kept from earlier.")] = "",
    policy: Annotated[
        Path | None, typer.Option("--policy", metavar="FILE", help="Instead of --vkey: keys and a quorum of witnesses.")
    ] = None,
    entry: Annotated[
        Path | None,
        typer.Option("--entry", "--leaf", metavar="FILE", help="The entry's bytes; else those in the receipt."),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Get a receipt for an entry 回执, or check one offline 核验.

    A receipt is a C2SP tlog-proof with the entry's bytes beside it: whoever knows the log's key can check it
    without the ledger.

    \b
    Examples 示例:
      ledgerctl receipt placement 12 --out 12.tlog-proof
      ledgerctl receipt --verify 12.tlog-proof --vkey placement.vkey
    """
    from ledgerctl.failures import BadInput
    from ledgerctl.printers import print_json, say
    from ledgerctl.receipts import described, fetched, verified
    from ledgerctl.session import run_async

    if verify is not None:
        if log or index is not None or output is not None:
            raise BadInput("--verify 只核验一份回执 · --verify checks one receipt and takes no LOG, INDEX or --out")
        checked = verified(verify, vkey, policy, entry)
        if as_json:
            print_json(checked)
        else:
            say(described(checked))
        return
    if not log or index is None:
        raise BadInput(
            "缺少 LOG 与 INDEX · which entry?", "ledgerctl receipt placement 12, as its receipt or entry says"
        )
    if vkey or policy or entry:
        raise BadInput("--vkey, --policy, --entry 与 --verify 同用 · these go with --verify FILE")
    proof = run_async(fetched(data_dir, log, index))
    if output is not None:
        _write(output, proof.encode())
    if as_json:
        print_json({"log": proof.log, "index": index, "size": proof.size, "proof": proof.encode().decode()})
    elif output is None:
        typer.echo(proof.encode(), nl=False)
    if output is not None:
        say(f"✓ 回执已写入 · receipt written to {output}: {proof.log} @ {index}, signed at {proof.size}")


def _write(path: Path, data: bytes) -> None:
    from ledger.runtime.process import write_atomically
    from ledgerctl.failures import BadInput

    try:
        write_atomically(path, data.decode())
    except OSError as error:
        raise BadInput(f"不能写入 {path} · cannot write {path}: {error.strerror}", "name another file") from error
