"""The bare sketch of a gRPC service: `grpc.aio`, one method, the request back. Started by bench.unary."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import grpc

from ledger.runtime.process import write_atomically

PATH = "/bench.Echo/Call"


async def _echo(request: bytes, _context: Any) -> bytes:
    return request


async def serve() -> None:
    """Until killed."""
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    method: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(_echo)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", {"Call": method}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    write_atomically(Path(os.environ["LEDGER_READY_FILE"]), f'{{"pid": {os.getpid()}, "address": "127.0.0.1:{port}"}}')
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(serve())
