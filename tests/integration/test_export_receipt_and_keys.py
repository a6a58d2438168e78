"""Receipts that prove themselves from one file, and keys as files an auditor can keep."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import Kind, Refusal, Refused
from ledger.merkle import Frontier, leaf_hash
from ledger.note import Signer, encode_base64
from ledger.policy import parse_policy
from ledger.rpc.server import Server
from ledger.rpc.wire import message_class
from ledger.runtime.signing_key import open_signing_key
from ledger.tlog_proof import TlogProof, parse_tlog_proof
from ledger_api.common.v1 import common_pb2
from ledger_api.placement.v1 import placement_pb2
from ledgerctl import cli
from ledgerctl.embedded.home import Home
from ledgerctl.receipts import fetched
from services.placement.events import IntentAgreementSigned
from tests.support.exports import key_of
from tests.support.logs import LogBuilder

ORIGIN = "ledger.local/placement"
KEY = key_of(ORIGIN)


def log_of(size: int) -> LogBuilder:
    log = LogBuilder(ORIGIN)
    for number in range(size):
        who = f"pr_{number:032x}"
        log.add(
            IntentAgreementSigned(
                programme="p",
                region="630121",
                agreement=f"A{number}",
                person=who,
                employer="E",
                signed_on="2025-02-01",
            )
        )
    return log


def proof_of(log: LogBuilder, index: int, signer: Signer = KEY, extra: bytes | None = None) -> TlogProof:
    """Of an entry of a log of two, whose path is the other leaf."""
    hashes = [entry.leaf_hash for entry in log.entries]
    frontier = Frontier()
    frontier.extend(hashes)
    note = sign_checkpoint(Checkpoint(signer.name, 2, frontier.root()), signer)
    return TlogProof(index, (hashes[1 - index],), note, extra)


def verify(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli.main(["receipt", "--json", *arguments])
    told = capsys.readouterr()
    return code, json.loads(told.out) if code == 0 else told.err


def test_a_receipt_is_proven_from_one_file_and_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = log_of(2)
    file = tmp_path / "1.tlog-proof"
    file.write_bytes(proof_of(log, 1, extra=log.entries[1].leaf).encode())
    code, told = verify(capsys, "--verify", str(file), "--vkey", str(KEY.key))
    assert code == 0
    assert (told["log"], told["index"], told["size"]) == (ORIGIN, 1, 2)
    assert told["leaf_hash"] == leaf_hash(log.entries[1].leaf).hex()
    assert told["type"] == "placement.IntentAgreementSigned.v1"


def test_key_policy_and_entry_may_come_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = log_of(2)
    (tmp_path / "receipt").write_bytes(proof_of(log, 0).encode())
    (tmp_path / "entry").write_bytes(log.entries[0].leaf)
    (tmp_path / "vkey").write_text(f"{KEY.key}\n")
    (tmp_path / "policy").write_text(f"log {KEY.key}\nquorum none\n")
    asked = ["--verify", str(tmp_path / "receipt"), "--entry", str(tmp_path / "entry")]
    assert verify(capsys, *asked, "--vkey", str(tmp_path / "vkey"))[0] == 0
    assert verify(capsys, *asked, "--policy", str(tmp_path / "policy"))[0] == 0


def test_every_changed_bit_of_the_entry_index_or_key_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = log_of(2)
    leaf = log.entries[0].leaf
    receipts = {
        "another index": (proof_of(log, 0, extra=leaf).encode().replace(b"index 0", b"index 1"), KEY),
        "another entry": (proof_of(log, 0, extra=leaf.replace(b"A0", b"A9")).encode(), KEY),
        "another key": (proof_of(log, 0, extra=leaf).encode(), Signer.from_seed(ORIGIN, bytes(32))),
        "another log": (
            proof_of(log, 0, key_of("other.example/placement"), leaf).encode(),
            key_of("other.example/placement"),
        ),
    }
    for what, (receipt, key) in receipts.items():
        (tmp_path / "receipt").write_bytes(receipt)
        assert verify(capsys, "--verify", str(tmp_path / "receipt"), "--vkey", str(key.key))[0] == 1, what


@pytest.mark.parametrize(
    "arguments",
    [
        ["--verify", "{receipt}"],
        ["--verify", "{receipt}", "--vkey", "no key"],
        ["--verify", "{nothing}", "--vkey", str(KEY.key)],
        ["--verify", "{garbage}", "--vkey", str(KEY.key)],
        ["--verify", "{receipt}", "--vkey", str(KEY.key)],  # it holds no entry, and none is given
        ["placement", "1", "--verify", "{receipt}"],
        ["placement"],
        [],
    ],
)
def test_what_cannot_be_checked_is_wrong_usage(
    tmp_path: Path, arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    places = {name: str(tmp_path / name) for name in ("receipt", "nothing", "garbage")}
    (tmp_path / "receipt").write_bytes(proof_of(log_of(2), 0).encode())
    (tmp_path / "garbage").write_bytes(b"\xff\n\n")
    assert verify(capsys, *(one.format(**places) for one in arguments))[0] == 2


async def test_an_entry_that_is_not_signed_yet_is_waited_for(tmp_path: Path) -> None:
    log, asked = log_of(2), 0

    async def get_receipt(request: Any) -> Message:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise Refused(Refusal("not_yet_signed", Kind.NOT_FOUND, "not yet", "尚未"))
        return common_pb2.LogProof(proof=proof_of(log, request.index).encode())

    async def read_entries(request: Any) -> Any:
        yield common_pb2.EntriesPage(start=request.start, leaves=[log.entries[request.start].leaf])

    descriptor = placement_pb2.DESCRIPTOR.services_by_name["PlacementService"]

    async def nothing(_request: Any) -> Message:
        return message_class(descriptor.methods[0].output_type)()

    behaviours = {method.name: nothing for method in descriptor.methods}
    server = Server(
        [(descriptor, behaviours | {"GetReceipt": get_receipt, "ReadEntries": read_entries})], reflect=False
    )
    address = await server.start("127.0.0.1:0")
    home = Home(tmp_path)
    home.create([])
    home.remember({"placement": int(address.rpartition(":")[2])})
    try:
        receipt = await asyncio.wait_for(fetched(tmp_path, "placement", 1), 10)
    finally:
        await server.stop(0)
    assert asked == 3
    assert (receipt.log, receipt.size) == (ORIGIN, 2)
    assert parse_tlog_proof(receipt.encode()).extra == log.entries[1].leaf
    assert f"extra {encode_base64(log.entries[1].leaf)}".encode() in receipt.encode()


def test_keys_are_listed_as_vkeys_and_as_a_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    origins = {name: f"ledger.local/{name}" for name in ("registry", "placement", "publication")}
    keys = {
        name: open_signing_key(tmp_path / "keys" / name, origin, in_use=False).key for name, origin in origins.items()
    }
    assert cli.main(["keys", "--data-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(keys[name]) for name in sorted(keys)]
    assert cli.main(["keys", "--policy", "--data-dir", str(tmp_path)]) == 0
    policy = parse_policy(capsys.readouterr().out.encode())
    assert (set(policy.logs), policy.quorum) == (set(keys.values()), "none")
    assert cli.main(["keys", "--json", "--data-dir", str(tmp_path)]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed[0] == {"service": "placement", "log": "ledger.local/placement", "vkey": str(keys["placement"])}


def test_no_keys_and_no_private_key_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Home(tmp_path).create([])
    Home(tmp_path).remember({"nats": 1})
    assert cli.main(["keys", "--data-dir", str(tmp_path)]) == 2
    open_signing_key(tmp_path / "keys" / "placement", ORIGIN, in_use=False)
    secret = (tmp_path / "keys" / "placement" / "log.key").read_text().strip()
    assert cli.main(["keys", "--data-dir", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert secret.rpartition("+")[2] not in shown
    assert base64.b64encode(secret.encode()).decode() not in shown


@pytest.mark.parametrize("verb", [["receipt", "placement", "0"], ["keys"], ["keys", "--policy"]])
def test_a_folder_without_a_ledger_is_said_to_be_one(
    tmp_path: Path, verb: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*verb, "--data-dir", str(tmp_path)]) == 3
    assert "里没有台账" in capsys.readouterr().err
