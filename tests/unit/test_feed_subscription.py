"""The window, the requests and the ends of a subscription, without a server."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from ledger.feed.subscription import Subscription, SubscriptionLost


@dataclass
class Got:
    reply: str = ""
    data: bytes = b""
    headers: dict[str, str] | None = None


def got(sequence: int, pending: int = 0) -> Got:
    return Got(f"$JS.ACK.S.C.1.{sequence}.{sequence}.1795318303743561000.{pending}", b"x", {"Ledger-Hash": "h"})


class Asked(list[int]):
    """The sizes of the requests made."""

    async def __call__(self, request: bytes) -> None:
        self.append(msgspec.json.decode(request)["batch"])


async def test_never_more_is_asked_for_than_there_is_room() -> None:
    asked = Asked()
    subscription = Subscription(asked, window=10)
    assert await subscription.take(5, 0) == []
    assert asked == [10]
    for sequence in range(1, 11):
        await subscription.receive(got(sequence))
    assert [message.sequence for message in await subscription.take(4, 1)] == [1, 2, 3, 4]
    assert asked == [10]  # room for four of ten: not worth asking yet
    assert len(await subscription.take(4, 1)) == 4
    assert asked == [10, 8]
    assert len(await subscription.take(4, 1)) == 2


async def test_messages_still_owed_when_a_request_ends_are_asked_for_again() -> None:
    for status in (
        {"Status": "408", "Description": "Request Timeout", "Nats-Pending-Messages": "7"},
        {"Status": "409", "Description": "Message Size Exceeds MaxBytes", "Nats-Pending-Messages": "7"},
    ):
        asked = Asked()
        subscription = Subscription(asked, window=10)
        await subscription.take(5, 0)
        for sequence in (1, 2, 3):
            await subscription.receive(got(sequence))
        await subscription.receive(Got(headers=status))
        assert len(await subscription.take(5, 1)) == 3
        assert asked == [10, 10]


async def test_it_says_how_many_messages_are_still_to_come() -> None:
    subscription = Subscription(Asked(), window=10)
    await subscription.receive(got(1, pending=41))
    await subscription.receive(got(2, pending=40))
    await subscription.take(1, 1)
    assert subscription.still_to_come == 41


async def test_a_domain_in_the_reply_subject_is_understood() -> None:
    subscription = Subscription(Asked(), window=10)
    await subscription.receive(Got("$JS.ACK.hub.ACC.S.C.1.17.3.1795318303743561000.5", b"x", {}))
    (message,) = await subscription.take(5, 1)
    assert (message.sequence, subscription.still_to_come) == (17, 5)
    assert (message.claimed_hash, message.claimed_index) == ("", "")


@pytest.mark.parametrize(
    "status",
    [
        {"Status": "409", "Description": "Consumer Deleted"},
        {"Status": "409", "Description": "Server Shutdown"},
        {"Status": "503"},
        {"Status": "404", "Description": "No Messages"},
    ],
)
async def test_what_had_arrived_can_be_taken_before_the_loss_is_told(status: dict[str, str]) -> None:
    subscription = Subscription(Asked(), window=10)
    await subscription.receive(got(1))
    await subscription.receive(Got(headers=status))
    assert len(await subscription.take(5, 1)) == 1
    with pytest.raises(SubscriptionLost, match=status["Status"]):
        await subscription.take(5, 1)


async def test_silence_without_heartbeats_is_a_loss() -> None:
    subscription = Subscription(Asked(), window=10, heartbeat_seconds=0.01)
    with pytest.raises(SubscriptionLost, match="no heartbeat"):
        await subscription.take(5, 5)


async def test_a_heartbeat_is_enough_to_wait_on() -> None:
    subscription = Subscription(Asked(), window=10, heartbeat_seconds=0.05)

    async def beat(_request: bytes) -> None:
        await subscription.receive(Got(headers={"Status": "100", "Description": "Idle Heartbeat"}))

    subscription._ask = beat
    assert await subscription.take(5, 0.1) == []
