from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine, text

from ledger.event import Event
from services.outcomes import database, tables
from services.outcomes.database import WrongSchema
from services.outcomes.days import day_number, iso_date, month_number, shanghai_day
from services.outcomes.projector import Outcomes
from services.training.events import StatisticAttested
from tests.support.histories import history
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all, dump
from tests.support.postgres import postgres_url

__all__ = ["postgres_url"]


def days(on: str) -> int:
    return (date.fromisoformat(on) - date(1970, 1, 1)).days


def as_a_stranger_would(log: str, entry: dict[str, Any], event: type[Event]) -> dict[str, Any]:
    """A row from the bytes by the rules of `services.outcomes.tables`, with nothing of ours but the field names."""
    row = {"log": log, "idx": entry["index"]}
    row |= {name: entry[name] for name in ("agency", "subject", "revision", "recorded")}
    for field in msgspec.structs.fields(event):
        value = entry["data"].get(field.name)
        row[field.name] = int(value or False) if field.type is bool else value
        if field.name.endswith("_on"):
            row[field.name.removesuffix("_on") + "_day"] = None if value is None else days(value)
        if field.name == "month":
            year, month = value.split("-")
            row["month_no"] = int(year) * 12 + int(month) - 1
    shanghai = datetime.fromisoformat(entry["recorded"]) + timedelta(hours=8)
    return row | {"recorded_day": days(shanghai.date().isoformat())}


@pytest.mark.parametrize("seed", range(8))
def test_the_tables_are_what_a_stranger_makes_of_the_same_entries(tmp_path: Path, seed: int) -> None:
    logs = history(seed, 120)
    outcomes = Outcomes.open(f"sqlite:///{tmp_path / 'outcomes.db'}")
    apply_all(outcomes, *logs.values())
    found = dump(outcomes)
    outcomes.close()
    parked = {(row[0], row[1]) for row in found["parked"]}
    expected: dict[str, list[dict[str, Any]]] = {}
    for log in logs.values():
        for verified in log.entries:
            if (log.origin, verified.index) in parked:
                continue
            entry = json.loads(verified.leaf)
            name = re.sub("(?!^)([A-Z])", r"_\1", entry["type"].split(".")[1]).lower()
            row = as_a_stranger_would(log.origin, entry, log.catalogue.types[entry["type"]])
            expected.setdefault(name, []).append(row)
    for table in {table.name: table.table for table in tables.TABLES.values()}.values():
        names = [column.name for column in table.columns]
        rows = [dict(zip(names, row, strict=True)) for row in found[table.name]]
        assert rows == sorted(expected.get(table.name, []), key=lambda row: (row["log"], row["idx"]))


def test_every_event_type_has_a_table_and_retractions_of_all_logs_share_one() -> None:
    names = {name: table.name for name, table in tables.TABLES.items()}
    assert names["placement.IntentAgreementSigned.v1"] == "intent_agreement_signed"
    assert names["training.TrainingEnded.v1"] == "training_ended"
    assert {table for name, table in names.items() if name.endswith(".EntryRetracted.v1")} == {"entry_retracted"}
    assert len(set(names.values())) == len(names) - 4


def test_dates_months_and_the_shanghai_day_are_integers() -> None:
    assert day_number("1970-01-01") == 0
    assert day_number("2024-02-29") == 19782
    assert iso_date(19782) == "2024-02-29"
    assert iso_date(day_number("9999-12-31") + 180) == "9999-12-31"
    assert month_number("2025-03") == 2025 * 12 + 2
    assert shanghai_day("2025-03-05T15:59:59.999999Z") == day_number("2025-03-05")
    assert shanghai_day("2025-03-05T16:00:00.000000Z") == day_number("2025-03-06")
    now = datetime(2025, 12, 31, 20, tzinfo=UTC).isoformat(timespec="microseconds")
    assert shanghai_day(now) == day_number("2026-01-01")


@pytest.mark.parametrize("on", ["2025-02-30", "20250305", "2025-W10-3", "2025-3-5", "", "2025-03-05T", "２025-03-05"])
def test_what_is_no_date_is_refused(on: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        day_number(on)


@pytest.mark.parametrize("month", ["2025-13", "2025-3", "202503", "2025-031"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        month_number(month)


def test_a_database_of_another_version_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'outcomes.db'}"
    Outcomes.open(url).close()
    Outcomes.open(url).close()
    monkeypatch.setattr(database, "VERSION", tables.VERSION + 1)
    with pytest.raises(WrongSchema, match=r"重建.*outcomes database .*rebuilt from the logs.*rebuild-outcomes.md"):
        Outcomes.open(url)


def test_a_database_whose_tables_are_defined_otherwise_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'outcomes.db'}"
    Outcomes.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET definitions = 'other'"))
    engine.dispose()
    with pytest.raises(WrongSchema):
        Outcomes.open(url)


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE entries (idx INTEGER)"))
    engine.dispose()
    with pytest.raises(WrongSchema, match="name an empty one"):
        Outcomes.open(url)


def test_text_compares_by_code_point_on_both_databases(tmp_path: Path, postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path / 'outcomes.db'}", postgres_url):
        outcomes = Outcomes.open(url)
        log = LogBuilder("ledger.local/training")
        for source in ("b", "B", "甲", "é", "a"):
            log.add(
                StatisticAttested(
                    programme="p",
                    region="63",
                    indicator="i",
                    value_milli=1,
                    unit="人",
                    kind="flow",
                    as_of_on="2025-01-01",
                    source=source,
                )
            )
        apply_all(outcomes, log)
        with outcomes.database.read() as connection:
            query = "SELECT source FROM statistic_attested ORDER BY source"
            found = list(connection.execute(text(query)).scalars())
        outcomes.close()
        assert found == ["B", "a", "b", "é", "甲"]
