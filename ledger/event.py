"""What an event is, and the catalogue of those one service may record.

An event is a frozen struct whose class name is its storage format: once an entry of a type
exists, the name and the meaning of its fields never change; a new meaning is a new version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A fact. Fields are strings, integers or booleans; `None` means unknown and is not stored.

    Names of fields carry their unit last: `…_on` is an ISO date (Asia/Shanghai), `month` is
    `YYYY-MM`, `…_fen` is money in fen, `…_tenths` and `…_milli` are scaled integers.
    """

    version: ClassVar[int] = 1
    #: the field that says when it happened; None: when it was recorded
    occurred: ClassVar[str | None] = None
    #: the place it fills in its stream: one live fact a slot
    slot: ClassVar[str]
    #: the slot that must be filled for this fact to make sense
    needs: ClassVar[str | None] = None
    #: the fields that say which aggregate it belongs to: a correction cannot change them
    identity: ClassVar[tuple[str, ...]] = ("programme", "person")


class EntryRetracted(Event, frozen=True, kw_only=True):
    """An earlier entry of the same stream no longer stands.

    `superseded`: the fact was stated anew in the same transaction, so the retracted entry is an
    old version and not a withdrawn fact. `entry` is its index in this log.
    """

    slot: ClassVar[str] = ""

    entry: int
    entry_type: str
    reason: str
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The event types of one service: `types` maps the stored name to the class."""

    service: str
    types: Mapping[str, type[Event]]
    names: Mapping[type[Event], str]

    @classmethod
    def of(cls, service: str, events: Iterable[type[Event]]) -> Catalogue:
        known: tuple[type[Event], ...] = (*events, EntryRetracted)
        names = {event: f"{service}.{event.__name__}.v{event.version}" for event in known}
        return cls(service, {name: event for event, name in names.items()}, names)
