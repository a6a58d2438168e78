"""What stays in the files of a registry: nothing readable ever, and after an erasure nothing at all."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import sqlite3
from collections.abc import Sequence
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import event, select
from structlog.testing import capture_logs

from ledger.errors import Refused
from ledger.store.engine import BUSY_TIMEOUT_MS
from services.registry.database import empty_write_ahead_log
from services.registry.tables import BLIND_INDEX, VAULT_KEYS, VAULT_VALUES
from tests.support.registry import Place, Registry, id_number, person_data, running, sqlite_place

__all__ = ["sqlite_place"]

NAME, PHONE, NOTE = "金丝雀测试名", "13899990000", "金丝雀的私事与难处"


def readable(number: int) -> list[bytes]:
    """What a person is known by, in the encodings a file might hold."""
    texts = (id_number(number), NAME, PHONE, NOTE)
    return [form for text in texts for form in (text.encode(), text.encode("utf-16-le"), text.encode().hex().encode())]


def sealed(registry: Registry, person: str) -> dict[str, list[bytes]]:
    """The wrapped key, the blind index and the sealed values of a person."""
    with registry.store.readers.begin() as connection:
        number, wrapped = connection.execute(
            select(VAULT_KEYS.c.number, VAULT_KEYS.c.wrapped).where(VAULT_KEYS.c.reference == person)
        ).one()
        blinds = connection.execute(select(BLIND_INDEX.c.blind).where(BLIND_INDEX.c.number == number)).scalars()
        values = connection.execute(select(VAULT_VALUES.c.sealed).where(VAULT_VALUES.c.number == number)).scalars()
        return {"wrapped": [bytes(wrapped)], "blind": [*map(bytes, blinds)], "values": [*map(bytes, values)]}


def pieces(secrets: Sequence[bytes]) -> list[bytes]:
    """Each whole, and 16 bytes out of it: a copy that was partly overwritten is still a copy."""
    return [part for secret in secrets for part in (secret, secret[8:24])]


def files(place: Place) -> dict[str, bytes]:
    """The database file, its write-ahead log and its shared memory."""
    database_file = Path(place.url.removeprefix("sqlite:///"))
    return {path.name: path.read_bytes() for path in database_file.parent.glob(f"{database_file.name}*")}


def found(place: Place, secrets: Sequence[bytes]) -> list[tuple[str, bytes]]:
    return [(name, secret) for name, content in files(place).items() for secret in secrets if secret in content]


async def test_no_file_ever_holds_a_person_in_readable_form(sqlite_place: Place) -> None:
    async with running(sqlite_place) as registry:
        request = person_data(7, name=NAME, phone=PHONE, note=NOTE)
        [one] = await registry.resolve(request, agency="xining-hrss")
        await registry.staff(NAME)
        await registry.households(NAME)
        assert set(files(sqlite_place)) == {"registry.db", "registry.db-wal", "registry.db-shm"}
        assert found(sqlite_place, [one.person.encode()])  # the search does find what is there
        assert not found(sqlite_place, readable(7))
    assert not found(sqlite_place, readable(7))


async def test_after_an_erasure_not_even_the_wrapped_key_is_in_a_file(sqlite_place: Place) -> None:
    async with running(sqlite_place) as registry:
        people = [person_data(number, name=NAME, phone=PHONE, note=NOTE) for number in range(300)]
        await registry.resolve(*people)
        [one] = await registry.resolve(person_data(7, name="别名", note="又一件"))
        kept = sealed(registry, one.person)
        assert {kind: len(values) for kind, values in kept.items()} == {"wrapped": 1, "blind": 1, "values": 7}
        for values in kept.values():
            for value in values:
                assert found(sqlite_place, [value])
        await registry.erase(one.person)
        assert not found(sqlite_place, [piece for values in kept.values() for piece in pieces(values)])
        assert not found(sqlite_place, readable(7))
        assert files(sqlite_place)["registry.db-wal"] == b""
    assert not found(sqlite_place, [piece for values in kept.values() for piece in pieces(values)])


async def test_many_erasures_in_a_grown_vault_leave_no_key_and_no_blind_value(sqlite_place: Place) -> None:
    dice = random.Random(20250601)
    async with running(sqlite_place) as registry:
        persons: list[str] = []
        for start in range(0, 2_000, 500):
            resolved = await registry.resolve(*(person_data(start + number) for number in range(500)))
            persons += [one.person for one in resolved]
        secrets: list[bytes] = []
        for person in dice.sample(persons, 60):
            kept = sealed(registry, person)
            secrets += pieces([*kept["wrapped"], *kept["blind"]])
            await registry.erase(person)
        assert not found(sqlite_place, secrets)
        await registry.resolve(*(person_data(number) for number in range(5_000, 5_500)))
        assert not found(sqlite_place, secrets)
        assert len(registry.types()) == 2_000 + 60 + 500


async def test_the_blind_index_is_rebuilt_in_the_transaction_that_deletes(sqlite_place: Place) -> None:
    async with running(sqlite_place) as registry:
        [one] = await registry.resolve(person_data(1))
        said: list[str] = []
        event.listen(
            registry.store.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement)
        )
        event.listen(registry.store.engine, "commit", lambda _: said.append("COMMIT"))
        await registry.erase(one.person)
        assert said[-2:] == ["REINDEX blind_index", "COMMIT"]


async def test_a_reader_in_the_way_is_told_and_the_next_start_empties_the_log(sqlite_place: Place) -> None:
    async with running(sqlite_place) as registry:
        resolved = await registry.resolve(person_data(1), person_data(2))
        kept = sealed(registry, resolved[0].person)
        reader = sqlite3.connect(sqlite_place.url.removeprefix("sqlite:///"), isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchone()
        with registry.store.engine.begin() as connection:
            connection.execute(VAULT_KEYS.delete().where(VAULT_KEYS.c.reference == resolved[0].person))
        with capture_logs() as lines:
            assert not empty_write_ahead_log(registry.store.engine, wait_ms=50)
        assert [line["event"] for line in lines] == ["erasure_traces_remain"]
        assert found(sqlite_place, kept["wrapped"])
        reader.close()
        with registry.store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_TIMEOUT_MS
        store, _ = sqlite_place.open()
        assert not found(sqlite_place, pieces(kept["wrapped"]))
        store.close()


# --------------------------------------------------------------------------------------- killed


def die_at(place: Place, function: str, person: str) -> None:
    """Run in a process of its own: erase a person, or resolve two, and die when `function` is called."""
    module, _, path = function.partition(":")
    owner = reduce(getattr, path.split(".")[:-1], import_module(module))

    async def act() -> None:
        async with running(place) as registry:
            setattr(owner, path.split(".")[-1], lambda *_: os._exit(9))
            if person:
                await registry.erase(person)
            else:
                await registry.resolve(person_data(1, name="别名"), person_data(2))

    asyncio.run(act())


async def killed(place: Place, function: str, person: str = "") -> None:
    process = multiprocessing.get_context("spawn").Process(target=die_at, args=(place, function, person))
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == 9


@pytest.mark.parametrize("function", ["services.registry.vault:Rows.save", "ledger.append:Book.write"])
async def test_a_registry_killed_while_resolving_holds_all_or_nothing(sqlite_place: Place, function: str) -> None:
    async with running(sqlite_place) as registry:
        [known] = await registry.resolve(person_data(1))
    await killed(sqlite_place, function)
    async with running(sqlite_place) as registry:
        assert registry.store.head().size == 1
        with registry.store.readers.begin() as connection:
            assert len(connection.execute(select(VAULT_KEYS)).all()) == 1
            assert len(connection.execute(select(VAULT_VALUES)).all()) == 3
        [again, new] = await registry.resolve(person_data(1), person_data(2))
        assert (again.person, again.registered, new.registered) == (known.person, False, True)


@pytest.mark.parametrize(
    "function", ["services.registry.vault:Rows.forget", "services.registry.vault:rebuild_after_deletion"]
)
async def test_an_erasure_killed_before_its_commit_never_was(sqlite_place: Place, function: str) -> None:
    async with running(sqlite_place) as registry:
        [one] = await registry.resolve(person_data(1))
    await killed(sqlite_place, function, one.person)
    async with running(sqlite_place) as registry:
        assert registry.types() == ["PersonRegistered"]
        [again] = await registry.resolve(person_data(1))
        assert (again.person, again.other_name) == (one.person, False)


async def test_an_erasure_killed_after_its_commit_is_finished_at_the_next_start(sqlite_place: Place) -> None:
    async with running(sqlite_place) as registry:
        [one, _] = await registry.resolve(person_data(1), person_data(2))
        kept = sealed(registry, one.person)
    await killed(sqlite_place, "services.registry.officers:empty_write_ahead_log", one.person)
    assert files(sqlite_place)["registry.db-wal"]  # committed, and not yet in the database file
    async with running(sqlite_place) as registry:
        assert registry.types() == ["PersonRegistered", "PersonRegistered", "PersonErased"]
        assert not found(sqlite_place, pieces([*kept["wrapped"], *kept["blind"]]))
        with pytest.raises(Refused, match="already_erased"):
            await registry.erase(one.person)
        [again] = await registry.resolve(person_data(1))
        assert again.registered
