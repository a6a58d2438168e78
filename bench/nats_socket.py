"""The least that speaks to a NATS server: one socket, and an answer waited for by name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

INBOX: Final = "_INBOX.bench"


class NatsSocket:
    """One connection. What is sent names `INBOX` as its reply, and one answer is read for it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, raw: bytes) -> dict[str, Any]:
        """Write protocol lines; the JSON that comes back. Raises RuntimeError: the server said no."""
        self._writer.write(raw)
        while True:
            line = await self._reader.readline()
            if line.startswith(b"MSG "):
                body = await self._reader.readexactly(int(line.split()[-1]) + 2)
                answer: dict[str, Any] = json.loads(body)
                if "error" in answer:
                    raise RuntimeError(str(answer["error"]))
                return answer
            if line == b"PING\r\n":
                self._writer.write(b"PONG\r\n")
            elif line.startswith(b"-ERR") or not line:
                raise RuntimeError(f"the server hung up: {line.decode()}")

    async def ask(self, what: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call of the JetStream API."""
        body = json.dumps(request).encode()
        return await self.send(b"PUB $JS.API.%b %b %d\r\n%b\r\n" % (what.encode(), INBOX.encode(), len(body), body))


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[NatsSocket]:
    """A connection to `nats://host:port`."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port, limit=2**20)
    try:
        writer.write(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n')
        writer.write(b"SUB %b 1\r\n" % INBOX.encode())
        yield NatsSocket(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
