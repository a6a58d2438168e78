"""The tables of a log, alike on SQLite and PostgreSQL (docs/reference/format.md).

`entries` is the record and its own outbox: there is no second table to disagree with it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

ENTRIES = Table(
    "entries",
    METADATA,
    # INTEGER PRIMARY KEY is the rowid on SQLite: an append is a push at the right edge of one B-tree
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("recorded", Text, nullable=False),
    UniqueConstraint("event_id", name="entries_event_id"),
    UniqueConstraint("stream", "revision", name="entries_stream_revision"),
)

HEAD = Table(
    "head",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("last_recorded", Text, nullable=False),
)

REQUESTS = Table(
    "requests",
    METADATA,
    Column("agency", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("about_index", BigInteger, nullable=False),
    PrimaryKeyConstraint("agency", "request_id"),
)

RELAY = Table(
    "relay",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("published", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("error", Text),
)

#: How far this database has followed another log. Committed with whatever the entries caused.
POSITIONS = Table(
    "positions",
    METADATA,
    Column("log", Text, primary_key=True),
    Column("next_index", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("error", Text),
)

#: Signed heads. Two roots for one size cannot be stored; `frontier` is where the next one goes on from.
CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
)

#: Roots of complete subtrees at every eighth level, up to the last checkpoint: proofs need no more than
#: 256 hashes of a level. Level 0 is `entries.leaf_hash`.
NODES = Table(
    "nodes",
    METADATA,
    Column("level", Integer, nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "idx"),
)

#: Signatures of witnesses under this log's checkpoints, as lines of a signed note.
COSIGNATURES = Table(
    "cosignatures",
    METADATA,
    Column("size", BigInteger, nullable=False),
    Column("witness", Text, nullable=False),
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("size", "witness"),
)

#: The newest checkpoint of each other log that this service has cosigned: it never cosigns one that
#: does not go on from it.
WITNESSED = Table(
    "witnessed",
    METADATA,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
)
