from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import Unavailable
from ledger.feed.naming import NO_REGION, outgoing, region_of, stream_name
from ledger.feed.protocol import (
    FEW,
    BatchTooLarge,
    BrokerRefused,
    Fault,
    StreamMissing,
    WrongLastSequence,
    encode_messages,
    refusal,
)
from ledger.feed.verify import Double, Hole, Message, Suspect, read_run, verify_all
from tests.support.feeds import ORIGIN, entry


def message(index: int, **changes: Any) -> Message:
    stored = entry(index)
    return Message(index + 1, stored.leaf, stored.leaf_hash.hex(), str(index))._replace(**changes)


def test_messages_in_order_are_all_taken() -> None:
    run = read_run(ORIGIN, 3, [message(3), message(4), message(5)])
    assert [verified.index for verified in run.verified] == [3, 4, 5]
    assert [verified.leaf_hash for verified in run.verified] == [entry(i).leaf_hash for i in (3, 4, 5)]
    assert (run.used, run.doubles, run.trouble) == (3, [], None)


def test_a_hole_ends_the_run_and_says_up_to_where_it_reaches() -> None:
    run = read_run(ORIGIN, 0, [message(0), message(4), message(5)])
    assert [verified.index for verified in run.verified] == [0]
    assert (run.used, run.trouble) == (1, Hole(4))


def test_doubles_are_set_aside_and_do_not_end_the_run() -> None:
    run = read_run(ORIGIN, 2, [message(1), message(2), message(2), message(3)])
    assert [verified.index for verified in run.verified] == [2, 3]
    assert run.doubles == [Double(1, entry(1).leaf_hash), Double(2, entry(2).leaf_hash)]
    assert (run.used, run.trouble) == (4, None)


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"leaf": b""}, "its bytes are not an entry"),
        ({"leaf": b"\xff\xfe"}, "its bytes are not an entry"),
        ({"leaf": entry(1).leaf[:-1]}, "its bytes are not an entry"),
        ({"leaf": entry(1, origin="ledger.evil/placement").leaf}, "it names another log as its source"),
        ({"leaf": entry(2).leaf}, "it names another index as its place"),
        ({"leaf": entry(1, note="x").leaf}, "its bytes do not hash to its Ledger-Hash"),
        ({"claimed_hash": ""}, "its bytes do not hash to its Ledger-Hash"),
        ({"claimed_hash": entry(1).leaf_hash.hex().upper()}, "its bytes do not hash to its Ledger-Hash"),
        ({"claimed_index": "2"}, "its Ledger-Index is not its place in the stream"),
        ({"claimed_index": ""}, "its Ledger-Index is not its place in the stream"),
    ],
)
def test_a_message_that_is_not_what_it_claims_is_suspect(lie: dict[str, Any], reason: str) -> None:
    run = read_run(ORIGIN, 0, [message(0), message(1, **lie), message(2)])
    assert [verified.index for verified in run.verified] == [0]
    assert (run.used, run.trouble) == (1, Suspect(1, reason))


def test_every_flipped_bit_of_a_message_is_noticed() -> None:
    honest = message(7)
    for at in range(len(honest.leaf)):
        for bit in range(8):
            leaf = bytearray(honest.leaf)
            leaf[at] ^= 1 << bit
            assert isinstance(read_run(ORIGIN, 7, [honest._replace(leaf=bytes(leaf))]).trouble, Suspect)


def test_the_owners_entries_are_verified_too() -> None:
    assert verify_all(ORIGIN, 1, [entry(1).leaf, entry(3).leaf]) == Suspect(2, "it names another index as its place")
    verified = verify_all(ORIGIN, 1, [entry(1).leaf, entry(2).leaf])
    assert not isinstance(verified, Suspect)
    assert [one.index for one in verified] == [1, 2]


def test_an_entry_becomes_a_message_with_its_subject_and_headers() -> None:
    stored = entry(41)
    (sent,) = outgoing("datong-placement", [stored])
    assert sent.subject == b"ledger.datong-placement.630121.MatchingEventHeld.v1"
    assert sent.body is stored.leaf
    assert sent.headers.decode() == (
        f"Ledger-Index: 41\r\nLedger-Hash: {stored.leaf_hash.hex()}\r\nLedger-Type: placement.MatchingEventHeld.v1\r\n"
    )


