"""docs/reference/format.md, held against the code and against other people's libraries."""

from __future__ import annotations

import hashlib
import json
import re
import types
import typing
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat

from ledger.append import Ask, Book, Receipt
from ledger.decider import Command, Correct, OnSubject
from ledger.entry import ENTRY_BYTES_MAX, Entry, EventReader, decode
from ledger.event import EntryRetracted, Event
from ledger.feed.naming import outgoing, stream_name, stream_subjects
from ledger.merkle import Frontier, leaf_hash
from ledger.store import StoredEntry
from ledger.store import tables as log_tables
from ledger.store.memory import MemoryStore
from scripts.reference.events import SERVICES, catalogue_of, commands_of
from services.outcomes.days import day_number, month_number, shanghai_day
from services.outcomes.tables import INDEXED_CHARS_MAX, TABLE_OF
from services.placement.commands import SignIntentAgreement
from services.placement.events import CATALOGUE, IntentAgreementSigned
from services.placement.service import RULES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "format.md").read_text(encoding="utf-8")
EXAMPLE = [line.encode() for line in re.findall(r"^(\{\"actor\".*\})$", PAGE, re.MULTILINE)]
HASHES = re.findall(r"^\| (\d+) \| `([0-9a-f]{64})` \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)


# ------------------------------------------------------------------------------ the example


def test_the_example_is_canonical_json() -> None:
    assert len(EXAMPLE) == 3
    for leaf in EXAMPLE:
        assert rfc8785.dumps(json.loads(leaf)) == leaf


def test_the_example_decodes_and_reads_back_as_its_events() -> None:
    reader = EventReader(CATALOGUE)
    entries = [decode(leaf) for leaf in EXAMPLE]
    assert [entry.index for entry in entries] == [0, 1, 2]
    assert [entry.revision for entry in entries] == [1, 2, 3]
    events = [reader.event(entry) for entry in entries]
    assert [type(event) for event in events] == [IntentAgreementSigned, EntryRetracted, IntentAgreementSigned]


def test_the_hashes_of_the_example_are_right() -> None:
    frontier = Frontier()
    for at, (leaf, (index, hashed, root)) in enumerate(zip(EXAMPLE, HASHES, strict=True)):
        assert int(index) == at
        assert hashlib.sha256(b"\x00" + leaf).hexdigest() == hashed == leaf_hash(leaf).hex()
        frontier.append(leaf_hash(leaf))
        assert frontier.root().hex() == root == _root_by_definition(EXAMPLE[: at + 1]).hex()


def test_a_service_writes_the_example_byte_for_byte() -> None:
    times = iter(["2025-03-05T08:31:07.123456+00:00", "2025-03-06T01:12:40.000004+00:00"])
    ids = (f"0195650{at}-7e63-7a41-9c52-3d1f6b8e200{at}" for at in count())
    book = Book(
        RULES,
        clock=lambda: datetime.fromisoformat(next(times)).timestamp(),
        ids=lambda n: (next(ids) for _ in range(n)),
    )
    store = MemoryStore("ledger.datong.example/placement")
    first, _, last = (EventReader(CATALOGUE).event(decode(leaf)) for leaf in EXAMPLE)
    assert isinstance(first, IntentAgreementSigned)
    actor = "st_" + "7a1c" * 8
    for ask in (
        Ask(SignIntentAgreement(signed=first), "datong-hrss", actor, "hr-0001"),
        Ask(Correct(entry=0, reason="typed wrongly", fact=last), "datong-hrss", actor, "hr-0002"),
    ):
        with store.transaction() as transaction:
            [[result]] = book.write(transaction, [[ask]])
            assert isinstance(result, Receipt)
    assert [entry.leaf for entry in store.log] == EXAMPLE


def test_the_example_is_a_cloud_event_to_the_cloudevents_library() -> None:
    for leaf in EXAMPLE:
        message = HTTPMessage(headers={"content-type": "application/cloudevents+json"}, body=leaf)
        event = from_http_event(message, JSONFormat())
        assert event.get_source() == "ledger.datong.example/placement"
        assert event.get_type().startswith("placement.")


# ------------------------------------------------------------------------- entry and broker


def test_the_members_of_an_entry_are_those_listed() -> None:
    section = PAGE.partition("## 2. ")[2].partition("## 3. ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert tuple(listed) == Entry.__struct_fields__
    assert f"{ENTRY_BYTES_MAX:,} bytes" in section


def test_the_broker_names_are_those_listed() -> None:
    entry = decode(EXAMPLE[0])
    stored = StoredEntry(
        0, EXAMPLE[0], leaf_hash(EXAMPLE[0]), entry.id, entry.subject, 1, entry.type, entry.agency, entry.recorded
    )
    [message] = outgoing("placement", [stored])
    assert f"`{stream_name('placement')}`" in PAGE
    assert f"`{stream_subjects('placement')}`" in PAGE
    assert message.subject == b"ledger.placement.630121.IntentAgreementSigned.v1"
    assert message.body == EXAMPLE[0]
    for header in re.findall(rb"^([\w-]+): ", message.headers, re.MULTILINE):
        assert f"`{header.decode()}`" in PAGE


# -------------------------------------------------------------------------------- streams


def test_stream_names_are_what_commands_give() -> None:
    forms = _listed_streams()
    agency = "datong-hrss"
    seen = set()
    for service in SERVICES:
        for command in commands_of(service):
            if issubclass(command, OnSubject):
                assert any(command.__name__ in names for form, names in forms[service] if "`subject`" in form)
                continue
            for with_optional in (True, False):
                asked = _filled(command, with_optional)
                form = next(form for form, names in forms[service] if command.__name__ in names)
                texts = _texts(asked)
                values = {"agency": agency, "id": "new-id", "none": "none", "all": "all", **texts}
                for name in ("parameters", "key"):
                    values[f"{name}_hash"] = hashlib.sha256(texts.get(name, "").encode()).hexdigest()[:16]
                assert asked.stream(agency, "new-id") == _by_hand(form, values), command.__name__
                seen.add(form)
    assert seen == {form for rows in forms.values() for form, _ in rows if "`subject`" not in form}


def test_parts_of_stream_names_are_escaped_as_written() -> None:
    assert "`%` is written `%25` and `/` is written `%2F`" in PAGE.replace("\n", " ")


def _listed_streams() -> dict[str, list[tuple[str, set[str]]]]:
    table = PAGE.partition("<!-- generated: streams -->")[2].partition("<!-- end generated -->")[0]
    out: dict[str, list[tuple[str, set[str]]]] = {}
    for line in table.splitlines():
        # cells are separated by a bar that is not escaped
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0] in SERVICES:
            form = cells[1].strip("`").replace(r"\|", "|") if cells[1].startswith("`") else cells[1]
            out.setdefault(cells[0], []).append((form, {name.strip() for name in cells[3].split(",")}))
    return out


def _by_hand(form: str, values: dict[str, str]) -> str:
    """The stream of a form, escaped by the words of the page and not by the code."""
    parts = []
    for part in form.split("/"):
        names = part.strip("<>").split("|")
        if not part.startswith("<"):
            parts.append(part)
            continue
        # `<labour|service>` lists values, `<method|none>` fields of which the first that is there counts
        found = [values[name] for name in names if name in values] or [values["kind"]]
        parts.append(found[0].replace("%", "%25").replace("/", "%2F"))
    return "/".join(parts)


def _texts(struct: msgspec.Struct) -> dict[str, str]:
    out: dict[str, str] = {}
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, msgspec.Struct):
            out |= _texts(value)
        elif isinstance(value, str | int):
            out[name] = str(value)
    return out


