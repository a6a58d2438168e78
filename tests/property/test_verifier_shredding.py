"""Two shredders, one description: the verifier's rows are the projector's, whatever is in a log."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.feed import Verified
from ledger.feed.verify import Suspect, verify
from services.outcomes.ingest import shred
from services.outcomes.tables import TABLES
from tests.support.bundles import SCHEMA
from tests.support.histories import history
from verifier.findings import Contradicted
from verifier.replay import MEMBERS, LogReplay
from verifier.shredding import Shredder, parse_schema
from verifier.streams import Fingerprints

TYPES: Final = parse_schema(SCHEMA)
WANTED: Final = {kind.table: set(kind.columns) for kind in TYPES.values()}

Rows = dict[str, list[dict[str, Any]]]


class Lines:
    """What a file of entries hands out, without the file."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves

    def block(self, _longest: int) -> tuple[bytes, list[bytes]]:
        leaves, self._leaves = self._leaves, []
        return b"\n".join(leaves), leaves


def by_verifier(log: str, leaves: list[bytes], folder: Path) -> tuple[Rows, int]:
    shredder = Shredder(TYPES, WANTED)
    shredder.begin()
    replay = LogReplay(log, [len(leaves)], Fingerprints(folder, len(leaves)), shredder.take, lambda: None)
    replay.run(Lines(leaves))  # type: ignore[arg-type]
    rows = {
        table: [dict(zip(shredder.columns[table], row, strict=True)) for row in rows]
        for table, rows in shredder.rows.items()
        if rows
    }
    return rows, shredder.parked


def by_projector(log: str, leaves: list[bytes]) -> tuple[Rows, int]:
    batch = [verify(log, index, leaf) for index, leaf in enumerate(leaves)]
    out = shred(log, [one for one in batch if isinstance(one, Verified)], {})
    rows = {
        table.name: [dict(zip(table.table.columns.keys(), row, strict=True)) for row in rows]
        for table, rows in out.rows.items()
    }
    return rows, len(out.parked)


def test_the_schema_of_a_bundle_has_every_type_and_column() -> None:
    assert set(TYPES) == set(TABLES)
    for name, table in TABLES.items():
        assert TYPES[name].table == table.name
        assert sorted(TYPES[name].columns) == sorted(table.table.columns.keys())


