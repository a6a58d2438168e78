"""The appender: many commands, one transaction, one fsync.

One thread per log takes whatever is waiting, locks the head row, loads what the commands touch in a
few queries, decides them in memory in arrival order, inserts the accepted events and moves the head.
Indices have no gaps, because nobody else can append meanwhile.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from ledger import refusals
from ledger.clock import Clock, stamp, system
from ledger.decider import (
    NOTHING,
    Accept,
    Command,
    Correct,
    Decide,
    Decision,
    Fact,
    OnSubject,
    Retract,
    State,
    decide_correction,
    decide_retraction,
    disagreement,
    escape,
    evolve,
    unescape,
)
from ledger.entry import ENTRY_BYTES_MAX, EventReader, decode, encode
from ledger.errors import Refusal
from ledger.event import Catalogue, EntryRetracted
from ledger.guard import Guard
from ledger.ids import Ids, uuid7s
from ledger.merkle import leaf_hash
from ledger.personal import holds_number_of_somebody
from ledger.store import Head, StoredEntry, StoredRequest, Transaction
from ledger.unstated import carried, unknown_path

_request_encoder = msgspec.msgpack.Encoder()
#: a control character as JSON writes it: an escape, not a backslash that is itself escaped
_CONTROL_CHARACTER = re.compile(rb"(?<!\\)(?:\\\\)*\\u00")


#: Longer names do not fit every database's index, and nobody could read them.
SUBJECT_CHARS_MAX: Final = 600


class Ask(NamedTuple):
    """One command and who asks. An empty `request_id` gives no retry safety; `group`: all or none.

    `unstated`: places of its aggregate that the command says nothing about (`ledger.unstated`).
    """

    command: Command
    agency: str
    actor: str
    request_id: str = ""
    expected_revision: int | None = None
    group: str = ""
    unstated: tuple[str, ...] = ()


class Receipt(NamedTuple):
    """Where the fact stands. `duplicate`: it stood there before this command. `corrected`: to state
    it, this call took back something that stood there before.
    """

    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    leaf_hash: bytes
    recorded: str
    duplicate: bool
    subject: str
    corrected: bool = False


Result = Receipt | Refusal


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a log this service's: its catalogue and its decider."""

    catalogue: Catalogue
    decide: Decide


@dataclass(slots=True)
class _Pending:
    """What one transaction has decided so far."""

    head: Head
    recorded: str
    states: dict[str, State]
    known: dict[tuple[str, str], StoredRequest]
    #: entries of the log that the commands name, or that their request ids stand for
    stored: Mapping[int, StoredEntry]
    entries: list[StoredEntry] = field(default_factory=list)
    requests: list[StoredRequest] = field(default_factory=list)


