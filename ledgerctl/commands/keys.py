"""`ledgerctl keys`: the public keys that the logs sign with."""

from __future__ import annotations

from typing import Annotated

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    policy: Annotated[
        bool,
        typer.Option("--policy", help="Print a policy file (C2SP tlog-policy) that trusts these keys, quorum none."),
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """List the public key of every log 公钥, as C2SP vkeys.

    An auditor takes them once, over a way that is trusted, and keeps them in a file of their own:
    whoever hands over figures must not be the one who says which keys to believe.

    \b
    Examples 示例:
      ledgerctl keys
      ledgerctl keys --policy > policy.txt
    """
    from ledger.policy import NONE, Policy
    from ledgerctl.failures import BadInput
    from ledgerctl.printers import out, print_json
    from ledgerctl.vkeys import vkeys

    if policy and as_json:
        raise BadInput(
            "--policy 与 --json 不能并用 · use one of --policy and --json", "--policy prints a file of its own"
        )
    keys = vkeys(data_dir)
    if policy:
        out(Policy(tuple(keys.values()), {}, {}, NONE).text().removesuffix("\n"))
    elif as_json:
        print_json([{"service": name, "log": key.name, "vkey": str(key)} for name, key in keys.items()])
    else:
        for key in keys.values():
            out(str(key))
