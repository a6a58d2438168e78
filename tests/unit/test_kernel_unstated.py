"""What a command says nothing about: it stays, where leaving it out would have retracted it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.event import EntryRetracted
from services.followup.commands import RecordVisit
from services.followup.events import IssueOpened, IssueResolved, VisitCompleted
from services.placement.commands import RecordEmployment, RecordIntentAgreement, StartEmployment
from services.placement.events import (
    EmploymentEnded,
    EmploymentStarted,
    HealthCheckPassed,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
)
from tests.support.given import Ledger, recorded, refused
from tests.support.samples import OTHER_PERSON, sample

STARTED = sample(EmploymentStarted)
ENDED = sample(EmploymentEnded)
CHECKED = sample(HealthCheckPassed)
SIGNED = sample(IntentAgreementSigned)
WITHDRAWN = sample(IntentAgreementWithdrawn)


def test_a_slot_that_is_left_out_is_retracted_and_one_that_is_unstated_stays() -> None:
    ledger = Ledger("placement")
    ledger.given(RecordEmployment(started=STARTED, checked=CHECKED, ended=ENDED))
    again = recorded(ledger.when(RecordEmployment(started=STARTED), unstated=("checked", "ended")))
    assert again.duplicate
    assert ledger.size() == 3
    recorded(ledger.when(RecordEmployment(started=STARTED), unstated=("checked",)))
    assert ledger.events(3) == [
        EntryRetracted(entry=2, entry_type="EmploymentEnded", reason="no_longer_stated", superseded=False)
    ]


OPTIONAL = ("started.position", "started.work_region", "started.kind", "checked", "ended", "ended.reason")
KINDS = st.sampled_from([None, "full_time", "dispatch"])
TEXTS = st.sampled_from([None, "护工", "月嫂"])


@st.composite
def spells(draw: st.DrawFn) -> RecordEmployment:
    """What registers may say of one spell of work."""
    return RecordEmployment(
        started=sample(EmploymentStarted, position=draw(TEXTS), kind=draw(KINDS), work_region=None),
        checked=draw(st.sampled_from([None, CHECKED])),
        ended=draw(st.sampled_from([None, ENDED, sample(EmploymentEnded, ended_on="2025-09-01")])),
    )


@given(spells(), spells(), st.sets(st.sampled_from(OPTIONAL)))
def test_what_is_unstated_stays_and_all_else_is_as_it_was_stated_last(
    first: RecordEmployment, second: RecordEmployment, silent: set[str]
) -> None:
    ledger = Ledger("placement")
    receipt = ledger.given(first)[0]
    recorded(ledger.when(second, unstated=tuple(sorted(silent))))
    live, before = ledger.live(receipt.subject), {fact.slot: fact for fact in first.facts()}
    after = {fact.slot: fact for fact in second.facts()}
    for slot in ("checked", "ended"):
        # a slot that is given is stated, whatever is said of silence
        expected = before.get(slot) if slot in silent and slot not in after else after.get(slot)
        if slot == "ended" and "ended.reason" in silent and slot in after and slot in before:
            expected = msgspec.structs.replace(after[slot], reason=getattr(before[slot], "reason", None))
        assert live.get(slot) == expected
    for field in ("position", "kind", "work_region"):
        said = before if f"started.{field}" in silent else after
        assert getattr(live["started"], field) == getattr(said["started"], field)
    size = ledger.size()
    assert recorded(ledger.when(second, unstated=tuple(sorted(silent)))).duplicate
    assert ledger.size() == size, "said again, it is said already"


def test_a_slot_that_is_unstated_and_given_all_the_same_is_as_given() -> None:
    ledger = Ledger("placement")
    ledger.given(RecordEmployment(started=STARTED))
    recorded(ledger.when(RecordEmployment(started=STARTED, ended=ENDED), unstated=("ended",)))
    assert ledger.events(1) == [ENDED]


def test_a_field_that_is_unstated_keeps_the_live_value() -> None:
    ledger = Ledger("placement")
    first = sample(EmploymentStarted, position="护工", kind="dispatch", work_region="320100")
    ledger.given(StartEmployment(started=first))
    stated = sample(EmploymentStarted, position=None, kind="full_time", work_region=None)
    recorded(ledger.when(StartEmployment(started=stated), unstated=("started.position",)))
    assert ledger.events()[-1] == sample(EmploymentStarted, position="护工", kind="full_time", work_region=None)


def test_where_nothing_stands_a_field_is_as_given() -> None:
    ledger = Ledger("placement")
    recorded(
        ledger.when(
            RecordIntentAgreement(signed=SIGNED, withdrawn=WITHDRAWN), unstated=("withdrawn", "withdrawn.withdrawn_on")
        )
    )
    assert ledger.events() == [SIGNED, WITHDRAWN]


def test_a_default_gives_way_to_the_live_value() -> None:
    ledger = Ledger("placement")
    ledger.given(RecordIntentAgreement(signed=SIGNED, withdrawn=WITHDRAWN))
    by_default = sample(IntentAgreementWithdrawn, withdrawn_on=SIGNED.signed_on)
    asked = RecordIntentAgreement(signed=SIGNED, withdrawn=by_default)
    assert recorded(ledger.when(asked, unstated=("withdrawn.withdrawn_on",))).duplicate


def test_a_fact_that_stays_follows_the_correction_of_what_it_shares() -> None:
    ledger = Ledger("placement")
    ledger.given(RecordIntentAgreement(signed=SIGNED, withdrawn=WITHDRAWN))
    other = sample(IntentAgreementSigned, person=OTHER_PERSON)
    receipt = recorded(ledger.when(RecordIntentAgreement(signed=other), unstated=("withdrawn",)))
    live = ledger.live(receipt.subject)
    assert live == {"signed": other, "withdrawn": sample(IntentAgreementWithdrawn, person=OTHER_PERSON)}


def test_a_fact_whose_ground_is_gone_does_not_stay() -> None:
    ledger = Ledger("followup")
    visit = sample(VisitCompleted)
    issue, resolved = sample(IssueOpened), sample(IssueResolved)
    receipt = ledger.given(RecordVisit(completed=visit, issue=issue, resolved=resolved))[0]
    recorded(ledger.when(RecordVisit(completed=visit), unstated=("resolved",)))
    assert ledger.live(receipt.subject) == {"visit": visit}


@pytest.mark.parametrize("path", ["end", "started.reason", "started.", ".ended", ""])
def test_a_path_that_names_nothing_is_refused(path: str) -> None:
    ledger = Ledger("placement")
    refused(ledger.when(RecordEmployment(started=STARTED), unstated=("ended", path)), "unknown_path")
    assert ledger.size() == 0


def test_the_same_request_with_other_unstated_places_is_another_request() -> None:
    ledger = Ledger("placement")
    recorded(ledger.when(RecordEmployment(started=STARTED), request_id="r-1", unstated=("ended",)))
    assert recorded(ledger.when(RecordEmployment(started=STARTED), request_id="r-1", unstated=("ended",))).duplicate
    refused(ledger.when(RecordEmployment(started=STARTED), request_id="r-1"), "reused_request_id")
