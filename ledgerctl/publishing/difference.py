"""What moved between two published figures: their members side by side, each counted at its own cut."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final, Literal, NamedTuple

from ledger_api.audit.v1 import audit_pb2 as audit
from ledger_api.publication.v1 import publication_pb2 as pb
from ledgerctl.failures import Failure
from ledgerctl.query import all_members, member_json
from ledgerctl.session import Session

Change = Literal["came", "went", "changed"]
_NAMED: Final = ("programme", "region", "from", "to")


class Difference(NamedTuple):
    """A member that is not the same in both. `before`, `after`: None where it is no member."""

    change: Change
    key: str
    before: audit.Member | None
    after: audit.Member | None

    @property
    def moves(self) -> int:
        """By how much it changes the number of members counted: -1, 0 or 1."""
        return _counts(self.after) - _counts(self.before)

    def to_json(self) -> dict[str, Any]:
        """As it is printed, a line each."""
        return {
            "change": self.change,
            "key": self.key,
            "moves": self.moves,
            "before": None if self.before is None else member_json(self.before),
            "after": None if self.after is None else member_json(self.after),
        }


def members_of(session: Session, published: pb.PublishedFigure) -> AsyncIterator[audit.Member]:
    """The members of a published figure, at its own parameters and cut, by key."""
    said: dict[str, str | None] = json.loads(published.parameters)
    extra = {name: value for name, value in said.items() if name not in _NAMED and value is not None}
    named = {name: said.get(name) or "" for name in _NAMED}
    asked = audit.Parameters(extra=extra, **named)
    return all_members(session, published.figure, asked, audit.AsOf(cut=published.cut))


async def differences(
    before: AsyncIterator[audit.Member], after: AsyncIterator[audit.Member]
) -> AsyncIterator[Difference]:
    """Both sides by key, merged; members that are alike on both sides are left out. O(1) memory."""
    old, new = _ascending(before), _ascending(after)
    left, right = await anext(old, None), await anext(new, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.key < right.key):
            assert left is not None  # the loop would have ended
            yield Difference("went", left.key, left, None)
            left = await anext(old, None)
        elif left is None or right.key < left.key:
            yield Difference("came", right.key, None, right)
            right = await anext(new, None)
        else:
            if left != right:
                yield Difference("changed", left.key, left, right)
            left, right = await anext(old, None), await anext(new, None)


async def _ascending(members: AsyncIterator[audit.Member]) -> AsyncIterator[audit.Member]:
    last = ""
    async for member in members:
        if member.key < last:
            raise Failure(f"audit lists {member.key!r} after {last!r}: its members are not in order")
        last = member.key
        yield member


def _counts(member: audit.Member | None) -> int:
    return 1 if member is not None and member.counted else 0
