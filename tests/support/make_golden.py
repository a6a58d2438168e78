"""Writes golden entries: the bytes of one entry of every event type, for all time.

    python -m tests.support.make_golden

It writes what is missing and never touches what is there. A new event type, or a new optional field
of an old one, asks for new files; a golden entry that no longer comes out the same means that stored
entries would no longer be read as what they are, and then the code is wrong and not the file.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.entry import EventReader, decode, encode
from ledger.event import Event
from tests.support.samples import CATALOGUES, EVERY_TYPE, optional_fields, sample, stored_name

FOLDER: Final = Path(__file__).parents[1] / "golden" / "entries"


def golden_files() -> list[Path]:
    """What is committed: `<type>.<n>.json`, one entry each, without a line end."""
    return sorted(FOLDER.glob("*.json"))


def missing() -> Iterator[tuple[str, type[Event], bool]]:
    """Types without a golden entry of all their fields, or none of the optional ones: (service, type, all)."""
    for service, event in EVERY_TYPE:
        shown = [set(_data(path)) for path in golden_files() if path.name.startswith(stored_name(service, event) + ".")]
        optional = set(optional_fields(event))
        if not any(optional <= fields for fields in shown):
            yield service, event, True
        if not any(optional.isdisjoint(fields) for fields in shown):
            yield service, event, False


def leaf_of(service: str, event: Event, number: int) -> bytes:
    """The entry that is kept of an event; everything about it follows from its type and `number`."""
    stored = CATALOGUES[service].names[type(event)]
    chosen = hashlib.sha256(f"{stored}.{number}".encode()).digest()
    return encode(
        event=event,
        type=stored,
        actor="st_" + "7a1c" * 8,
        agency="datong-hrss",
        id=str(uuid.UUID(bytes=chosen[:16], version=4)),
        index=int.from_bytes(chosen[16:20], "big"),
        recorded=f"2025-03-05T08:31:07.{int.from_bytes(chosen[20:22], 'big'):06d}Z",
        request="" if number % 2 else "import:2025-03-05_row.1",
        revision=chosen[22] + 1,
        source=f"ledger.local/{service}",
        subject=f"golden/datong-hrss/datong-hugong/{stored}/100%25%2F{number}",
    )


def write_missing() -> list[Path]:
    """The files written."""
    written = []
    while one := next(missing(), None):
        service, event, full = one
        stored = stored_name(service, event)
        number = 1 + sum(path.name.startswith(stored + ".") for path in golden_files())
        path = FOLDER / f"{stored}.{number}.json"
        with path.open("xb") as file:
            file.write(leaf_of(service, sample(event, full=full), number))
        written.append(path)
    return written


def _data(path: Path) -> tuple[str, ...]:
    """The names of the fields that a golden entry shows."""
    entry = decode(path.read_bytes())
    event = EventReader(*CATALOGUES.values()).event(entry)
    return tuple(name for name in event.__struct_fields__ if f'"{name}":'.encode() in bytes(entry.data))


if __name__ == "__main__":
    for new in write_missing():
        print(new.name)
