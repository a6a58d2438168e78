"""Witnesses between real processes: an auditor who asks for a quorum gets it, and notices when it is not there."""

from __future__ import annotations

from pathlib import Path

from ledgerctl.publishing.proving import Verdict, prove
from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import LOGS, Ledger
from tests.support.waiting import wait_until

FIGURE = ("agreements_signed", "--programme", "witnessed", "--to", "2025-12-31")


def hand_in(ledger: Ledger, folder: Path, first: int, count: int) -> None:
    rows = [agreement(person(32_000 + number), f"YX-{number}") for number in range(first, first + count)]
    ledger.hand_in(books.write(folder, f"from-{first}", 协议台账=rows), programme="witnessed")


def policy(ledger: Ledger, *options: object) -> Path:
    file = ledger.folder / "policy.txt"
    file.write_text(ledger.run("keys", "--policy", *options).out)
    return file


def proven(ledger: Ledger, name: str, policy: Path) -> Verdict:
    bundle = ledger.folder / f"{name}.tar.gz"
    ledger.run("export", "--figure", *FIGURE, bundle)
    return prove(bundle, policy)


def lacking(ledger: Ledger, which: str = "") -> dict[str, int]:
    """Log → its checkpoints without the cosignatures of all four others. `which`: further SQL, e.g. the newest only."""
    four = "(SELECT COUNT(*) FROM cosignatures s WHERE s.size = c.size) = 4"
    counted = f"SELECT COUNT(*) FROM (SELECT * FROM checkpoints c {which}) c WHERE NOT {four}"
    return {log: count for log in LOGS for ((count,),) in [ledger.read(log, counted)] if count}


NEWEST = "ORDER BY size DESC LIMIT 1"


def test_a_quorum_is_missing_until_the_services_witness_each_other(fresh_ledger: Ledger, tmp_path: Path) -> None:
    ledger = fresh_ledger
    ledger.up()
    hand_in(ledger, tmp_path, 0, 3)
    ledger.run("figure", "publish", *FIGURE)
    alone = proven(ledger, "alone", policy(ledger, "--quorum", 2))
    assert alone.code == 2
    assert "cosigned by nobody, which is no quorum witnesses" in alone.output
    assert proven(ledger, "alone", policy(ledger)).code == 0

    ledger.run("up", "--detach", "--cosign")
    hand_in(ledger, tmp_path, 3, 2)
    # a statement is over the newest heads: those of logs that did not grow are cosigned, too
    wait_until(lambda: not lacking(ledger, NEWEST), 30)
    ledger.run("figure", "publish", *FIGURE, "--reason", "two more")
    wait_until(lambda: not lacking(ledger, NEWEST), 30)
    cosigned = proven(ledger, "cosigned", policy(ledger, "--quorum", 2))
    assert cosigned.code == 0, cosigned.output
    assert "cosigned by " in cosigned.output
    assert "witnesses asked for" not in cosigned.output
    # a witness the auditor does not ask for counts for nothing
    keys = {one["service"]: one["vkey"] for one in ledger.run("keys", "--witnesses", "--json").json}
    unknown = proven(ledger, "cosigned", policy(ledger, "--quorum", 1, "--witness", f"placement={keys['placement']}"))
    assert unknown.code == 2
    assert "ledger.local/placement: cosigned by nobody" in unknown.output


def test_a_witness_that_was_away_cosigns_what_it_missed(fresh_ledger: Ledger, tmp_path: Path) -> None:
    ledger = fresh_ledger
    ledger.run("up", "--detach", "--cosign")
    hand_in(ledger, tmp_path, 0, 2)
    cosigned = "SELECT COUNT(*) FROM cosignatures WHERE witness = ?"
    wait_until(lambda: ledger.read("placement", cosigned, "ledger.local/training/witness")[0][0], 30)
    ledger.kill("training")
    for first in (2, 4):
        hand_in(ledger, tmp_path, first, 2)
        wait_until(lambda: lacking(ledger, NEWEST).get("placement"), 30)
    ledger.up()
    wait_until(lambda: not lacking(ledger), 30)
