"""Fixtures for tests of the whole ledger."""

from __future__ import annotations

from tests.support.ledger import fresh_ledger, ledger, shared_ledger

__all__ = ["fresh_ledger", "ledger", "shared_ledger"]
