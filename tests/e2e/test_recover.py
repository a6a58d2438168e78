"""Last night's backup is restored, and the log goes on from where it was signed: not one entry is another."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

from ledger.signing import HighWater
from ledger_api.common.v1 import common_pb2 as common
from ledger_api.registry.v1 import registry_pb2 as pb
from ledgerctl.publishing.proving import command
from ledgerctl.session import open_session
from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import AGENCY, LOGS, REGION, Ledger
from tests.support.waiting import wait_until

FIGURE = ("agreements_signed", "--programme", "recovered", "--to", "2025-12-31")


STATED = ("--programme", "recovered", "--region", REGION, "--agency", AGENCY)


def hand_in(ledger: Ledger, folder: Path, number: int, *options: str) -> None:
    rows = [agreement(person(36_000 + number), f"YX-{number}")]
    ledger.run("import", books.write(folder, f"register-{number}", 协议台账=rows), *STATED, *options)
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
        found = ledger.run("recover", log, "--from", lost / "db" / "outcomes.sqlite", "--json").json
        assert found.get("identities_lost") == (1 if log == "registry" else None)
        assert entries(ledger, log) == before[log]
        again = ledger.run("recover", log, "--from", lost / "db" / "outcomes.sqlite", "--json").json
        assert again["start"] == again["stop"] == len(before[log])
    ledger.up()
    # the vault is last night's: who was registered since has a reference, and nobody knows whose it is
    again = ledger.run("import", tmp_path / "register-2.xlsx", *STATED, code=2)
    assert "有 1 人只有编号" in again.err
    assert "--only-new-rows" in again.err
    assert {log: entries(ledger, log) for log in LOGS} == before
    hand_in(ledger, tmp_path, 3, "--only-new-rows")
    # what was published before it was lost is proven against what an auditor kept from then
    ledger.run("export", "--figure", *FIGURE, tmp_path / "after.tar.gz")
    run_verifier(tmp_path / "after.tar.gz", policy, "--kept", kept)
    ledger.run("figure", "publish", *FIGURE, "--reason", "one more")
    ledger.run("export", "--figure", *FIGURE, tmp_path / "later.tar.gz")
    run_verifier(tmp_path / "later.tar.gz", policy, "--kept", kept)
    assert ledger.run("fsck", "--json").json["findings"] == []


def test_a_lost_database_is_restored_beside_those_that_survived_and_nothing_is_recorded_twice(
    ledger: Ledger, tmp_path: Path
) -> None:
    hand_in(ledger, tmp_path, 1)
    ledger.down()
    backup = shutil.copytree(ledger.data / "db", tmp_path / "backup")
    ledger.up()
    hand_in(ledger, tmp_path, 2)
    ledger.down()
    before = {log: entries(ledger, log) for log in LOGS}

    lose(ledger, backup, "placement")
    ledger.run("recover", "placement", "--from", ledger.home.database("outcomes"))
    shutil.rmtree(ledger.data / "nats")
    ledger.up()
    for number in (1, 2):
        hand_in(ledger, tmp_path, number)
    assert {log: entries(ledger, log) for log in LOGS} == before
    assert ledger.run("fsck", "--json").json["findings"] == []


def test_who_was_erased_since_the_backup_is_erased_again_and_a_short_log_takes_no_register(
    ledger: Ledger, tmp_path: Path
) -> None:
    hand_in(ledger, tmp_path, 1)
    ledger.down()
    backup = shutil.copytree(ledger.data / "db", tmp_path / "backup")
    ledger.up()
    [(reference,)] = ledger.read("registry", HELD)
    asyncio.run(erase(ledger, reference))
    wait_until(lambda: (signed := HighWater(ledger.home.keys("registry") / "signed").read()) and signed.size == 2)
    ledger.wait_projected()
    ledger.down()

    lose(ledger, backup, "registry")
    assert ledger.read("registry", HELD) == [(reference,)]
    short = ledger.run("import", tmp_path / "register-1.xlsx", *STATED, "--only-new-rows", code=2)
    assert "2 were signed" in short.err
    found = ledger.run("recover", "registry", "--from", ledger.home.database("outcomes"), "--json").json
    assert (found["erased_again"], found["identities_lost"]) == (1, 0)
    for table in ("vault_keys", "vault_values", "blind_index"):
        assert ledger.read("registry", f"SELECT * FROM {table} WHERE number = 1") == []
    ledger.up()
    hand_in(ledger, tmp_path, 2)


def test_a_copy_of_another_history_is_not_taken(ledger: Ledger, tmp_path: Path) -> None:
    hand_in(ledger, tmp_path, 1)
    ledger.down()
    forged = tmp_path / "entries.jsonl"
    whole = entries(ledger, "placement")
    forged.write_bytes(b"".join(leaf.replace(b"YX-1", b"YX-7") + b"\n" for leaf in whole))
    assert "another history" in ledger.run("recover", "placement", "--from", forged, code=1).err
    assert entries(ledger, "placement") == whole


HELD = "SELECT reference FROM vault_keys WHERE reference LIKE 'pr_%'"


def lose(ledger: Ledger, backup: Path, log: str) -> None:
    """The database of a log is gone, and there is one that is older."""
    for part in ledger.home.database(log).parent.glob(f"{log}.sqlite*"):
        part.unlink()
    for part in backup.glob(f"{log}.sqlite*"):
        shutil.copy2(part, ledger.home.database(log).parent)


async def erase(ledger: Ledger, reference: str) -> None:
    who = common.Context(agency=AGENCY, actor="sv_officer")
    asked = {"basis": "consent_withdrawn", "case": "2025-XZ-0001", "second_actor": "sv_other"}
    async with open_session(ledger.data) as session:
        await session.client("registry").call(
            "ErasePerson", pb.ErasePersonRequest(context=who, person=reference, **asked)
        )


def run_verifier(bundle: Path, policy: Path, option: str, file: Path) -> None:
    done = subprocess.run([*command(bundle, policy), option, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
