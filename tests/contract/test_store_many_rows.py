"""However many entries one transaction brings, all are there, in their places."""

from __future__ import annotations

import pytest

from ledger.store import Store, StoredRequest
from tests.support.stores import AGENCY, append, backend, root_of, store

__all__ = ["backend", "store"]


@pytest.mark.parametrize("count", [1, 2, 127, 128, 129, 255, 1_001])
def test_every_entry_of_a_transaction_is_stored_in_its_place(store: Store, count: int) -> None:
    first = append(store, 3)
    rows = append(store, count, stream="class/datong-hrss/p/2")
    assert list(store.read(0, 2_000)) == first + rows
    assert store.head().frontier.root() == root_of(first + rows)


@pytest.mark.parametrize("count", [1, 129])
def test_so_is_every_request(store: Store, count: int) -> None:
    requests = [StoredRequest(AGENCY, f"r{number}", bytes([number]), number) for number in range(count)]
    append(store, count, requests=requests)
    with store.transaction() as transaction:
        kept = transaction.requests([(AGENCY, f"r{number}") for number in range(count + 1)])
    assert kept == {(request.agency, request.request_id): request for request in requests}
