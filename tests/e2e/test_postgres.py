"""The same processes on PostgreSQL: production differs from the embedded ledger in URLs and in nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ledgerctl.embedded import control
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import SERVICES, Service
from tests.e2e import sample
from tests.support.ledger import PROGRAMME, Ledger
from tests.support.postgres import new_database

ASKED = ("--programme", PROGRAMME, "--to", sample.TO)


@pytest.fixture
def on_postgres(fresh_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """Up, every database in PostgreSQL; at the end no process is left that uses one."""
    told_sqlite = control.environment
    with ExitStack() as stack:
        databases = {service.database for service in SERVICES}
        urls = {name: stack.enter_context(new_database()) for name in databases}

        def told_postgres(home: Home, service: Service, services: Any) -> dict[str, str]:
            return {**told_sqlite(home, service, services), "LEDGER_DATABASE_URL": urls[service.database]}

        monkeypatch.setattr(control, "environment", told_postgres)
        control.start(fresh_ledger.home, lambda _: None)
        yield fresh_ledger
        control.stop_all(fresh_ledger.home, lambda _: None)


def values(ledger: Ledger) -> dict[str, Any]:
    answer = ledger.figures(*ASKED)
    return {one["id"]: (one["value"], one["matched"], one["excluded"], one["persons"]) for one in answer["figures"]}


def test_registers_figures_and_statements_are_the_same_on_postgres(on_postgres: Ledger, shared_ledger: Ledger) -> None:
    shared_ledger.hand_in(sample.write(shared_ledger.folder))
    file = sample.write(on_postgres.folder)
    first = on_postgres.hand_in(file)
    assert {sheet: one["refused"] for sheet, one in first["sheets"].items()} == dict.fromkeys(first["sheets"], 0)
    assert values(on_postgres) == values(shared_ledger)

    published = on_postgres.run("figure", "publish", "agreements_signed", *ASKED, "--json").json
    assert published["value"] == str(values(shared_ledger)["agreements_signed"][0])

    killed = on_postgres.kill(*(service.name for service in SERVICES))
    assert len(killed) == len(SERVICES)
    control.start(on_postgres.home, lambda _: None)
    again = on_postgres.hand_in(file)
    assert {sheet: one["recorded"] for sheet, one in again["sheets"].items()} == dict.fromkeys(again["sheets"], 0)
    assert values(on_postgres) == values(shared_ledger)
