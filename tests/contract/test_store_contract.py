"""What every store promises: memory, SQLite and PostgreSQL keep the same contract."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from sqlalchemy import text

from ledger.merkle import EMPTY_ROOT, Frontier
from ledger.store import Head, Relayed, Store, StoredRequest
from tests.support.stores import (
    AGENCY,
    ORIGIN,
    Backend,
    append,
    append_from_elsewhere,
    backend,
    database,
    moved,
    recorded_at,
    root_of,
    row,
    store,
)

__all__ = ["backend", "database", "store"]


class Interrupted(Exception):
    """Raised by a test in the middle of a transaction."""


# ------------------------------------------------------------------------------- reading and writing


def test_an_empty_log_has_the_empty_root_and_nothing_to_read(store: Store) -> None:
    head = store.head()
    assert (head.origin, head.size, head.frontier.root(), head.last_recorded) == (ORIGIN, 0, EMPTY_ROOT, "")
    assert list(store.read(0, 10)) == []


def test_what_was_appended_is_read_back_byte_for_byte(store: Store) -> None:
    rows = append(store, 3) + append(store, 2, "other")
    read = list(store.read(0, 5))
    assert read == rows
    assert all(type(entry.leaf) is bytes and type(entry.leaf_hash) is bytes for entry in read)


def test_head_and_frontier_move_with_the_entries(store: Store) -> None:
    rows = []
    for count in (1, 2, 5, 1):
        rows += append(store, count)
        head = store.head()
        assert (head.size, head.frontier.root()) == (len(rows), root_of(rows))
        assert head.last_recorded == rows[-1].recorded


def test_a_transaction_sees_the_head_that_the_one_before_left(store: Store) -> None:
    rows = append(store, 3)
    with store.transaction() as transaction:
        assert transaction.head.size == 3
        assert transaction.head.frontier.root() == root_of(rows)
        assert transaction.head.last_recorded == rows[-1].recorded


def test_a_head_is_a_copy_that_nobody_else_grows(store: Store) -> None:
    append(store, 3)
    store.head().frontier.append(b"\x00" * 32)
    assert store.head().size == 3


def test_streams_come_whole_and_in_order_of_revision(store: Store) -> None:
    first = append(store, 2, "a") + append(store, 1, "b") + append(store, 2, "a")
    with store.transaction() as transaction:
        streams = transaction.streams(["b", "a", "nobody"])
    assert {name: [entry.revision for entry in rows] for name, rows in streams.items()} == {"a": [1, 2, 3, 4], "b": [1]}
    assert [entry for name in ("a", "b") for entry in streams[name]] == [
        first[0],
        first[1],
        first[3],
        first[4],
        first[2],
    ]


def test_entries_are_found_by_index_as_far_as_they_exist(store: Store) -> None:
    rows = append(store, 4)
    with store.transaction() as transaction:
        found = transaction.entries([3, 1, 4, -1, 2**53 - 1, 1])
    assert found == {1: rows[1], 3: rows[3]}


def test_requests_are_found_by_agency_and_id(store: Store) -> None:
    requests = [StoredRequest(AGENCY, "r-1", b"\x01" * 32, 0), StoredRequest("other", "r-1", b"\x02" * 32, 1)]
    append(store, 2, requests=requests)
    with store.transaction() as transaction:
        found = transaction.requests([(AGENCY, "r-1"), ("other", "r-1"), (AGENCY, "r-2"), ("third", "r-1")])
    assert found == {(AGENCY, "r-1"): requests[0], ("other", "r-1"): requests[1]}
    assert all(type(request.request_hash) is bytes for request in found.values())


def test_asking_for_nothing_finds_nothing(store: Store) -> None:
    append(store, 1)
    with store.transaction() as transaction:
        assert (transaction.streams([]), transaction.entries([]), transaction.requests([])) == ({}, {}, {})


def test_one_question_may_name_thousands(store: Store) -> None:
    append(store, 3, 'agreement/a%2Fb/协议 "1"', [StoredRequest(AGENCY, "r-7", b"\x01" * 32, 0)])
    names = [f"agreement/{at}" for at in range(5_000)]
    with store.transaction() as transaction:
        assert len(transaction.streams([*names, 'agreement/a%2Fb/协议 "1"'])) == 1
        assert len(transaction.entries(list(range(5_000)))) == 3
        assert len(transaction.requests([(AGENCY, f"r-{at}") for at in range(5_000)])) == 1


def test_requests_alone_can_be_accepted(store: Store) -> None:
    """A command that was recorded already appends nothing, but its request id now stands for it."""
    append(store, 1)
    before = store.head()
    with store.transaction() as transaction:
        transaction.append([], [StoredRequest(AGENCY, "r", b"\x01" * 32, 0)], transaction.head)
    with store.transaction() as transaction:
        assert (AGENCY, "r") in transaction.requests([(AGENCY, "r")])
    assert (store.head().size, store.head().last_recorded) == (before.size, before.last_recorded)


# ------------------------------------------------------------------------------------- all or nothing


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    rows = append(store, 2)
    with pytest.raises(Interrupted), store.transaction() as transaction:
        new = [row(2, "new")]
        transaction.append(new, [StoredRequest(AGENCY, "r", b"\x01" * 32, 2)], moved(transaction.head, new))
        raise Interrupted
    assert (store.head().size, store.head().frontier.root()) == (2, root_of(rows))
    assert list(store.read(0, 10)) == rows
    with store.transaction() as transaction:
        assert not transaction.streams(["new"])
        assert not transaction.requests([(AGENCY, "r")])
    append(store, 1)
    assert [entry.index for entry in store.read(0, 10)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("index", "stream", "revision", "event_id", "size"),
    [
        pytest.param(3, "new", 1, "", 3, id="leaves a gap"),
        pytest.param(1, "new", 1, "", 3, id="takes an index again"),
        pytest.param(2, "new", 1, "", 4, id="moves the head too far"),
        pytest.param(2, "new", 1, "", 2, id="does not move the head"),
        pytest.param(2, "old", 2, "", 3, id="takes a revision again"),
        pytest.param(2, "new", 1, "event-0", 3, id="takes an event id again"),
    ],
)
def test_an_append_that_would_break_the_order_is_refused_whole(
    store: Store, index: int, stream: str, revision: int, event_id: str, size: int
) -> None:
    rows = append(store, 2, "old")
    frontier = Frontier()
    frontier.extend([b"\x01" * 32] * size)
    with pytest.raises(Exception, match=r".") as raised, store.transaction() as transaction:
        head = Head(ORIGIN, frontier, recorded_at(index))
        transaction.append([row(index, stream, revision, event_id)], [StoredRequest(AGENCY, "r", b"", index)], head)
    assert not isinstance(raised.value, AssertionError)
    assert list(store.read(0, 10)) == rows
    assert (store.head().size, store.head().frontier.root()) == (2, root_of(rows))
    with store.transaction() as transaction:
        assert not transaction.requests([(AGENCY, "r")])


def test_a_request_id_is_accepted_once(store: Store) -> None:
    append(store, 1, requests=[StoredRequest(AGENCY, "r", b"\x01" * 32, 0)])
    with pytest.raises(Exception, match=r"."):
        append(store, 1, requests=[StoredRequest(AGENCY, "r", b"\x02" * 32, 1)])
    assert store.head().size == 1


def test_rows_of_the_service_are_committed_with_the_entries_or_not_at_all(database: Backend) -> None:
    store = database.open()
    with store.transaction() as transaction:
        assert transaction.connection is not None
        transaction.connection.execute(text("CREATE TABLE pool (person TEXT)"))
    for raises in (True, False):
        try:
            with store.transaction() as transaction:
                assert transaction.connection is not None
                transaction.connection.execute(text("INSERT INTO pool VALUES ('pr_1')"))
                new = [row(transaction.head.size)]
                transaction.append(new, [], moved(transaction.head, new))
                if raises:
                    raise Interrupted
        except Interrupted:
            assert store.head().size == 0
    with store.transaction() as transaction:
        assert transaction.connection is not None
        count = transaction.connection.execute(text("SELECT count(*) FROM pool")).scalar()
    assert (store.head().size, count) == (1, 1)


def test_everything_is_there_when_the_database_is_opened_again(database: Backend) -> None:
    first = database.open()
    rows = append(first, 5, requests=[StoredRequest(AGENCY, "r", b"\x01" * 32, 0)])
    first.take_relay("relay-1", now=100.0, until=110.0)
    first.move_relay(1, 3, "broker away")
    first.close()
    again = database.open()
    assert list(again.read(0, 10)) == rows
    assert (again.head().size, again.head().frontier.root()) == (5, root_of(rows))
    assert again.relayed() == Relayed(3, "relay-1", 1, 110.0, "broker away")
    append(again, 1, "later")
    assert again.head().size == 6


# ---------------------------------------------------------------------------------------- concurrency


def test_concurrent_appenders_leave_no_gap_and_no_fork(backend: Backend) -> None:
    """Four writers on stores of their own: each transaction's indices follow on each other."""
    stores = [backend.open() for _ in range(4)]
    ready = threading.Barrier(len(stores))

    def write(at: int) -> list[list[int]]:
        ready.wait()
        return [[new.index for new in append(stores[at], 1 + turn % 3, f"writer-{at}")] for turn in range(12)]

    with ThreadPoolExecutor(len(stores)) as pool:
        written = list(pool.map(write, range(len(stores))))
    runs = [run for writer in written for run in writer]
    assert all(run == list(range(run[0], run[0] + len(run))) for run in runs)
    assert all(writer == sorted(writer) for writer in written)
    total = sum(map(len, runs))
    assert sorted(index for run in runs for index in run) == list(range(total))
    rows = list(stores[0].read(0, total + 1))
    assert [entry.index for entry in rows] == list(range(total))
    assert (stores[0].head().size, stores[0].head().frontier.root()) == (total, root_of(rows))


