"""`ledgerctl keys`: the public keys that the logs sign with, and the witnesses cosign with."""

from __future__ import annotations

from typing import Annotated

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    policy: Annotated[
        bool,
        typer.Option("--policy", help="Print a policy file (C2SP tlog-policy) that trusts these keys."),
    ] = False,
    quorum: Annotated[
        int,
        typer.Option("--quorum", metavar="N", min=0, help="With --policy: ask for N witnesses 见证; without: none."),
    ] = 0,
    witness: Annotated[
        list[str],
        typer.Option("--witness", metavar="NAME=VKEY", help="With --quorum: these, not the services of this ledger."),
    ] = [],  # noqa: B006  # typer reads the default and never changes it
    witnesses: Annotated[
        bool, typer.Option("--witnesses", help="List the keys that the services cosign others' logs with.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """List the public key of every log 公钥, as C2SP vkeys.

    An auditor takes them once, over a way that is trusted, and keeps them in a file of their own:
    whoever hands over figures must not be the one who says which keys to believe. With --quorum the policy
    also asks for cosignatures of witnesses, other agencies' services that saw the same log.

    \b
    Examples 示例:
      ledgerctl keys
      ledgerctl keys --policy > policy.txt
      ledgerctl keys --policy --quorum 2 --witness linqing=linqing.vkey --witness maoming=maoming.vkey
    """
    from ledgerctl.failures import BadInput
    from ledgerctl.printers import out, print_json
    from ledgerctl.vkeys import given_witnesses, policy_of, vkeys, witness_vkeys

    if policy and (as_json or witnesses):
        raise BadInput(
            "--policy 与 --json、--witnesses 不能并用 · use --policy without --json and --witnesses",
            "--policy prints a file of its own",
        )
    if (quorum or witness) and not (policy and quorum):
        raise BadInput("--quorum 与 --policy 同用 · --quorum goes with --policy, and --witness with --quorum")
    if policy:
        cosigners = (given_witnesses(witness) if witness else witness_vkeys(data_dir)) if quorum else {}
        out(policy_of(tuple(vkeys(data_dir).values()), cosigners, quorum).text().removesuffix("\n"))
        return
    keys = witness_vkeys(data_dir) if witnesses else vkeys(data_dir)
    if as_json:
        print_json(
            [
                {"service": name, ("witness" if witnesses else "log"): key.name, "vkey": str(key)}
                for name, key in keys.items()
            ]
        )
    else:
        for key in keys.values():
            out(str(key))
