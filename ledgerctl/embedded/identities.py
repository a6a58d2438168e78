"""Whether the registry's vault still knows everybody that its log speaks of.

Names and numbers are in the vault alone, and the vault in no log: where an older one was restored, `recover` brings
the references back, but not who they stand for. Whoever of them is handed in again would get a new reference, and
everything would be recorded a second time, so an import asks here first (docs/operating/restore.md).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Final

from ledger.signing import HighWater
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.recovering import SIGNED
from ledgerctl.failures import BadInput, Failure

REGISTRY: Final = "registry"
_ERASED: Final = "registry.PersonErased.v1"
#: One stream a person: `person/<reference>`. Walks the index of streams, and never touches the entries themselves
#: but for references without a row.
_LOST: Final = """
    SELECT count(DISTINCT stream) FROM entries AS known
    WHERE stream LIKE 'person/%'
    AND NOT EXISTS (SELECT 1 FROM vault_keys WHERE reference = substr(known.stream, 8))
    AND NOT EXISTS (SELECT 1 FROM entries AS other WHERE other.stream = known.stream AND other.type = ?)
"""
_ERASED_BUT_HELD: Final = """
    SELECT number FROM vault_keys WHERE reference IN (SELECT substr(stream, 8) FROM entries WHERE type = ?)
"""


def lost_identities(home: Home) -> int:
    """How many persons of the registry's log have no row in its vault; those who were erased need none."""
    with closing(_opened(home)) as connection:
        [count] = connection.execute(_LOST, (_ERASED,)).fetchone()
    return int(count)


def _size(home: Home) -> int:
    with closing(_opened(home)) as connection:
        [size] = connection.execute("SELECT coalesce(max(idx) + 1, 0) FROM entries").fetchone()
    return int(size)


def _opened(home: Home) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{home.database(REGISTRY)}?mode=ro", uri=True)


def forget_erased(home: Home) -> int:
    """Delete from a vault older than the log what the log says was erased since; returns of how many persons.

    The registry must be down. Leaves no copy behind: see services/registry/database.py, which does the same.
    """
    with closing(sqlite3.connect(home.database(REGISTRY), isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        numbers = connection.execute(_ERASED_BUT_HELD, (_ERASED,)).fetchall()
        if numbers:
            connection.execute("BEGIN IMMEDIATE")
            for table in ("blind_index", "vault_values", "vault_keys"):
                connection.executemany(f"DELETE FROM {table} WHERE number = ?", numbers)
            connection.execute("REINDEX blind_index")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(numbers)


def refuse_where_identities_are_lost(home: Home, *, only_new_rows: bool) -> None:
    """Raises BadInput where rows handed in again could be recorded a second time, under new references.

    `only_new_rows`: whoever hands in says that these rows were never recorded. No such word helps where the
    registry's log is shorter than what it signed: `recover` comes first.
    """
    if not home.database(REGISTRY).exists():
        return
    signed = HighWater(home.keys(REGISTRY) / SIGNED).read()  # before the size, which only grows
    try:
        size, lost = _size(home), 0 if only_new_rows else lost_identities(home)
    except sqlite3.Error as error:
        raise Failure(
            f"登记库无法读取 · the registry's database cannot be read: {error}", "docs/operating/restore.md"
        ) from error
    if signed is not None and signed.size > size:
        raise BadInput(
            f"登记库不完整：曾签名 {signed.size:,} 条，现有 {size:,} 条；此时交表会重复登记 · the registry's log has "
            f"{size:,} entries, and {signed.size:,} were signed: registers would be recorded a second time",
            "ledgerctl recover registry --from …, docs/operating/restore.md",
        )
    if lost:
        raise BadInput(
            f"登记库里有 {lost:,} 人只有编号，没有身份信息（恢复了较早的备份）；再交他们的旧行会重复登记 · of {lost:,} "
            "persons the registry has only the reference: their rows, handed in again, would be recorded twice",
            "只交从未交过的行时，加 --only-new-rows · rows never handed in before: add --only-new-rows; "
            "docs/operating/restore.md",
        )