def test_a_second_appender_waits_for_the_first_and_sees_what_it_wrote(backend: Backend) -> None:
    first, second = backend.open(), backend.open()
    inside, seen = threading.Event(), []

    def late() -> None:
        inside.wait()
        with second.transaction() as transaction:
            seen.append(transaction.head.size)

    waiting = threading.Thread(target=late)
    waiting.start()
    with first.transaction() as transaction:
        inside.set()
        new = [row(0)]
        transaction.append(new, [], moved(transaction.head, new))
        waiting.join(0.2)  # it has every chance to get in between, and does not
        assert seen == []
    waiting.join()
    assert seen == [1]


def test_two_processes_write_one_log(database: Backend) -> None:
    store = database.open()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        others = [pool.submit(append_from_elsewhere, database.url, f"process-{at}", 8) for at in range(2)]
        mine = [new.index for _ in range(8) for new in append(store, 1, "mine")]
        written = [*mine, *(index for other in others for index in other.result())]
    rows = list(store.read(0, len(written) + 1))
    assert sorted(written) == list(range(len(written)))
    assert [entry.index for entry in rows] == list(range(len(written)))
    assert store.head().frontier.root() == root_of(rows)


def test_readers_do_not_wait_for_a_writer(database: Backend) -> None:
    store = database.open()
    append(store, 2)
    with store.transaction() as transaction:
        new = [row(2, "new")]
        transaction.append(new, [], moved(transaction.head, new))
        assert store.head().size == 2
        assert len(list(store.read(0, 10))) == 2


