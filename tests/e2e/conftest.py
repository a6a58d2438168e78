"""Fixtures for tests of the whole ledger, and what its processes wrote beside every failure."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.support.ledger import Ledger, fresh_ledger, ledger, shared_ledger

__all__ = ["fresh_ledger", "ledger", "shared_ledger"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Ledger):
                report.sections.append(("what the processes wrote last", value.logs_end()))
    return report
