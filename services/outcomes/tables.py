"""The outcomes database: what every figure is counted from, alike on SQLite and PostgreSQL.

The shredding. Everything below follows from the entries alone, so that a verifier which shares no
code with us can load the same entries and run the same figures.

1.  `entries` keeps each entry of each log as it was received: its bytes and their leaf hash, and
    from the envelope `type`, `agency`, `subject`, `recorded`. `log` is the log's origin (the entry's
    `source`), `idx` its index.
2.  Each event type has one table, named after the type without service and version, in snake case:
    `placement.IntentAgreementSigned.v1` goes to `intent_agreement_signed`. `EntryRetracted` of all
    logs goes to `entry_retracted`.
3.  A row is one entry: `log`, `idx` (together the key), `agency`, `subject`, `revision`, `recorded`
    from the envelope; then every field of `data` under its own name; then the twins. A field left
    out of `data` is NULL; a boolean is 1 or 0, and 0 where it is left out.
4.  Twins. Each field `X_on` (an ISO date) has an integer `X_day`: days since 1970-01-01. A field
    `month` (`YYYY-MM`) has `month_no`: year * 12 + month - 1. Every row has `recorded_day`: the date
    of `recorded` in Shanghai (UTC+8), in days. The twin of NULL is NULL.
5.  Rows are never changed and never removed. A retraction is a row of `entry_retracted`: the entry
    (`log`, `entry`) it names no longer stands, whatever its type. `superseded` = 1: it was an old
    version of a fact that was stated anew.
6.  An entry whose type is unknown, or whose data does not fit its type, has no row; neither has any
    later entry of the same `subject` in that log. They are listed in `parked`, with the reason.
    Does not fit: a field missing, unknown or of the wrong type; an integer beyond 2^53 - 1; a date,
    month or `recorded` that is not one; U+0000 anywhere; a `subject` or reference of over 600
    characters.

`case` and `into` are words of SQL: write `"case"`, `"into"`. Text compares by code point (`COLLATE
"C"` on PostgreSQL, the default on SQLite).

The other tables are the projector's own. `outcome_records` follows from the event tables
(`services.outcomes.records`); `positions` says how much of each log has been read.
"""

from __future__ import annotations

import hashlib
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Union, get_args, get_origin

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from ledger.entry import INTEGER_MAX, Entry
from ledger.event import EntryRetracted, Event
from services.followup import events as followup
from services.outcomes.days import day_number, month_number, shanghai_day
from services.placement import events as placement
from services.publication import events as publication
from services.registry import events as registry
from services.training import events as training

#: Raised with every change of meaning that the table definitions do not show (the fold's rules).
VERSION: Final = 1
#: An index entry of PostgreSQL holds some 2,700 bytes; four bytes a character.
INDEXED_CHARS_MAX: Final = 600

CATALOGUES: Final = (
    registry.CATALOGUE,
    training.CATALOGUE,
    placement.CATALOGUE,
    followup.CATALOGUE,
    publication.CATALOGUE,
)
METADATA: Final = MetaData()


def text() -> Text:
    """Text that compares by code point on both databases."""
    return Text().with_variant(Text(collation="C"), "postgresql")


