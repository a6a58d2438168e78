"""Receipts: fetched from the service that owns the log, and checked from files alone."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ledger.checkpoint import parse_checkpoint
from ledger.entry import decode
from ledger.errors import UnreadableEntry
from ledger.merkle import leaf_hash
from ledger.note import MalformedNote, UnverifiedNote, VerifierKey, parse_note, parse_vkey
from ledger.policy import NONE, MalformedPolicy, NoQuorum, Policy, parse_policy
from ledger.proofs import BadProof
from ledger.rpc.client import CallRefused
from ledger.tlog_proof import TlogProof, parse_tlog_proof
from ledger_api.common.v1 import common_pb2 as pb
from ledgerctl.failures import BadInput, Failure
from ledgerctl.session import Session, open_session

#: A log that grew is signed within a second or two.
SIGNED_WITHIN_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = 0.25
#: Longer than any entry with its proof.
_RECEIPT_BYTES_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof with the entry in its `extra`, and the head it leads to."""

    proof: TlogProof
    log: str
    size: int

    def encode(self) -> bytes:
        """The bytes of the file."""
        return self.proof.encode()


async def fetched(data_dir: Path, log: str, index: int) -> Receipt:
    """The receipt of an entry, from the log's own service; one not signed yet is waited for, 5 s at most.

    Raises BadInput: no such log or entry, or still unsigned. Unreachable: also where no ledger was ever started.
    """
    name = log.rpartition("/")[2]
    async with open_session(data_dir) as session:
        if not session.home.ports:
            session.home.address(name)  # says that there is no ledger
        origin = session.home.origin(name)
        if "/" in log and log != origin:
            raise BadInput(f"没有日志 {log} · there is no log {log} here", f"the log of {name} is {origin}")
        if name not in session.home.ports:
            raise BadInput(f"没有日志 {log} · there is no log {log} here", "ledgerctl keys lists the logs")
        proof = parse_tlog_proof(await _signed(session, name, index))
        leaf = await _entry(session, name, index)
    head = parse_checkpoint(parse_note(proof.checkpoint).text)
    return Receipt(replace(proof, extra=leaf), head.origin, head.size)


async def _signed(session: Session, name: str, index: int) -> bytes:
    until = time.monotonic() + SIGNED_WITHIN_SECONDS
    while True:
        try:
            answer = await session.client(name).call("GetReceipt", pb.GetReceiptRequest(index=index))
            proof: bytes = answer.proof
            return proof
        except CallRefused as error:
            if error.rule != "not_yet_signed" or time.monotonic() > until:
                raise
        await asyncio.sleep(_AGAIN_SECONDS)


async def _entry(session: Session, name: str, index: int) -> bytes:
    request = pb.ReadEntriesRequest(start=index, stop=index + 1)
    leaves = [leaf async for page in session.client(name).stream("ReadEntries", request) for leaf in page.leaves]
    if len(leaves) != 1:
        raise BadInput(
            f"没有第 {index} 条 · {name} holds no entry {index}", "ledgerctl status shows how far each log is"
        )
    leaf: bytes = leaves[0]
    return leaf


def verified(receipt: Path, vkey: str, policy: Path | None, entry: Path | None) -> dict[str, Any]:
    """What a receipt proves: `{log, index, size, root, leaf_hash, type, recorded, witnesses}`.

    `vkey`: a key, or a file with one. `entry`: the bytes of the entry; None: those in the receipt.
    Raises BadInput: a file that is not what it should be. Failure: the receipt proves nothing.
    """
    accepting = trusted(vkey, policy)
    try:
        proof = parse_tlog_proof(_read(receipt))
    except MalformedNote as error:
        raise BadInput(f"{receipt} 不是回执 · not a receipt: {error}", "it should be a C2SP tlog-proof") from error
    leaf = _read(entry) if entry is not None else proof.extra
    if leaf is None:
        raise BadInput(
            f"{receipt} 中没有原始条目 · the receipt holds no entry", "give the entry's bytes with --entry FILE"
        )
    hashed = leaf_hash(leaf)
    try:
        accepted = proof.verify(hashed, accepting)
    except UnverifiedNote as error:
        raise Failure(
            f"签名不符 · not signed by the key given: {error}", "take the key from where you trust it"
        ) from error
    except NoQuorum as error:
        raise Failure(
            f"见证不足 · not enough witnesses: {error}", "ask for a receipt with more cosignatures"
        ) from error
    except BadProof as error:
        raise Failure(
            f"条目不在日志中 · the entry is not in that log: {error}", "entry, index or proof were changed"
        ) from error
    head = accepted.checkpoint
    told: dict[str, Any] = {
        "log": head.origin,
        "index": proof.index,
        "size": head.size,
        "root": head.root.hex(),
        "leaf_hash": hashed.hex(),
        "witnesses": list(accepted.witnesses),
    }
    try:
        stated = decode(leaf)
    except UnreadableEntry as error:
        return told | {"unreadable": str(error)}
    if (stated.source, stated.index) != (head.origin, proof.index):
        raise Failure(
            f"条目自称 {stated.source} @ {stated.index} · the entry itself says it is {stated.source} @ {stated.index}",
            f"the log {head.origin} holds it at {proof.index}: tell its owner",
        )
    return told | {"type": stated.type, "subject": stated.subject, "recorded": stated.recorded}


def described(checked: dict[str, Any]) -> str:
    """The answer for people."""
    witnesses = ", ".join(checked["witnesses"])
    lines = [
        f"✓ 已核验 · proven: {checked['log']} @ {checked['index']} is in the log that was signed at {checked['size']}",
        f"  {checked.get('type', '?')}  recorded {checked.get('recorded', '?')}",
        f"  SHA-256(0x00 || bytes) = {checked['leaf_hash']}",
    ]
    return "\n".join([*lines, f"  cosigned by {witnesses}"] if witnesses else lines)


def trusted(vkey: str, policy: Path | None) -> Policy:
    """What `--vkey` or `--policy` says to trust. Raises BadInput."""
    if bool(vkey) == (policy is not None):
        raise BadInput("须给出 --vkey 或 --policy · give one of --vkey and --policy", "ledgerctl keys lists vkeys")
    try:
        if policy is not None:
            return parse_policy(_read(policy))
        return Policy((_key(vkey),), {}, {}, NONE)
    except MalformedPolicy as error:
        raise BadInput(
            f"{policy} 不是策略文件 · not a policy file: {error}", "ledgerctl keys --policy prints one"
        ) from error


def _key(vkey: str) -> VerifierKey:
    try:
        text = vkey if "+" in vkey and not Path(vkey).exists() else _read(Path(vkey)).decode("utf-8", "replace").strip()
        return parse_vkey(text)
    except MalformedNote as error:
        raise BadInput(f"不是公钥 · not a vkey: {error}", "ledgerctl keys lists them: <log>+<id>+<base64>") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_RECEIPT_BYTES_MAX + 1)
    except OSError as error:
        raise BadInput(f"读不到 {path} · cannot read {path}: {error.strerror}") from error
    if len(data) > _RECEIPT_BYTES_MAX:
        raise BadInput(f"{path} 过大 · {path} is over {_RECEIPT_BYTES_MAX} bytes", "is it the right file?")
    return data
