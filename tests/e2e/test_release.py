"""A log that was stopped stays so until it is mended and somebody says why it may go on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import Ledger
from tests.support.waiting import wait_until

PLACEMENT = "ledger.local/placement"


def hand_in(ledger: Ledger, folder: Path, number: int) -> None:
    rows = [agreement(person(33_000 + number), f"YX-{number}")]
    ledger.hand_in(books.write(folder, f"register-{number}", 协议台账=rows), programme="released")
    ledger.wait_projected()


def copy_database(ledger: Ledger, source: Path, target: Path) -> None:
    """That of placement, with what belongs to it."""
    target.mkdir(exist_ok=True)
    for file in target.glob("placement.sqlite*"):
        file.unlink()
    for file in source.glob("placement.sqlite*"):
        shutil.copy2(file, target / file.name)


def stopped(ledger: Ledger) -> str:
    """What `status` says of placement's log; "": nothing is wrong with it."""
    [log] = [one for one in ledger.run("status", "--json", code=None).json["logs"] if one["log"] == PLACEMENT]
    return str(log.get("error") or "")


def test_an_older_database_stops_the_log_and_the_newer_one_put_back_is_released(ledger: Ledger, tmp_path: Path) -> None:
    live = ledger.home.database("placement").parent
    hand_in(ledger, tmp_path, 1)
    ledger.down()
    copy_database(ledger, live, tmp_path / "older")
    ledger.up()
    hand_in(ledger, tmp_path, 2)
    ledger.down()
    copy_database(ledger, live, tmp_path / "newer")

    copy_database(ledger, tmp_path / "older", live)
    ledger.up()
    wait_until(lambda: "outcomes no longer follows it" in stopped(ledger), 30)
    refused = ledger.run("release", "placement", "--reason", "let us see", code=1)
    assert "not mended yet" in refused.err
    assert "is in the projection and not in the log" in refused.err
    assert not (ledger.data / "releases.jsonl").exists()

    ledger.down()
    copy_database(ledger, tmp_path / "newer", live)
    ledger.up()
    assert "outcomes no longer follows it" in stopped(ledger)
    released = ledger.run("release", PLACEMENT, "--reason", "the newer database was put back", "--json").json
    assert "outcomes" in [one["follower"] for one in released["released"]]
    wait_until(lambda: not stopped(ledger), 30)
    hand_in(ledger, tmp_path, 3)
    assert ledger.figure("agreements_signed", "--programme", "released")["value"] == 3
    assert not stopped(ledger)

    kept = [json.loads(line) for line in (ledger.data / "releases.jsonl").read_text().splitlines()]
    assert {one["reason"] for one in kept} == {"the newer database was put back"}
    assert [one["follower"] for one in kept] == [one["follower"] for one in released["released"]]
    again = ledger.run("release", "placement", "--reason", "once more", "--json").json
    assert again == {"log": PLACEMENT, "released": []}


def test_what_is_no_log_or_has_no_reason_is_not_released(shared_ledger: Ledger) -> None:
    assert "no log" in shared_ledger.run("release", "outcomes", "--reason", "why", code=2).err
    assert "reason" in shared_ledger.run("release", "placement", "--reason", " ", code=2).err
