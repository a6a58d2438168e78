"""Messages of a stream, in order, asked for as there is room.

The server sends only what was asked for, so a slow reader holds the messages back where they are
kept anyway, and memory stays flat: waiting here plus under way never exceeds the window.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

import msgspec

from ledger.errors import Unavailable
from ledger.feed.naming import HASH_HEADER, INDEX_HEADER
from ledger.feed.verify import Message

#: Messages waiting and under way at most, and the bytes one request may bring.
WINDOW: Final = 8_192
REQUEST_BYTES_MAX: Final = 16 * 1024 * 1024
REQUEST_SECONDS: Final = 30.0
HEARTBEATS_MISSED: Final = 3


class SubscriptionLost(Unavailable):
    """Nothing more comes from this subscription; another one, from the next sequence on, will do."""


class Received(Protocol):
    """A message as the client library hands it over."""

    reply: str
    data: bytes
    headers: dict[str, str] | None


class Subscription:
    """One consumer of one stream. `receive` is called by the library, `take` by one reader."""

    def __init__(
        self, ask: Callable[[bytes], Awaitable[None]], *, window: int = WINDOW, heartbeat_seconds: float = 1.0
    ) -> None:
        self._ask = ask
        self._window = window
        self._heartbeat_seconds = heartbeat_seconds
        self._waiting: deque[Received] = deque()
        self._under_way = 0
        self._arrived = asyncio.Event()
        self._heard = time.monotonic()
        self._lost: str | None = None
        #: messages the stream held after the one taken last, when that was sent
        self.still_to_come = 0

    async def receive(self, message: Received) -> None:
        """Take in what the server sent: an entry, or a word about the request."""
        self._heard = time.monotonic()
        headers = message.headers
        if not message.data and headers is not None and "Status" in headers:
            self._status(headers)
        else:
            self._waiting.append(message)
            self._under_way -= 1
        self._arrived.set()

    def _status(self, headers: Mapping[str, str]) -> None:
        status, told = headers["Status"], headers.get("Description", "")
        if status == "100":
            return
        if status == "408" or (status == "409" and told in ("Message Size Exceeds MaxBytes", "Batch Completed")):
            # the request ended with so many messages still owed
            self._under_way -= int(headers.get("Nats-Pending-Messages", "0"))
            return
        self.lose(f"the consumer ended: {status} {told}".rstrip())

    def lose(self, reason: str) -> None:
        """Nothing more will come. What has arrived can still be taken."""
        self._lost = self._lost or reason
        self._arrived.set()

    async def take(self, most: int, seconds: float) -> list[Message]:
        """Up to `most` messages, as soon as there is one; none if there is none within so many seconds.

        Raises SubscriptionLost.
        """
        until = time.monotonic() + seconds
        while not self._waiting:
            self._arrived.clear()
            await self._ask_for_more()
            self._check_heartbeat()
            if self._waiting:  # they came while asking
                break
            if self._lost is not None:
                raise SubscriptionLost(self._lost)
            left = until - time.monotonic()
            if left <= 0:
                return []
            try:
                async with asyncio.timeout(min(left, self._heartbeat_seconds)):
                    await self._arrived.wait()
            except TimeoutError:
                continue
        waiting = self._waiting
        taken = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        self.still_to_come = _position(taken[-1].reply)[1]
        await self._ask_for_more()
        return [_message(received) for received in taken]

    async def _ask_for_more(self) -> None:
        room = self._window - self._under_way - len(self._waiting)
        if self._lost is not None or room < self._window // 2:
            return
        self._under_way += room
        request = {
            "batch": room,
            "max_bytes": REQUEST_BYTES_MAX,
            "expires": int(REQUEST_SECONDS * 1e9),
            "idle_heartbeat": int(self._heartbeat_seconds * 1e9),
        }
        self._heard = time.monotonic()
        try:
            await self._ask(msgspec.json.encode(request))
        except Unavailable as error:
            self.lose(str(error))

    def _check_heartbeat(self) -> None:
        if self._under_way and time.monotonic() - self._heard > HEARTBEATS_MISSED * self._heartbeat_seconds:
            self.lose("no heartbeat from the consumer")


def _position(reply: str) -> tuple[int, int]:
    """(sequence in the stream, messages still to come) of `$JS.ACK.…`; with a domain it has two tokens more."""
    tokens = reply.split(".")
    at = 5 if len(tokens) == 9 else 7
    return int(tokens[at]), int(tokens[at + 3])


def _message(received: Received) -> Message:
    headers = received.headers or {}
    return Message(
        _position(received.reply)[0], received.data, headers.get(HASH_HEADER, ""), headers.get(INDEX_HEADER, "")
    )
