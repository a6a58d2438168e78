"""Given what the log says of a person, when a command comes, then this is recorded or refused."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.decider import NOTHING, Accept, Command, Decision
from ledger.errors import Kind, Refusal
from ledger.event import EntryRetracted, Event
from services.registry.commands import ErasePerson, MergePersons, RegisterPerson, RetractMerge
from services.registry.decider import decide, refuse_into, refuse_one_officer
from services.registry.events import PersonErased, PersonRegistered, PersonsMerged
from services.registry.state import State, evolve

A, B, C = ("pr_" + letter * 32 for letter in "abc")

REGISTERED = PersonRegistered(person=A)
MERGED = PersonsMerged(person=A, into=B, reason="same_identity")
ERASED = PersonErased(person=A, basis="consent_withdrawn", case="2025-1", second_actor="st_2")


def given(*events: Event) -> State:
    state = NOTHING
    for index, event in enumerate(events):
        state = evolve(state, index, bytes(32), "", event)
    return state


def recorded(decision: Decision) -> list[Event]:
    assert isinstance(decision, Accept), decision
    return list(decision.events)


def refused(decision: Decision | Refusal | None) -> str:
    assert isinstance(decision, Refusal), decision
    assert decision.message
    assert decision.zh
    return decision.rule


def erase(**of: Any) -> ErasePerson:
    return ErasePerson(erased=PersonErased(**{"person": A, "basis": "court_order", "case": "C-1", **of}))


@pytest.mark.parametrize(
    ("past", "command", "events"),
    [
        ([], RegisterPerson(registered=REGISTERED), [REGISTERED]),
        ([REGISTERED], MergePersons(merged=MERGED), [MERGED]),
        ([REGISTERED], ErasePerson(erased=ERASED), [ERASED]),
        ([REGISTERED, MERGED], ErasePerson(erased=ERASED), [ERASED]),
        (
            [REGISTERED, MERGED],
            RetractMerge(person=A, entry=1, reason="wrong file"),
            [EntryRetracted(entry=1, entry_type="PersonsMerged", reason="wrong file")],
        ),
    ],
)
def test_what_is_possible_is_recorded(past: list[Event], command: Command, events: list[Event]) -> None:
    assert recorded(decide(command, given(*past))) == events


@pytest.mark.parametrize(
    ("past", "command", "rule"),
    [
        ([REGISTERED], RegisterPerson(registered=REGISTERED), "already_registered"),
        ([], MergePersons(merged=MERGED), "no_such_person"),
        ([], ErasePerson(erased=ERASED), "no_such_person"),
        ([REGISTERED], MergePersons(merged=PersonsMerged(person=A, into=A, reason="other")), "merged_into_itself"),
        ([REGISTERED, MERGED], MergePersons(merged=MERGED), "already_merged"),
        (
            [REGISTERED, MERGED],
            MergePersons(merged=PersonsMerged(person=A, into=C, reason="other")),
            "already_merged",
        ),
        ([REGISTERED, ERASED], ErasePerson(erased=ERASED), "already_erased"),
        ([REGISTERED, ERASED], MergePersons(merged=MERGED), "already_erased"),
        ([REGISTERED], RetractMerge(person=A, entry=0, reason="x"), "only_merges"),
        ([REGISTERED, MERGED], RetractMerge(person=A, entry=0, reason="x"), "only_merges"),
        ([REGISTERED, ERASED], RetractMerge(person=A, entry=1, reason="x"), "only_merges"),
        ([REGISTERED], RetractMerge(person=A, entry=7, reason="x"), "not_live"),
        ([REGISTERED], erase(case="案 990000197001010017 号"), "personal_data"),
        ([REGISTERED], erase(case="tel +8613800000000"), "personal_data"),
        ([REGISTERED, MERGED], RetractMerge(person=A, entry=1, reason="13800000000 called"), "personal_data"),
    ],
)
def test_what_is_impossible_is_refused_by_rule(past: list[Event], command: Command, rule: str) -> None:
    assert refused(decide(command, given(*past))) == rule


def test_a_retracted_merge_can_be_stated_anew() -> None:
    gone = EntryRetracted(entry=1, entry_type="PersonsMerged", reason="x")
    other = PersonsMerged(person=A, into=C, reason="other")
    assert recorded(decide(MergePersons(merged=other), given(REGISTERED, MERGED, gone))) == [other]
    assert refused(decide(RetractMerge(person=A, entry=1, reason="x"), given(REGISTERED, MERGED, gone))) == "not_live"


def test_a_merge_is_refused_for_what_the_other_reference_is() -> None:
    of_b = [PersonRegistered(person=B)]
    b_to_c = PersonsMerged(person=B, into=C, reason="other")
    b_to_a = PersonsMerged(person=B, into=A, reason="other")
    erased = PersonErased(person=B, basis="court_order", case="C-1")
    assert refuse_into(MERGED, given(*of_b), B) is None
    assert refused(refuse_into(MERGED, NOTHING, B)) == "no_such_person"
    assert refused(refuse_into(MERGED, given(*of_b, erased), B)) == "already_erased"
    assert refused(refuse_into(MERGED, given(*of_b, b_to_a), A)) == "merge_in_a_circle"
    refusal = refuse_into(MERGED, given(*of_b, b_to_c), C)
    assert refused(refusal) == "into_is_merged"
    assert refusal is not None
    assert refusal.details["final"] == C
    assert C in refusal.message
    assert C in refusal.zh


def test_an_erasure_takes_two_officers() -> None:
    assert refuse_one_officer("st_1", "st_2") is None
    for second in ("st_1", None):
        refusal = refuse_one_officer("st_1", second)
        assert refused(refusal) == "two_officers"
        assert refusal is not None
        assert refusal.kind is Kind.MALFORMED


def test_a_file_number_is_not_taken_for_a_person() -> None:
    for case in ("2025-XZ-0001", "(2025)苏01民初123号", "91320100MA1XYZ0001", "20250615"):
        assert len(recorded(decide(erase(case=case), given(REGISTERED)))) == 1


def test_a_person_has_one_stream_whichever_agency_asks() -> None:
    command = MergePersons(merged=MERGED)
    assert command.stream("datong-hrss", "id") == command.stream("xining-hrss", "id") == f"person/{A}"
    assert RetractMerge(person=A, entry=1, reason="x").stream("a", "id") == f"person/{A}"
