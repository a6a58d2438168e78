"""Log lines: one JSON object each, on stderr, holding nothing about a person.

An event is a stable snake_case name; the rest are keys of the catalogue below. What is not in the
catalogue is left out and only named, so a value can reach a log file by decision, never by
accident. Exceptions are told by type and place, not by their message: messages of libraries quote
the values they choked on. Messages of our own errors are kept, because they never quote any.

    log = structlog.get_logger()
    log.info("relay_published", log=origin, start=0, count=500, seconds=0.02)
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final, Literal

import msgspec
import structlog

from ledger.clock import stamp, system
from ledger.errors import LedgerError
from ledger.runtime.lines import Lines

KEYS: Final[Mapping[str, str]] = {
    # who and when; filled in by the pipeline
    "timestamp": "when, UTC",
    "level": "debug, info, warning, error",
    "event": "what happened, a stable snake_case name",
    "service": "the process that says so",
    "dropped": "names of keys that are not in this catalogue",
    # a log and places in it
    "log": "origin of a log",
    "slug": "a log's token in stream names",
    "stream": "name of a JetStream stream",
    "index": "a place in a log",
    "start": "first index of a range",
    "stop": "index after the last of a range",
    "size": "entries in a log",
    "count": "how many of what the event names",
    "published": "entries handed to the stream",
    "next_index": "the entry a follower expects",
    "behind": "entries still to come",
    "epoch": "which holder of a lease",
    "entry_type": "type of an entry",
    # a call
    "method": "gRPC method",
    "code": "gRPC status",
    "rule": "rule of a refusal",
    "call": "random name of a call, also in the answer",
    "trace": "trace id",
    "peer": "address of the other side",
    "agency": "agency that stated it",
    "items": "items in a batch call",
    "commands": "commands in one transaction",
    "bytes": "size of a message",
    # a process
    "pid": "process id",
    "address": "where it serves",
    "signal": "signal received",
    "version": "version of this software",
    "backend": "kind of database",
    "table": "a table",
    "figure": "figure id",
    "step": "stage of something long",
    "state": "state something is now in",
    "previous": "state it was in",
    "attempt": "how many tries, from 1",
    # time
    "seconds": "how long it took",
    "lag_seconds": "how far behind in time",
    "retry_seconds": "until the next try",
    # trouble
    "reason": "why, one of a few constants",
    "error": "type of an exception, and the message if it is one of ours",
    "cause": "types of the exceptions behind it",
    "frames": "where it was raised, innermost last",
    "logger": "library that spoke",
    "template": "its message, without the values",
    "task": "name of an asyncio task",
    "thread": "name of a thread",
}

FRAMES_MAX: Final = 12
TEMPLATE_CHARS_MAX: Final = 200

# The second line of defence, on every string: what looks like an identity number or a mobile number.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|(?:\+?86)?1[3-9]\d{9})(?![0-9A-Za-z])")

#: Neither number has fewer digits in a row: what has not even these need not be looked at more closely.
NUMBER_CHARS_MIN: Final = 11
_LONG_NUMBER = re.compile(rf"\d{{{NUMBER_CHARS_MIN}}}")

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(
    service: str,
    *,
    log_format: Literal["auto", "json", "console"] = "auto",
    level: Literal["debug", "info", "warning", "error"] = "info",
    keys: Iterable[str] = (),
) -> None:
    """Send structlog and the standard library's logging through one pipeline to stderr.

    `keys` are further keys a service knows to be free of personal data. Libraries are heard from
    `warning` up. May be called again (tests).
    """
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    render: Any
    logger: Any
    if console:
        render, logger = structlog.dev.ConsoleRenderer(sort_keys=False), structlog.PrintLoggerFactory(sys.stderr)
    else:
        lines = Lines(sys.stderr.buffer)
        render, logger = _to_json, lambda *_: lines
    structlog.configure(
        processors=[
            Known(service, (*KEYS, *keys)),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=logger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Libraries()]
    root.setLevel(max(logging.WARNING, _LEVELS[level]))


class Known:
    """The processor that lets only known keys through, and hides what looks like a person's number.

    It does all there is to do, in one pass: a line is written for every call.
    """

    def __init__(self, service: str, keys: Iterable[str]) -> None:
        self._service = service
        self._keys = frozenset(keys)

    def __call__(self, _logger: object, level: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {
            "timestamp": stamp(system()),
            "level": level,
            "event": line.pop("event", None),
            "service": self._service,
        }
        if "exc_info" in line:
            line.update(_told(line.pop("exc_info")))
        dropped: list[str] = []
        for key, value in line.items():
            if key in self._keys:
                kept[key] = _plain(value)
            else:
                dropped.append(key)
        if dropped:
            kept["dropped"] = sorted(dropped)
        return kept


def _told(exc_info: Any) -> dict[str, Any]:
    """What `exc_info` says, in log keys: an exception, what `sys.exc_info` gives, or True for the current one."""
    if not exc_info:
        return {}
    error = exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        error = exc_info[1]
    return {} if error is None else describe(error)


def describe(error: BaseException) -> dict[str, Any]:
    """An exception in log keys: `error`, and where there are any `cause` and `frames`."""
    described: dict[str, Any] = {"error": _name(error)}
    causes: list[str] = []
    behind = error.__cause__ or error.__context__
    while behind is not None and len(causes) < 5:
        causes.append(_name(behind))
        behind = behind.__cause__ or behind.__context__
    if causes:
        described["cause"] = causes
    frames = _frames(error.__traceback__)
    if frames:
        described["frames"] = frames
    return described


def _name(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, LedgerError):
        return f"{kind}: {error}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{kind}: [{error.errno}] {error.strerror}"
    return kind


def _frames(trace: TracebackType | None) -> list[str]:
    found = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    return [
        f"{'/'.join(frame.filename.rsplit('/', 3)[1:])}:{frame.lineno} {frame.name}" for frame in found[-FRAMES_MAX:]
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) < NUMBER_CHARS_MIN or not _LONG_NUMBER.search(value):
            return value
        return _PERSONAL.sub("***", value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return type(value).__name__  # anything richer may hold more than its name says


_encoder = msgspec.json.Encoder()


def _to_json(_logger: object, _method: str, line: Mapping[str, Any]) -> bytes:
    return _encoder.encode(line)


class _Libraries(logging.Handler):
    """Lines of libraries: the template of the message without the values, which may be anything."""

    def __init__(self) -> None:
        super().__init__()
        self._log = structlog.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.ERROR)
        self._log.log(
            level,
            "library_message",
            logger=record.name,
            template=str(record.msg)[:TEMPLATE_CHARS_MAX],
            **(describe(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {}),
        )
