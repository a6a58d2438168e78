"""What no entry can hold, and what never runs backwards."""

from __future__ import annotations

import pytest

from ledger.entry import ENTRY_BYTES_MAX, INTEGER_MAX
from ledger.errors import Kind
from ledger.guard import Guard
from services.followup.commands import OpenIssue, ReferIssue
from services.followup.events import IssueOpened, IssueReferred
from services.placement.commands import SignIntentAgreement, StartEmployment
from services.placement.events import EmploymentStarted, IntentAgreementSigned
from services.training.commands import AttestStatistic, OpenClass
from services.training.events import ClassOpened, StatisticAttested
from tests.support.given import OTHER_AGENCY, RULES, Ledger, ask, recorded, refused
from tests.support.samples import CATALOGUES, EVERY_TYPE, sample
from tests.support.stores import Backend, backend, database

__all__ = ["backend", "database"]


@pytest.mark.parametrize("value", [INTEGER_MAX, -INTEGER_MAX, 0])
def test_integers_up_to_two_to_the_53rd_less_one_are_recorded(value: int) -> None:
    ledger = Ledger("training")
    fact = sample(StatisticAttested, value_milli=value)
    recorded(ledger.when(AttestStatistic(attested=fact)))
    assert ledger.events() == [fact]


@pytest.mark.parametrize("value", [INTEGER_MAX + 1, -INTEGER_MAX - 1, 2**63 - 1, -(2**63), 10**30])
def test_integers_beyond_are_refused(value: int) -> None:
    ledger = Ledger("training")
    fact = sample(StatisticAttested, value_milli=value)
    refusal = refused(ledger.when(AttestStatistic(attested=fact)), "integer_too_large")
    assert (refusal.kind, refusal.details) == (Kind.MALFORMED, {"field": "value_milli"})
    assert ledger.size() == 0


def test_optional_integers_are_checked_like_the_others() -> None:
    ledger = Ledger("placement")
    fact = sample(IntentAgreementSigned, expected_wage_fen=2**53)
    refused(ledger.when(SignIntentAgreement(signed=fact)), "integer_too_large")


@pytest.mark.parametrize("kind", ["full_time", "internship"])
def test_a_choice_is_not_taken_for_an_integer_because_of_its_name(kind: str) -> None:
    ledger = Ledger("placement")
    recorded(ledger.when(StartEmployment(started=sample(EmploymentStarted, kind=kind))))


def test_the_kernel_knows_exactly_which_fields_are_integers() -> None:
    for service, event in EVERY_TYPE:
        if service in RULES:
            wanted = [
                name for name in event.__struct_fields__ if isinstance(getattr(sample(event, full=True), name), int)
            ]
            wanted = [name for name in wanted if not isinstance(getattr(sample(event, full=True), name), bool)]
            assert list(Guard(event)._integers) == wanted, event


def test_an_entry_of_the_largest_size_is_recorded_and_one_byte_more_is_refused() -> None:
    def opened(length: int) -> OpenClass:
        return OpenClass(opened=sample(ClassOpened, place="x" * length))

    ledger = Ledger("training")
    ledger.given(opened(1))
    room = ENTRY_BYTES_MAX - len(next(iter(ledger.store.read(0, 1))).leaf)
    ledger = Ledger("training")
    refusal = refused(ledger.when(opened(room + 2)), "entry_too_large")
    assert refusal.kind is Kind.MALFORMED
    assert refusal.details == {"bytes": str(ENTRY_BYTES_MAX + 1), "limit": str(ENTRY_BYTES_MAX)}
    assert ledger.size() == 0
    ledger.given(opened(room + 1))
    assert len(next(iter(ledger.store.read(0, 1))).leaf) == ENTRY_BYTES_MAX


def test_of_a_row_with_one_fact_too_large_nothing_is_recorded() -> None:
    from services.training.commands import RecordEnrolment
    from services.training.events import Enrolled, SkillFileOpened

    ledger = Ledger("training")
    row = RecordEnrolment(enrolled=sample(Enrolled), skill_file=sample(SkillFileOpened, skill_file="x" * 70_000))
    refused(ledger.when(row), "entry_too_large")
    assert ledger.size() == 0
    recorded(ledger.when(RecordEnrolment(enrolled=sample(Enrolled))))


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x1b", "\x1f"])
def test_control_characters_are_refused(character: str) -> None:
    ledger = Ledger("training")
    fact = sample(ClassOpened, place=f"桥头镇{character}")
    refusal = refused(ledger.when(OpenClass(opened=fact)), "control_character")
    assert refusal.kind is Kind.MALFORMED
    assert ledger.size() == 0


