"""The text of a statement: its lines, their order, and roots over the members that an independent tree gives too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ledger.note import encode_base64
from services.audit.answers import Distribution, FigureAnswer, Member, Rate, Tally
from services.audit.parameters import Parameters, parameters_for
from services.audit.queries import rule_of
from services.audit.statement import Input, Publication, Seen, body, member_line, seen
from services.outcomes.schema import schema, schema_sha256

LOG = "ledger.local/placement"
SCHEMA = "5c" * 32
PUBLICATION = Publication("ledger.local/publication")


def member(number: int, reason: str | None = None, value: int | None = None) -> Member:
    return Member(f"agreement/人{number:03d}", f"pr_{number:032x}", value, reason is None, reason, LOG, number)


def answer(figure: str, counted: int, excluded: dict[str, int], **about: object) -> FigureAnswer:
    rule = rule_of(figure)
    known = {
        "rule": rule,
        "parameters": replace(parameters_for(rule, programme="datong-hugong", region="630000"), to_day=20_259),
        "cut": {LOG: 12},
        "value": counted,
        "unit": rule.unit,
        "matched": counted + sum(excluded.values()),
        "counted": counted,
        "excluded": excluded,
        "persons": counted,
        "recorded_by_to": Tally(0, 0),
        "splits": {},
        "beside": {},
    }
    return FigureAnswer(**(known | about))  # type: ignore[arg-type]


def rfc6962_root(leaves: Sequence[bytes]) -> bytes:
    """As the RFC writes it down, by recursion."""
    if len(leaves) == 0:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + rfc6962_root(leaves[:k]) + rfc6962_root(leaves[k:])).digest()


def text(of: FigureAnswer, members: Seen, publication: Publication = PUBLICATION, parked: int = 0) -> list[str]:
    return body(of, [Input(LOG, 12, bytes(32))], members, parked, publication, SCHEMA).splitlines()


def test_a_statement_reads_as_the_page_of_its_format_says() -> None:
    members = [member(1), member(2, "withdrawn"), member(3), member(4, "voided"), member(5, "withdrawn")]
    lines = text(answer("agreements_signed", 2, {"voided": 1, "withdrawn": 2}), seen(members))
    counted = encode_base64(rfc6962_root([member_line(one) for one in members if one.counted]))
    excluded = encode_base64(rfc6962_root([member_line(one) for one in members if not one.counted]))
    assert lines == [
        "placement-ledger figure v1",
        "publisher ledger.local/publication",
        "figure agreements_signed",
        "version 1",
        f"rule {rule_of('agreements_signed').rule_sha256}",
        f"schema {SCHEMA}",
        "grade evidenced",
        "parameter from null",
        'parameter programme "datong-hugong"',
        'parameter region "63"',
        'parameter to "2025-06-20"',
        f"input {LOG} 12 {encode_base64(bytes(32))}",
        "matched 5",
        f"counted 2 {counted}",
        f"excluded 3 {excluded}",
        "reason voided 1",
        "reason withdrawn 2",
        "persons 2",
        "sum 0",
        "parked 0",
        'unit "份"',
        "value 2",
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 100])
def test_roots_are_those_of_an_independent_tree(count: int) -> None:
    members = [member(number, None if number % 3 else "voided", number) for number in range(count)]
    found = seen(iter(members))
    assert found.counted_root == rfc6962_root([member_line(one) for one in members if one.counted])
    assert found.excluded_root == rfc6962_root([member_line(one) for one in members if not one.counted])
    assert found.sum == sum(one.value or 0 for one in members if one.counted)


def test_a_member_is_canonical_json_with_all_that_its_rule_gives() -> None:
    one = replace(member(7, "voided", 3), details={"kind": "job_fair", "attendees": None})
    line = member_line(one)
    assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert json.loads(line) == {
        "counted": False,
        "details": {"attendees": None, "kind": "job_fair"},
        "index": 7,
        "key": "agreement/人007",
        "log": LOG,
        "person": one.person,
        "reason": "voided",
        "value": 3,
    }


def test_a_restatement_names_what_it_supersedes_on_its_last_line() -> None:
    lines = text(answer("agreements_signed", 0, {}), seen([]), Publication("p", "ab" * 32))
    assert lines[-1] == f"supersedes {'ab' * 32}"


def test_a_mean_states_its_median_and_how_much_it_covers() -> None:
    of = answer("mean_monthly_wage", 2, {}, value=401, distribution=Distribution(2, 401, 400, Rate(2, 9)))
    assert text(of, seen([member(1, None, 400), member(2, None, 401)]))[-6:] == [
        "sum 801",
        "median 400",
        "coverage 2/9",
        "parked 0",
        'unit "fen per month"',
        "value 401",
    ]


def test_a_mean_of_nothing_is_none() -> None:
    of = answer("mean_monthly_wage", 0, {}, value=None, distribution=Distribution(0, None, None, Rate(0, 0)))
    lines = text(of, seen([]))
    assert {"median none", "coverage 0/0", "value none"} <= set(lines)


@pytest.mark.parametrize(
    ("milli", "value"), [(1_500, "1.5"), (70_000, "70"), (1, "0.001"), (123_456_789_012_345, "123456789012.345")]
)
def test_what_somebody_stated_is_written_out_exactly(milli: int, value: str) -> None:
    rule = rule_of("attested")
    one = replace(member(1), details=dict.fromkeys(rule.columns) | {"value_milli": milli})
    assert text(answer("attested", 1, {}, value=milli / 1000), seen([one]))[-1] == f"value {value}"


def test_entries_that_nobody_could_read_are_stated() -> None:
    assert "parked 3" in text(answer("agreements_signed", 0, {}), seen([]), parked=3)


def test_splits_and_sums_beside_are_stated_also_where_they_are_zero() -> None:
    of = answer("matching_events_held", 1, {}, splits={"kind": {"job_fair": 1, "online_fair": 0}}, beside={"人次": 120})
    lines = text(of, seen([member(1)]))
    at = lines.index("split kind job_fair 1")
    assert lines[at : at + 3] == ["split kind job_fair 1", "split kind online_fair 0", 'beside 120 "人次"']


def test_the_schema_names_every_field_of_every_event_type_once() -> None:
    types = json.loads(schema())
    assert schema_sha256() == hashlib.sha256(schema()).hexdigest()
    assert list(types) == sorted(types)
    assert ["kind", ["labour", "service"], True] in types["placement.ContractSigned.v1"]
    assert ["superseded", "boolean", False] in types["followup.EntryRetracted.v1"]
    assert ["value_milli", "integer", True] in types["training.StatisticAttested.v1"]


def test_a_parameter_is_quoted_so_that_no_text_can_forge_a_line() -> None:
    parameters = Parameters(programme="p", to_day=0, extra=(("indicator", 'x"\nvalue 9'),))
    lines = text(answer("attested", 0, {}, parameters=parameters), seen([]))
    assert 'parameter indicator "x\\"\\nvalue 9"' in lines
    assert "value 9" not in lines
