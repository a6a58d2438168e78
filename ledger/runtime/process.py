"""A process from its first line to its last: settings, logs, signals, ready, stopped.

A service's `main.py` composes its parts in one coroutine and hands it over:

    async def serve(settings: ServiceSettings, process: Process) -> None:
        server = ...
        await server.start()
        process.ready(address)
        await process.stopping.wait()
        await server.stop(grace=5)

    def main() -> None:
        run("placement", serve)
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import structlog

from ledger.errors import LedgerError
from ledger.runtime import logs
from ledger.runtime.settings import ServiceSettings, UnusableSettings, read_settings

EXIT_STOPPED = 0
EXIT_FAILED = 1
EXIT_UNUSABLE_SETTINGS = 2
#: Young objects are looked through after so many more were made than freed; Python says 700.
COLLECT_AFTER_OBJECTS = 20_000

log = structlog.get_logger()


class Process:
    """What a running service knows of its own life."""

    def __init__(self, name: str, ready_file: Path | None) -> None:
        self.stopping = asyncio.Event()
        """Set by the first SIGTERM or SIGINT: finish what is in hand and return."""
        self._name = name
        self._ready_file = ready_file

    def ready(self, address: str) -> None:
        """Say that everybody may call now. `address` is the `host:port` really served."""
        _spare_the_collector()
        if self._ready_file is not None:
            started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            write_atomically(
                self._ready_file,
                json.dumps({"name": self._name, "pid": os.getpid(), "address": address, "started": started}),
            )
        log.info("process_ready", pid=os.getpid(), address=address)

    def gone(self) -> None:
        """Take the ready file away at a regular end. After kill -9 it stays; its pid tells the truth."""
        if self._ready_file is not None:
            self._ready_file.unlink(missing_ok=True)


Serve = Callable[[ServiceSettings, Process], Awaitable[None]]


def run(name: str, serve: Serve) -> NoReturn:
    """Run a service until it is told to stop, then exit: 0 stopped, 1 failed, 2 unusable settings.

    The first signal asks `serve` to return; a second one cancels it.
    """
    try:
        settings = read_settings(name)
    except UnusableSettings as error:
        print(error, file=sys.stderr)  # noqa: T201  # nothing is configured yet, logs neither
        sys.exit(EXIT_UNUSABLE_SETTINGS)
    logs.configure(name, log_format=settings.log_format, level=settings.log_level)
    sys.exit(asyncio.run(_live(settings, serve)))


async def _live(settings: ServiceSettings, serve: Serve) -> int:
    process = Process(settings.name, settings.ready_file)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_tell)
    serving = asyncio.ensure_future(serve(settings, process))

    def asked(number: signal.Signals) -> None:
        log.info("process_stopping", signal=number.name, pid=os.getpid())
        if process.stopping.is_set():
            serving.cancel()
        process.stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)
    log.info("process_starting", pid=os.getpid())
    try:
        await serving
    except asyncio.CancelledError:
        log.warning("process_cut_short")
        return EXIT_FAILED
    except LedgerError as error:
        log.error("process_failed", exc_info=error)
        return EXIT_FAILED
    except Exception:
        log.exception("process_crashed")
        return EXIT_FAILED
    finally:
        process.gone()
    if not process.stopping.is_set():
        log.error("process_ended_unasked")
        return EXIT_FAILED
    log.info("process_stopped")
    return EXIT_STOPPED


def _spare_the_collector() -> None:
    """Leave what start-up made (modules, schemas: some hundred thousand objects) out of garbage collection.

    It lives as long as the process, and looking through it again and again took a tenth of the time of
    every call. What a call leaves behind is freed at once, but for a few cycles, which can wait.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS)


def write_atomically(path: Path, text: str) -> None:
    """Write a small file so that a reader sees all of it or the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    half.replace(path)


def _tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    task = context.get("task") or context.get("future")
    log.error(
        "task_failed",
        template=str(context.get("message", "")),
        task=task.get_name() if isinstance(task, asyncio.Task) else None,
        exc_info=context.get("exception"),
    )
