"""That a log only grew is proven from a file, and a log that was rewritten is not."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.note import Signer
from ledger.proofs import HashTree, consistency_proof, tree_root
from ledgerctl import cli
from ledgerctl.consistency import Consistency
from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import Ledger
from tests.support.waiting import wait_until

PLACEMENT = "ledger.local/placement"


def is_signed(ledger: Ledger, size: int) -> bool:
    return bool(ledger.read("placement", "SELECT COUNT(*) FROM checkpoints WHERE size = ?", size)[0][0])


def test_a_log_that_grew_proves_it_to_whoever_kept_an_earlier_checkpoint(ledger: Ledger, tmp_path: Path) -> None:
    for count in (1, 3):
        rows = [agreement(person(34_000 + number), f"YX-{number}") for number in range(count)]
        ledger.hand_in(books.write(tmp_path, f"register-{count}", 协议台账=rows), programme="grew")
        size = ledger.wait_projected()["placement"].size
        wait_until(partial(is_signed, ledger, size))
    sizes = ledger.run("consistency", "placement", "--json").json["sizes"]
    file, vkey = tmp_path / "grew.json", ledger.data / "keys" / "placement" / "log.vkey"
    ledger.run("consistency", PLACEMENT, sizes[0], "--out", file)
    checked = ledger.run("consistency", "--verify", file, "--vkey", vkey, "--json").json
    assert (checked["log"], checked["old"], checked["new"]) == (PLACEMENT, sizes[0], sizes[-1])

    other = ledger.data / "keys" / "training" / "log.vkey"
    assert "not signed" in ledger.run("consistency", "--verify", file, "--vkey", other, code=1).err
    assert "signed no checkpoint" in ledger.run("consistency", "placement", 10_000, code=1).err
    assert "no log" in ledger.run("consistency", "audit", code=2).err


def test_a_rewritten_log_cannot_prove_it(tmp_path: Path) -> None:
    key = Signer.generate(PLACEMENT)
    trees = [HashTree(bytes([at, at == twist]) * 16 for at in range(9)) for twist in (-1, 3)]
    old, new = (
        sign_checkpoint(Checkpoint(PLACEMENT, size, tree_root(tree, size)), key)
        for tree, size in zip(trees, (5, 9), strict=True)
    )
    file = tmp_path / "rewritten.json"
    file.write_bytes(Consistency(old, new, tuple(consistency_proof(trees[1], 5, 9))).encode())
    assert cli.main(["consistency", "--verify", str(file), "--vkey", str(key.key)]) == 1
    honest = sign_checkpoint(Checkpoint(PLACEMENT, 9, tree_root(trees[0], 9)), key)
    file.write_bytes(Consistency(old, honest, tuple(consistency_proof(trees[0], 5, 9))).encode())
    assert cli.main(["consistency", "--verify", str(file), "--vkey", str(key.key)]) == 0


def test_what_is_no_proof_is_told_so(tmp_path: Path) -> None:
    for text in ("", "[]", json.dumps({"format": "x"}), '{"format": "placement-ledger consistency v1", "proof": [1]}'):
        (tmp_path / "file").write_text(text)
        assert cli.main(["consistency", "--verify", str(tmp_path / "file"), "--vkey", "a+b+c"]) == 2
