"""Rows of publication's own: the texts that published figures were counted by."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

#: Rules and schemas by the SHA-256 (hex) that statements name them by. Never changed, never deleted.
RULE_TEXTS = Table(
    "rule_texts",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
