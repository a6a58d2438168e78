"""Decisions: `decide(command, state) -> Accept | Refusal`, and the state they are made on.

Pure: no clock, no ids, no I/O. The state of a stream is the set of its live facts, one a slot.
A service's decider says for each command which of the four moves below it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ledger.errors import Kind, Refusal
from ledger.event import EntryRetracted, Event


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A request that facts be recorded. Fields are events, named by the slot they fill."""

    def key(self) -> tuple[str, ...]:
        """The aggregate it speaks of: its kind, then what tells it from others of its agency.

        An empty last part asks for a new aggregate, named by the entry's id.
        """
        raise NotImplementedError

    def stream(self, agency: str, new_id: str) -> str:
        """The name of the stream: `<kind>/<agency>/<part>/…`, `%` and `/` escaped in every part."""
        kind, *parts = self.key()
        name = "/".join((kind, agency, *parts))
        if "%" not in name and name.count("/") == len(parts) + 1 and all(parts):
            return name  # nothing to escape, as nearly always
        return "/".join((kind, escape(agency), *(escape(part or new_id) for part in parts)))

    def facts(self) -> list[Event]:
        """The events it states, in the order of its fields."""
        return [value for name in self.__struct_fields__ if isinstance(value := getattr(self, name), Event)]


class OnSubject(Command, frozen=True, kw_only=True):
    """A command that names the stream it goes on in, as an entry's `subject` shows it."""

    subject: str

    def stream(self, agency: str, new_id: str) -> str:
        return self.subject


class Retract(Command, frozen=True, kw_only=True):
    """Entry `entry` of this log, stated by the same agency, no longer stands."""

    entry: int
    reason: str


class Correct(Retract, frozen=True, kw_only=True):
    """Entry `entry` is retracted and stated anew as `fact`, in one step."""

    fact: Event


class Fact(NamedTuple):
    """A live event and where it stands."""

    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    leaf_hash: bytes
    recorded: str
    event: Event


class State(NamedTuple):
    """What is known of one stream: entries so far, and the live fact of each slot."""

    revision: int
    facts: Mapping[str, Fact]


NOTHING = State(0, {})


def escape(part: str) -> str:
    """One part of a stream name: `%` and `/` percent-encoded, all else as it is."""
    return part.replace("%", "%25").replace("/", "%2F")


def unescape(part: str) -> str:
    """The part that `escape` was given."""
    return part.replace("%2F", "/").replace("%25", "%")


def disagreement(events: Sequence[Event]) -> str | None:
    """The first field that two facts of one command share by name but not by value."""
    first: dict[str, object] = {}
    for event in events:
        for name in event.__struct_fields__:
            value = getattr(event, name)
            if value is not None and first.setdefault(name, value) != value:
                return name
    return None


class Accept(NamedTuple):
    """Record these events (none: all is recorded already). `slot` is what the receipt is about."""

    slot: str
    events: Sequence[Event]


type_of = type
Decision = Accept | Refusal
Decide = Callable[[Command, State], Decision]


def evolve(state: State, index: int, leaf_hash: bytes, recorded: str, event: Event) -> State:
    """The state after one more entry of the stream."""
    facts = dict(state.facts)
    if isinstance(event, EntryRetracted):
        for slot, fact in state.facts.items():
            if fact.index == event.entry:
                del facts[slot]
    else:
        facts[event.slot] = Fact(index, leaf_hash, recorded, event)
    return State(state.revision + 1, facts)


def record(state: State, *events: Event) -> Decision:
    """Upsert: absent → record, equal → already recorded, other → retract and supersede."""
    stated = [event for event in events if not _stands(state, event)]
    missing = _missing_need(state, stated, gone=())
    return missing or Accept(events[0].slot, _supersede(state, stated, "corrected"))


def record_whole(state: State, *events: Event | None, slots: Iterable[str]) -> Decision:
    """Upsert of a whole aggregate: of `slots`, whatever is not among the events is retracted."""
    given = [event for event in events if event is not None]
    if not state.facts:
        return _missing_need(state, given, gone=()) or Accept(given[0].slot, given)
    kept = {event.slot for event in given}
    gone = [slot for slot in slots if slot in state.facts and slot not in kept]
    stated = [event for event in given if not _stands(state, event)]
    wrong = _missing_need(state, given, gone) or _needed_elsewhere(state, gone, kept)
    if wrong:
        return wrong
    retractions = [_retraction(state.facts[slot], "no_longer_stated", superseded=False) for slot in reversed(gone)]
    return Accept(given[0].slot, [*retractions, *_supersede(state, stated, "corrected")])


def step(state: State, event: Event) -> Decision:
    """Once: refused if the slot is filled already, with whatever content."""
    if event.slot in state.facts:
        standing = state.facts[event.slot]
        return Refusal(
            f"already_{event.slot}",
            Kind.IMPOSSIBLE,
            f"entry {standing.index} already records this; correct or retract that entry instead",
            f"第 {standing.index} 条已有此记录;如需更改,请更正或撤销该条",
            {"entry": str(standing.index)},
        )
    return _missing_need(state, [event], gone=()) or _about_another(state, event) or Accept(event.slot, [event])