@pytest.mark.parametrize(
    ("leaf", "region"),
    [
        (b'{"data":{"region":"630121"}}', "630121"),
        (b'{"data":{"region":null}}', NO_REGION),
        (b'{"data":{}}', NO_REGION),
        (b'{"data":{"region":""}}', NO_REGION),
        (b'{"data":{"region":"a.b"}}', NO_REGION),
        (b'{"data":{"region":"*"}}', NO_REGION),
        (b'{"data":{"region":">"}}', NO_REGION),
        (b'{"data":{"region":"63 01"}}', NO_REGION),
        ('{"data":{"region":"大通"}}'.encode(), NO_REGION),
        (b'{"data":{"region":7}}', NO_REGION),
        (b"not json", NO_REGION),
    ],
)
def test_a_region_that_could_not_be_a_subject_token_counts_as_none(leaf: bytes, region: str) -> None:
    assert region_of(leaf) == region


def test_a_stream_is_named_after_its_slug() -> None:
    assert stream_name("datong-placement") == "LEDGER_DATONG-PLACEMENT"


@pytest.mark.parametrize("slug", ["", "a.b", "a b", "Ä", "A", "a/b", "*"])
def test_what_is_not_a_slug_names_no_stream(slug: str) -> None:
    with pytest.raises(ValueError, match="is not a slug"):
        stream_name(slug)


def lines_of(raw: bytes) -> list[tuple[str, dict[str, str], bytes]]:
    """(protocol line, headers, body) of every message in raw protocol text."""
    found = []
    while raw:
        line, _, raw = raw.partition(b"\r\n")
        head, total = (int(size) for size in line.split(b" ")[-2:])
        headers = raw[:head].decode().removeprefix("NATS/1.0\r\n").removesuffix("\r\n\r\n").split("\r\n")
        found.append((line.decode(), dict(one.split(": ") for one in headers), raw[head:total]))
        assert raw[total : total + 2] == b"\r\n"
        raw = raw[total + 2 :]
    return found


def test_many_messages_are_one_atomic_batch_fenced_at_its_first() -> None:
    entries = [entry(index) for index in range(5, 5 + FEW + 1)]
    sent = lines_of(encode_messages("b1", 5, outgoing("p", entries), "_INBOX.x"))
    assert [body for _, _, body in sent] == [stored.leaf for stored in entries]
    assert [headers["Nats-Batch-Sequence"] for _, headers, _ in sent] == [str(n) for n in range(1, FEW + 2)]
    assert {headers["Nats-Batch-Id"] for _, headers, _ in sent} == {"b1"}
    assert [headers.get("Nats-Expected-Last-Sequence") for _, headers, _ in sent] == ["5"] + [None] * FEW
    assert [headers.get("Nats-Batch-Commit") for _, headers, _ in sent] == [None] * FEW + ["1"]
    assert ["_INBOX.x" in line for line, _, _ in sent] == [False] * FEW + [True]


def test_few_messages_go_one_by_one_each_fenced_by_the_one_before() -> None:
    sent = lines_of(encode_messages("b1", 5, outgoing("p", [entry(index) for index in range(5, 5 + FEW)]), "_INBOX.x"))
    assert [headers["Nats-Expected-Last-Sequence"] for _, headers, _ in sent] == [str(5 + n) for n in range(FEW)]
    assert not any(name.startswith("Nats-Batch") for _, headers, _ in sent for name in headers)
    assert ["_INBOX.x" in line for line, _, _ in sent] == [False] * (FEW - 1) + [True]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(400, 10071, "wrong last sequence: 4"), WrongLastSequence),
        (Fault(404, 10059, "stream not found"), StreamMissing),
        (Fault(400, 10199, "atomic publish batch is too large: 1000"), BatchTooLarge),
        (Fault(400, 10176, "atomic publish batch is incomplete"), Unavailable),
        (Fault(429, 10210, "too many inflight batches"), Unavailable),
        (Fault(503, 10008, "JetStream system temporarily unavailable"), Unavailable),
        (Fault(400, 10058, "stream name already in use with a different configuration"), BrokerRefused),
    ],
)
def test_what_the_server_refuses_is_told_apart(fault: Fault, kind: type[Exception]) -> None:
    assert type(refusal(fault, "x")) is kind