ENTRIES: Final = Table(
    "entries",
    METADATA,
    Column("log", text(), nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("type", text(), nullable=False),
    Column("agency", text(), nullable=False),
    Column("subject", text(), nullable=False),
    Column("recorded", text(), nullable=False),
    PrimaryKeyConstraint("log", "idx"),
    # `recorded` never falls within a log: a date is a prefix of it
    Index("entries_recorded", "log", "recorded"),
)

POSITIONS: Final = Table(
    "positions",
    METADATA,
    Column("log", text(), primary_key=True),
    Column("next_index", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("error", text()),
)

#: Heads that their log signed and whose root is that of the entries held here. `frontier` is where
#: the check of the next one goes on from.
CHECKPOINTS: Final = Table(
    "checkpoints",
    METADATA,
    Column("log", text(), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("note", text(), nullable=False),
    PrimaryKeyConstraint("log", "size"),
)

PARKED: Final = Table(
    "parked",
    METADATA,
    Column("log", text(), nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("subject", text(), nullable=False),
    Column("reason", text(), nullable=False),
    PrimaryKeyConstraint("log", "idx"),
    Index("parked_subject", "log", "subject"),
)

OUTCOME_RECORDS: Final = Table(
    "outcome_records",
    METADATA,
    Column("person", text(), nullable=False),
    Column("programme", text(), nullable=False),
    Column("record", text(), nullable=False),
    PrimaryKeyConstraint("person", "programme"),
)

#: Persons whose records are older than the event tables: rewritten by `drain`, empty once caught up.
STALE_RECORDS: Final = Table("stale_records", METADATA, Column("person", text(), primary_key=True))

SCHEMA: Final = Table(
    "schema_version",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("definitions", text(), nullable=False),
)

#: Facts that are looked up by person: those the records are folded from, and what figures ask of a person.
_BY_PERSON: Final = frozenset(
    {
        registry.PersonsMerged,
        registry.PersonErased,
        training.Enrolled,
        training.TrainingEnded,
        training.CertificateIssued,
        training.CertificateRevoked,
        placement.IntentAgreementSigned,
        placement.IntentAgreementWithdrawn,
        placement.ContractSigned,
        placement.ContractWithdrawn,
        placement.HealthCheckPassed,
        placement.EmploymentStarted,
        placement.EmploymentEnded,
        placement.ReferralMade,
        training.SkillFileOpened,
        followup.VisitCompleted,
        followup.VisitAttempted,
        followup.WageObserved,
        followup.PromotionRecorded,
        followup.UpskillingTaken,
    }
)
#: Facts that are looked up by their stream: those that change the state of another fact of it, and
#: those of which a figure asks whether they were stated anew.
_BY_SUBJECT: Final = frozenset(
    {
        training.ClassOpened,
        training.CertificateRevoked,
        training.StatisticAttested,
        training.ActivityHeld,
        training.FacilityRecognised,
        training.FacilityClosed,
        placement.MatchingEventHeld,
        placement.EmployerRegistered,
        placement.EmployerClosed,
        placement.CooperationSigned,
        placement.VacancyPosted,
        placement.SubsidyPaid,
        placement.SubsidyClawedBack,
        placement.IntentAgreementWithdrawn,
        placement.ContractWithdrawn,
        placement.EmploymentEnded,
        followup.IssueOpened,
        followup.IssueReferred,
        followup.IssueResolved,
    }
)
#: What figures look for beyond that: statements of one fact by several agencies, a return to work.
#: SQLite only: PostgreSQL hashes, and there such a key could be longer than an index entry.
_KEYS: Final[Mapping[type[Event], tuple[str, ...]]] = {
    training.TrainingEnded: ("programme", "class_no", "person"),
    placement.IntentAgreementSigned: ("programme", "agreement"),
    placement.ContractSigned: ("programme", "agreement", "kind"),
    placement.EmploymentStarted: ("person", "employer", "started_day"),
}

Row = tuple[Any, ...]
RowBuilder = Callable[[str, Entry, Event], Row]


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """The table of one event type. `row(log, entry, event)` gives its values in column order.

    `row` raises ValueError where rule 6 above says that the data does not fit.
    """

    event: type[Event]
    table: Table
    row: RowBuilder

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name


def snake_case(name: str) -> str:
    """`IntentAgreementSigned` → `intent_agreement_signed`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _define(event: type[Event]) -> EventTable:
    fields = msgspec.structs.fields(event)
    columns: list[Column[Any]] = [
        Column("log", text(), nullable=False),
        Column("idx", BigInteger, nullable=False),
        Column("agency", text(), nullable=False),
        Column("subject", text(), nullable=False),
        Column("revision", BigInteger, nullable=False),
        Column("recorded", text(), nullable=False),
    ]
    integers: list[int] = []
    booleans: list[int] = []
    numbered: list[tuple[int, Callable[[str], int]]] = []
    references: list[int] = []
    twins: list[Column[Any]] = []
    for at, field in enumerate(fields):
        base, optional = _base_type(field.type)
        if base is bool:
            booleans.append(at)
        elif base is int:
            integers.append(at)
        column_type = BigInteger() if base in (int, bool) else text()
        columns.append(Column(field.name, column_type, nullable=optional))
        if field.name.endswith("_on"):
            numbered.append((at, day_number))
            twins.append(Column(f"{field.name[:-3]}_day", BigInteger, nullable=optional))
        elif field.name == "month":
            numbered.append((at, month_number))
            twins.append(Column("month_no", BigInteger, nullable=optional))
        elif field.name in ("person", "into"):
            references.append(at)
    twins.append(Column("recorded_day", BigInteger, nullable=False))
    name = snake_case(event.__name__)
    table = Table(name, METADATA, *columns, *twins, PrimaryKeyConstraint("log", "idx"))
    key = _KEYS.get(event, ())
    if key:
        Index(f"{name}_key", *(table.c[column] for column in key)).ddl_if(dialect="sqlite")
        if "person" not in key:
            Index(f"{name}_subject", table.c.subject).ddl_if(dialect="postgresql")
    if event in _BY_PERSON:
        by_person = Index(f"{name}_person", table.c.person)
        if key[:1] == ("person",):
            by_person.ddl_if(dialect="postgresql")
    if event in _BY_SUBJECT:
        Index(f"{name}_subject", table.c.subject)
    if event is registry.PersonsMerged:
        Index(f"{name}_into", table.c.into)
    if event is EntryRetracted:
        Index(f"{name}_entry", table.c.log, table.c.entry)
    return EventTable(event, table, _row_builder(integers, booleans, numbered, references))


def _base_type(annotation: Any) -> tuple[type, bool]:
    """(int, bool or str, may be absent) of a field; a Literal is text."""
    if get_origin(annotation) in (Union, types.UnionType):
        return _base_type(next(arm for arm in get_args(annotation) if arm is not type(None)))[0], True
    return (annotation, False) if annotation in (int, bool) else (str, False)


def _row_builder(
    integers: list[int], booleans: list[int], numbered: list[tuple[int, Callable[[str], int]]], references: list[int]
) -> RowBuilder:
    """A row from an entry. Arguments are positions of fields, with `numbered` what gives their twins."""
    values_of = msgspec.structs.astuple

    def row(log: str, entry: Entry, event: Event) -> Row:
        values = values_of(event)
        for at in integers:
            value = values[at]
            if value is not None and not -INTEGER_MAX <= value <= INTEGER_MAX:
                raise ValueError(f"{event.__struct_fields__[at]}: integer beyond 2^53 - 1")
        for at in references:
            if len(values[at]) > INDEXED_CHARS_MAX:
                raise ValueError(f"{event.__struct_fields__[at]}: over {INDEXED_CHARS_MAX} characters")
        if booleans:
            values = tuple(int(value) if at in booleans else value for at, value in enumerate(values))
        twins = [None if values[at] is None else number(values[at]) for at, number in numbered]
        return (
            log,
            entry.index,
            entry.agency,
            entry.subject,
            entry.revision,
            entry.recorded,
            *values,
            *twins,
            shanghai_day(entry.recorded),
        )

    return row


def _define_all() -> tuple[dict[str, EventTable], dict[type[Event], EventTable]]:
    by_type: dict[str, EventTable] = {}
    by_event: dict[type[Event], EventTable] = {}
    for catalogue in CATALOGUES:
        for name, event in catalogue.types.items():
            if event not in by_event:
                by_event[event] = _define(event)
            by_type[name] = by_event[event]
    return by_type, by_event


_by_type, _by_event = _define_all()
#: Stored type name (`placement.IntentAgreementSigned.v1`) → its table.
TABLES: Final[Mapping[str, EventTable]] = _by_type
#: Event class → its table.
TABLE_OF: Final[Mapping[type[Event], EventTable]] = _by_event


def definitions_hash() -> str:
    """SHA-256 of the definitions of all tables: two databases with the same hash have the same shape."""
    statements: list[str] = []
    for table in METADATA.sorted_tables:
        statements.append(str(CreateTable(table)))
        statements += sorted(str(CreateIndex(index)) for index in table.indexes)
    return hashlib.sha256("\n".join(sorted(statements)).encode()).hexdigest()
