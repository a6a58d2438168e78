"""fsck finds every bit that was turned in a log's tables, and nothing in a log that is whole."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.fsck import Finding, check_log
from ledger.store.checkpoints import CheckpointStore
from ledger.store.engine import open_engine
from ledger.store.sql import SqlStore
from tests.contract.test_signing import KEY, Place, open_place

#: table → its columns in which any bit matters
COLUMNS = {
    "entries": ("leaf", "leaf_hash", "event_id", "stream", "revision", "type", "agency", "recorded"),
    "head": ("size", "frontier", "last_recorded"),
    "checkpoints": ("root", "frontier", "note"),
    "nodes": ("hash",),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("log")
    place = open_place(folder)
    for count in (1, 300, 5):
        place.grow(count)
        place.signer.sign_once()
    place.store.close()
    with closing(sqlite3.connect(folder / "log.sqlite")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
    return place


def findings(path: Path) -> list[Finding]:
    url = f"sqlite:///{path}"
    store = SqlStore(open_engine(url), open_engine(url, immediate=False))
    try:
        return list(check_log(store, CheckpointStore(store.engine, store.readers), KEY.key))
    except (ValueError, OverflowError) as error:  # a frontier of another length, a size that is none: found as well
        return [Finding("database", str(path), str(error))]
    finally:
        store.close()


def test_a_whole_log_has_no_findings(whole: Place) -> None:
    assert findings(whole.folder / "log.sqlite") == []


def flip(connection: sqlite3.Connection, chance: random.Random) -> str:
    """Turn one bit of one value, past the triggers; returns which."""
    table = chance.choice(sorted(COLUMNS))
    column = chance.choice(COLUMNS[table])
    rowid, value, kind = chance.choice(
        connection.execute(f"SELECT rowid, {column}, typeof({column}) FROM {table}").fetchall()
    )
    if kind == "integer":
        new: object = value ^ (1 << chance.randrange(8))
    else:
        data = bytearray(value.encode() if kind == "text" else value)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8 if kind == "blob" else 7)
        new = bytes(data) if kind == "blob" else data.decode(errors="surrogateescape")
    try:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, rowid))
    except (sqlite3.IntegrityError, UnicodeEncodeError):
        return flip(connection, chance)
    return f"{table}.{column} of row {rowid}"


def turned_bits_found(whole: Place, folder: Path, flips: int, seed: int) -> None:
    chance = random.Random(seed)
    original = (whole.folder / "log.sqlite").read_bytes()
    path = folder / "log.sqlite"
    for _ in range(flips):
        path.write_bytes(original)
        with closing(sqlite3.connect(path)) as connection:
            where = flip(connection, chance)
            connection.commit()
        assert findings(path), f"seed {seed}: a bit turned in {where} was not found"


def test_every_turned_bit_is_found(whole: Place, tmp_path: Path) -> None:
    turned_bits_found(whole, tmp_path, flips=60, seed=random.randrange(2**32))


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_every_one_of_two_thousand_turned_bits_is_found(whole: Place, tmp_path: Path) -> None:
    turned_bits_found(whole, tmp_path, flips=2_000, seed=random.randrange(2**32))


@pytest.mark.parametrize(
    "insider",
    [
        "DELETE FROM entries WHERE idx = 7",
        "DELETE FROM entries WHERE idx >= 300",
        "UPDATE entries SET leaf = (SELECT leaf FROM entries WHERE idx = 8) WHERE idx = 7",
        "UPDATE entries SET idx = 1000 WHERE idx = 305",
        "DELETE FROM checkpoints WHERE size = 306",
        "UPDATE head SET size = 305, frontier = (SELECT frontier FROM head)",
    ],
)
def test_what_an_insider_does_is_found(whole: Place, tmp_path: Path, insider: str) -> None:
    path = tmp_path / "log.sqlite"
    path.write_bytes((whole.folder / "log.sqlite").read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(insider)
        connection.commit()
    if "checkpoints" in insider:
        # a checkpoint less is no contradiction by itself: the record beside the key knows of it
        assert (whole.folder / "signed").read_text().startswith("306 ")
        return
    assert findings(path)
