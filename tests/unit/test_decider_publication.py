"""What is published is not changed behind the reader's back."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ledger.event import EntryRetracted
from services.publication.commands import DrawSample, PublishFigure, RestateFigure, VerifyMember
from services.publication.events import FigurePublished, FigureRestated, MemberVerified, SampleDrawn
from tests.support.given import AGENCY, Ledger, recorded, refused
from tests.support.samples import sample

LATER_CUT = '{"ledger.local/placement":17400}'


def publish(**changes: Any) -> PublishFigure:
    return PublishFigure(published=sample(FigurePublished, full=True, **({"value": "862"} | changes)))


def restate(supersedes: int, **changes: Any) -> RestateFigure:
    about = {"value": "861", "supersedes": supersedes, "reason": "late entry"} | changes
    return RestateFigure(published=sample(FigureRestated, full=True, **about))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger("publication")


def test_a_figure_is_published_in_a_stream_of_its_own(ledger: Ledger) -> None:
    receipt = recorded(ledger.when(publish()))
    parameters = publish().published.parameters
    hashed = hashlib.sha256(parameters.encode()).hexdigest()[:16]
    assert receipt.subject == f"figure/{AGENCY}/datong-hugong/figure-1/{hashed}"
    assert not receipt.duplicate
    assert list(ledger.live(receipt.subject)) == ["published"]


def test_a_figure_over_all_programmes_has_a_stream_as_well(ledger: Ledger) -> None:
    receipt = recorded(ledger.when(PublishFigure(published=sample(FigurePublished))))
    assert receipt.subject.startswith(f"figure/{AGENCY}/all/figure-1/")


def test_the_same_value_by_the_same_rule_is_published_already_at_whatever_cut(ledger: Ledger) -> None:
    [first] = ledger.given(publish())
    again = recorded(ledger.when(publish(cut=LATER_CUT, statement="another")))
    assert (again.index, again.duplicate) == (first.index, True)
    assert ledger.size() == 1


@pytest.mark.parametrize("change", [{"value": "861"}, {"rule_sha256": "1e" * 32}, {"unit": "人"}])
def test_another_value_or_rule_needs_a_restatement(ledger: Ledger, change: dict[str, str]) -> None:
    ledger.given(publish())
    refusal = refused(ledger.when(publish(**change)), "needs_restatement")
    assert refusal.details["entry"] == "0"
    assert refusal.details["value"] == "862"
    assert ledger.size() == 1


def test_other_parameters_are_another_figure(ledger: Ledger) -> None:
    ledger.given(publish())
    assert recorded(ledger.when(publish(value="7", parameters='{"to":"2025-07-31"}'))).index == 1


def test_a_restatement_takes_the_place_of_what_stands_and_both_stay(ledger: Ledger) -> None:
    [first] = ledger.given(publish())
    receipt = recorded(ledger.when(restate(0)))
    superseded, restated = ledger.events(1)
    assert superseded == EntryRetracted(entry=0, entry_type="FigurePublished", reason="late entry", superseded=True)
    assert isinstance(restated, FigureRestated)
    assert receipt.index == 2
    assert ledger.live(first.subject) == {"published": restated}


def test_only_what_stands_can_be_restated(ledger: Ledger) -> None:
    ledger.given(publish(), restate(0))
    refusal = refused(ledger.when(restate(0, value="860")), "not_the_latest")
    assert refusal.details == {"supersedes": "0", "entry": "2"}
    assert recorded(ledger.when(restate(2, value="860"))).index == 4


def test_what_was_never_published_cannot_be_restated(ledger: Ledger) -> None:
    refused(ledger.when(restate(0)), "not_the_latest")


def test_the_same_restatement_twice_is_recorded_once(ledger: Ledger) -> None:
    ledger.given(publish(), restate(0))
    again = recorded(ledger.when(restate(0, cut=LATER_CUT)))
    assert (again.index, again.duplicate) == (2, True)


def test_an_equal_value_can_be_restated_at_a_later_cut(ledger: Ledger) -> None:
    ledger.given(publish())
    receipt = recorded(ledger.when(restate(0, value="862", cut=LATER_CUT)))
    assert not receipt.duplicate
    assert recorded(ledger.when(publish())).index == receipt.index


def test_a_first_value_published_after_a_restatement_is_refused(ledger: Ledger) -> None:
    ledger.given(publish(), restate(0))
    assert refused(ledger.when(publish()), "needs_restatement").details["entry"] == "2"


def drawn(**changes: Any) -> DrawSample:
    return DrawSample(drawn=sample(SampleDrawn, full=True, **({"published": 0} | changes)))


def test_a_figure_is_drawn_from_once(ledger: Ledger) -> None:
    [first] = ledger.given(drawn())
    assert first.subject == f"sample/{AGENCY}/0"
    again = recorded(ledger.when(drawn()))
    assert (again.index, again.duplicate) == (0, True)
    for change in ({"seed_size": 77}, {"seed_root": "2f" * 32}, {"size": 5}):
        refused(ledger.when(drawn(**change)), "already_drawn")
    assert recorded(ledger.when(drawn(published=1))).index == 1


def test_a_result_handed_in_anew_corrects_the_one_before(ledger: Ledger) -> None:
    def verified(result: str) -> VerifyMember:
        return VerifyMember(verified=sample(MemberVerified, full=True, result=result))

    ledger.given(verified("refuted"))
    assert recorded(ledger.when(verified("refuted"))).duplicate
    receipt = recorded(ledger.when(verified("confirmed")))
    [retracted, now] = ledger.events(1)
    assert isinstance(retracted, EntryRetracted)
    assert retracted.superseded
    assert ledger.live(receipt.subject) == {"verified": now}
