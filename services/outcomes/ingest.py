"""From verified entries to rows: the shredding described in `services.outcomes.tables`. Pure.

What cannot be decoded is parked, and after it everything else of the same stream, in order: a later
entry may rest on the one nobody could read. All other streams go on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.entry import Entry, EventReader
from ledger.errors import UnreadableEntry
from ledger.event import EntryRetracted, Event
from ledger.feed import Verified
from services.outcomes.records import FOLDED
from services.outcomes.tables import CATALOGUES, INDEXED_CHARS_MAX, TABLE_OF, EventTable, Row
from services.registry.events import PersonErased, PersonsMerged

_READER: Final = EventReader(*CATALOGUES)
#: an escape sequence, not an escaped backslash before "u0000"
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_ABOUT_PERSONS: Final = frozenset({*FOLDED, PersonErased})


@dataclass(slots=True)
class Shredded:
    """What a batch of one log comes to. Rows are in column order of their table."""

    copies: list[Row] = field(default_factory=list)
    rows: dict[EventTable, list[Row]] = field(default_factory=dict)
    parked: list[Row] = field(default_factory=list)
    #: those whose outcome records these entries may change
    persons: set[str] = field(default_factory=set)
    #: indices that were retracted: whoever these entries spoke of is touched, too
    retracted: list[int] = field(default_factory=list)


def shred(log: str, batch: Iterable[Verified], parked: Mapping[str, int]) -> Shredded:
    """The rows of a batch. `parked`: streams parked earlier, with the index that began it."""
    out = Shredded()
    blocked = dict(parked)
    for index, leaf, leaf_hash, stated in batch:
        entry, blemish = storable(leaf, stated)
        subject = entry.subject
        out.copies.append((log, index, leaf, leaf_hash, entry.type, entry.agency, subject, entry.recorded))
        if blocked and subject in blocked:
            out.parked.append((log, index, subject, f"follows parked entry {blocked[subject]}"))
            continue
        try:
            if blemish:
                raise UnreadableEntry(blemish)
            event = _READER.event(entry)
            table = TABLE_OF[type(event)]
            row = table.row(log, entry, event)
        except (UnreadableEntry, ValueError) as error:
            blocked[subject] = index
            out.parked.append((log, index, subject, storable_text(str(error))))
            continue
        rows = out.rows.get(table)
        if rows is None:
            out.rows[table] = [row]
        else:
            rows.append(row)
        _touch(event, out)
    return out


def _touch(event: Event, out: Shredded) -> None:
    if type(event) in _ABOUT_PERSONS:
        out.persons.add(event.person)  # type: ignore[attr-defined]  # every folded event names a person
    elif isinstance(event, EntryRetracted):
        out.retracted.append(event.entry)
    elif isinstance(event, PersonsMerged):
        out.persons |= {event.person, event.into}


def storable(leaf: bytes, entry: Entry) -> tuple[Entry, str | None]:
    """The entry with an envelope that every database can hold and index, and what is wrong with it.

    Our own services refuse such entries; another agency's may not, and must not stop the others.
    """
    nul = b"\\u0000" in leaf and _NUL.search(leaf) is not None
    if not nul and len(entry.subject) <= INDEXED_CHARS_MAX and len(entry.recorded) <= INDEXED_CHARS_MAX:
        return entry, None
    names = ("type", "agency", "subject", "recorded")
    changed = {name: storable_text(getattr(entry, name)) for name in names}
    blemish = "U+0000" if nul else f"subject or recorded over {INDEXED_CHARS_MAX} characters"
    kept = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return Entry(**{**kept, **changed}), blemish


def storable_text(value: str) -> str:
    """U+0000 as U+FFFD; over 600 characters: the first 567, `…`, and 32 hex digits of SHA-256."""
    if len(value) > INDEXED_CHARS_MAX:
        digest = hashlib.sha256(value.encode()).hexdigest()[:32]
        value = f"{value[: INDEXED_CHARS_MAX - 33]}…{digest}"
    return value.replace("\0", "\ufffd")
