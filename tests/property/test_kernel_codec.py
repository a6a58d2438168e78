"""The codec against an RFC 8785 library and the CloudEvents SDK, for whatever an event may hold."""

from __future__ import annotations

import json
import typing
from datetime import datetime
from functools import partial
from typing import Any, Literal

import msgspec
import rfc8785
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.entry import INTEGER_MAX, EventReader, decode, encode
from ledger.event import Event
from tests.support.samples import CATALOGUES, EVERY_TYPE, sample, stored_name

examples = partial(settings, print_blob=True, deadline=None)
READER = EventReader(*CATALOGUES.values())

#: Anything protobuf can carry: every character but lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["", "\\", '"', "\x00", "\x1f", "\x7f", "\u2028", "\ud7ff", "\ue000", "😀", "e\u0301", "</script>", "\\u0000", "/"]
)
#: The appender refuses those an entry cannot hold; the codec is right for all of them anyway.
INTEGERS = st.integers(-INTEGER_MAX, INTEGER_MAX) | st.sampled_from([INTEGER_MAX, -INTEGER_MAX, 0, -1])


def values(hint: Any) -> st.SearchStrategy[Any]:
    if typing.get_origin(hint) is Literal:
        return st.sampled_from(typing.get_args(hint))
    if hint is bool:
        return st.booleans()
    if hint is int:
        return INTEGERS
    if hint is str:
        return TEXT
    return st.one_of([st.none() if kind is type(None) else values(kind) for kind in typing.get_args(hint)])


@st.composite
def events(draw: st.DrawFn) -> tuple[str, Event]:
    """An event of any type, and the service it belongs to."""
    service, event = draw(st.sampled_from(EVERY_TYPE))
    hints = typing.get_type_hints(event)
    drawn = {field.name: draw(values(hints[field.name])) for field in msgspec.structs.fields(event)}
    if event.occurred is not None:  # a day, checked on the way in
        drawn[event.occurred] = draw(st.dates().map(lambda day: day.isoformat()))
    return service, event(**drawn)


@st.composite
def envelopes(draw: st.DrawFn) -> dict[str, Any]:
    """All that an entry says beside its event."""
    microseconds = draw(st.integers(0, 999_999))
    return {
        "actor": draw(TEXT),
        "agency": draw(TEXT),
        "id": draw(st.uuids().map(str)),
        "index": draw(st.integers(0, INTEGER_MAX)),
        "recorded": f"2025-03-05T08:31:07.{microseconds:06d}Z",
        "request": draw(TEXT),
        "revision": draw(st.integers(1, 2**31 - 1)),
        "source": draw(TEXT.filter(bool)),
        "subject": draw(TEXT.filter(bool)),
    }


def leaf_of(service: str, event: Event, envelope: dict[str, Any]) -> bytes:
    return encode(event=event, type=stored_name(service, type(event)), **envelope)


@examples(max_examples=200)
@given(events(), envelopes())
def test_an_entry_is_what_an_rfc_8785_library_makes_of_it(stated: tuple[str, Event], envelope: dict[str, Any]) -> None:
    leaf = leaf_of(*stated, envelope)
    assert rfc8785.dumps(json.loads(leaf)) == leaf


@examples(max_examples=200)
@given(events(), envelopes())
def test_decoding_what_was_encoded_gives_back_all_of_it(stated: tuple[str, Event], envelope: dict[str, Any]) -> None:
    service, event = stated
    leaf = leaf_of(service, event, envelope)
    entry = decode(leaf)
    assert READER.event(entry) == event
    assert type(READER.event(entry)) is type(event)
    assert {name: getattr(entry, name) for name in envelope} == envelope
    assert (entry.type, entry.specversion) == (stored_name(service, type(event)), "1.0")
    assert leaf_of(service, READER.event(entry), envelope) == leaf


@examples(max_examples=100)
@given(events(), envelopes())
def test_the_cloudevents_sdk_reads_every_entry(stated: tuple[str, Event], envelope: dict[str, Any]) -> None:
    service, event = stated
    leaf = leaf_of(service, event, envelope)
    read = JSONFormat().read(CloudEvent, leaf)
    assert (read.get_id(), read.get_source(), read.get_subject()) == (
        envelope["id"],
        envelope["source"],
        envelope["subject"],
    )
    assert (read.get_type(), read.get_specversion()) == (stored_name(service, type(event)), "1.0")
    assert read.get_datacontenttype() == "application/json"
    told = read.get_time()
    assert isinstance(told, datetime)
    assert told.utcoffset() is not None
    assert read.get_data() == json.loads(leaf)["data"]
    assert read.get_extension("index") == envelope["index"]


def test_the_cloudevents_sdk_reads_each_event_type() -> None:
    for service, event in EVERY_TYPE:
        for full in (True, False):
            fact = sample(event, full=full)
            envelope = dict.fromkeys(("actor", "agency", "id", "request", "source", "subject"), "x")
            leaf = leaf_of(service, fact, envelope | {"index": 1, "revision": 1, "recorded": "2025-03-05T00:00:00Z"})
            read = JSONFormat().read(None, leaf)
            assert read.get_type() == stored_name(service, event)
            assert read.get_data() == json.loads(leaf)["data"]


@examples(max_examples=150)
@given(events())
def test_what_is_unknown_is_absent(stated: tuple[str, Event]) -> None:
    service, event = stated
    envelope = dict.fromkeys(("actor", "agency", "id", "request", "source", "subject"), "x")
    data = json.loads(leaf_of(service, event, envelope | {"index": 1, "revision": 1, "recorded": "r"}))["data"]
    assert None not in data.values()
    stated_fields = {name for name in event.__struct_fields__ if getattr(event, name) is not None}
    assert data.keys() == stated_fields - ({"superseded"} if getattr(event, "superseded", None) is False else set())


def test_names_of_fields_are_ascii_and_alphabetical_bytes() -> None:
    """RFC 8785 sorts keys by UTF-16 code units and msgspec by bytes: the same for ASCII, and only there."""
    for _, event in EVERY_TYPE:
        assert all(name.isascii() and name.isidentifier() for name in event.__struct_fields__)
