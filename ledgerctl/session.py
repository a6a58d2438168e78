"""A verb's line to the services of an embedded ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from ledger.errors import Unavailable
from ledger.rpc.client import CallRefused, Client, connect, service_named
from ledgerctl.embedded.home import Home
from ledgerctl.failures import BadInput, Unreachable

T = TypeVar("T")


class Session:
    """Clients of the services, made when first asked for."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._clients: dict[str, Client] = {}
        self._channels: list[Any] = []

    def client(self, name: str) -> Client:
        """The client of a service, e.g. `audit`. Raises Unreachable: no ledger was ever started here."""
        if name not in self._clients:
            channel = connect(self.home.address(name))
            self._channels.append(channel)
            self._clients[name] = Client(channel, service_named(name))
        return self._clients[name]

    async def close(self) -> None:
        """Let go of all connections."""
        for channel in self._channels:
            await channel.close()


@asynccontextmanager
async def open_session(data_dir: Path) -> AsyncIterator[Session]:
    """A session with the ledger in `data_dir`. Errors of calls come out as failures of the verb."""
    session = Session(Home(data_dir))
    try:
        yield session
    except Unavailable as error:
        raise Unreachable(
            f"连接不上台账服务 · {error}",
            "ledgerctl status 查看进程 shows what runs; ledgerctl up --detach 启动 starts what is dead",
        ) from error
    except CallRefused as error:
        raise BadInput(f"{error.zh} · {error.message}" if error.zh else error.message, f"rule {error.rule}") from error
    finally:
        await session.close()


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a verb's coroutine to its end."""
    return asyncio.run(work)
