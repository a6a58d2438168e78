"""A verifier built from docs/reference/format.md alone: its tables, its rules and the standard library.

It shares with the code under test the page and the SQL files of the figures, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.outcomes.catalogue import load

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "services" / "outcomes" / "figures"
PAGE = (ROOT / "docs" / "reference" / "format.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^(\{\"actor\".*\})$", PAGE, re.MULTILINE)
LOG = "ledger.datong.example/placement"

Listed = dict[str, tuple[str, list[str]]]


def listed_events() -> Listed:
    """Type → its table and fields, as section 6 lists them. EntryRetracted of every service goes to one table."""
    events: Listed = {}
    for told in PAGE.split("**`")[1:]:
        name, table = told.partition("`**")[0], re.search(r"table `(\w+)`", told)
        if table is not None:
            events[name] = table[1], re.findall(r"^\| `(\w+)` \| .* \| (?:required|optional) \|$", told, re.MULTILINE)
    retracted = events.pop("<service>.EntryRetracted.v1")
    return events | {f"{name}.EntryRetracted.v1": retracted for name in {name.split(".")[0] for name in events}}


def shredded(leaves: list[str]) -> sqlite3.Connection:
    """Section 10: a table for each type, a row for each entry."""
    database = sqlite3.connect(":memory:")
    events = listed_events()
    for table, fields in dict(events.values()).items():
        columns = ["log", "idx", "agency", "subject", "revision", "recorded", *fields, *_twins(dict.fromkeys(fields))]
        database.execute(f"CREATE TABLE {table} ({', '.join(_quoted(column) for column in columns)}, recorded_day)")
    for leaf in leaves:
        entry = json.loads(leaf)
        table, fields = events[entry["type"]]
        data = {field: entry["data"].get(field) for field in fields}
        if table == "entry_retracted":
            data["superseded"] = int(data["superseded"] or 0)
        row: dict[str, Any] = {"log": entry["source"], "idx": entry["index"], **data, **_twins(data)}
        row |= {name: entry[name] for name in ("agency", "subject", "revision", "recorded")}
        in_shanghai = datetime.fromisoformat(entry["recorded"]) + timedelta(hours=8)
        row["recorded_day"] = (in_shanghai.date() - date(1970, 1, 1)).days
        names, marks = ", ".join(map(_quoted, row)), ", ".join("?" * len(row))
        database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
    return database


def members(figure: str, size: int, **extra: str | None) -> list[sqlite3.Row]:
    """Section 12: the statement, over a cut of the example's log."""
    database = shredded(EXAMPLE)
    database.row_factory = sqlite3.Row
    database.execute("CREATE TABLE cut (log, size)")
    database.execute("INSERT INTO cut VALUES (?, ?)", (LOG, size))
    prelude, rule = ((FIGURES / f"{name}.sql").read_text(encoding="utf-8") for name in ("_prelude", figure))
    statement = f"WITH RECURSIVE {prelude}, members AS ({rule}) SELECT * FROM members ORDER BY key, log, idx"
    day = (date(2025, 3, 31) - date(1970, 1, 1)).days
    asked = {"programme": "datong-hugong", "region": "63", "from_day": None, "to_day": day, **extra}
    return database.execute(statement, asked).fetchall()


def _twins(data: dict[str, Any]) -> dict[str, int | None]:
    twins: dict[str, int | None] = {}
    for name, value in data.items():
        if name.endswith("_on"):
            twins[f"{name[:-3]}_day"] = None if value is None else (date.fromisoformat(value) - date(1970, 1, 1)).days
        elif name == "month":
            twins["month_no"] = None if value is None else int(value[:4]) * 12 + int(value[5:]) - 1
    return twins


def _quoted(name: str) -> str:
    return f'"{name}"'


@pytest.mark.parametrize("size", [1, 3])
def test_the_example_counts_as_one_agreement_before_and_after_its_correction(size: int) -> None:
    [member] = members("agreements_signed", size)
    assert (member["counted"], member["reason"]) == (1, None)
    assert (member["log"], member["idx"]) == (LOG, size - 1)
    assert member["person"] == "pr_5d0c8a418a418a418a418a418a418a41"


def test_between_the_two_entries_of_a_correction_there_is_nothing_to_count() -> None:
    # no cut that a service hands out lies there: the two are one transaction
    assert members("agreements_signed", 2) == []


@pytest.mark.parametrize("figure", sorted(path.stem for path in FIGURES.glob("[a-z]*.sql")))
def test_every_figure_runs_on_tables_made_from_the_page(figure: str) -> None:
    rule = load()[figure]
    for member in members(figure, 3, **{one.name: one.default for one in rule.extra}):
        assert (member["counted"] == 1) == (member["reason"] is None)


def test_the_rule_hash_is_that_of_the_files() -> None:
    for figure, rule in load().items():
        files = (FIGURES / "_prelude.sql").read_bytes() + (FIGURES / f"{figure}.sql").read_bytes()
        assert rule.rule_sha256 == hashlib.sha256(files).hexdigest()