@pytest.mark.parametrize("text", ["\\u0000", "C:\\u00ff", "\\\\u0001", "\t\n\r", "\x7f", "\u2028", "😀", "\\"])
def test_what_only_looks_like_a_control_character_is_recorded(text: str) -> None:
    ledger = Ledger("training")
    fact = sample(ClassOpened, place=text)
    recorded(ledger.when(OpenClass(opened=fact)))
    assert ledger.events() == [fact]


@pytest.mark.parametrize("character", ["\x00", "\x07"])
def test_control_characters_in_a_key_are_refused_by_every_store(backend: Backend, character: str) -> None:
    """PostgreSQL cannot even be asked about a stream with a U+0000 in its name."""
    ledger = Ledger("training", backend.open())
    bad = ask(OpenClass(opened=sample(ClassOpened, class_no=f"1{character}2")))
    good = ask(OpenClass(opened=sample(ClassOpened)))
    first, second = ledger.batch(bad, good)
    refused(first, "control_character")
    assert recorded(second).index == 0


# --------------------------------------------------------------------------------------- other streams


@pytest.mark.parametrize("subject", ["nonsense", "issue", "issue/", "/", "", "issue/datong-hrss"])
def test_a_subject_that_is_no_stream_is_refused(subject: str) -> None:
    ledger = Ledger("followup")
    refusal = refused(ledger.when(ReferIssue(subject=subject, referred=sample(IssueReferred))), "no_such_stream")
    assert refusal.kind is Kind.NOT_FOUND
    assert ledger.size() == 0


def test_a_stream_of_another_agency_is_not_continued() -> None:
    ledger = Ledger("followup")
    [receipt] = ledger.given(OpenIssue(issue=sample(IssueOpened)))
    refer = ReferIssue(subject=receipt.subject, referred=sample(IssueReferred))
    refusal = refused(ledger.when(refer, agency=OTHER_AGENCY), "other_agency")
    assert refusal.kind is Kind.FORBIDDEN
    recorded(ledger.when(refer))


def test_a_stream_is_continued_about_the_same_person_only() -> None:
    from tests.support.samples import OTHER_PERSON

    ledger = Ledger("followup")
    [receipt] = ledger.given(OpenIssue(issue=sample(IssueOpened)))
    for field, value in (("person", OTHER_PERSON), ("programme", "other")):
        referred = sample(IssueReferred, **{field: value})
        refusal = refused(ledger.when(ReferIssue(subject=receipt.subject, referred=referred)), "other_identity")
        assert refusal.details["field"] == field
    assert ledger.size() == 1


# ---------------------------------------------------------------------------------------------- time


def test_recorded_never_runs_backwards_even_if_the_clock_does() -> None:
    ledger = Ledger("followup")
    issue = OpenIssue(issue=sample(IssueOpened))
    times = []
    for seconds in (0, 10, -3_600, -5, 3_595.000001, 3_600):
        ledger.now += seconds
        times.append(recorded(ledger.when(issue)).recorded)
    assert times == sorted(times)
    assert times == [
        "2025-03-05T08:31:07.000000Z",
        "2025-03-05T08:31:17.000000Z",
        "2025-03-05T08:31:17.000000Z",
        "2025-03-05T08:31:17.000000Z",
        "2025-03-05T08:31:17.000000Z",
        "2025-03-05T09:31:07.000001Z",
    ]
    assert ledger.store.head().last_recorded == times[-1]
    assert [entry.recorded for entry in ledger.entries()] == times


def test_recorded_never_runs_backwards_across_a_restart(database: Backend) -> None:
    issue = OpenIssue(issue=sample(IssueOpened))
    before = Ledger("followup", database.open())
    first = recorded(before.when(issue))
    after = Ledger("followup", database.open())
    after.now = before.now - 86_400
    assert recorded(after.when(issue)).recorded == first.recorded


def test_all_entries_of_a_transaction_are_recorded_at_one_time() -> None:
    ledger = Ledger("followup")
    ticking = iter(range(1_000))
    ledger.book._clock = lambda: ledger.now + next(ticking)
    ledger.batch(*[ask(OpenIssue(issue=sample(IssueOpened))) for _ in range(5)])
    assert len({entry.recorded for entry in ledger.entries()}) == 1


def test_time_is_when_it_happened_in_shanghai() -> None:
    ledger = Ledger("followup")
    ledger.given(OpenIssue(issue=sample(IssueOpened, opened_on="2024-02-29")))
    assert ledger.entries()[0].time == "2024-02-29T00:00:00+08:00"


def test_every_catalogue_has_the_retraction() -> None:
    for service, catalogue in CATALOGUES.items():
        assert f"{service}.EntryRetracted.v1" in catalogue.types
