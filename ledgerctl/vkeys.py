"""The public keys of an embedded ledger's logs and witnesses, from its data folder: no process need run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ledger.note import Kind, MalformedNote, VerifierKey, parse_vkey
from ledger.policy import NONE, Group, MalformedPolicy, Policy, parse_policy
from ledger.runtime.signing_key import PUBLIC, WITNESS_PUBLIC, UnusableKey, read_vkey
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import BROKER
from ledgerctl.failures import BadInput

#: What a policy calls the group that its quorum names.
WITNESSES: Final = "witnesses"


def vkeys(data_dir: Path) -> Mapping[str, VerifierKey]:
    """Service → key of its log, by name. Raises Unreachable: no ledger there; BadInput: no keys, or unreadable."""
    files = sorted((data_dir / "keys").glob(f"*/{PUBLIC}"))
    if not files:
        Home(data_dir).address(BROKER)  # says so where no ledger was ever started
        raise BadInput(
            f"{data_dir} 里没有日志公钥 · {data_dir} holds no keys of logs",
            "ledgerctl up --detach starts a ledger, and each log makes its key; --data-dir names another folder",
        )
    return {path.parent.name: _read(path) for path in files}


def witness_vkeys(data_dir: Path) -> Mapping[str, VerifierKey]:
    """Service → key that it cosigns other logs with, by name. Raises as `vkeys` does."""
    return {name: _read(data_dir / "keys" / name / WITNESS_PUBLIC) for name in vkeys(data_dir)}


def given_witnesses(given: Sequence[str]) -> Mapping[str, VerifierKey]:
    """`NAME=VKEY` or `NAME=FILE` options as name → key. Raises BadInput."""
    found: dict[str, VerifierKey] = {}
    for option in given:
        name, equals, value = option.partition("=")
        if not name or not equals:
            raise BadInput(
                f"--witness {option}: 应为 名称=公钥 · expected NAME=VKEY", "for example linqing=witness.vkey"
            )
        try:
            found[name] = parse_vkey(value) if "+" in value and not Path(value).exists() else _read(Path(value))
        except MalformedNote as error:
            raise BadInput(f"--witness {name}: 不是公钥 · not a vkey: {error}", "ledgerctl keys --witnesses") from error
        if found[name].kind is not Kind.COSIGNATURE_V1:
            raise BadInput(
                f"--witness {name}: 不是见证公钥 · the key of a log, not of a witness",
                "the other agency lists it with ledgerctl keys --witnesses",
            )
    return found


def policy_of(logs: Sequence[VerifierKey], witnesses: Mapping[str, VerifierKey], quorum: int) -> Policy:
    """A policy that trusts these logs, and asks for `quorum` of these witnesses under each checkpoint.

    Raises BadInput: more than there are, or keys and names that no policy file can hold.
    """
    if not quorum:
        return Policy(tuple(logs), {}, {}, NONE)
    if quorum > len(witnesses):
        raise BadInput(f"只有 {len(witnesses)} 个见证方 · there are {len(witnesses)} witnesses, not {quorum}")
    asked = Policy(tuple(logs), dict(witnesses), {WITNESSES: Group(quorum, tuple(witnesses))}, WITNESSES)
    try:
        return parse_policy(asked.text().encode())
    except MalformedPolicy as error:
        raise BadInput(f"不能写成策略文件 · no policy file can say this: {error}", "name each witness once") from error


def _read(path: Path) -> VerifierKey:
    try:
        return read_vkey(path)
    except UnusableKey as error:
        raise BadInput(f"公钥无法读取 · {error}", "it is written anew when the log's service starts") from error
