"""Callers of one unary method: always so many calls in flight, and how many a second were answered."""

from __future__ import annotations

import asyncio
import re
import shutil
import struct
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import grpc

IN_FLIGHT: Final = 64
DEADLINE_SECONDS: Final = 20

_DONE: Final = re.compile(r"finished in ([\d.]+)(ms|s|us)")
_STATUSES: Final = re.compile(r"status codes: (\d+) 2xx")


def client() -> str:
    """Which client `calls_per_second` uses."""
    if shutil.which("h2load"):
        return f"h2load, one connection, {IN_FLIGHT} calls in flight"
    return (
        f"a Python client, {IN_FLIGHT} calls in flight; h2load, which is not installed, would use less of the machine"
    )


def calls_per_second(address: str, path: str, request: bytes, calls: int, scratch: Path) -> float:
    """Send `calls` equal requests. Raises RuntimeError: not every one was answered."""
    if shutil.which("h2load"):
        return _h2load(address, path, request, calls, scratch)
    return asyncio.run(_python(address, path, request, calls))


def _h2load(address: str, path: str, request: bytes, calls: int, scratch: Path) -> float:
    frame = scratch / "frame.bin"
    frame.write_bytes(b"\0" + struct.pack(">I", len(request)) + request)
    headers = ("content-type: application/grpc", "te: trailers", f"grpc-timeout: {DEADLINE_SECONDS}S")
    argv = ["h2load", "-n", str(calls), "-c", "1", "-m", str(IN_FLIGHT), "-d", str(frame), *_each("-H", headers)]
    ran = subprocess.run([*argv, f"http://{address}{path}"], capture_output=True, text=True, check=True)
    done, statuses = _DONE.search(ran.stdout), _STATUSES.search(ran.stdout)
    if done is None or statuses is None or int(statuses[1]) != calls:
        raise RuntimeError(f"h2load did not get {calls} answers:\n{ran.stdout}")
    return calls / (float(done[1]) * {"s": 1.0, "ms": 1e-3, "us": 1e-6}[done[2]])


def _each(flag: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]


async def _python(address: str, path: str, request: bytes, calls: int) -> float:
    async with grpc.aio.insecure_channel(address) as channel:
        method: Any = channel.unary_unary(path)
        await method(request, timeout=DEADLINE_SECONDS)
        left = iter(range(calls))

        async def call_until_none_is_left() -> None:
            for _ in left:
                await method(request, timeout=DEADLINE_SECONDS)

        began = time.perf_counter()
        await asyncio.gather(*(call_until_none_is_left() for _ in range(IN_FLIGHT)))
        return calls / (time.perf_counter() - began)
