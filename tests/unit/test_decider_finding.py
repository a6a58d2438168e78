"""What was said of a finding: an upsert, each agency in a stream of its own."""

from __future__ import annotations

import hashlib
from typing import Any

from ledger.event import EntryRetracted
from services.publication.commands import SettleFinding
from services.publication.events import FindingSettled
from tests.support.given import AGENCY, Ledger, recorded
from tests.support.samples import sample


def settle(**changes: Any) -> SettleFinding:
    about = {"rule": "A44", "key": "employment/x#none", "kind": "explained", **changes}
    return SettleFinding(settled=sample(FindingSettled, full=True, **about))


def test_a_finding_is_settled_in_a_stream_of_its_own() -> None:
    ledger = Ledger("publication")
    receipt = recorded(ledger.when(settle()))
    hashed = hashlib.sha256(b"employment/x#none").hexdigest()[:16]
    assert receipt.subject == f"finding/{AGENCY}/datong-hugong/A44/{hashed}"
    assert list(ledger.live(receipt.subject)) == ["settled"]


def test_the_same_word_is_said_already_and_another_takes_its_place() -> None:
    ledger = Ledger("publication")
    [first] = ledger.given(settle())
    again = recorded(ledger.when(settle()))
    assert (again.index, again.duplicate) == (first.index, True)
    recorded(ledger.when(settle(kind="closed")))
    retracted, stated = ledger.events()[1:]
    assert isinstance(retracted, EntryRetracted)
    assert (retracted.entry, retracted.superseded) == (first.index, True)
    assert isinstance(stated, FindingSettled)
    assert stated.kind == "closed"


def test_findings_of_different_rules_and_keys_do_not_touch() -> None:
    ledger = Ledger("publication")
    ledger.given(settle(), settle(rule="A45"), settle(key="employment/y#none"))
    assert ledger.size() == 3
