"""Rows of follow-up's own: who is to be visited when, and who was."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

METADATA = MetaData()

#: One row a visit planned; `spell`: the start it follows, as the end of placement's stream name.
PLANNED = Table(
    "planned",
    METADATA,
    Column("idx", BigInteger, nullable=False),
    Column("milestone_days", Integer, nullable=False),
    Column("spell", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("employer", Text, nullable=False),
    Column("started_on", Text, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("from_on", Text, nullable=False),
    PrimaryKeyConstraint("idx", "milestone_days"),
    Index("planned_due", "due_on"),
)

#: Spells that ended, by the entry in placement's log that says so.
SPELL_ENDS = Table(
    "spell_ends",
    METADATA,
    Column("log", Text, nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("spell", Text, nullable=False),
    Column("ended_on", Text, nullable=False),
    PrimaryKeyConstraint("log", "idx"),
    Index("spell_ends_spell", "spell"),
)

#: Completed visits, by entry in the own log.
VISITED = Table(
    "visited",
    METADATA,
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("person", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("visited_on", Text, nullable=False),
    Index("visited_person", "person", "programme", "visited_on"),
)
