"""Witnesses between real processes: an auditor who asks for a quorum gets it, and notices when it is not there."""

from __future__ import annotations

from functools import partial
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


def lacking(ledger: Ledger) -> list[str]:
    """The logs whose newest checkpoint is without the cosignatures of all four others."""
    newest = "SELECT size FROM checkpoints ORDER BY size DESC LIMIT 1"
    counted = f"SELECT COUNT(*) FROM cosignatures WHERE size = ({newest}) HAVING EXISTS ({newest})"
    return [log for log in LOGS for (count,) in ledger.read(log, counted) if count != 4]


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
    wait_until(lambda: not lacking(ledger), 60)
    ledger.run("figure", "publish", *FIGURE, "--reason", "two more")
    wait_until(lambda: not lacking(ledger), 60)
    cosigned = proven(ledger, "cosigned", policy(ledger, "--quorum", 2))
    assert cosigned.code == 0, cosigned.output
    assert "cosigned by " in cosigned.output
    assert "witnesses asked for" not in cosigned.output
    # a witness the auditor does not ask for counts for nothing
    keys = {one["service"]: one["vkey"] for one in ledger.run("keys", "--witnesses", "--json").json}
    unknown = proven(ledger, "cosigned", policy(ledger, "--quorum", 1, "--witness", f"placement={keys['placement']}"))
    assert unknown.code == 2
    assert "ledger.local/placement: cosigned by nobody" in unknown.output


def missed(ledger: Ledger) -> int:
    """Checkpoints of placement without training's cosignature, since it first gave one; -1: it has given none."""
    witness = "ledger.local/training/witness"
    [(first,)] = ledger.read("placement", "SELECT MIN(size) FROM cosignatures WHERE witness = ?", witness)
    if first is None:
        return -1
    without = "SELECT COUNT(*) FROM checkpoints WHERE size > ? AND size NOT IN "
    without += "(SELECT size FROM cosignatures WHERE witness = ?)"
    return int(ledger.read("placement", without, first, witness)[0][0])


def at_least(ledger: Ledger, count: int) -> bool:
    return missed(ledger) >= count


def test_a_witness_that_was_away_cosigns_what_it_missed(fresh_ledger: Ledger, tmp_path: Path) -> None:
    ledger = fresh_ledger
    ledger.run("up", "--detach", "--cosign")
    hand_in(ledger, tmp_path, 0, 2)
    wait_until(lambda: missed(ledger) == 0, 60)
    ledger.kill("training")
    for count in (1, 2):
        hand_in(ledger, tmp_path, 2 * count, 2)
        wait_until(partial(at_least, ledger, count), 60)
    ledger.up()
    wait_until(lambda: missed(ledger) == 0, 60)
