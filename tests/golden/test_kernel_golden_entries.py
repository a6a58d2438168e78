"""Golden entries: what is stored today is read for ever, byte for byte.

To add one for a new event type or field: `python -m tests.support.make_golden`, and commit the files
it names. Never change one that is there.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rfc8785

from ledger.entry import EventReader, decode, encode
from ledger.errors import UnreadableEntry
from tests.support.make_golden import golden_files, missing
from tests.support.samples import CATALOGUES

READER = EventReader(*CATALOGUES.values())


def test_every_event_type_has_golden_entries() -> None:
    lacking = [f"{service}.{event.__name__}" for service, event, _ in missing()]
    assert not lacking, "run `python -m tests.support.make_golden` and commit what it writes"


@pytest.mark.parametrize("path", golden_files(), ids=lambda path: path.stem)
def test_a_golden_entry_comes_out_as_the_same_bytes(path: Path) -> None:
    leaf = path.read_bytes()
    entry = decode(leaf)
    again = encode(
        event=READER.event(entry),
        type=entry.type,
        actor=entry.actor,
        agency=entry.agency,
        id=entry.id,
        index=entry.index,
        recorded=entry.recorded,
        request=entry.request,
        revision=entry.revision,
        source=entry.source,
        subject=entry.subject,
    )
    assert again == leaf, f"{path.name} was stored like this once: repair the code, not the file"


@pytest.mark.parametrize("path", golden_files(), ids=lambda path: path.stem)
def test_a_golden_entry_is_canonical_json(path: Path) -> None:
    leaf = path.read_bytes()
    assert rfc8785.dumps(json.loads(leaf)) == leaf
    assert path.name.startswith(json.loads(leaf)["type"] + ".")


def test_the_entry_shown_in_the_design_can_be_read() -> None:
    leaf = (
        '{"actor":"st_7a1c","agency":"datong-hrss","data":{"agreement":"AG-2025-0001","employer":"91320100MA1XYZ",'
        '"expected_wage_fen":420000,"person":"pr_5d0c","position":"医疗护理员","programme":"datong-hugong",'
        '"region":"630121","signed_on":"2025-03-05","work_region":"320100"},"datacontenttype":"application/json",'
        '"id":"01970c2e","index":20852162,"recorded":"2025-03-05T08:31:07.123456Z","request":"01970c2e","revision":1,'
        '"source":"ledger.datong.example/placement","specversion":"1.0",'
        '"subject":"agreement/datong-hrss/datong-hugong/intent/AG-2025-0001","time":"2025-03-05T00:00:00+08:00",'
        '"type":"placement.IntentAgreementSigned.v1"}'
    ).encode()
    entry = decode(leaf)
    event = READER.event(entry)
    assert event.expected_wage_fen == 420_000  # type: ignore[attr-defined]
    assert (
        encode(
            event=event,
            type=entry.type,
            actor=entry.actor,
            agency=entry.agency,
            id=entry.id,
            index=entry.index,
            recorded=entry.recorded,
            request=entry.request,
            revision=entry.revision,
            source=entry.source,
            subject=entry.subject,
        )
        == leaf
    )


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"actor":1}',
        b'{"data":' + b"[" * 60_000,
        b'{"data":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
    ids=lambda leaf: repr(leaf[:12]) + str(len(leaf)),
)
def test_bytes_that_are_no_entry_are_unreadable_and_nothing_worse(leaf: bytes) -> None:
    with pytest.raises(UnreadableEntry):
        decode(leaf)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"index":', b'"index":"x","was":'),  # a field of another kind
        (b'"actor":', b'"extra":1,"actor":'),  # a field nobody knows
        (b'"revision":', b'"revison":'),  # one missing
        (b'"index":', b'"index":1e400,"x":'),
        (b'"agency":"', b'"agency":"\xff'),
    ],
)
def test_an_envelope_of_another_shape_is_unreadable(old: bytes, new: bytes) -> None:
    leaf = golden_files()[0].read_bytes()
    assert old in leaf
    with pytest.raises(UnreadableEntry):
        decode(leaf.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"type":"placement.ContractSigned.v1"', b'"type":"placement.ContractSigned.v2"', "unknown type"),
        (b'"signed_on":', b'"signed":', "v1"),
        (b'"kind":"labour"', b'"kind":"marriage"', "v1"),
        (b'"expected_wage_fen":420000', b'"expected_wage_fen":4200.5', "v1"),
        (b'"expected_wage_fen":420000', b'"expected_wage_fen":' + b"[" * 40_000 + b"]" * 40_000, "recursion"),
    ],
)
def test_data_that_does_not_fit_its_type_is_unreadable(old: bytes, new: bytes, told: str) -> None:
    path = next(path for path in golden_files() if path.name == "placement.ContractSigned.v1.1.json")
    leaf = path.read_bytes()
    assert old in leaf
    with pytest.raises(UnreadableEntry, match=told):
        READER.event(decode(leaf.replace(old, new, 1)))
