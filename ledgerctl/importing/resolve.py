"""Who a row is about: the registry's answer, a few hundred rows at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.rpc.client import batches
from ledger_api.common.v1 import common_pb2 as common
from ledger_api.registry.v1 import registry_pb2 as pb
from ledgerctl.importing.patience import patiently
from ledgerctl.registers import RowPlan
from ledgerctl.session import Session

PER_CALL = 1_000
#: what may stand in the name of a sealed note: dates and codes, nothing a person could be known by
_HARMLESS = re.compile(r"\d{4}-\d{2}-\d{2}|phone|home|online")


class References(NamedTuple):
    """What the registry said of one row: `other_name` warns of a perhaps mistyped identity number."""

    person: str | None
    staff: str | None
    household: str | None
    other_name: bool


class Resolver:
    """Asks the registry. Names of staff and households are asked once an import."""

    def __init__(self, session: Session, agency: str, actor: str) -> None:
        self._registry = session.client("registry")
        self._context = common.Context(agency=agency, actor=actor)
        self._names: dict[tuple[str, str], str] = {}

    async def resolve(self, plans: Sequence[RowPlan]) -> list[References]:
        """References for each plan, in order. Raises Unavailable and CallRefused."""
        persons = await self._persons(plans)
        await self._ask_names("ResolveStaff", {plan.staff for plan in plans if plan.staff})
        await self._ask_names("ResolveHouseholds", {plan.household for plan in plans if plan.household})
        out = []
        for plan in plans:
            person, other_name = persons[plan.person.id_number] if plan.person else (None, False)
            out.append(
                References(
                    person,
                    self._names["ResolveStaff", plan.staff] if plan.staff else None,
                    self._names["ResolveHouseholds", plan.household] if plan.household else None,
                    other_name,
                )
            )
        return out

    async def _persons(self, plans: Sequence[RowPlan]) -> dict[str, tuple[str, bool]]:
        asked: dict[str, pb.PersonData] = {}
        for plan in plans:
            if plan.person is None:
                continue
            who = asked.setdefault(
                plan.person.id_number,
                pb.PersonData(id_number=plan.person.id_number, name=plan.person.name),
            )
            if plan.person.phone:
                who.phone = plan.person.phone
            for note in plan.notes:
                who.notes.add(field=_note_field(plan, note.field), text=note.text)
        found: dict[str, tuple[str, bool]] = {}
        for part in batches(list(asked.values()), PER_CALL):
            request = pb.ResolvePersonsRequest(context=self._context, persons=part)
            answer = await patiently("registry", lambda: self._registry.call("ResolvePersons", request, seconds=60.0))  # noqa: B023  # awaited before the loop goes on
            for who, resolved in zip(part, answer.persons, strict=True):
                found[who.id_number] = (resolved.person, resolved.other_name)
        return found

    async def _ask_names(self, method: str, names: Iterable[str]) -> None:
        new = sorted(name for name in names if (method, name) not in self._names)
        for part in batches(new, PER_CALL):
            request = pb.ResolveNamesRequest(context=self._context, names=part)
            answer = await patiently("registry", lambda: self._registry.call(method, request, seconds=60.0))  # noqa: B023  # awaited before the loop goes on
            for name, reference in zip(part, answer.references, strict=True):
                self._names[method, name] = reference


def _note_field(plan: RowPlan, kind: str) -> str:
    return "/".join([plan.sheet, *(part for part in plan.key if _HARMLESS.fullmatch(part)), kind])
