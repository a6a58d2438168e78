"""An entry: one line of RFC 8785 canonical JSON, shaped as a CloudEvents 1.0 event.

The bytes that `encode` returns are the record. They are hashed, stored, published, exported and
shown as they are, and never serialised again. `docs/reference/format.md` is the normative page.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from ledger.errors import UnreadableEntry
from ledger.event import Catalogue, Event

#: An index entry in a tile is preceded by a 16-bit length (C2SP tlog-tiles): hence the limit.
ENTRY_BYTES_MAX: Final = 65_535
#: RFC 8785 numbers are IEEE doubles: integers outside are not exact (and msgspec would differ).
INTEGER_MAX: Final = 2**53 - 1


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The envelope. `data` stays undecoded until somebody knows the type."""

    actor: str
    agency: str
    data: msgspec.Raw
    datacontenttype: str
    id: str
    index: int
    recorded: str
    request: str
    revision: int
    source: str
    specversion: str
    subject: str
    time: str
    type: str


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """The same fields with the event itself, in canonical (alphabetical) order."""

    actor: str
    agency: str
    data: Event
    datacontenttype: str
    id: str
    index: int
    recorded: str
    request: str
    revision: int
    source: str
    specversion: str
    subject: str
    time: str
    type: str


_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder(Entry)
#: what bytes that are not as they should be can raise; the last: brackets nested by the thousand
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def encode(
    *,
    event: Event,
    type: str,
    actor: str,
    agency: str,
    id: str,
    index: int,
    recorded: str,
    request: str,
    revision: int,
    source: str,
    subject: str,
) -> bytes:
    """The canonical bytes of one entry.

    Whoever lets a value in from outside checks it against `ENTRY_BYTES_MAX` and `INTEGER_MAX`:
    the appender does, once, for every accepted event.
    """
    occurred = getattr(event, event.occurred) if event.occurred else None
    return _encoder.encode(
        _Written(
            actor=actor,
            agency=agency,
            data=event,
            datacontenttype="application/json",
            id=id,
            index=index,
            recorded=recorded,
            request=request,
            revision=revision,
            source=source,
            specversion="1.0",
            subject=subject,
            time=f"{occurred}T00:00:00+08:00" if occurred else recorded,
            type=type,
        )
    )


def decode(leaf: bytes) -> Entry:
    """The envelope of stored bytes. Raises UnreadableEntry: not an entry of this format."""
    try:
        return _decoder.decode(leaf)
    except _UNREADABLE as error:
        raise UnreadableEntry(str(error)) from error


class EventReader:
    """Decodes the `data` of entries whose types the given catalogues hold.

    Old versions would be upcast here, by pure functions; stored bytes never change.
    """

    def __init__(self, *catalogues: Catalogue) -> None:
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {
            name: msgspec.json.Decoder(event) for catalogue in catalogues for name, event in catalogue.types.items()
        }

    def knows(self, type: str) -> bool:
        """Whether this reader can decode entries of the type."""
        return type in self._decoders

    def event(self, entry: Entry) -> Event:
        """The event of an entry. Raises UnreadableEntry: unknown type, or data that does not fit it."""
        decoder = self._decoders.get(entry.type)
        if decoder is None:
            raise UnreadableEntry(f"unknown type {entry.type}")
        try:
            event: Event = decoder.decode(entry.data)
        except _UNREADABLE as error:
            raise UnreadableEntry(f"{entry.type}: {error}") from error
        return event