# --------------------------------------------------------------------------------------------- paging


def test_reading_turns_pages(store: Store) -> None:
    rows = append(store, 2_300)
    assert list(store.read(0, 2_300)) == rows
    assert list(store.read(990, 2_010)) == rows[990:2_010]
    assert list(store.read(2_299, 9_999_999)) == rows[2_299:]
    leaves = [(row.index, row.leaf, row.leaf_hash) for row in rows]
    assert list(store.leaves(990, 2_010)) == leaves[990:2_010]
    assert list(store.leaves(-5, 9_999_999)) == leaves
    for start, stop in ((2_300, 2_400), (5, 5), (7, 3), (0, 0), (2**53, 2**53 + 1)):
        assert list(store.read(start, stop)) == []


def test_reading_from_before_the_beginning_begins_at_the_beginning(store: Store) -> None:
    rows = append(store, 5)
    assert list(store.read(-3, 4)) == rows[:4]
    assert list(store.read(-3, -1)) == []


def test_entries_appended_while_reading_are_read_too(store: Store) -> None:
    append(store, 1_001)
    reading = store.read(0, 5_000)
    first = [next(reading) for _ in range(1_001)]
    append(store, 2, "later")
    assert [entry.index for entry in (*first, *reading)][:1_001] == list(range(1_001))
    assert [entry.index for entry in store.read(1_001, 5_000)] == [1_001, 1_002]


# ---------------------------------------------------------------------------------------------- relay


def test_a_log_has_no_relay_at_first(store: Store) -> None:
    assert store.relayed() == Relayed(0, "", 0, 0.0, None)


def test_the_first_to_ask_becomes_the_relay(store: Store) -> None:
    assert store.take_relay("one", now=100.0, until=110.0) == Relayed(0, "one", 1, 110.0, None)
    assert store.relayed().owner == "one"


def test_while_a_lease_runs_nobody_else_gets_it(store: Store) -> None:
    store.take_relay("one", now=100.0, until=110.0)
    assert store.take_relay("two", now=110.0, until=120.0) is None
    assert store.relayed() == Relayed(0, "one", 1, 110.0, None)


def test_a_holder_stays_with_the_same_epoch_even_after_its_lease_ended(store: Store) -> None:
    store.take_relay("one", now=100.0, until=110.0)
    assert store.take_relay("one", now=105.0, until=115.0) == Relayed(0, "one", 1, 115.0, None)
    assert store.take_relay("one", now=300.0, until=310.0) == Relayed(0, "one", 1, 310.0, None)


def test_a_lease_that_is_over_goes_to_the_next_with_a_new_epoch(store: Store) -> None:
    store.take_relay("one", now=100.0, until=110.0)
    store.move_relay(1, 7, "stream away")
    assert store.take_relay("two", now=110.5, until=120.5) == Relayed(7, "two", 2, 120.5, "stream away")


def test_progress_is_recorded_under_the_current_epoch_alone(store: Store) -> None:
    store.take_relay("one", now=100.0, until=110.0)
    assert store.move_relay(1, 5, None)
    store.take_relay("two", now=111.0, until=121.0)
    assert not store.move_relay(1, 9, "late")
    assert store.relayed() == Relayed(5, "two", 2, 121.0, None)
    assert store.move_relay(2, 6, "stream diverges")
    assert store.relayed() == Relayed(6, "two", 2, 121.0, "stream diverges")
    assert store.move_relay(2, 6, None)
    assert store.relayed().error is None


def test_of_many_that_want_to_be_the_relay_one_gets_it(backend: Backend) -> None:
    stores = [backend.open() for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as pool:
        got = list(pool.map(lambda at: stores[at].take_relay(f"relay-{at}", 100.0, 110.0), range(len(stores))))
    [holder] = [relayed for relayed in got if relayed is not None]
    assert holder == stores[0].relayed()
    assert holder.epoch == 1
