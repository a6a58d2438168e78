"""What moved between two published figures."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ledger_api.audit.v1 import audit_pb2 as audit
from ledgerctl.failures import Failure
from ledgerctl.publishing.difference import Difference, differences


def member(key: str, *, counted: bool = True, index: int = 0) -> audit.Member:
    return audit.Member(key=key, counted=counted, reason="" if counted else "withdrawn", log="l", index=index)


async def each(*members: audit.Member) -> AsyncIterator[audit.Member]:
    for one in members:
        yield one


async def between(before: list[audit.Member], after: list[audit.Member]) -> list[Difference]:
    return [one async for one in differences(each(*before), each(*after))]


async def test_members_that_came_went_and_changed_are_shown_with_both_sides() -> None:
    before = [member("a"), member("b"), member("c"), member("e", index=4)]
    after = [member("b"), member("c", counted=False, index=9), member("d"), member("e", index=5)]
    found = await between(before, after)
    assert [(one.change, one.key, one.moves) for one in found] == [
        ("went", "a", -1),
        ("changed", "c", -1),
        ("came", "d", 1),
        ("changed", "e", 0),
    ]
    shown = found[1].to_json()
    assert (shown["before"]["index"], shown["after"]["index"], shown["after"]["reason"]) == (0, 9, "withdrawn")
    assert found[0].to_json()["after"] is None


async def test_the_moves_add_up_to_the_difference_of_the_counts() -> None:
    before = [member(key, counted=key not in "bd") for key in "abcdef"]
    after = [member(key, counted=key not in "ce") for key in "bcdefgh"]
    found = await between(before, after)
    assert sum(one.moves for one in found) == sum(one.counted for one in after) - sum(one.counted for one in before)


async def test_equal_sides_have_no_difference() -> None:
    assert not await between([member("a"), member("b")], [member("a"), member("b")])
    assert not await between([], [])


async def test_members_out_of_order_are_not_compared() -> None:
    with pytest.raises(Failure, match="not in order"):
        await between([member("b"), member("a")], [])
