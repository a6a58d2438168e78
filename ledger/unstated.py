"""What a caller says nothing about stays as it stands. Pure.

A whole command (`RecordEmployment`) states everything of its aggregate: a slot it leaves out is
retracted. A register that has no column for the end of work does not say that nobody left; it says
nothing. Its commands name such places, and what stands there is carried into the command before it
is decided: `ended` (a slot) or `started.position` (a field of a fact).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ledger.decider import Command, Correct, Retract, State
from ledger.event import Event


def unknown_path(command: Command, paths: Sequence[str]) -> str | None:
    """The first path that names no slot of the command, or no field of its fact; None: there is none."""
    for path in paths:
        slot, dot, name = path.partition(".")
        if isinstance(command, Retract | Correct) or slot not in command.__struct_fields__:
            return path
        fact = getattr(command, slot)
        if dot and isinstance(fact, Event) and name not in fact.__struct_fields__:
            return path
    return None


def carried(command: Command, state: State, paths: Sequence[str]) -> Command:
    """The command with what stands at `paths` in it.

    A field takes the live fact's value where that fact is of the same type, else it is as given. A
    slot the command leaves empty takes the live fact, agreeing with what the command does state; not
    where that fact needs one that will not be there any more.
    """
    changes: dict[str, Any] = {}
    for path in paths:
        slot, dot, name = path.partition(".")
        fact = changes.get(slot, getattr(command, slot))
        live = state.facts.get(fact.slot) if isinstance(fact, Event) else None
        if dot and live is not None and type(live.event) is type(fact):
            changes[slot] = msgspec.structs.replace(fact, **{name: getattr(live.event, name)})
    for slot in command.__struct_fields__:
        if slot in paths and getattr(command, slot) is None and slot in state.facts:
            stated = _facts(command, changes)
            live_fact = state.facts[slot].event
            if live_fact.needs is None or any(fact.slot == live_fact.needs for fact in stated):
                changes[slot] = _agreeing(live_fact, stated)
    return msgspec.structs.replace(command, **changes) if changes else command


def _facts(command: Command, changes: dict[str, Any]) -> list[Event]:
    values = (changes.get(name, getattr(command, name)) for name in command.__struct_fields__)
    return [value for value in values if isinstance(value, Event)]


def _agreeing(live: Event, stated: Sequence[Event]) -> Event:
    """The live fact, with the fields it shares with stated ones as those have them (a corrected person)."""
    shared = {
        name: value
        for fact in stated
        for name in live.__struct_fields__
        if name in fact.__struct_fields__ and (value := getattr(fact, name)) is not None
    }
    return msgspec.structs.replace(live, **shared) if shared else live
