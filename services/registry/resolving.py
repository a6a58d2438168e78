"""References for persons, staff and households: the same for the same, whoever asks and how often.

What is handed in is compared with what is held and kept beside it, never over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from services.registry.alike import name_key, phone_key
from services.registry.vault import Holding, Rows

#: What an identity number is hashed as; other kinds of documents would be other kinds.
ID_KIND: Final = "cn-id"
NamedKind = Literal["staff", "household"]
PREFIXES: Final[dict[NamedKind, str]] = {"staff": "st", "household": "hh"}


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A person as a register names them; no `repr`, so that no error can quote one.

    `id_number`: 18 characters, normalised. `notes`: (field, text), where the field names the fact it
    belongs to and holds no personal data.
    """

    id_number: str
    name: str
    phone: str | None = None
    notes: Sequence[tuple[str, str]] = ()


class Resolved(NamedTuple):
    """`registered`: handed out just now. `other_name`: held under names, and none of them is this one."""

    person: str
    registered: bool
    other_name: bool


def resolve_persons(rows: Rows, persons: Sequence[Person]) -> list[Resolved]:
    """A reference for each, in order; new ones are `registered` and want their entry in the log."""
    blinds = [rows.blind(ID_KIND, person.id_number) for person in persons]
    known = rows.find(blinds, {"name", "phone", *(_note(field) for person in persons for field, _ in person.notes)})
    resolved: list[Resolved] = []
    for person, blind in zip(persons, blinds, strict=True):
        holding = known.get(blind)
        registered = holding is None
        if holding is None:
            holding = known[blind] = rows.create("pr", blind)
            holding.add("id_number", person.id_number)
        resolved.append(Resolved(holding.reference, registered, _keep(holding, person)))
    rows.save()
    return resolved


def resolve_names(rows: Rows, kind: NamedKind, agency: str, names: Sequence[str]) -> list[str]:
    """A reference for each name of this agency, in order. Spellings that are alike are one."""
    blinds = [rows.blind(kind, agency, name_key(name)) for name in names]
    known = rows.find(blinds)
    for name, blind in zip(names, blinds, strict=True):
        if blind not in known:
            known[blind] = rows.create(PREFIXES[kind], blind)
            known[blind].add("name", name)
    rows.save()
    return [known[blind].reference for blind in blinds]


def _keep(holding: Holding, person: Person) -> bool:
    """Add what is not held yet. True: the name is another than all that were."""
    held = [name_key(name) for name in holding.texts("name")]
    other = name_key(person.name) not in held
    if other:
        holding.add("name", person.name)
    if person.phone is not None and phone_key(person.phone) not in map(phone_key, holding.texts("phone")):
        holding.add("phone", person.phone)
    for field, text in person.notes:
        versions = holding.texts(_note(field))
        # the last one stands, so that A, B, A ends at A
        if not versions or versions[-1] != text:
            holding.add(_note(field), text)
    return other and bool(held)


def _note(field: str) -> str:
    """Notes have a place of their own: none can pass for a name."""
    return f"note/{field}"