def withdraw(state: State, slot: str, reason: str) -> Decision:
    """Retract whatever fills a slot; refused if nothing does."""
    if slot not in state.facts:
        return Refusal(
            f"no_{slot}",
            Kind.IMPOSSIBLE,
            f"nothing is recorded here that could be taken back ({slot})",
            f"没有可撤销的记录({slot})",
        )
    return decide_retraction(state, Retract(entry=state.facts[slot].index, reason=reason))


def decide_retraction(state: State, command: Retract) -> Decision:
    """Retract a live fact, unless another live fact rests on it."""
    slot = _slot_of(state, command.entry)
    if slot is None:
        return _not_live(command.entry)
    return _needed_elsewhere(state, [slot], ()) or Accept(
        slot, [_retraction(state.facts[slot], command.reason, superseded=False)]
    )


def decide_correction(state: State, command: Correct) -> Decision:
    """Retract one live fact and put another of the same slot and identity in its place."""
    slot = _slot_of(state, command.entry)
    if slot is None:
        return _not_live(command.entry)
    old, new = state.facts[slot], command.fact
    if new.slot != slot:
        return Refusal(
            "other_fact",
            Kind.MALFORMED,
            f"entry {command.entry} states `{slot}`; the correction must state the same",
            f"第 {command.entry} 条记的是 {slot},更正内容须属同一事项",
            {"entry": str(command.entry), "slot": slot},
        )
    for name in (*type_of(old.event).identity, *type_of(new).identity):
        if getattr(old.event, name, None) != getattr(new, name, None):
            return Refusal(
                "other_identity",
                Kind.IMPOSSIBLE,
                f"a correction cannot change {name}: that is another fact; retract entry {command.entry} instead",
                f"更正不能改动 {name};请撤销第 {command.entry} 条后另行登记",
                {"entry": str(command.entry), "field": name},
            )
    if _stands(state, new):
        return Accept(slot, [])
    return Accept(slot, [_retraction(old, command.reason, superseded=True), new])


def _stands(state: State, event: Event) -> bool:
    live = state.facts.get(event.slot)
    return live is not None and type_of(live.event) is type_of(event) and live.event == event


def _supersede(state: State, events: Iterable[Event], reason: str) -> list[Event]:
    out: list[Event] = []
    for event in events:
        if event.slot in state.facts:
            out.append(_retraction(state.facts[event.slot], reason, superseded=True))
        out.append(event)
    return out


def _retraction(fact: Fact, reason: str, *, superseded: bool) -> EntryRetracted:
    return EntryRetracted(
        entry=fact.index, entry_type=type_of(fact.event).__name__, reason=reason, superseded=superseded
    )


def _slot_of(state: State, entry: int) -> str | None:
    return next((slot for slot, fact in state.facts.items() if fact.index == entry), None)


def _not_live(entry: int) -> Refusal:
    return Refusal(
        "not_live",
        Kind.IMPOSSIBLE,
        f"entry {entry} is not a live fact: it was retracted or superseded, or is itself a retraction",
        f"第 {entry} 条已撤销或已被更正,不能再撤销",
        {"entry": str(entry)},
    )


def _needed_elsewhere(state: State, gone: Sequence[str], kept: Collection[str]) -> Refusal | None:
    """Refused: a slot is to be emptied on which a live fact rests that stays (or is stated anew: `kept`)."""
    for dependent, fact in state.facts.items():
        needed = fact.event.needs
        if needed is not None and needed in gone and dependent not in gone and dependent not in kept:
            entry = state.facts[needed].index
            return Refusal(
                "later_entries_depend",
                Kind.IMPOSSIBLE,
                f"entry {fact.index} ({dependent}) rests on entry {entry}; retract it first",
                f"第 {fact.index} 条以第 {entry} 条为前提,请先撤销第 {fact.index} 条",
                {"entry": str(entry), "dependent": str(fact.index)},
            )
    return None


def _about_another(state: State, event: Event) -> Refusal | None:
    """Refused: a fact that goes on from another one, but not about the same."""
    if event.needs is None or event.needs not in state.facts:
        return None
    standing = state.facts[event.needs]
    for name in event.identity:
        if getattr(standing.event, name, None) != getattr(event, name):
            return Refusal(
                "other_identity",
                Kind.IMPOSSIBLE,
                f"entry {standing.index}, which this goes on from, has another {name}",
                f"与第 {standing.index} 条的 {name} 不一致",
                {"entry": str(standing.index), "field": name},
            )
    return None


def _missing_need(state: State, events: Sequence[Event], gone: Iterable[str]) -> Refusal | None:
    present: set[str] | None = None
    for event in events:
        if event.needs is None:
            continue
        if present is None:
            present = (set(state.facts) - set(gone)) | {stated.slot for stated in events}
        if event.needs not in present:
            return Refusal(
                f"needs_{event.needs}",
                Kind.IMPOSSIBLE,
                f"{type_of(event).__name__} needs what is not recorded here: {event.needs}; record that first",
                f"缺少前提记录({event.needs}),请先登记",
                {"needs": event.needs},
            )
    return None
