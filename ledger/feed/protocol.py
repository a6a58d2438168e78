"""What is said to JetStream and what it answers, as bytes and values, without a connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ledger.errors import LedgerError, Unavailable
from ledger.feed.naming import Outgoing, checkpoint_stream_name, checkpoint_subject, stream_name, stream_subjects

#: What the server stages at once, by default.
BATCH_MESSAGES_MAX: Final = 1_000
#: Up to so many messages are sent one by one.
FEW: Final = 8

_WRONG_LAST_SEQUENCE: Final = 10071
_BATCH_TOO_LARGE: Final = 10199
_STREAM_MISSING: Final = 10059
_NO_MESSAGE: Final = 10037
_BATCH_INCOMPLETE: Final = 10176
_TOO_MANY_BATCHES: Final = 10210
_STREAM_CONFIG: Final = 10052


class StreamMissing(Unavailable):
    """There is no such stream; creating and refilling it heals that."""


class WrongLastSequence(LedgerError):
    """The stream does not end where the messages were to begin. None of them was stored, or the first few of a few."""


class BatchTooLarge(LedgerError):
    """More messages than the server takes in one batch. Nothing of the batch was stored."""


class BrokerRefused(LedgerError):
    """The server said no to something that asking again will not change."""


class Fault(msgspec.Struct):
    """Why the server said no."""

    code: int = 0
    err_code: int = 0
    description: str = ""


class Answer(msgspec.Struct):
    """The union of the answers we read."""

    error: Fault | None = None
    seq: int = 0
    count: int = 0
    state: dict[str, Any] = {}
    config: dict[str, Any] = {}
    message: dict[str, Any] = {}


ANSWER: Final = msgspec.json.Decoder(Answer)


def refusal(fault: Fault, what: str) -> LedgerError:
    """The exception for a fault the server named in its answer to `what`."""
    said = f"{what}: {fault.description} ({fault.err_code})"
    if fault.err_code == _WRONG_LAST_SEQUENCE:
        return WrongLastSequence(said)
    if fault.err_code == _STREAM_MISSING:
        return StreamMissing(said)
    if fault.err_code == _BATCH_TOO_LARGE:
        return BatchTooLarge(said)
    if fault.err_code == _STREAM_CONFIG:  # its code is 500, as if it might pass
        return BrokerRefused(said)
    # an incomplete batch is also how one batch too many looks when its first message asks for no answer
    if fault.err_code in (_BATCH_INCOMPLETE, _TOO_MANY_BATCHES, _NO_MESSAGE) or fault.code in (408, 500, 503):
        return Unavailable(said)
    return BrokerRefused(said)


def stream_config(slug: str, replicas: int) -> dict[str, Any]:
    """What the stream of a log must be: nothing in it ever expires, is deleted or overwritten."""
    return _kept_for_ever(stream_name(slug), stream_subjects(slug), replicas)


def checkpoint_stream_config(slug: str, replicas: int) -> dict[str, Any]:
    """What the stream of a log's checkpoints must be: the same."""
    return _kept_for_ever(checkpoint_stream_name(slug), checkpoint_subject(slug), replicas)


def _kept_for_ever(name: str, subject: str, replicas: int) -> dict[str, Any]:
    return {
        "name": name,
        "subjects": [subject],
        "storage": "file",
        "compression": "s2",
        "retention": "limits",
        "discard": "new",
        "max_age": 0,
        "max_msgs": -1,
        "max_bytes": -1,
        "max_msgs_per_subject": -1,
        "allow_atomic": True,
        "allow_direct": True,
        "deny_delete": True,
        "deny_purge": True,
        "num_replicas": replicas,
    }


def consumer_config(stream: str, name: str, from_sequence: int) -> dict[str, Any]:
    """An ordered consumer: in memory, without acknowledgements, gone half a minute after its reader."""
    return {
        "stream_name": stream,
        "config": {
            "name": name,
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": from_sequence,
            "ack_policy": "none",
            "max_deliver": 1,
            "replay_policy": "instant",
            "inactive_threshold": 30 * 10**9,
            "num_replicas": 1,
            "mem_storage": True,
        },
    }


def encode_messages(batch: str, expected_last: int, messages: Sequence[Outgoing], reply: str) -> bytes:
    """The protocol lines that store messages after sequence `expected_last`; the last asks for an answer.

    Many go as one atomic batch. Few go one by one, each fenced by the sequence it must follow: if one
    is refused, so are all after it, hence an answer to the last speaks for all, and what is stored is
    a prefix. An atomic batch costs the server some 4 ms however small it is; a single message 0.4 ms.
    """
    encode = _one_by_one if len(messages) <= FEW else _atomic
    lines = []
    last = len(messages)
    for number, (subject, headers, body) in enumerate(messages, 1):
        head = b"NATS/1.0\r\n%b%b\r\n" % (encode(batch.encode(), expected_last, number, last), headers)
        to = b" " + reply.encode() if number == last else b""
        lines.append(b"HPUB %b%b %d %d\r\n%b%b\r\n" % (subject, to, len(head), len(head) + len(body), head, body))
    return b"".join(lines)


def _one_by_one(_batch: bytes, expected_last: int, number: int, _last: int) -> bytes:
    return b"Nats-Expected-Last-Sequence: %d\r\n" % (expected_last + number - 1)


def _atomic(batch: bytes, expected_last: int, number: int, last: int) -> bytes:
    fence = b"Nats-Expected-Last-Sequence: %d\r\n" % expected_last if number == 1 else b""
    commit = b"Nats-Batch-Commit: 1\r\n" if number == last else b""
    return b"Nats-Batch-Id: %b\r\nNats-Batch-Sequence: %d\r\n%b%b" % (batch, number, fence, commit)