def _filled(command: type[Command], with_optional: bool) -> Command:
    """A command whose texts need escaping; of optional facts only the first."""
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(command):
        base = _base(typing.get_type_hints(command)[field.name])
        if isinstance(base, type) and issubclass(base, Event):
            if field.required or not values:
                values[field.name] = _event(base, with_optional)
        else:
            values[field.name] = 7 if base is int else _text(field.name)
    return command(**values)


def _event(kind: type[Event], with_optional: bool) -> Event:
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        base = _base(typing.get_type_hints(kind)[field.name])
        if field.required or with_optional:
            if typing.get_origin(base) is typing.Literal:
                values[field.name] = typing.get_args(base)[-1]
            else:
                values[field.name] = 7 if base is int else _text(field.name)
    return kind(**values)


def _text(name: str) -> str:
    return "pr_" + "5d0c" * 8 if name in ("person", "into") else f"{name} 50% / 大通"


def _base(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(arm for arm in typing.get_args(hint) if arm is not type(None))
    return hint


# ---------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_is_listed_with_its_fields_and_its_table(service: str) -> None:
    for name, event in catalogue_of(service).types.items():
        if event is EntryRetracted:
            name = "<service>.EntryRetracted.v1"
        told = PAGE.partition(f"**`{name}`**")[2].partition("**`")[0]
        assert f"table `{TABLE_OF[event].name}`" in told
        listed = re.findall(r"^\| `(\w+)` \| .* \| (required|optional) \|$", told, re.MULTILINE)
        assert listed == [
            (field.name, "required" if field.required else "optional") for field in msgspec.structs.fields(event)
        ]


def test_the_tables_of_a_log_are_those_listed() -> None:
    section = PAGE.partition("## 9. ")[2].partition("## 10. ")[0]
    for table in log_tables.METADATA.sorted_tables:
        row = next(line for line in section.splitlines() if line.startswith(f"| `{table.name}` |"))
        assert re.findall(r"`(\w+)`", row.split("|")[2]) == [column.name for column in table.columns]


def test_the_columns_of_event_tables_follow_the_rules_of_the_page() -> None:
    for event, table in TABLE_OF.items():
        fields = [field.name for field in msgspec.structs.fields(event)]
        twins = [f"{name.removesuffix('_on')}_day" for name in fields if name.endswith("_on")]
        twins += ["month_no"] if "month" in fields else []
        expected = ["log", "idx", "agency", "subject", "revision", "recorded", *fields, *twins, "recorded_day"]
        assert sorted(expected) == sorted(column.name for column in table.table.columns)
        assert table.name == re.sub(r"([a-z])([A-Z])", r"\1_\2", event.__name__).lower()


def test_the_twins_are_counted_as_the_page_says() -> None:
    assert "days since 1970-01-01" in PAGE
    assert (day_number("1970-01-01"), day_number("2025-03-05")) == (0, 20152)
    assert "year * 12 + month - 1" in PAGE
    assert month_number("2025-03") == 2025 * 12 + 3 - 1
    assert "in Shanghai (UTC+8 throughout)" in PAGE
    assert shanghai_day("2025-03-05T15:59:59.999999Z") + 1 == shanghai_day("2025-03-05T16:00:00.000000Z")


def test_the_limit_of_what_is_indexed_is_the_one_given() -> None:
    assert f"of over {INDEXED_CHARS_MAX}" in PAGE


def _root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + _root_by_definition(leaves[:k]) + _root_by_definition(leaves[k:])).digest()
