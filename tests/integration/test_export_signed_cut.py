"""Signed cuts and statements over a real outcomes database: what is signed, what is refused, what never changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Refused
from ledger.note import encode_base64
from ledger_api.audit.v1 import audit_pb2 as pb
from services.audit.parameters import parameters_for
from services.audit.queries import rule_of
from services.audit.statement import Publication
from services.placement.events import IntentAgreementSigned
from services.training.events import ClassOpened
from tests.support.exports import PUBLISHER, World, key_of, session_with
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all

PLACEMENT = "ledger.local/placement"
TRAINING = "ledger.local/training"


def agreement(number: int, on: str = "2025-02-01") -> IntentAgreementSigned:
    return IntentAgreementSigned(
        programme="p", region="630121", agreement=f"A{number}", person=f"pr_{number:032x}", employer="E", signed_on=on
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Twelve agreements, one a day from 1 March on; an empty log beside them."""
    log = LogBuilder(PLACEMENT)
    for number in range(12):
        log.add(agreement(number), recorded=f"2025-03-{number + 1:02d}")
    opened = World(tmp_path, {PLACEMENT: log, TRAINING: LogBuilder(TRAINING)})
    yield opened
    opened.close()


def state(world: World, as_of: Any = None) -> str:
    rule = rule_of("agreements_signed")
    return world.queries.statement(rule, parameters_for(rule), Publication(PUBLISHER), as_of)[0].body


def rule_of_refusal(world: World, as_of: Any = None) -> str:
    with pytest.raises(Refused) as refused:
        state(world, as_of)
    return refused.value.refusal.rule


def test_before_anything_is_signed_nothing_is_stated(world: World) -> None:
    assert world.queries.signed_cut().cut == {}
    assert rule_of_refusal(world) == "nothing_signed"


def test_the_newest_signed_cut_is_taken_and_says_what_is_held_beyond_it(world: World) -> None:
    world.sign(PLACEMENT, 5)
    world.sign(PLACEMENT, 9)
    signed = world.queries.signed_cut()
    assert (signed.cut, signed.held) == ({PLACEMENT: 9}, {PLACEMENT: 12})
    assert f"input {PLACEMENT} 9 {encode_base64(world.logs[PLACEMENT].frontier_at(9).root())}\n" in state(world)
    assert "\nvalue 9\n" in state(world)


def test_a_day_stands_for_the_largest_size_signed_of_what_was_recorded_by_its_end(world: World) -> None:
    for size in (3, 6, 12):
        world.sign(PLACEMENT, size)
    assert world.queries.signed_cut("2025-03-08").cut == {PLACEMENT: 6}
    assert "\nvalue 6\n" in state(world, "2025-03-08")
    assert rule_of_refusal(world, "2025-03-01") == "nothing_signed"


def test_a_cut_must_be_signed_itself_and_the_refusal_names_the_sizes_beside_it(world: World) -> None:
    world.sign(PLACEMENT, 4)
    world.sign(PLACEMENT, 8)
    assert "\nvalue 4\n" in state(world, {PLACEMENT: 4})
    assert world.queries.signed_cut({PLACEMENT: 6}).cut == {PLACEMENT: 4}
    with pytest.raises(Refused) as refused:
        state(world, {PLACEMENT: 6})
    assert refused.value.refusal.rule == "cut_not_signed"
    assert "4, 8" in refused.value.refusal.message
    assert rule_of_refusal(world, {PLACEMENT: 13}) == "cut_ahead"


def test_a_log_that_has_signed_none_of_its_entries_is_refused_and_not_read_as_empty(world: World) -> None:
    world.logs[TRAINING].add(
        ClassOpened(programme="p", region="630121", class_no="1", occupation="o", provider="v", opened_on="2025-03-01")
    )
    apply_all(world.outcomes, world.logs[TRAINING])
    world.sign(PLACEMENT)
    assert rule_of_refusal(world) == "cut_not_signed"
    assert "\nvalue 12\n" in state(world, {PLACEMENT: 12})  # it was not asked for
    world.sign(TRAINING)
    assert f"\ninput {TRAINING} 1 " in state(world)


def test_what_is_recorded_later_changes_no_statement_of_an_earlier_cut(world: World) -> None:
    world.sign(PLACEMENT, 12)
    before = state(world, {PLACEMENT: 12})
    log = world.logs[PLACEMENT]
    log.retract(3)
    log.correct(4, agreement(4, on="2025-03-06"))
    log.add(agreement(99))
    apply_all(world.outcomes, log)
    world.sign(PLACEMENT)
    assert state(world, {PLACEMENT: 12}) == before
    assert "\nreason voided 1\n" in state(world)


def test_a_log_that_contradicts_itself_is_not_stated(world: World) -> None:
    world.sign(PLACEMENT)
    world.outcomes.stop(PLACEMENT, "the roots differ")
    assert rule_of_refusal(world) == "log_stopped"


async def test_over_the_wire_each_head_comes_with_its_checkpoint(world: World) -> None:
    world.sign(PLACEMENT)
    async with session_with(world) as session:
        cut = await session.client("audit").call("GetSignedCut", pb.GetSignedCutRequest())
        request = pb.MakeStatementRequest(id="agreements_signed", publisher=PUBLISHER, supersedes="ab" * 32)
        made = await session.client("audit").call("MakeStatement", request)
        rule = await session.client("audit").call("GetRule", pb.GetRuleRequest(id="agreements_signed"))
        pages = [
            page
            async for page in session.client("audit").stream(
                "ReadLog", pb.ReadLogRequest(log=PLACEMENT, start=2, stop=7)
            )
        ]
    assert dict(cut.cut.sizes) == dict(made.cut.sizes) == {PLACEMENT: 12}
    assert [head.note.decode().split("\n")[1] for head in cut.heads] == ["12"]
    assert key_of(PLACEMENT).key.name in cut.heads[0].note.decode()
    assert made.body.endswith(f"supersedes {'ab' * 32}\n")
    assert (
        rule.prelude + rule.figure == (rule_of("agreements_signed").prelude + rule_of("agreements_signed").sql).encode()
    )
    leaves = [leaf for page in pages for leaf in page.leaves]
    assert leaves == [entry.leaf for entry in world.logs[PLACEMENT].entries[2:7]]
