"""Fixtures and plain log lines for all tests."""

from __future__ import annotations

import structlog

from tests.support.broker import nats_server, own_nats

__all__ = ["nats_server", "own_nats"]

# the default renders every traceback with the locals of every frame, which takes longer than most tests
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
