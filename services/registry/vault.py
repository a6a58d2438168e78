"""The vault: what is known of a reference, sealed, and how to find it again.

A `Rows` works within one append transaction. It gathers what is new and writes it with `save`, in
one statement a table; the head row, locked by that transaction, keeps other writers out meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from ledger.ids import reference
from ledger.store.sql import SqlStore
from services.registry.database import (
    empty_write_ahead_log,
    insert_rows,
    keep_no_traces,
    no_values_in_errors,
    own_transaction,
    rebuild_after_deletion,
)
from services.registry.keys import UnusableKeys, open_keys
from services.registry.sealing import FIRST_VERSION, PersonKey, Sealer
from services.registry.tables import BLIND_INDEX, KEY_CHECKS, VAULT_KEYS, VAULT_VALUES

_FIND: Final = (
    select(
        BLIND_INDEX.c.blind,
        VAULT_KEYS.c.number,
        VAULT_KEYS.c.reference,
        VAULT_KEYS.c.key_version,
        VAULT_KEYS.c.wrapped,
    )
    .join(VAULT_KEYS, VAULT_KEYS.c.number == BLIND_INDEX.c.number)
    .where(BLIND_INDEX.c.blind.in_(bindparam("blinds", expanding=True)))
)
_LOAD: Final = (
    select(VAULT_VALUES.c.number, VAULT_VALUES.c.field, VAULT_VALUES.c.sealed)
    .where(
        VAULT_VALUES.c.number.in_(bindparam("numbers", expanding=True)),
        VAULT_VALUES.c.field.in_(bindparam("fields", expanding=True)),
    )
    .order_by(VAULT_VALUES.c.number, VAULT_VALUES.c.field, VAULT_VALUES.c.version)
)


class Holding:
    """What is held of one reference, as far as it was loaded, and what this transaction adds."""

    __slots__ = ("_key", "_number", "_sealed", "_texts", "added", "reference")

    def __init__(self, number: int, reference: str, key: PersonKey) -> None:
        self.reference: Final = reference
        self.added: list[tuple[Any, ...]] = []
        self._number = number
        self._key = key
        self._sealed: dict[str, list[bytes]] = {}
        self._texts: dict[str, list[str]] = {}

    def loaded(self, field: str, sealed: bytes) -> None:
        """One more row of the database, in order of version."""
        self._sealed.setdefault(field, []).append(sealed)

    def texts(self, field: str) -> Sequence[str]:
        """Every value of a field, oldest first. Raises SealBroken."""
        if field not in self._texts:
            self._texts[field] = [self._key.open(field, sealed) for sealed in self._sealed.get(field, ())]
        return self._texts[field]

    def add(self, field: str, text: str) -> None:
        """A further value; those before it are kept."""
        self.texts(field)
        self._texts[field].append(text)
        self.added.append((self._number, field, len(self._texts[field]), self._key.seal(field, text)))


class Rows:
    """The vault within one transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
        self._holdings: dict[bytes, Holding] = {}
        self._keys: list[tuple[Any, ...]] = []
        self._blinds: list[tuple[Any, ...]] = []
        self._numbers: Iterator[int] | None = None

    def blind(self, kind: str, *identity: str) -> bytes:
        """See `Sealer.blind`."""
        return self._sealer.blind(kind, *identity)

    def find(self, blinds: Iterable[bytes], fields: Collection[str] = ()) -> dict[bytes, Holding]:
        """Who is known among these, with their values of `fields`. Raises SealBroken."""
        known: dict[int, Holding] = {}
        with no_values_in_errors():
            found = self._connection.execute(_FIND, {"blinds": list(set(blinds))})
            for blind, number, name, version, wrapped in found:
                known[number] = Holding(number, name, self._sealer.unwrap(name, version, bytes(wrapped)))
                self._holdings[bytes(blind)] = known[number]
            if known and fields:
                values = self._connection.execute(_LOAD, {"numbers": list(known), "fields": list(fields)})
                for number, field, sealed in values:
                    known[number].loaded(field, bytes(sealed))
        return dict(self._holdings)

    def create(self, prefix: str, blind: bytes) -> Holding:
        """A new reference such as `pr_5d0c…`, to be found by `blind`."""
        if self._numbers is None:
            # nobody else takes numbers: the head row is locked
            last = self._connection.execute(select(func.max(VAULT_KEYS.c.number))).scalar()
            self._numbers = count((last or 0) + 1)
        number, name = next(self._numbers), reference(prefix)
        key, wrapped = self._sealer.new_key(name)
        self._keys.append((number, name, FIRST_VERSION, wrapped))
        self._blinds.append((blind, number))
        self._holdings[blind] = Holding(number, name, key)
        return self._holdings[blind]

    def save(self) -> None:
        """Write what was created and added."""
        values = [row for holding in self._holdings.values() for row in holding.added]
        with no_values_in_errors():
            for table, rows in ((VAULT_KEYS, self._keys), (BLIND_INDEX, self._blinds), (VAULT_VALUES, values)):
                insert_rows(self._connection, table, rows)

    def forget(self, name: str) -> None:
        """Delete the key of a reference, and with it its values and its place in the blind index."""
        with no_values_in_errors():
            number = select(VAULT_KEYS.c.number).where(VAULT_KEYS.c.reference == name).scalar_subquery()
            for table in (BLIND_INDEX, VAULT_VALUES, VAULT_KEYS):
                self._connection.execute(delete(table).where(table.c.number == number))
            rebuild_after_deletion(self._connection)


class Vault:
    """The vault of one registry, open."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    @classmethod
    def open(cls, store: SqlStore, key_dir: Path | None) -> Vault:
        """The vault beside the log in `store`; its keys are made at the first start ever.

        Raises UnusableKeys (missing, readable by others, or not of this vault) and UnsafeStore.
        """
        keep_no_traces(store.engine)
        with own_transaction(store) as transaction:
            connection = transaction.connection
            assert connection is not None  # an SQL store has one
            checks = {name: bytes(digest) for name, digest in connection.execute(select(KEY_CHECKS))}
            if not checks and connection.execute(select(VAULT_KEYS.c.reference).limit(1)).first():
                raise UnusableKeys(
                    "the vault is in use, but no longer knows which keys it was made with: restore the database"
                )
            keys = open_keys(key_dir, checks)
            if not checks:
                rows = [{"name": name, "digest": digest} for name, digest in keys.checks().items()]
                connection.execute(insert(KEY_CHECKS), rows)
        # a crash may have come between an erasure and this
        empty_write_ahead_log(store.engine)
        return cls(Sealer(keys))

    def rows(self, connection: Connection) -> Rows:
        """The vault within the transaction of this connection."""
        return Rows(connection, self._sealer)
