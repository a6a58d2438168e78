"""Rows of placement's own: who is trained and who works, as far as both logs have been followed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

METADATA = MetaData()

#: One row a passed class, by the entry that says so.
COMPLETIONS = Table(
    "completions",
    METADATA,
    Column("log", Text, nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("class_no", Text, nullable=False),
    Column("completed_on", Text, nullable=False),
    PrimaryKeyConstraint("log", "idx"),
    Index("completions_person", "person"),
)

#: One row a spell of work that is no internship; `ended_idx`: the live entry that ends it.
SPELLS = Table(
    "spells",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("started_idx", BigInteger().with_variant(Integer, "sqlite")),
    Column("ended_idx", BigInteger().with_variant(Integer, "sqlite")),
    Index("spells_person", "person"),
    Index("spells_started", "started_idx"),
    Index("spells_ended", "ended_idx"),
)
