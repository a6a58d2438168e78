"""A registry to test: its log and vault in SQLite or PostgreSQL, its service, and made-up people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Table, func, select

from ledger.append import Book
from ledger.errors import Refused
from ledger.handling import Appender
from ledger.note import Kind, Signer
from ledger.rpc.commands import log_behaviours
from ledger.rpc.proofs import ProofService
from ledger.rpc.server import Behaviour, ChecksRequests
from ledger.store.checkpoints import CheckpointStore
from ledger.store.sql import SqlStore
from ledger.store.witness import Witness
from ledger_api.common.v1 import common_pb2
from ledger_api.registry.v1 import registry_pb2 as pb
from services.registry.officers import Officers
from services.registry.service import RULES, RegistryService
from services.registry.vault import Vault
from tests.support.postgres import new_database

ORIGIN: Final = "ledger.local/registry"
AGENCY: Final = "datong-hrss"
OFFICER: Final = "st_" + "7a1c" * 8
OTHER_OFFICER: Final = "st_" + "51de" * 8
MIGRATIONS: Final = Path(__file__).parents[2] / "services" / "registry" / "migrations"


@dataclass(frozen=True)
class Place:
    """Where a registry lives: a database and a folder of keys."""

    url: str
    key_dir: Path

    def open(self) -> tuple[SqlStore, Vault]:
        """As a starting process does. Whoever opens it closes the store."""
        store = SqlStore.open(self.url, ORIGIN, [MIGRATIONS])
        try:
            return store, Vault.open(store, self.key_dir)
        except BaseException:
            store.close()
            raise


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty place for a registry, in either database."""
    if request.param == "sqlite":
        yield Place(f"sqlite:///{tmp_path}/registry.db", tmp_path / "keys")
    else:
        with new_database() as url:
            yield Place(url, tmp_path / "keys")


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    """An empty place for a registry in SQLite."""
    return Place(f"sqlite:///{tmp_path}/registry.db", tmp_path / "keys")


@dataclass(frozen=True)
class Registry:
    """A running registry, called without a network."""

    store: SqlStore
    vault: Vault
    appender: Appender
    behaviours: dict[str, Behaviour]

    async def call(self, method: str, request: Any) -> Any:
        behaviour: Any = self.behaviours[method]
        return await (behaviour.answer if isinstance(behaviour, ChecksRequests) else behaviour)(request)

    async def resolve(self, *persons: pb.PersonData, agency: str = AGENCY) -> list[pb.ResolvedPerson]:
        request = pb.ResolvePersonsRequest(context=context(agency=agency), persons=persons)
        return list((await self.call("ResolvePersons", request)).persons)

    async def staff(self, *names: str, agency: str = AGENCY) -> list[str]:
        request = pb.ResolveNamesRequest(context=context(agency=agency), names=names)
        return list((await self.call("ResolveStaff", request)).references)

    async def households(self, *names: str, agency: str = AGENCY) -> list[str]:
        request = pb.ResolveNamesRequest(context=context(agency=agency), names=names)
        return list((await self.call("ResolveHouseholds", request)).references)

    async def merge(self, person: str, into: str, request_id: str = "", **of: Any) -> Any:
        asked = {"reason": "same_identity", **of}
        about = context(request_id=request_id)
        return await self.call("MergePersons", pb.MergePersonsRequest(context=about, person=person, into=into, **asked))

    async def erase(self, person: str, request_id: str = "", **of: Any) -> Any:
        asked = {"basis": "consent_withdrawn", "case": "2025-XZ-0001", "second_actor": OTHER_OFFICER, **of}
        about = context(request_id=request_id)
        return await self.call("ErasePerson", pb.ErasePersonRequest(context=about, person=person, **asked))

    async def retract(self, entry: int, reason: str = "wrong file", **of: str) -> Any:
        return await self.call("Retract", common_pb2.RetractRequest(context=context(**of), entry=entry, reason=reason))

    def types(self) -> list[str]:
        """What the log holds, in order."""
        return [entry.type.split(".")[1] for entry in self.store.read(0, 10_000_000)]


@asynccontextmanager
async def running(place: Place) -> AsyncIterator[Registry]:
    """The registry of this place, taking calls."""
    store, vault = place.open()
    appender = Appender(store, Book(RULES))
    appender.start()
    service = RegistryService(appender, vault, Officers(store, RULES, vault, lambda: None))
    try:
        checkpoints = CheckpointStore(store.engine, store.readers)
        witness = Witness(
            store.engine, Signer.generate("ledger.local/registry/witness", Kind.COSIGNATURE_V1), lambda _: None
        )
        log = {**log_behaviours(store), **ProofService(store, checkpoints, witness).behaviours()}
        yield Registry(store, vault, appender, {**service.behaviours(), **log})
    finally:
        appender.stop()
        store.close()


@pytest.fixture
async def registry(place: Place) -> AsyncIterator[Registry]:
    """A registry taking calls, in either database."""
    async with running(place) as registry:
        yield registry


def rows(registry: Registry, table: Table) -> int:
    """How many rows a table holds."""
    with registry.store.readers.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def held(registry: Registry, number: int, field: str) -> list[str]:
    """What the vault holds of a person, opened."""
    with registry.store.transaction() as transaction:
        assert transaction.connection is not None
        in_vault = registry.vault.rows(transaction.connection)
        blind = in_vault.blind("cn-id", id_number(number))
        return list(in_vault.find([blind], [field])[blind].texts(field))


async def refusal(asked: Any) -> str:
    """The rule by which a call is refused."""
    with pytest.raises(Refused) as caught:
        await asked
    return caught.value.refusal.rule


def context(agency: str = AGENCY, actor: str = OFFICER, request_id: str = "") -> common_pb2.Context:
    return common_pb2.Context(agency=agency, actor=actor, request_id=request_id)


def person_data(number: int, name: str = "", phone: str | None = "", **notes: str) -> pb.PersonData:
    """A synthetic person. Keywords are notes, `_` in their names standing for `/`."""
    return pb.PersonData(
        id_number=id_number(number),
        name=name or f"测试{number}",
        phone=f"138{number:08d}" if phone == "" else phone,
        notes=[pb.Note(field=field.replace("_", "/"), text=text) for field, text in notes.items()],
    )


def id_number(number: int) -> str:
    """A valid identity number of the synthetic prefix 99."""
    seventeen = f"99{number // 1000 % 10_000:04d}19700101{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return seventeen + "10X98765432"[sum(w * int(d) for w, d in zip(weights, seventeen, strict=True)) % 11]
