"""The registry on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from ledger.append import Ask, Receipt, Rules
from ledger.errors import Refusal, Refused
from ledger.handling import Appender
from ledger.rpc.commands import receipt_message
from ledger.rpc.server import Behaviour
from ledger.runtime.write_service import OpenLog
from ledger_api.registry.v1 import registry_pb2 as pb
from services.registry.commands import RegisterPerson
from services.registry.decider import decide
from services.registry.events import CATALOGUE, PersonRegistered
from services.registry.officers import Officers
from services.registry.resolving import NamedKind, Resolved, resolve_names, resolve_persons
from services.registry.vault import Vault
from services.registry.wire import caller_of, erasure_of, merge_of, names_of, persons_of

SERVICE = pb.DESCRIPTOR.services_by_name["RegistryService"]
RULES = Rules(CATALOGUE, decide)


def behaviours(log: OpenLog, vault: Vault) -> dict[str, Behaviour]:
    """One for each method of RegistryService."""
    officers = Officers(log.store, log.rules, vault, log.relay.wake)
    return {**RegistryService(log.appender, vault, officers).behaviours(), **log.log_behaviours()}


class RegistryService:
    """What only the registry answers; its log answers like any other."""

    def __init__(self, appender: Appender, vault: Vault, officers: Officers) -> None:
        self._appender = appender
        self._vault = vault
        self._officers = officers

    def behaviours(self) -> dict[str, Behaviour]:
        """One for each method but those of the log."""
        return {
            "ResolvePersons": self._resolve_persons,
            "ResolveStaff": self._resolve_names("staff"),
            "ResolveHouseholds": self._resolve_names("household"),
            "MergePersons": self._merge,
            "ErasePerson": self._erase,
            "Retract": self._retract,
        }

    async def _resolve_persons(self, request: Any) -> Message:
        # the request id is not kept: nothing derived from what was asked may outlive an erasure
        caller, persons = caller_of(request), persons_of(request)
        resolved: list[Resolved] = []

        def prepare(connection: Any) -> list[Ask]:
            # runs again if a neighbour in the commit fails; only the last run is committed
            resolved[:] = resolve_persons(self._vault.rows(connection), persons)
            return [
                Ask(RegisterPerson(registered=PersonRegistered(person=one.person)), caller.agency, caller.actor)
                for one in resolved
                if one.registered
            ]

        for result in await self._appender.submit_prepared(prepare):
            if isinstance(result, Refusal):
                raise Refused(result)
        return pb.ResolvePersonsResponse(persons=[pb.ResolvedPerson(**one._asdict()) for one in resolved])

    def _resolve_names(self, kind: NamedKind) -> Behaviour:
        async def resolve(request: Any) -> Message:
            agency, names = request.context.agency, names_of(request)
            references: list[str] = []

            def prepare(connection: Any) -> list[Ask]:
                references[:] = resolve_names(self._vault.rows(connection), kind, agency, names)
                return []

            await self._appender.submit_prepared(prepare)
            return pb.ResolveNamesResponse(references=references)

        return resolve

    async def _merge(self, request: Any) -> Message:
        return await self._officer(self._officers.merge, caller_of(request), merge_of(request))

    async def _erase(self, request: Any) -> Message:
        return await self._officer(self._officers.erase, caller_of(request), erasure_of(request))

    async def _retract(self, request: Any) -> Message:
        return await self._officer(self._officers.retract, caller_of(request), request.entry, request.reason)

    @staticmethod
    async def _officer(act: Callable[..., Receipt], *asked: Any) -> Message:
        return receipt_message(await asyncio.to_thread(act, *asked))
