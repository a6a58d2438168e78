"""`ledgerctl fsck` over a whole ledger with a published figure: nothing to find, until somebody was at the files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import LOGS, Ledger

PUBLISHED = ("agreements_signed", "--programme", "checked", "--to", "2025-12-31")


@pytest.fixture(scope="module")
def checked(shared_ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    rows = [agreement(person(35_000 + number), f"YX-{number}") for number in range(3)]
    shared_ledger.hand_in(books.write(tmp_path_factory.mktemp("books"), "checked", 协议台账=rows), programme="checked")
    shared_ledger.run("figure", "publish", *PUBLISHED)
    return shared_ledger


def fsck(ledger: Ledger, *options: object, code: int) -> Any:
    return ledger.run("fsck", *options, "--json", code=code).json


def test_a_ledger_that_nobody_touched_agrees_with_itself_in_all_five_logs(checked: Ledger) -> None:
    checked.wait_projected()
    report = fsck(checked, "--deep", code=0)
    assert [log.rpartition("/")[2] for log in report["logs"]] == list(LOGS)
    assert (report["findings"], report["left_out"]) == ([], [])


#: what somebody with the file in his hands does → which check finds it, and where
ALTERED = {
    "UPDATE rule_texts SET data = data || X'20'": ("rules", "rule "),
    "UPDATE entries SET leaf = replace(CAST(leaf AS TEXT), 'value 3', 'value 4')": ("statements", "entry 0"),
    """UPDATE entries SET leaf = replace(CAST(leaf AS TEXT), '"value":"3"', '"value":"4"')""": (
        "statements",
        "entry 0",
    ),
    "DELETE FROM entries": ("head", "size "),
}


def test_what_was_published_and_then_altered_is_found(ledger: Ledger, tmp_path: Path) -> None:
    rows = [agreement(person(35_000 + number), f"YX-{number}") for number in range(3)]
    ledger.hand_in(books.write(tmp_path, "altered", 协议台账=rows), programme="checked")
    ledger.run("figure", "publish", *PUBLISHED)
    ledger.wait_projected()
    ledger.down()
    database = ledger.home.database("publication")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = database.read_bytes()
    for change, (check, place) in ALTERED.items():
        for file in database.parent.glob("publication.sqlite*"):
            file.unlink()
        database.write_bytes(whole)
        with closing(sqlite3.connect(database)) as connection, connection:
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            assert connection.execute(change).rowcount
        findings = fsck(ledger, "--log", "publication", code=1)["findings"]
        assert any(one["check"] == check and one["place"].startswith(place) for one in findings), (change, findings)
        assert any(one["place"].startswith("trigger ") for one in findings)
