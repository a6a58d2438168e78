"""Requests of the registry as the structs they stand for. No error here quotes what was asked."""

from __future__ import annotations

from typing import Any, cast

from ledger.rpc.checks import Malformed, Violations
from ledger.rpc.wire import reader
from ledger_api.registry.v1 import registry_pb2
from services.registry.alike import name_key
from services.registry.events import ErasureBasis, PersonErased, PersonsMerged
from services.registry.officers import Caller
from services.registry.resolving import Person

_MERGE = registry_pb2.DESCRIPTOR.message_types_by_name["MergePersonsRequest"]


def caller_of(request: Any) -> Caller:
    """Who asks, and what makes a repeat of it."""
    context = request.context
    revision = context.expected_revision if context.HasField("expected_revision") else None
    return Caller(context.agency, context.actor, context.request_id, revision)


def persons_of(request: Any) -> list[Person]:
    """The persons of a ResolvePersonsRequest. Raises Malformed: a blank name, a field no database holds."""
    violations: Violations = []
    persons = []
    for at, data in enumerate(request.persons):
        if not name_key(data.name):
            violations.append(_blank(f"persons[{at}].name"))
        for note_at, note in enumerate(data.notes):
            if not note.field.isprintable():
                path = f"persons[{at}].notes[{note_at}].field"
                violations.append((path, "control_character", "holds a control character; remove it"))
        phone = data.phone if data.HasField("phone") else None
        persons.append(Person(data.id_number, data.name, phone, [(note.field, note.text) for note in data.notes]))
    if violations:
        raise Malformed(violations)
    return persons


def names_of(request: Any) -> list[str]:
    """The names of a ResolveNamesRequest. Raises Malformed: a blank one."""
    violations = [_blank(f"names[{at}]") for at, name in enumerate(request.names) if not name_key(name)]
    if violations:
        raise Malformed(violations)
    return list(request.names)


def merge_of(request: Any) -> PersonsMerged:
    """The fact a MergePersonsRequest states."""
    merged: PersonsMerged = reader(_MERGE, PersonsMerged)(request)
    return merged


def erasure_of(request: Any) -> PersonErased:
    """The fact an ErasePersonRequest states; by hand, because older entries have no second officer."""
    return PersonErased(
        person=request.person,
        basis=cast(ErasureBasis, request.basis),
        case=request.case,
        second_actor=request.second_actor,
    )


def _blank(path: str) -> tuple[str, str, str]:
    return path, "blank_name", "is blank; state a name"
