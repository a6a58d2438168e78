"""What officers ask for, one at a time: merges, their retraction, erasures.

Each needs to see whether its entry is accepted before it goes on in the same transaction, so it has
a transaction to itself instead of a place in the appender's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ledger import refusals
from ledger.append import Ask, Book, Receipt, Rules
from ledger.decider import NOTHING, Command
from ledger.entry import EventReader, decode
from ledger.errors import Refusal, Refused
from ledger.store import Transaction
from ledger.store.sql import SqlStore
from services.registry.commands import ErasePerson, MergePersons, RetractMerge, person_key
from services.registry.database import empty_write_ahead_log, own_transaction
from services.registry.decider import refuse_into, refuse_one_officer
from services.registry.events import CATALOGUE, PersonErased, PersonsMerged
from services.registry.state import State, evolve
from services.registry.vault import Vault


class Caller(NamedTuple):
    """Who asks, under which request id."""

    agency: str
    actor: str
    request_id: str = ""
    expected_revision: int | None = None

    def asks(self, command: Command) -> Ask:
        """The command, with who asks it."""
        return Ask(command, self.agency, self.actor, self.request_id, self.expected_revision)


class Officers:
    """Blocking: call in a thread. All raise Refused and Unavailable."""

    def __init__(self, store: SqlStore, rules: Rules, vault: Vault, on_append: Callable[[], None]) -> None:
        self._store = store
        self._book = Book(rules)
        self._reader = EventReader(CATALOGUE)
        self._vault = vault
        self._on_append = on_append

    def merge(self, caller: Caller, merged: PersonsMerged) -> Receipt:
        """Count one person as another from now on."""
        with own_transaction(self._store) as transaction:
            into = self._state(transaction, merged.into)
            refusal = refuse_into(merged, into, self._final(transaction, merged.into, into))
            receipt = self._write(transaction, caller.asks(MergePersons(merged=merged)))
            # a repeat gets its receipt again, whatever has become of the other person since
            if refusal and not receipt.duplicate:
                raise Refused(refusal)
        self._on_append()
        return receipt

    def retract(self, caller: Caller, entry: int, reason: str) -> Receipt:
        """Take a merge back that the same agency stated."""
        with own_transaction(self._store) as transaction:
            target = transaction.entries([entry]).get(entry)
            if target is None:
                raise Refused(refusals.no_such_entry(entry))
            if target.agency != caller.agency:
                raise Refused(refusals.other_agency(target.agency))
            _, _, person = target.stream.partition("/")
            command = RetractMerge(person=person, entry=entry, reason=reason)
            receipt = self._write(transaction, caller.asks(command))
        self._on_append()
        return receipt

    def erase(self, caller: Caller, erased: PersonErased) -> Receipt:
        """Delete what is known of a person, and say in the log that it was done."""
        one_officer = refuse_one_officer(caller.actor, erased.second_actor)
        if one_officer:
            raise Refused(one_officer)
        with own_transaction(self._store) as transaction:
            receipt = self._write(transaction, caller.asks(ErasePerson(erased=erased)))
            assert transaction.connection is not None  # an SQL store has one
            self._vault.rows(transaction.connection).forget(erased.person)
        self._on_append()
        empty_write_ahead_log(self._store.engine)
        return receipt

    def _write(self, transaction: Transaction, ask: Ask) -> Receipt:
        [[result]] = self._book.write(transaction, [[ask]])
        if isinstance(result, Refusal):
            raise Refused(result)
        return result

    def _state(self, transaction: Transaction, person: str) -> State:
        stream = "/".join(person_key(person))
        state = NOTHING
        for row in transaction.streams([stream]).get(stream, ()):
            state = evolve(state, row.index, row.leaf_hash, row.recorded, self._reader.event(decode(row.leaf)))
        return state

    def _final(self, transaction: Transaction, person: str, state: State) -> str:
        """Where the merges of a person end."""
        seen = {person}
        while "merged" in state.facts:
            merged = state.facts["merged"].event
            assert isinstance(merged, PersonsMerged)  # nothing else fills this slot
            if merged.into in seen:
                return person  # no circle is ever let in; if one stands all the same, this must end
            person = merged.into
            seen.add(person)
            state = self._state(transaction, person)
        return person
