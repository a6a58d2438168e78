"""What the vault bears: rows moved by others, restarts, keys lost; on SQLite and PostgreSQL alike."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from services.registry.keys import UnusableKeys
from services.registry.sealing import SealBroken
from services.registry.tables import BLIND_INDEX, KEY_CHECKS, METADATA, VAULT_KEYS, VAULT_VALUES
from tests.support.registry import (
    Place,
    Registry,
    person_data,
    place,
    registry,
    running,
    sqlite_place,
)

__all__ = ["place", "registry", "sqlite_place"]


# ------------------------------------------------------------------------------------ tampering


@pytest.mark.parametrize(
    ("table", "column"), [(VAULT_VALUES, VAULT_VALUES.c.sealed), (VAULT_KEYS, VAULT_KEYS.c.wrapped)]
)
async def test_values_and_keys_moved_between_persons_do_not_open(registry: Registry, table: Table, column: Any) -> None:
    [one, other] = await registry.resolve(person_data(1), person_data(2))
    number = {
        name: select(VAULT_KEYS.c.number).where(VAULT_KEYS.c.reference == name).scalar_subquery()
        for name in (one.person, other.person)
    }
    with registry.store.engine.begin() as connection:
        of_other = connection.execute(
            select(column).where(table.c.number == number[other.person]).order_by(column)
        ).scalars()
        stolen = next(iter(of_other))
        connection.execute(update(table).where(table.c.number == number[one.person]).values({column: stolen}))
    with pytest.raises(SealBroken, match=one.person):
        await registry.resolve(person_data(1))
    [untouched] = await registry.resolve(person_data(2))
    assert untouched.person == other.person


async def test_a_blind_value_pointed_at_somebody_else_is_noticed_by_the_name(registry: Registry) -> None:
    [_one, other] = await registry.resolve(person_data(1), person_data(2))
    number = select(VAULT_KEYS.c.number).where(VAULT_KEYS.c.reference == other.person).scalar_subquery()
    with registry.store.engine.begin() as connection:
        connection.execute(update(BLIND_INDEX).values(number=number))
    [resolved] = await registry.resolve(person_data(1))
    assert resolved.other_name


# --------------------------------------------------------------------------- start and its keys


async def test_a_registry_started_again_knows_everybody(place: Place) -> None:
    async with running(place) as registry:
        [one] = await registry.resolve(person_data(1))
    async with running(place) as registry:
        [again] = await registry.resolve(person_data(1))
    assert again.person == one.person
    assert not again.registered


async def test_without_its_keys_a_vault_does_not_open(place: Place) -> None:
    async with running(place) as registry:
        await registry.resolve(person_data(1))
    kept = place.key_dir.with_name("kept")
    shutil.move(place.key_dir, kept)
    with pytest.raises(UnusableKeys, match="missing"):
        place.open()
    assert not place.key_dir.exists()
    other = Place("sqlite://", place.key_dir.with_name("other"))
    shutil.copytree(kept, other.key_dir)
    (other.key_dir / "blind-index.key").write_text("11" * 32)
    with pytest.raises(UnusableKeys, match="not the key"):
        Place(place.url, other.key_dir).open()
    async with running(Place(place.url, kept)) as registry:
        assert not (await registry.resolve(person_data(1)))[0].registered


async def test_a_vault_in_use_that_forgot_its_keys_is_not_given_new_ones(place: Place) -> None:
    async with running(place) as registry:
        await registry.resolve(person_data(1))
        with registry.store.engine.begin() as connection:
            connection.execute(KEY_CHECKS.delete())
    with pytest.raises(UnusableKeys, match="restore the database"):
        place.open()


async def test_every_connection_that_writes_zeroes_what_it_deletes(sqlite_place: Place) -> None:
    async with running(sqlite_place) as registry:
        connections = [registry.store.engine.raw_connection() for _ in range(5)]
        for connection in connections:
            assert connection.cursor().execute("PRAGMA secure_delete").fetchone() == (1,)
        for connection in connections:
            connection.close()
        assert registry.store.engine.hide_parameters


def test_every_table_of_the_vault_goes_with_the_key_of_its_reference() -> None:
    for table in METADATA.tables.values():
        if table not in (VAULT_KEYS, KEY_CHECKS):
            [key] = table.foreign_keys
            assert (key.column, key.ondelete) == (VAULT_KEYS.c.number, "CASCADE")
