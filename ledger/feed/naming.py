"""What a log is called on the broker, and the subject and headers of each of its entries.

    stream    LEDGER_<SLUG in capitals>
    subject   ledger.<slug>.<region, or 000000>.<EventName>.<vN>
    headers   Ledger-Index, Ledger-Hash (hex), Ledger-Type

    stream    LEDGER_<SLUG in capitals>_CHECKPOINTS
    subject   checkpoint.<slug>           each message a signed note

The sequence of a message in its stream is always the index of its entry + 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from ledger.store import StoredEntry

INDEX_HEADER: Final = "Ledger-Index"
HASH_HEADER: Final = "Ledger-Hash"
TYPE_HEADER: Final = "Ledger-Type"
#: Stands where an entry names no region.
NO_REGION: Final = "000000"

_SLUG: Final = re.compile(r"[a-z0-9-]+")
_TOKEN: Final = re.compile(r"[0-9A-Za-z-]{1,32}")


def stream_name(slug: str) -> str:
    """The stream of a log. Raises ValueError: a bad stream name would be answered by a time-out, not an error."""
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"{slug!r} is not a slug: only a-z, 0-9 and - are")
    return f"LEDGER_{slug.upper()}"


def stream_subjects(slug: str) -> str:
    """The subjects a log's stream takes."""
    return f"ledger.{slug}.>"


def checkpoint_stream_name(slug: str) -> str:
    """The stream of a log's checkpoints, beside that of its entries. Raises ValueError."""
    return f"{stream_name(slug)}_CHECKPOINTS"


def checkpoint_subject(slug: str) -> str:
    """The subject a log's checkpoints are published to."""
    return f"checkpoint.{slug}"


class Outgoing(NamedTuple):
    """One entry as it goes to the broker: `headers` are whole lines, each ended by CR LF."""

    subject: bytes
    headers: bytes
    body: bytes


class _Data(msgspec.Struct):
    region: str | None = None


class _Envelope(msgspec.Struct):
    data: _Data


# decodes the one field and skips the rest: under a microsecond an entry
_region: Final = msgspec.json.Decoder(_Envelope)


def region_of(leaf: bytes) -> str:
    """The region an entry's data names; `NO_REGION` where there is none that could be a subject token."""
    try:
        region = _region.decode(leaf).data.region
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NO_REGION
    return region if region and _TOKEN.fullmatch(region) else NO_REGION


def outgoing(slug: str, entries: Iterable[StoredEntry]) -> list[Outgoing]:
    """Entries of one log as messages, in the order given."""
    messages = []
    for entry in entries:
        event = entry.type.partition(".")[2]  # placement.IntentAgreementSigned.v1: the slug names the service
        messages.append(
            Outgoing(
                f"ledger.{slug}.{region_of(entry.leaf)}.{event}".encode(),
                (
                    f"{INDEX_HEADER}: {entry.index}\r\n{HASH_HEADER}: {entry.leaf_hash.hex()}\r\n"
                    f"{TYPE_HEADER}: {entry.type}\r\n"
                ).encode(),
                entry.leaf,
            )
        )
    return messages
