"""NATS JetStream, as this project uses it. The only file that imports nats.

Three things the client library does not do are done here: it sends atomic batches (the library has
the header names but no helper), it fails a request at once when the connection is lost instead of
letting it time out, and it connects for ever, also when the server refused it for good.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from ledger.errors import LedgerError, Unavailable
from ledger.feed.naming import HASH_HEADER, Outgoing, checkpoint_subject, stream_name
from ledger.feed.protocol import (
    ANSWER,
    BATCH_MESSAGES_MAX,
    Answer,
    BatchTooLarge,
    BrokerRefused,
    StreamMissing,
    WrongLastSequence,
    checkpoint_stream_config,
    consumer_config,
    encode_messages,
    refusal,
    stream_config,
)
from ledger.feed.subscription import WINDOW, Subscription
from ledger.merkle import leaf_hash

#: More than this not yet taken by the operating system: the server does not read.
UNSENT_BYTES_MAX: Final = 8 * 1024 * 1024
RECONNECT_SECONDS: Final = 0.25
PING_SECONDS: Final = 5
#: The same trouble is told again after this long.
REPEAT_SECONDS: Final = 30.0

log = structlog.get_logger()


class StreamEnd(NamedTuple):
    """Where a stream ends: its last sequence, and what its last message claims and holds (None: no message)."""

    sequence: int
    claimed_hash: str | None
    leaf_hash: bytes | None


class Broker:
    """One connection to the NATS servers, kept up for ever.

    `servers`: `nats://…` URLs separated by commas. `name` is shown by the server's monitoring.
    `credentials`: a .creds file or an nkey seed file. `replicas`: of streams this process creates.
    """

    def __init__(
        self,
        servers: str,
        *,
        name: str,
        replicas: int = 1,
        credentials: Path | None = None,
        request_seconds: float = 5.0,
    ) -> None:
        self._servers = [url.strip() for url in servers.split(",")]
        self._name = name
        self._replicas = replicas
        self._credentials = credentials
        self._request_seconds = request_seconds
        self._client: Client | None = None
        self._connected = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._inbox = ""
        self._tokens = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Msg]] = {}
        self._subscriptions: set[Subscription] = set()
        self._told: dict[str, float] = {}
        self._last_trouble: tuple[float, str] = (0.0, "")
        #: grows with every connection made: whoever finds it changed must look again
        self.generation = 0

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._connected.is_set()

    async def open(self) -> None:
        """Begin to connect, and keep connected until `close`. Returns at once."""
        self._keeping = asyncio.create_task(self._keep_connected(), name="broker")

    async def wait_connected(self, seconds: float) -> None:
        """Raises Unavailable if there is no connection within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._connected.wait()
        except TimeoutError:
            raise Unavailable("the broker is away") from None

    async def close(self) -> None:
        """Let go of the connection. Requests under way fail."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
        self._connection_lost("closing")

    async def __aenter__(self) -> Broker:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # ------------------------------------------------------------------------------ streams

    async def ensure_stream(self, slug: str, *, first_sequence: int = 1) -> None:
        """Make the log's stream what it must be: create it, or repair settings that were changed.

        `first_sequence` counts for a stream that is created. Raises Unavailable, and BrokerRefused
        where the server will not have it so.
        """
        await self._settle_stream(slug, stream_config(slug, self._replicas), first_sequence)

    async def _settle_stream(self, slug: str, wanted: Mapping[str, Any], first_sequence: int = 1) -> None:
        name = wanted["name"]
        try:
            held = (await self._ask(f"STREAM.INFO.{name}")).config
        except StreamMissing:
            first = {"first_seq": first_sequence} if first_sequence > 1 else {}
            await self._ask(f"STREAM.CREATE.{name}", {**wanted, **first})
            log.info("stream_created", slug=slug, stream=name)
            return
        changed = [key for key, value in wanted.items() if held.get(key) != value]
        if changed:
            await self._ask(f"STREAM.UPDATE.{name}", {**held, **wanted})
            log.warning("stream_settings_repaired", slug=slug, stream=name, count=len(changed))

    async def last_sequence(self, slug: str) -> int:
        """The last sequence of the log's stream. Raises StreamMissing, Unavailable."""
        return int((await self._ask(f"STREAM.INFO.{stream_name(slug)}")).state["last_seq"])

    async def last(self, slug: str) -> StreamEnd:
        """Where the log's stream ends; an empty stream made with `first_seq` n ends at n - 1.

        Asks the stream's leader: a replica may answer with a message that is no longer the last.
        Raises StreamMissing, Unavailable.
        """
        name = stream_name(slug)
        state = (await self._ask(f"STREAM.INFO.{name}")).state
        sequence = int(state["last_seq"])
        if not state["messages"]:
            return StreamEnd(sequence, None, None)
        held = (await self._ask(f"STREAM.MSG.GET.{name}", {"seq": sequence})).message
        headers = base64.b64decode(held.get("hdrs", "")).decode(errors="replace").split("\r\n")
        claims = dict(line.split(": ", 1) for line in headers if ": " in line)
        return StreamEnd(sequence, claims.get(HASH_HEADER, ""), leaf_hash(base64.b64decode(held.get("data", ""))))

    async def publish_batch(self, slug: str, expected_last: int, messages: Sequence[Outgoing]) -> int:
        """Store messages after sequence `expected_last`, in order; the stream's new last sequence.

        Raises WrongLastSequence (the stream ends elsewhere), BatchTooLarge, StreamMissing, Unavailable
        (also after a time-out: then nobody knows, and asking `last` tells) and BrokerRefused.
        """
        if len(messages) > BATCH_MESSAGES_MAX:
            raise BatchTooLarge(f"{len(messages)} messages in one batch")
        client = self._live()
        largest = max(len(message.headers) + len(message.body) for message in messages) + 256
        if largest > client.max_payload:
            # sent all the same, it would cost the connection, again and again
            raise BrokerRefused(f"an entry of {largest} bytes with headers is more than the broker's max_payload")
        token, reply = self._expect()
        raw = encode_messages(f"{self._inbox[-8:]}-{token}", expected_last, messages, reply)
        answer = await self._send(client, token, raw, f"messages for {stream_name(slug)}")
        last = expected_last + len(messages)
        if answer.seq != last:
            raise WrongLastSequence(f"the messages were stored up to sequence {answer.seq}, not {last}")
        return last

    async def publish_checkpoint(self, slug: str, note: bytes) -> None:
        """Tell whoever listens a log's newest checkpoint. Raises Unavailable, BrokerRefused."""
        await self._settle_stream(slug, checkpoint_stream_config(slug, self._replicas))
        client = self._live()
        token, reply = self._expect()
        subject = checkpoint_subject(slug).encode()
        raw = b"PUB %b %b %d\r\n%b\r\n" % (subject, reply.encode(), len(note), note)
        await self._send(client, token, raw, f"a checkpoint of {slug}")

    # ------------------------------------------------------------------------------ reading

    @asynccontextmanager
    async def subscribe(
        self, slug: str, from_sequence: int, *, window: int = WINDOW, heartbeat_seconds: float = 1.0
    ) -> AsyncIterator[Subscription]:
        """The messages of a log's stream from a sequence on, in order, never more than `window` in memory.

        An ordered consumer of our own: in memory, without acknowledgements, gone with the block. The
        library's ordered consumer answers flow control as messages arrive, not as they are used, and
        drops what does not fit; here the server sends only what was asked for (see `Subscription`).
        Raises StreamMissing, Unavailable.
        """
        name = stream_name(slug)
        client = self._live()
        consumer = f"{self._name}-{self._inbox[-8:]}-{next(self._tokens)}"
        await self._ask(f"CONSUMER.CREATE.{name}.{consumer}", consumer_config(name, consumer, from_sequence))
        inbox = client.new_inbox()

        async def ask(request: bytes) -> None:
            try:
                await client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{name}.{consumer}", request, reply=inbox)
            except nats.errors.Error as error:
                raise Unavailable("the connection to the broker was lost") from error

        subscription = Subscription(ask, window=window, heartbeat_seconds=heartbeat_seconds)
        # limits off: the window bounds what can be waiting
        listening = await client.subscribe(inbox, cb=subscription.receive, pending_msgs_limit=0, pending_bytes_limit=0)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            await self._forget(client, listening, f"CONSUMER.DELETE.{name}.{consumer}")

    async def _forget(self, client: Client, listening: Any, delete: str) -> None:
        """Tidy up after a subscription. What cannot be told to the server, it finds out by itself."""
        try:
            if not client.is_closed:
                await listening.unsubscribe()
                await self._ask(delete, seconds=1.0)
        except (nats.errors.Error, LedgerError) as error:
            log.debug("consumer_left_to_expire", exc_info=error)

    # --------------------------------------------------------------------------- connection

    async def _keep_connected(self) -> None:
        while True:
            client = Client()
            closed = asyncio.Event()

            async def gone(closed: asyncio.Event = closed) -> None:
                closed.set()

            try:
                await client.connect(
                    self._servers,
                    name=self._name,
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=RECONNECT_SECONDS,  # type: ignore[arg-type]  # seconds; a fraction works
                    connect_timeout=2,
                    ping_interval=PING_SECONDS,
                    max_outstanding_pings=2,
                    pending_size=0,  # nothing is kept back for a later connection; see `_send`
                    error_cb=self._trouble,
                    disconnected_cb=self._disconnected,
                    reconnected_cb=self._reconnected,
                    closed_cb=gone,
                    **self._identity(),
                )
                self._client = client
                self._inbox = client.new_inbox()
                await client.subscribe(f"{self._inbox}.*", cb=self._answered)
                await self._reconnected()
                await closed.wait()
            except Exception as error:  # noqa: BLE001  # told, and tried again: nothing may end this loop
                await self._trouble(error)
            finally:
                self._connection_lost("the connection to the broker was closed")
                if not client.is_closed:
                    await client.close()
            await asyncio.sleep(RECONNECT_SECONDS)

    def _identity(self) -> Mapping[str, Any]:
        if self._credentials is None:
            return {}
        if self._credentials.suffix == ".creds":
            return {"user_credentials": str(self._credentials)}
        return {"nkeys_seed": str(self._credentials)}

    async def _trouble(self, error: Exception) -> None:
        """Whatever the library complains of. A refused permission is said here only: the request times out."""
        said = f"{type(error).__name__}: {error}"
        now = time.monotonic()
        self._last_trouble = (now, said)
        if now - self._told.get(said, -REPEAT_SECONDS) >= REPEAT_SECONDS:
            self._told = {key: at for key, at in self._told.items() if now - at < REPEAT_SECONDS} | {said: now}
            log.warning("broker_trouble", exc_info=BrokerRefused(said))

    async def _disconnected(self) -> None:
        self._connection_lost("the connection to the broker was lost")
        log.warning("broker_disconnected")

    async def _reconnected(self) -> None:
        self.generation += 1
        self._connected.set()
        log.info("broker_connected")

    def _connection_lost(self, reason: str) -> None:
        self._connected.clear()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Unavailable(reason))
        for subscription in self._subscriptions:
            subscription.lose(reason)

    def _live(self) -> Client:
        if self._client is None or not self._connected.is_set() or not self._client.is_connected:
            raise Unavailable("the broker is away")
        return self._client

    # ----------------------------------------------------------------------------- requests

    def _expect(self) -> tuple[str, str]:
        """A token to wait for, and the subject an answer to it comes to."""
        token = str(next(self._tokens))
        self._waiting[token] = asyncio.get_running_loop().create_future()
        return token, f"{self._inbox}.{token}"

    async def _answered(self, message: Msg) -> None:
        future = self._waiting.get(message.subject.rpartition(".")[2])
        if future is not None and not future.done():
            future.set_result(message)

    async def _ask(
        self, what: str, request: Mapping[str, Any] | None = None, *, seconds: float | None = None
    ) -> Answer:
        """One call of the JetStream API. Raises StreamMissing, Unavailable, BrokerRefused."""
        client = self._live()
        token, reply = self._expect()
        body = msgspec.json.encode(request) if request is not None else b""
        raw = b"PUB $JS.API.%b %b %d\r\n%b\r\n" % (what.encode(), reply.encode(), len(body), body)
        return await self._send(client, token, raw, what.rpartition(".")[0] or what, seconds)

    async def _send(self, client: Client, token: str, raw: bytes, what: str, seconds: float | None = None) -> Answer:
        """Write protocol lines in one go and wait for the one answer.

        The library's `publish` takes a batch message by message, at six times the cost; these two
        methods of it are not public, which the exact pin and the tests of this file make up for.
        """
        started = time.monotonic()
        if client.pending_data_size > UNSENT_BYTES_MAX:
            del self._waiting[token]
            raise Unavailable("the broker does not read what is sent to it")
        try:
            async with asyncio.timeout(self._request_seconds if seconds is None else seconds):
                await client._send_command(raw)
                await client._flush_pending()
                message = await self._waiting[token]
        except TimeoutError:
            at, said = self._last_trouble
            raise Unavailable(f"no answer to {what}{f' ({said})' if at >= started else ''}") from None
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"{what} could not be sent: {type(error).__name__}") from error
        finally:
            del self._waiting[token]
        if not message.data:
            raise Unavailable(f"nobody answers to {what}: no such stream, or the broker is starting")
        answer = ANSWER.decode(message.data)
        if answer.error is not None:
            raise refusal(answer.error, what)
        return answer
