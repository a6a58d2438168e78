"""What a checked row is to record once its person is known, and what a refused one has to say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from ledger.event import Event
from ledgerctl.registers.layout import Service
from ledgerctl.registers.problems import Caution, Problem
from ledgerctl.registers.table import Cells

#: stand in the events of a plan until the registry has answered; no reference looks like them
PERSON, STAFF, HOUSEHOLD = "\x00person", "\x00staff", "\x00household"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an import states for all its rows. `today` (ISO, Asia/Shanghai) bounds dates of birth alone."""

    programme: str
    region: str
    agency: str
    today: str


@dataclass(frozen=True, slots=True)
class PersonInput:
    """Who a row is about, for the registry's vault alone: `id_number` of 18 characters, `phone` as digits."""

    id_number: str
    name: str
    phone: str | None = None

    def __repr__(self) -> str:
        return "PersonInput(…)"


@dataclass(frozen=True, slots=True)
class Note:
    """Free text to be sealed in the vault.

    `field`: issue, issue_category, resolution, end_reason or referral_result.
    """

    field: str
    text: str

    def __repr__(self) -> str:
        return f"Note(field={self.field!r}, …)"


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its name, and its facts by the slot they fill, with placeholders for references."""

    name: str
    facts: dict[str, Event]


@dataclass(frozen=True, slots=True, eq=False)
class RowPlan:
    """A row that passed every local check. Its representation shows no personal data.

    `person`, `staff` (回访人) and `household` are what the registry has to resolve; None: nothing to
    resolve. `key` is the row's natural key and `content` a digest of everything it states.
    All commands go to `service`, in one group: all or none. `unstated`: by command, what the sheet has
    no column for.
    """

    sheet: str
    row: int
    service: Service
    commands: tuple[Command, ...]
    person: PersonInput | None = None
    staff: str | None = field(default=None, repr=False)
    household: str | None = field(default=None, repr=False)
    notes: tuple[Note, ...] = ()
    key: tuple[str, ...] = field(default=(), repr=False)
    #: keys of facts it shares with other rows (a class), each with the digest of what it states of them
    shared: tuple[tuple[tuple[str, ...], bytes], ...] = field(default=(), repr=False)
    warnings: tuple[Caution, ...] = ()
    cells: Cells = field(default=(), repr=False)
    unstated: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def content(self) -> bytes:
        """Digest of what the row states; two rows of one key with the same digest are one row twice."""
        who = self.person.id_number if self.person else None
        notes = [(note.field, note.text) for note in self.notes]
        commands = [(command.name, command.facts) for command in self.commands]
        return digest((who, self.staff, self.household, notes, commands))

    def facts(
        self, person_ref: str | None = None, staff_ref: str | None = None, household_ref: str | None = None
    ) -> list[tuple[str, dict[str, Event]]]:
        """The commands with references in place: [(command name, {slot: fact})].

        Raises `ValueError` where a reference is needed and not given.
        """
        references = {PERSON: person_ref, STAFF: staff_ref, HOUSEHOLD: household_ref}
        return [
            (command.name, {slot: _refer(fact, references) for slot, fact in command.facts.items()})
            for command in self.commands
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """A row of which nothing may be recorded, and every reason found. `row` counts from 1."""

    sheet: str
    row: int
    problems: tuple[Problem, ...]
    cells: Cells = field(default=(), repr=False)

    @property
    def rule(self) -> str:
        """The first rule broken."""
        return self.problems[0].rule

    @property
    def column(self) -> str:
        """The column of the first rule broken; empty: the whole row."""
        return self.problems[0].column

    @property
    def zh(self) -> str:
        """All reasons in Chinese, each with its column."""
        return "；".join(problem.in_words()[0] for problem in self.problems)

    @property
    def en(self) -> str:
        """All reasons in English."""
        return "; ".join(problem.in_words()[1] for problem in self.problems)


def digest(content: object) -> bytes:
    """16 bytes over anything msgspec can encode. Held in memory for the time of an import, never stored."""
    return hashlib.blake2b(msgspec.msgpack.encode(content), digest_size=16).digest()


def _refer(fact: Event, references: dict[str, str | None]) -> Event:
    changes: dict[str, str] = {}
    for name in _holders(type(fact)):
        placeholder = getattr(fact, name)
        if placeholder in references:
            reference = references[placeholder]
            if reference is None:
                raise ValueError(f"{type(fact).__name__}.{name} needs a reference")
            changes[name] = reference
    return msgspec.structs.replace(fact, **changes) if changes else fact


def _holders(kind: type[Event]) -> tuple[str, ...]:
    return tuple(name for name in ("person", "employer", "visitor") if name in kind.__struct_fields__)
