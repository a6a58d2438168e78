"""The vault's tables: beside the log, in its database, committed with its entries.

Everything of a reference hangs on its row in `vault_keys` and goes with it. Rows refer to each other
by a running number, so that a batch of new persons is written at the right edge of most trees.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: one data key per reference (`pr_…`, `st_…`, `hh_…`), wrapped
VAULT_KEYS = Table(
    "vault_keys",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("reference", Text, nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    UniqueConstraint("reference", name="vault_keys_reference"),
)

#: every value ever stated of a reference, sealed; `version` counts from 1 within a field
VAULT_VALUES = Table(
    "vault_values",
    METADATA,
    Column("number", _NUMBER, ForeignKey("vault_keys.number", ondelete="CASCADE"), nullable=False),
    Column("field", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("number", "field", "version"),
    sqlite_with_rowid=False,
)

#: whom a number or a name means, for those who hold the blind-index key
BLIND_INDEX = Table(
    "blind_index",
    METADATA,
    Column("blind", LargeBinary, primary_key=True),
    Column("number", _NUMBER, ForeignKey("vault_keys.number", ondelete="CASCADE"), nullable=False, index=True),
)

#: how this database knows its keys again (see `keys`)
KEY_CHECKS = Table(
    "vault_key_checks",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
)
