"""Last night's backup is restored, and the log goes on from where it was signed: not one entry is another."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ledgerctl.publishing.proving import command
from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import LOGS, Ledger

FIGURE = ("agreements_signed", "--programme", "recovered", "--to", "2025-12-31")


def hand_in(ledger: Ledger, folder: Path, number: int) -> None:
    rows = [agreement(person(36_000 + number), f"YX-{number}")]
    ledger.hand_in(books.write(folder, f"register-{number}", 协议台账=rows), programme="recovered")
    ledger.wait_projected()


def entries(ledger: Ledger, log: str) -> list[bytes]:
    return [bytes(leaf) for (leaf,) in ledger.read(log, "SELECT leaf FROM entries ORDER BY idx")]


def test_what_a_backup_lacks_is_brought_back_from_the_projectors_copy(ledger: Ledger, tmp_path: Path) -> None:
    hand_in(ledger, tmp_path, 1)
    ledger.down()
    backup, lost = tmp_path / "backup", tmp_path / "lost"
    shutil.copytree(ledger.data, backup)
    ledger.up()
    hand_in(ledger, tmp_path, 2)
    ledger.run("figure", "publish", *FIGURE)
    bundle, policy, kept = tmp_path / "before.tar.gz", tmp_path / "policy.txt", tmp_path / "kept.txt"
    ledger.run("export", "--figure", *FIGURE, bundle)
    policy.write_text(ledger.run("keys", "--policy").out)
    run_verifier(bundle, policy, "--keep", kept)
    ledger.wait_projected()
    assert "is running" in ledger.run("recover", "placement", "--from", bundle, code=1).err
    ledger.down()
    before = {log: entries(ledger, log) for log in LOGS}

    ledger.data.rename(lost)
    ledger.data.mkdir()
    for name in ("db", "ledger.json"):
        copy = shutil.copytree if (backup / name).is_dir() else shutil.copy2
        copy(backup / name, ledger.data / name)
    shutil.copytree(lost / "keys", ledger.data / "keys")
    assert len(entries(ledger, "placement")) < len(before["placement"])
    short = ledger.run("recover", "placement", "--from", backup / "db" / "outcomes.sqlite", code=1)
    assert "the copy has" in short.err
    other = ledger.run("recover", "placement", "--from", tmp_path / "policy.txt", code=2)
    assert "cannot read" in other.err

    for log in LOGS:
        ledger.run("recover", log, "--from", lost / "db" / "outcomes.sqlite")
        assert entries(ledger, log) == before[log]
        again = ledger.run("recover", log, "--from", lost / "db" / "outcomes.sqlite", "--json").json
        assert again["start"] == again["stop"] == len(before[log])
    ledger.up()
    hand_in(ledger, tmp_path, 3)
    # what was published before it was lost is proven against what an auditor kept from then
    ledger.run("export", "--figure", *FIGURE, tmp_path / "after.tar.gz")
    run_verifier(tmp_path / "after.tar.gz", policy, "--kept", kept)
    ledger.run("figure", "publish", *FIGURE, "--reason", "one more")
    ledger.run("export", "--figure", *FIGURE, tmp_path / "later.tar.gz")
    run_verifier(tmp_path / "later.tar.gz", policy, "--kept", kept)
    assert ledger.run("fsck", "--json").json["findings"] == []


def test_a_copy_of_another_history_is_not_taken(ledger: Ledger, tmp_path: Path) -> None:
    hand_in(ledger, tmp_path, 1)
    ledger.down()
    forged = tmp_path / "entries.jsonl"
    whole = entries(ledger, "placement")
    forged.write_bytes(b"".join(leaf.replace(b"YX-1", b"YX-7") + b"\n" for leaf in whole))
    assert "another history" in ledger.run("recover", "placement", "--from", forged, code=1).err
    assert entries(ledger, "placement") == whole


def run_verifier(bundle: Path, policy: Path, option: str, file: Path) -> None:
    done = subprocess.run([*command(bundle, policy), option, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
