"""The registry as its callers meet it: over gRPC, with every log line looked at."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from ledger.errors import LedgerError, Unavailable
from ledger.rpc.client import CallRefused, Client, connect
from ledger.rpc.server import Server
from ledger.store.engine import open_engine
from ledger_api.common.v1 import common_pb2
from ledger_api.registry.v1 import registry_pb2 as pb
from services.registry.database import VaultFailed, no_values_in_errors
from services.registry.service import SERVICE
from services.registry.tables import BLIND_INDEX, VAULT_KEYS
from tests.support.registry import (
    OTHER_OFFICER,
    Place,
    Registry,
    context,
    id_number,
    person_data,
    place,
    running,
    sqlite_place,
)

__all__ = ["place", "sqlite_place"]

NAME, PHONE, NOTE = "金丝雀测试名", "13899990000", "金丝雀的私事"


@asynccontextmanager
async def served(where: Place) -> AsyncIterator[tuple[Client, Registry]]:
    async with running(where) as registry:
        server = Server([(SERVICE, registry.behaviours)], reflect=False)
        channel = connect(await server.start("127.0.0.1:0"))
        try:
            yield Client(channel, SERVICE), registry
        finally:
            await channel.close()
            await server.stop(0)


def canary(number: int = 7) -> pb.PersonData:
    return person_data(number, name=NAME, phone=PHONE, note=NOTE)


def secrets(number: int = 7) -> list[str]:
    return [id_number(number), NAME, PHONE, NOTE, NAME.encode().hex(), repr(NAME.encode())]


async def test_every_method_answers_over_grpc(place: Place) -> None:
    async with served(place) as (client, _):
        persons = [canary(), person_data(8)]
        answer = await client.call("ResolvePersons", pb.ResolvePersonsRequest(context=context(), persons=persons))
        [one, other] = answer.persons
        assert one.registered
        names = pb.ResolveNamesRequest(context=context(), names=["王老师"])
        assert (await client.call("ResolveStaff", names)).references[0].startswith("st_")
        assert (await client.call("ResolveHouseholds", names)).references[0].startswith("hh_")
        merge = pb.MergePersonsRequest(
            context=context(request_id="m"), person=one.person, into=other.person, reason="same_identity"
        )
        receipt = await client.call("MergePersons", merge)
        assert receipt.index == 2
        retract = common_pb2.RetractRequest(context=context(), entry=2, reason="clerical")
        assert (await client.call("Retract", retract)).subject == f"person/{one.person}"
        erase = pb.ErasePersonRequest(
            context=context(), person=one.person, basis="court_order", case="C-1", second_actor=OTHER_OFFICER
        )
        assert (await client.call("ErasePerson", erase)).index == 4
        assert (await client.call("GetHead", common_pb2.GetHeadRequest())).size == 5


async def test_malformed_requests_are_refused_without_quoting_them(sqlite_place: Place) -> None:
    async with served(sqlite_place) as (client, registry):
        for bad in (
            pb.PersonData(id_number=id_number(7)[:17] + "x", name=NAME),
            pb.PersonData(id_number=id_number(7) + "0", name=NAME),
            pb.PersonData(id_number=id_number(7), name=NAME, phone=PHONE * 9),
            pb.PersonData(id_number=id_number(7), name=NAME * 99),
            pb.PersonData(id_number=id_number(7), name=NAME, notes=[pb.Note(field="", text=NOTE)]),
            pb.PersonData(id_number=id_number(7), name=NAME, notes=[pb.Note(field="\x07", text=NOTE)]),
        ):
            with capture_logs() as lines, pytest.raises(CallRefused) as caught:
                await client.call("ResolvePersons", pb.ResolvePersonsRequest(context=context(), persons=[bad]))
            assert caught.value.rule == "malformed"
            told = f"{caught.value} {caught.value.zh} {''.join(traceback.format_exception(caught.value))} {lines}"
            assert not [secret for secret in secrets() if secret in told]
        with pytest.raises(CallRefused, match="persons"):
            many = [person_data(number) for number in range(1_001)]
            await client.call("ResolvePersons", pb.ResolvePersonsRequest(context=context(), persons=many))
        assert registry.store.head().size == 0


async def test_no_log_line_and_no_error_shows_a_person(
    place: Place, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    request = pb.ResolvePersonsRequest(context=context(), persons=[canary()])
    with capture_logs() as lines:
        async with served(place) as (client, registry):
            person = (await client.call("ResolvePersons", request)).persons[0].person
            await client.call("ResolvePersons", request)
            with registry.store.engine.begin() as connection:
                connection.execute(VAULT_KEYS.update().values(wrapped=b"x" * 60))
            with pytest.raises(CallRefused) as caught:
                await client.call("ResolvePersons", request)
            with registry.store.engine.begin() as connection:
                connection.exec_driver_sql("DROP TABLE vault_values")
            with pytest.raises(LedgerError) as later:
                await client.call("ResolvePersons", pb.ResolvePersonsRequest(context=context(), persons=[canary(9)]))
    told = [str(lines), caplog.text, *capfd.readouterr(), str(caught.value), str(later.value)]
    told += [str(line.get("exc_info")) for line in lines]
    assert "ResolvePersons" in told[0]
    assert not [secret for secret in (*secrets(), *secrets(9)) for text in told if secret in text]
    assert person.startswith("pr_")


async def test_a_failing_statement_tells_neither_values_nor_hashes(place: Place) -> None:
    async with running(place) as registry:
        await registry.resolve(canary())
        with registry.store.engine.begin() as connection:
            row = connection.execute(BLIND_INDEX.select()).one()
        with (
            pytest.raises(VaultFailed) as caught,
            registry.store.engine.begin() as connection,
            no_values_in_errors(),
        ):
            connection.execute(BLIND_INDEX.insert(), [{"blind": row.blind, "number": row.number}])
        shown = "".join(traceback.format_exception(caught.value))
        assert row.blind.hex() not in shown
        assert repr(row.blind)[2:20] not in shown


async def test_a_database_that_is_away_is_unavailable_and_nothing_is_known(place: Place) -> None:
    async with running(place) as registry:
        [one] = await registry.resolve(canary())
        engine = registry.store.engine
        registry.store.engine = open_engine(
            "sqlite:////nowhere/at/all.db"
            if engine.dialect.name == "sqlite"
            else "postgresql+psycopg:///x?host=/nowhere"
        )
        with capture_logs() as lines:
            with pytest.raises(Unavailable):
                await registry.resolve(canary())
            with pytest.raises(Unavailable):
                await registry.erase(one.person)
        registry.store.engine = engine
        assert not [secret for secret in secrets() if secret in str(lines)]
        assert not (await registry.resolve(canary()))[0].registered
