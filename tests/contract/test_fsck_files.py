"""A bit turned anywhere in a log's file is found, or it lies where nothing is read from."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.fsck import Finding
from ledgerctl.checking.logs import check_database
from ledgerctl.embedded.home import Home
from tests.contract.test_signing import KEY, open_place

SERVICE = "followup"
#: where a relay goes on, and which migrations ran: derived, and found out when a process starts
DERIVED = {"relay", "alembic_version"}
Contents = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A data folder with one log of 306 entries, signed at three sizes."""
    folder = tmp_path_factory.mktemp("log")
    place = open_place(folder)
    for count in (1, 300, 5):
        place.grow(count)
        place.signer.sign_once()
    place.store.close()
    with closing(sqlite3.connect(folder / "log.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made = home_in(folder / "var")
    made.database(SERVICE).write_bytes((folder / "log.sqlite").read_bytes())
    return made


def home_in(folder: Path) -> Home:
    home = Home(folder)
    home.database(SERVICE).parent.mkdir(parents=True)
    home.keys(SERVICE).mkdir(parents=True)
    (home.keys(SERVICE) / "log.vkey").write_text(f"{KEY.key}\n")
    return home


def findings(home: Home) -> list[Finding]:
    return list(check_database(home, SERVICE, lambda _done, _all: None))


def contents(path: Path) -> Contents:
    """Every row of every table that matters."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall()
            for name in sorted(set(names) - DERIVED)
            if not name.startswith("sqlite_")
        }


def turned_bits(home: Home, folder: Path, flips: int, seed: int) -> int:
    """How many of these flips were found; the others changed nothing that is read."""
    dice = random.Random(seed)
    original = home.database(SERVICE).read_bytes()
    whole = contents(home.database(SERVICE))
    other = home_in(folder / "var")
    path = other.database(SERVICE)
    found = 0
    for _ in range(flips):
        data = bytearray(original)
        at, bit = dice.randrange(len(data)), 1 << dice.randrange(8)
        data[at] ^= bit
        for file in path.parent.glob("*"):
            file.unlink()
        path.write_bytes(data)
        if findings(other):
            found += 1
        else:
            assert contents(path) == whole, f"seed {seed}: bit {bit} of byte {at} was not found"
    return found


def test_a_whole_log_has_no_findings(home: Home) -> None:
    assert findings(home) == []


def test_a_bit_turned_in_the_file_is_found_or_changes_nothing(home: Home, tmp_path: Path) -> None:
    assert turned_bits(home, tmp_path, flips=30, seed=random.randrange(2**32)) > 10


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_of_two_thousand_bits_turned_in_the_file_each_is_found_or_changes_nothing(home: Home, tmp_path: Path) -> None:
    assert turned_bits(home, tmp_path, flips=2_000, seed=random.randrange(2**32)) > 1_000


def test_a_trigger_that_is_gone_is_found(home: Home, tmp_path: Path) -> None:
    other = home_in(tmp_path / "var")
    other.database(SERVICE).write_bytes(home.database(SERVICE).read_bytes())
    with closing(sqlite3.connect(other.database(SERVICE))) as connection:
        connection.execute("DROP TRIGGER entries_refuse_update")
    [finding] = findings(other)
    assert finding.place == "trigger entries_refuse_update"
