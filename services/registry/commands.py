"""What may be asked of the registry. A person belongs to no agency: its stream is `person/<pr_…>`."""

from __future__ import annotations

from ledger.decider import Command
from services.registry.events import PersonErased, PersonRegistered, PersonsMerged


class AboutPerson(Command, frozen=True, kw_only=True):
    """A command on the stream of one person, whichever agency asks."""

    def stream(self, agency: str, new_id: str) -> str:
        return "/".join(self.key())


class RegisterPerson(AboutPerson, frozen=True, kw_only=True):
    """A new reference. Asked by the registry of itself, when it resolves somebody not seen before."""

    registered: PersonRegistered

    def key(self) -> tuple[str, ...]:
        return person_key(self.registered.person)


class MergePersons(AboutPerson, frozen=True, kw_only=True):
    """Two references are one person."""

    merged: PersonsMerged

    def key(self) -> tuple[str, ...]:
        return person_key(self.merged.person)


class RetractMerge(AboutPerson, frozen=True, kw_only=True):
    """A merge was wrong: `entry` is its index. Nothing else of a person can be retracted."""

    person: str
    entry: int
    reason: str

    def key(self) -> tuple[str, ...]:
        return person_key(self.person)


class ErasePerson(AboutPerson, frozen=True, kw_only=True):
    """What is known of a person is deleted. `actor` of the entry asks, `second_actor` confirms."""

    erased: PersonErased

    def key(self) -> tuple[str, ...]:
        return person_key(self.erased.person)


def person_key(person: str) -> tuple[str, ...]:
    """One person is one aggregate."""
    return "person", person


RegistryCommand = RegisterPerson | MergePersons | RetractMerge | ErasePerson