class Book:
    """Decides commands within a transaction of one log."""

    def __init__(self, rules: Rules, clock: Clock = system, ids: Ids = uuid7s) -> None:
        self._rules = rules
        self._reader = EventReader(rules.catalogue)
        self._clock = clock
        self._ids = ids
        self._guards = {event: Guard(event) for event in rules.catalogue.names}

    def write(self, transaction: Transaction, batches: Sequence[Sequence[Ask]]) -> list[list[Result]]:
        """Decide all in order, append what is accepted, and say what became of each.

        A group binds asks of one batch; equal names in two batches are two groups.
        """
        asks = [ask for batch in batches for ask in batch]
        head = transaction.head
        ids = list(self._ids(len(asks)))
        known = dict(transaction.requests([(ask.agency, ask.request_id) for ask in asks if ask.request_id]))
        named = {ask.command.entry for ask in asks if isinstance(ask.command, Retract)}
        stored = transaction.entries([*named, *(request.about_index for request in known.values())])
        streams = [self._stream(ask, new_id, stored) for ask, new_id in zip(asks, ids, strict=True)]
        loaded = transaction.streams(list({name for name in streams if name and "\0" not in name}))
        pending = _Pending(
            head=head,
            recorded=max(stamp(self._clock()), head.last_recorded),
            states={name: self._fold(rows) for name, rows in loaded.items()},
            known=known,
            stored=stored,
        )
        results: list[Result | None] = [None] * len(asks)
        for first, members in _groups(batches):
            if len(members) == 1:
                at = members[0]
                results[at] = self._decide_one(asks[at], ids[at], streams[at], pending)
            else:
                self._decide_group(asks, ids, streams, first, members, results, pending)
        if pending.entries:
            frontier = head.frontier.copy()
            frontier.extend(entry.leaf_hash for entry in pending.entries)
            transaction.append(pending.entries, pending.requests, Head(head.origin, frontier, pending.recorded))
        elif pending.requests:
            transaction.append([], pending.requests, head)
        decided = iter([result for result in results if result is not None])
        return [[next(decided) for _ in batch] for batch in batches]

    def _stream(self, ask: Ask, new_id: str, stored: Mapping[int, StoredEntry]) -> str:
        if isinstance(ask.command, Retract):
            target = stored.get(ask.command.entry)
            return target.stream if target else ""
        return ask.command.stream(ask.agency, new_id)

    def _fold(self, rows: Iterable[StoredEntry]) -> State:
        state = NOTHING
        for row in rows:
            event = self._reader.event(decode(row.leaf))
            state = evolve(state, row.index, row.leaf_hash, row.recorded, event)
        return state

    def _decide_group(
        self,
        asks: Sequence[Ask],
        ids: Sequence[str],
        streams: Sequence[str],
        first: int,
        members: Sequence[int],
        results: list[Result | None],
        pending: _Pending,
    ) -> None:
        """Decide the asks at `members`, all or none; `first` is where their batch begins."""
        entries, requests = len(pending.entries), len(pending.requests)
        states = {streams[at]: pending.states.get(streams[at], NOTHING) for at in members}
        for at in members:
            results[at] = self._decide_one(asks[at], ids[at], streams[at], pending)
            if isinstance(results[at], Refusal):
                for request in pending.requests[requests:]:
                    del pending.known[request.agency, request.request_id]
                del pending.entries[entries:], pending.requests[requests:]
                pending.states.update(states)
                for other in members:
                    if other != at:
                        results[other] = refusals.group_refused(asks[at].group, at - first)
                return

    def _decide_one(self, ask: Ask, new_id: str, stream: str, pending: _Pending) -> Result:
        command = ask.command
        unfit = self._unfit(ask, stream, pending)
        if unfit:
            return unfit
        if ask.request_id:
            key = (ask.agency, ask.request_id)
            content = (type(command).__name__, command, *ask.unstated)
            asked = hashlib.sha256(_request_encoder.encode(content)).digest()
            earlier = pending.known.get(key)
            if earlier is not None:
                if earlier.request_hash != asked:
                    return refusals.reused_request_id(ask.request_id)
                return self._receipt_of(earlier.about_index, pending)
        state = pending.states.get(stream, NOTHING)
        if ask.expected_revision is not None and ask.expected_revision != state.revision:
            return refusals.wrong_revision(ask.expected_revision, state.revision)
        decision = self._decision(carried(command, state, ask.unstated) if ask.unstated else command, state)
        if isinstance(decision, Refusal):
            return decision
        unwritable = self._append(ask, new_id, stream, decision, pending)
        if unwritable:
            return unwritable
        # what was retracted has no place any more: that receipt is of the entry that retracts it
        about: Fact | StoredEntry | None = pending.states.get(stream, state).facts.get(decision.slot)
        if about is None:
            about = pending.entries[-1]
        if ask.request_id:
            request = StoredRequest(ask.agency, ask.request_id, asked, about.index)
            pending.known[key] = request
            pending.requests.append(request)
        corrected = not isinstance(command, Retract) and any(
            isinstance(event, EntryRetracted) for event in decision.events
        )
        place = (pending.head.origin, about.index, about.leaf_hash, about.recorded)
        return Receipt(*place, not decision.events, stream, corrected)

    def _decision(self, command: Command, state: State) -> Decision:
        if isinstance(command, Correct):
            return decide_correction(state, command)
        if isinstance(command, Retract):
            return decide_retraction(state, command)
        return self._rules.decide(command, state)

    def _unfit(self, ask: Ask, stream: str, pending: _Pending) -> Refusal | None:
        """What no decider needs to know of: whose stream it is, and values no entry can hold."""
        command = ask.command
        if isinstance(command, Retract):
            target = pending.stored.get(command.entry)
            if target is None:
                return refusals.no_such_entry(command.entry)
            if target.agency != ask.agency:
                return refusals.other_agency(target.agency)
        elif "\0" in stream:
            return refusals.control_character()
        elif len(stream) > SUBJECT_CHARS_MAX:
            return refusals.subject_too_long(len(stream), SUBJECT_CHARS_MAX)
        elif isinstance(command, OnSubject):
            if not pending.states.get(stream, NOTHING).revision:
                return refusals.no_such_stream(stream)
            owner = stream.split("/", 2)[1]
            if owner != escape(ask.agency):
                return refusals.other_agency(unescape(owner))
        unknown = unknown_path(command, ask.unstated)
        if unknown is not None:
            return refusals.unknown_path(unknown)
        events = command.facts()
        for event in events:
            wrong = self._guards[type(event)].refusal(event)
            if wrong:
                return wrong
        if isinstance(command, Retract) and holds_number_of_somebody(command.reason):
            return refusals.personal_data("reason")
        if len(events) > 1:
            field = disagreement(events)
            if field:
                return refusals.facts_disagree(field)
        return None

    def _append(self, ask: Ask, new_id: str, stream: str, decision: Accept, pending: _Pending) -> Refusal | None:
        agency, actor, request_id = ask.agency, ask.actor, ask.request_id
        recorded = pending.recorded
        state = pending.states.get(stream, NOTHING)
        new: list[StoredEntry] = []
        event_ids = [new_id]
        if len(decision.events) > 1:
            event_ids.extend(self._ids(len(decision.events) - 1))
        index = pending.head.size + len(pending.entries)
        for event, event_id in zip(decision.events, event_ids, strict=False):
            type_name = self._rules.catalogue.names[type(event)]
            revision = state.revision + 1
            leaf = encode(
                event=event,
                type=type_name,
                actor=actor,
                agency=agency,
                id=event_id,
                index=index,
                recorded=recorded,
                request=request_id,
                revision=revision,
                source=pending.head.origin,
                subject=stream,
            )
            if len(leaf) > ENTRY_BYTES_MAX:
                return refusals.entry_too_large(len(leaf), ENTRY_BYTES_MAX)
            if b"\\u00" in leaf and _CONTROL_CHARACTER.search(leaf):
                return refusals.control_character()
            hashed = leaf_hash(leaf)
            new.append(StoredEntry(index, leaf, hashed, event_id, stream, revision, type_name, agency, recorded))
            state = evolve(state, index, hashed, recorded, event)
            index += 1
        if new:
            pending.entries.extend(new)
            pending.states[stream] = state
        return None

    def _receipt_of(self, index: int, pending: _Pending) -> Receipt:
        new = index - pending.head.size
        entry = pending.entries[new] if new >= 0 else pending.stored[index]
        return Receipt(pending.head.origin, index, entry.leaf_hash, entry.recorded, True, entry.stream)


def _groups(batches: Sequence[Sequence[Ask]]) -> Iterable[tuple[int, Sequence[int]]]:
    """Where a batch begins, and positions to decide together, in order of first appearance."""
    at = 0
    for batch in batches:
        first = at
        groups: dict[str | int, list[int]] = {}
        for ask in batch:
            if ask.group:
                groups.setdefault(ask.group, []).append(at)
            else:
                groups[at] = [at]
            at += 1
        for members in groups.values():
            yield first, members