@settings(print_blob=True, deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_histories_come_out_alike(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    for log in history(seed, 60).values():
        leaves = [entry.leaf for entry in log.entries]
        assert by_verifier(log.origin, leaves, tmp_path_factory.getbasetemp()) == by_projector(log.origin, leaves)


def _replace(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda leaf: leaf.replace(old, new, 1)


def _data(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def changed(leaf: bytes) -> bytes:
        entry = json.loads(leaf)
        change(entry["data"])
        return json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    return changed


def _member(name: str, value: object) -> Callable[[bytes], bytes]:
    def changed(leaf: bytes) -> bytes:
        return json.dumps({**json.loads(leaf), name: value}, ensure_ascii=False, separators=(",", ":")).encode()

    return changed


def _first(of: Callable[[str, Any], bool], to: object) -> Callable[[bytes], bytes]:
    """Change the first field that is so."""

    def change(data: dict[str, Any]) -> None:
        for name, value in data.items():
            if of(name, value):
                data[name] = to
                return

    return _data(change)


def _is_date(name: str, _value: Any) -> bool:
    return name.endswith("_on")


def _is_text(name: str, value: Any) -> bool:
    return isinstance(value, str) and name not in ("month", "kind", "result") and not name.endswith("_on")


#: Every way in which an entry was ever found to be odd, and some more.
ODDITIES: Final[list[Callable[[bytes], bytes]]] = [
    _data(lambda data: data.pop(sorted(data)[0])),
    _data(lambda data: data.pop(sorted(data)[-1])),
    _data(lambda data: data.update(unheard="of")),
    _data(lambda data: data.update(kind="unheard of")),
    _data(lambda data: data.update(proof="bank")),
    _data(lambda data: data.update(method=None)),
    _data(lambda data: data.update(superseded=None)),
    _data(lambda data: data.update(superseded=True)),
    _data(lambda data: data.update(superseded=False)),
    _data(lambda data: data.update(expected_wage_fen=None)),
    _data(lambda data: data.update(expected_wage_fen=2**53 - 1)),
    _data(lambda data: data.update(expected_wage_fen=2**53)),
    _data(lambda data: data.update(expected_wage_fen=-(2**60))),
    _data(lambda data: data.update(expected_wage_fen=5.0)),
    _data(lambda data: data.update(expected_wage_fen=True)),
    _data(lambda data: data.update(entry=3)),
    _first(_is_date, "2025-02-29"),
    _first(_is_date, "2024-02-29"),
    _first(_is_date, "2025-3-1"),
    _first(_is_date, ""),
    _first(_is_date, 20250301),
    _first(_is_date, None),
    _first(_is_text, 5),
    _first(_is_text, None),
    _first(_is_text, []),
    _first(_is_text, {"a": {"b": [1, None]}}),
    _first(_is_text, "x\0y"),
    _first(_is_text, "x\\u0000y"),
    _first(_is_text, "x\x7f\u2028\U0001f600"),
    _first(lambda name, _: name == "person", "p" * 600),
    _first(lambda name, _: name == "person", "p" * 601),
    _first(lambda name, _: name == "month", "2025-13"),
    _first(lambda name, _: name == "month", "2025-12"),
    _member("data", []),
    _member("data", None),
    _member("data", "x"),
    _member("data", {}),
    _member("type", "placement.Unheard.v1"),
    _member("type", "placement.EmploymentStarted.v2"),
    _member("type", "training.EntryRetracted.v1"),
    _member("subject", "s" * 601),
    _member("subject", "shared"),
    _member("agency", "x\0"),
    _member("request", "é" * 30),
    _replace(b'"revision":', b'"revision" : '),
    _replace(b'"data":{', b'"data":{"person":"pr_other",'),
    _replace(b'"data":{', b'"data":{"\\u0070erson":"pr_escaped",'),
    _replace(b'"programme":"', b'"programme":"\\ud83d\\ude00'),
    _replace(b'"programme":"', b'"programme":"\\/'),
    _replace(b'"programme":"', b'"programme":"\xff'),
    _replace(b'"programme":"', b'"programme":"\xed\xa0\x80'),
    _replace(b'"programme":"', b'"programme":"\xff\\u0041'),
]
#: What makes bytes no entry at all.
NO_ENTRY: Final[list[Callable[[bytes], bytes]]] = [
    lambda _: b"",
    lambda _: b"{}",
    lambda _: b"[]",
    lambda _: b"5",
    lambda _: b'"x"',
    lambda _: b"null",
    lambda leaf: leaf[:-1],
    lambda leaf: leaf + b"}",
    lambda leaf: leaf + leaf,
    lambda leaf: b"\xef\xbb\xbf" + leaf,
    lambda leaf: leaf[: len(leaf) // 2],
    _member("actor", 5),
    _member("time", None),
    _member("index", "0"),
    _member("index", True),
    _member("index", 0.0),
    _member("revision", 1.0),
    _member("unheard", "of"),
    _member("source", "elsewhere"),
    _member("index", 10**30),
    _replace(b'"revision":', b'"revision":' + b"9" * 5_000),
    _replace(b'"specversion":"1.0",', b""),
    _replace(b'"actor":"', b'"actor":"\xff'),
    _replace(b'"actor":"', b'"actor":"\\ud800'),
    _replace(b'"programme":"', b'"programme":"\\ud800'),
    _replace(b'"programme":"', b'"programme":"\x01'),
    _replace(b'"programme":"', b'"programme":"\\q'),
    _replace(b'"programme":"', b'"programme":"\t'),
    _replace(b'"data":{', b'"data":{"x":NaN,'),
    _replace(b'"data":{', b'"data":{"x":-Infinity,'),
    _replace(b'"data":{', b'"data":{"x":01,'),
    _replace(b'"data":{', b'"data":{"x":' + b"[" * 3_000 + b"]" * 3_000 + b","),
]


def _leaves(dice: random.Random) -> tuple[str, list[bytes]]:
    log = dice.choice(list(history(dice.getrandbits(32), 50).values()))
    return log.origin, [entry.leaf for entry in log.entries]


@settings(print_blob=True, deadline=None, max_examples=150)
@given(st.integers(0, 2**32))
def test_odd_entries_are_parked_alike(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    dice = random.Random(seed)
    log, leaves = _leaves(dice)
    for at in dice.sample(range(len(leaves)), min(len(leaves), 12)):
        leaves[at] = dice.choice(ODDITIES)(leaves[at])
    assert by_verifier(log, leaves, tmp_path_factory.getbasetemp()) == by_projector(log, leaves)


@pytest.mark.parametrize("at", range(len(ODDITIES)))
def test_each_oddity_alone_is_seen_alike(tmp_path: Path, at: int) -> None:
    for seed in range(12):
        log, leaves = _leaves(random.Random(seed))
        for index in range(min(len(leaves), 4)):
            touched = [*leaves[:index], ODDITIES[at](leaves[index]), *leaves[index + 1 :]]
            assert not isinstance(verify(log, index, touched[index]), Suspect)
            assert by_verifier(log, touched, tmp_path) == by_projector(log, touched)


@pytest.mark.parametrize("at", range(len(NO_ENTRY)))
def test_what_is_no_entry_is_so_for_both(tmp_path: Path, at: int) -> None:
    tried = 0
    for seed in range(12):
        log, leaves = _leaves(random.Random(seed))
        for index in range(min(len(leaves), 4)):
            touched = NO_ENTRY[at](leaves[index])
            if touched == leaves[index]:
                continue
            tried += 1
            assert isinstance(verify(log, index, touched), Suspect)
            with pytest.raises(Contradicted, match=f"{log}, entry {index}: "):
                by_verifier(log, [*leaves[:index], touched, *leaves[index + 1 :]], tmp_path)
    assert tried


def test_an_entry_that_breaks_the_order_of_its_log_is_told(tmp_path: Path) -> None:
    log = history(3, 80)["ledger.local/placement"]
    leaves = [entry.leaf for entry in log.entries]
    for change, why in (
        (_member("recorded", "2024-12-31T00:00:00.000000Z"), "recorded before"),
        (_member("revision", 0), "revision"),
        (_member("revision", 9), "revision"),
        (_member("index", 4), "says it is 4 of"),
    ):
        with pytest.raises(Contradicted, match=f"entry 5: .*{why}"):
            by_verifier(log.origin, [*leaves[:5], change(leaves[5]), *leaves[6:]], tmp_path)


def test_members_of_the_envelope_are_those_of_an_entry() -> None:
    leaf = history(1, 10)["ledger.local/followup"].entries[0].leaf
    assert sorted(json.loads(leaf)) == sorted([*MEMBERS, "data"])
