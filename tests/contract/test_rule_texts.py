"""Texts of rules, and checkpoints found right, are kept alike on SQLite and PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import LogDiverged
from ledger.store.sql import SqlStore
from services.outcomes.checkpoints import CheckpointLedger, Signed
from services.outcomes.projector import Outcomes
from services.publication.database import RuleTexts
from services.publication.main import MIGRATIONS
from tests.support import books as make
from tests.support.exports import PUBLISHER, key_of
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all
from tests.support.postgres import new_database

ORIGIN = "ledger.local/placement"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'database.sqlite'}"
        return
    with new_database() as made:
        yield made


def sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def test_a_text_is_kept_once_and_given_back_as_it_was(url: str) -> None:
    store = SqlStore.open(url, PUBLISHER, [MIGRATIONS])
    texts = RuleTexts(store.engine, store.readers)
    old, new = "-- 规则\nSELECT 1".encode(), b"SELECT 2"
    texts.keep([old])
    assert texts.missing([sha256(old), sha256(new)]) == {sha256(new)}
    texts.keep([old, new])
    assert (texts.get(sha256(old)), texts.get(sha256(new)), texts.get("0" * 64)) == (old, new, None)
    store.close()


def test_a_log_that_was_there_before_gets_the_table(url: str) -> None:
    SqlStore.open(url, PUBLISHER).close()
    store = SqlStore.open(url, PUBLISHER, [MIGRATIONS])
    assert RuleTexts(store.engine, store.readers).get("0" * 64) is None
    store.close()


def test_checkpoints_are_accepted_in_order_as_far_as_entries_are_there(url: str) -> None:
    outcomes = Outcomes.open(url)
    log = LogBuilder(ORIGIN)
    for number in range(9):
        log.add(make.signed(str(number), "a", "2024-03-05"))
    apply_all(outcomes, log)
    log.add(make.signed("9", "a", "2024-03-05"))
    signed = []
    for size in (2, 5, 9, 10):
        checkpoint = Checkpoint(ORIGIN, size, log.frontier_at(size).root())
        signed.append(Signed(checkpoint, sign_checkpoint(checkpoint, key_of(ORIGIN))))
    kept = CheckpointLedger(outcomes.database)
    assert kept.accept_all(ORIGIN, signed) == 3
    assert kept.accept_all(ORIGIN, signed) == 3
    assert kept.newest() == {ORIGIN: 9}
    assert kept.read(ORIGIN, [one.note for one in reversed(signed)], key_of(ORIGIN).key) == signed
    wrong = Checkpoint(ORIGIN, 7, bytes(32))
    with pytest.raises(LogDiverged, match="for size 7 "):
        kept.accept_all(ORIGIN, [Signed(wrong, sign_checkpoint(wrong, key_of(ORIGIN)))])
    outcomes.close()
