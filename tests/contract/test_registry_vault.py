"""What the registry promises about references, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Table, func, select, update

from ledger.errors import Kind, Refused
from ledger.rpc.checks import Malformed
from ledger.store.tables import REQUESTS
from ledger_api.registry.v1 import registry_pb2 as pb
from services.registry.keys import UnusableKeys
from services.registry.sealing import SealBroken
from services.registry.tables import BLIND_INDEX, KEY_CHECKS, METADATA, VAULT_KEYS, VAULT_VALUES
from tests.support.registry import (
    AGENCY,
    OFFICER,
    OTHER_OFFICER,
    Place,
    Registry,
    context,
    id_number,
    person_data,
    place,
    running,
    sqlite_place,
)

__all__ = ["place", "sqlite_place"]


@pytest.fixture
async def registry(place: Place) -> AsyncIterator[Registry]:
    async with running(place) as registry:
        yield registry


def rows(registry: Registry, table: Table) -> int:
    with registry.store.readers.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def held(registry: Registry, number: int, field: str) -> list[str]:
    """What the vault holds of a person, opened."""
    with registry.store.transaction() as transaction:
        assert transaction.connection is not None
        in_vault = registry.vault.rows(transaction.connection)
        blind = in_vault.blind("cn-id", id_number(number))
        return list(in_vault.find([blind], [field])[blind].texts(field))


async def refusal(asked: Any) -> str:
    with pytest.raises(Refused) as caught:
        await asked
    return caught.value.refusal.rule


# ---------------------------------------------------------------------------------------- persons


async def test_a_new_person_gets_a_random_reference_and_one_entry(registry: Registry) -> None:
    [one, other] = await registry.resolve(person_data(1), person_data(2))
    assert one.registered
    assert other.registered
    assert one.person != other.person
    assert one.person.startswith("pr_")
    assert len(one.person) == 35
    assert registry.types() == ["PersonRegistered", "PersonRegistered"]
    entries = list(registry.store.read(0, 10))
    assert [entry.stream for entry in entries] == [f"person/{one.person}", f"person/{other.person}"]
    assert held(registry, 1, "id_number") == [id_number(1)]
    assert held(registry, 1, "name") == ["测试1"]


async def test_a_returning_person_keeps_the_reference_and_records_nothing(registry: Registry) -> None:
    [first] = await registry.resolve(person_data(1))
    for agency in (AGENCY, "xining-hrss"):
        [again] = await registry.resolve(person_data(1), agency=agency)
        assert again.person == first.person
        assert not again.registered
        assert not again.other_name
    assert registry.store.head().size == 1
    assert (rows(registry, VAULT_KEYS), rows(registry, BLIND_INDEX), rows(registry, VAULT_VALUES)) == (1, 1, 3)


async def test_the_same_person_twice_in_a_request_is_one(registry: Registry) -> None:
    resolved = await registry.resolve(person_data(1), person_data(2), person_data(1, name="另名"), person_data(1))
    assert len({one.person for one in resolved}) == 2
    assert [one.registered for one in resolved] == [True, True, False, False]
    assert [one.other_name for one in resolved] == [False, False, True, False]
    assert registry.store.head().size == 2
    assert held(registry, 1, "name") == ["测试1", "另名"]


async def test_other_names_and_phones_are_added_and_nothing_is_overwritten(registry: Registry) -> None:
    await registry.resolve(person_data(1, name="张三", phone="13800000001"))
    [other] = await registry.resolve(person_data(1, name="章三", phone="139 0000 0002"))
    assert other.other_name
    [known] = await registry.resolve(person_data(1, name="章 三", phone="+8613900000002"))
    assert not known.other_name
    [none] = await registry.resolve(person_data(1, name="张三", phone=None))
    assert not none.other_name
    assert held(registry, 1, "name") == ["张三", "章三"]
    assert held(registry, 1, "phone") == ["13800000001", "139 0000 0002"]


async def test_notes_are_upserted_by_field_and_end_at_what_was_stated_last(registry: Registry) -> None:
    field = "note/visit/problem"
    for text in ("甲", "甲", "乙", "乙", "甲"):
        await registry.resolve(person_data(1, visit_problem=text, visit_outcome="不变"))
    assert held(registry, 1, field) == ["甲", "乙", "甲"]
    assert held(registry, 1, "note/visit/outcome") == ["不变"]
    await registry.resolve(person_data(1))
    assert held(registry, 1, field) == ["甲", "乙", "甲"]


async def test_a_note_cannot_pass_for_a_name(registry: Registry) -> None:
    await registry.resolve(person_data(1, name="张三"))
    [again] = await registry.resolve(person_data(1, name="张三", name_="x"))
    assert not again.other_name
    request = person_data(1, name="张三")
    request.notes.add(field="name", text="李四")
    [again] = await registry.resolve(request)
    [later] = await registry.resolve(person_data(1, name="李四"))
    assert later.other_name


async def test_a_thousand_at_once_take_one_transaction(registry: Registry) -> None:
    resolved = await registry.resolve(*(person_data(number) for number in range(1_000)))
    assert len({one.person for one in resolved}) == 1_000
    assert registry.store.head().size == 1_000
    assert len({entry.recorded for entry in registry.store.read(0, 1_000)}) == 1
    assert (rows(registry, BLIND_INDEX), rows(registry, VAULT_VALUES)) == (1_000, 3_000)
    mixed = await registry.resolve(*(person_data(number) for number in range(500, 1_500)))
    assert Counter(one.registered for one in mixed) == {True: 500, False: 500}
    assert [one.person for one in mixed[:500]] == [one.person for one in resolved[500:]]


async def test_many_resolving_the_same_new_persons_at_once_agree(registry: Registry) -> None:
    people = [person_data(number) for number in range(20)]
    answers = await asyncio.gather(*(registry.resolve(*people[at % 5 :], *people[: at % 5]) for at in range(25)))
    by_number: dict[int, set[str]] = {}
    for at, answer in enumerate(answers):
        for offset, one in enumerate(answer):
            by_number.setdefault((at % 5 + offset) % 20, set()).add(one.person)
    assert all(len(persons) == 1 for persons in by_number.values())
    assert sum(one.registered for answer in answers for one in answer) == 20
    assert registry.store.head().size == rows(registry, VAULT_KEYS) == 20


async def test_two_processes_on_one_database_agree(place: Place) -> None:
    async with running(place) as here, running(place) as there:
        people = [person_data(number) for number in range(50)]
        rounds = [(here if at % 2 else there).resolve(*people) for at in range(10)]
        answers = await asyncio.gather(*rounds)
        assert len({tuple(one.person for one in answer) for answer in answers}) == 1
        assert here.store.head().size == 50


async def test_no_request_is_remembered_for_a_resolve(registry: Registry) -> None:
    request = pb.ResolvePersonsRequest(context=context(request_id="import-1"), persons=[person_data(1)])
    first = await registry.call("ResolvePersons", request)
    request.persons[0].CopyFrom(person_data(2))
    second = await registry.call("ResolvePersons", request)
    assert first.persons[0].person != second.persons[0].person
    assert rows(registry, REQUESTS) == 0
    assert all(b"import-1" not in entry.leaf for entry in registry.store.read(0, 10))


async def test_a_transaction_that_fails_leaves_nothing(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    [known] = await registry.resolve(person_data(1))

    def fail(*_: object) -> Any:
        raise RuntimeError("between the vault and the log")

    with monkeypatch.context() as patched:
        patched.setattr(registry.appender._book, "write", fail)
        with pytest.raises(RuntimeError, match="between"):
            await registry.resolve(person_data(1, name="另名"), person_data(2))
    assert registry.store.head().size == rows(registry, VAULT_KEYS) == rows(registry, BLIND_INDEX) == 1
    assert held(registry, 1, "name") == ["测试1"]
    [again, new] = await registry.resolve(person_data(1), person_data(2))
    assert again.person == known.person
    assert new.registered


async def test_one_failing_neighbour_takes_nobody_with_it(registry: Registry) -> None:
    def broken(_: object) -> Any:
        raise RuntimeError("a neighbour in the same commit")

    neighbour = asyncio.ensure_future(registry.appender.submit_prepared(broken))
    resolving = [registry.resolve(person_data(1), person_data(2)) for _ in range(4)]
    answers = await asyncio.gather(*resolving)
    with pytest.raises(RuntimeError):
        await neighbour
    assert len({tuple(one.person for one in answer) for answer in answers}) == 1
    assert sum(one.registered for answer in answers for one in answer) == 2
    assert registry.store.head().size == 2


async def test_a_blank_name_or_a_field_no_database_holds_refuses_the_request(registry: Registry) -> None:
    bad = person_data(3)
    bad.notes.add(field="a\x00b", text="x")
    with pytest.raises(Malformed) as caught:
        await registry.resolve(person_data(1), person_data(2, name="\u3000"), bad)
    assert [path for path, _, _ in caught.value.violations] == ["persons[1].name", "persons[2].notes[0].field"]
    assert await refusal(registry.staff("张三", " ")) == "malformed"
    assert registry.store.head().size == rows(registry, VAULT_KEYS) == 0


async def test_any_text_can_be_kept(registry: Registry) -> None:
    text = "\x00零 \u2028 '\" \\ 😀 " + "长" * 1_000
    await registry.resolve(person_data(1, name="O'Neil; DROP TABLE", note=text))
    assert held(registry, 1, "note/note") == [text]
    assert held(registry, 1, "name") == ["O'Neil; DROP TABLE"]


# ------------------------------------------------------------------------------ staff, households


async def test_staff_and_households_are_known_by_kind_agency_and_name(registry: Registry) -> None:
    [one, two, again] = await registry.staff("王老师", "李老师", "王 老师")
    assert one.startswith("st_")
    assert one == again != two
    assert await registry.staff("李老师", "王老师") == [two, one]
    [elsewhere] = await registry.staff("王老师", agency="xining-hrss")
    [household] = await registry.households("王老师")
    assert household.startswith("hh_")
    assert len({one, elsewhere, household.replace("hh_", "st_")}) == 3
    assert registry.store.head().size == 0
    assert rows(registry, VAULT_KEYS) == rows(registry, VAULT_VALUES) == 4


async def test_many_resolving_one_name_at_once_agree(registry: Registry) -> None:
    answers = await asyncio.gather(*(registry.households("赵家", f"钱家{at % 3}") for at in range(20)))
    assert len({answer[0] for answer in answers}) == 1
    assert len({answer[1] for answer in answers}) == 3
    assert rows(registry, VAULT_KEYS) == 4


# ----------------------------------------------------------------------------- merges, erasures


async def test_a_merge_is_recorded_repeated_and_retracted(registry: Registry) -> None:
    a, b = [one.person for one in await registry.resolve(person_data(1), person_data(2))]
    receipt = await registry.merge(a, b, request_id="m-1")
    assert (receipt.index, receipt.subject, receipt.duplicate) == (2, f"person/{a}", False)
    again = await registry.merge(a, b, request_id="m-1")
    assert (again.index, again.leaf_hash, again.duplicate) == (2, receipt.leaf_hash, True)
    assert await refusal(registry.merge(a, b)) == "already_merged"
    assert await refusal(registry.merge(b, a, request_id="m-1")) == "reused_request_id"
    [resolved] = await registry.resolve(person_data(1))
    assert resolved.person == a  # what was recorded under a reference stays under it
    taken_back = await registry.retract(2)
    assert not taken_back.duplicate
    assert registry.types()[2:] == ["PersonsMerged", "EntryRetracted"]
    assert (await registry.merge(b, a)).index == 4


async def test_a_merge_names_two_living_references_and_the_final_one(registry: Registry) -> None:
    a, b, c, d = [one.person for one in await registry.resolve(*(person_data(number) for number in range(4)))]
    unknown = "pr_" + "0" * 32
    assert await refusal(registry.merge(a, a)) == "merged_into_itself"
    assert await refusal(registry.merge(unknown, a)) == "no_such_person"
    assert await refusal(registry.merge(a, unknown)) == "no_such_person"
    await registry.merge(a, b, request_id="first")
    await registry.merge(b, c)
    assert await refusal(registry.merge(c, a)) == "merge_in_a_circle"
    assert await refusal(registry.merge(c, b)) == "merge_in_a_circle"
    assert await refusal(registry.merge(d, a)) == "into_is_merged"
    with pytest.raises(Refused, match=c):
        await registry.merge(d, a)
    # its receipt is given again although b has been merged since
    assert (await registry.merge(a, b, request_id="first")).duplicate
    await registry.erase(c)
    assert await refusal(registry.merge(d, c)) == "already_erased"
    assert registry.store.head().size == 7


async def test_merges_at_the_same_time_make_no_circle(registry: Registry) -> None:
    people = [one.person for one in await registry.resolve(*(person_data(number) for number in range(6)))]
    pairs = [(one, other) for one in people for other in people if one != other]
    results = await asyncio.gather(*(registry.merge(*pair) for pair in pairs), return_exceptions=True)
    merges = {
        person: into
        for (person, into), result in zip(pairs, results, strict=True)
        if not isinstance(result, BaseException)
    }
    assert len(merges) == 5  # all are one person, and one of them stands for all
    for person in people:
        seen = [person]
        while seen[-1] in merges:
            seen.append(merges[seen[-1]])
            assert len(seen) <= 6
        assert seen[-1] not in merges


async def test_only_merges_are_retracted_and_only_by_their_agency(registry: Registry) -> None:
    a, b = [one.person for one in await registry.resolve(person_data(1), person_data(2))]
    await registry.merge(a, b)
    await registry.erase(b)
    assert await refusal(registry.retract(0)) == "only_merges"
    assert await refusal(registry.retract(3)) == "only_merges"
    assert await refusal(registry.retract(9)) == "no_such_entry"
    assert await refusal(registry.retract(2, agency="xining-hrss")) == "other_agency"
    assert not (await registry.retract(2, request_id="r")).duplicate
    assert (await registry.retract(2, request_id="r")).duplicate
    assert await refusal(registry.retract(2)) == "not_live"


async def test_an_erased_person_is_gone_and_returns_as_somebody_new(registry: Registry) -> None:
    [gone, other] = await registry.resolve(person_data(1, visit="问题"), person_data(2))
    receipt = await registry.erase(gone.person, request_id="e-1")
    assert (receipt.index, receipt.subject) == (2, f"person/{gone.person}")
    assert (rows(registry, VAULT_KEYS), rows(registry, BLIND_INDEX), rows(registry, VAULT_VALUES)) == (1, 1, 3)
    assert (await registry.erase(gone.person, request_id="e-1")).duplicate
    assert await refusal(registry.erase(gone.person)) == "already_erased"
    [again, same] = await registry.resolve(person_data(1, name="别名"), person_data(2))
    assert again.registered
    assert not again.other_name
    assert again.person != gone.person
    assert same.person == other.person
    assert held(registry, 1, "name") == ["别名"]
    erased = next(entry for entry in registry.store.read(2, 3))
    assert OFFICER.encode() in erased.leaf
    assert f'"second_actor":"{OTHER_OFFICER}"'.encode() in erased.leaf


async def test_an_erasure_that_is_refused_deletes_nothing(registry: Registry) -> None:
    [one] = await registry.resolve(person_data(1))
    [other] = await registry.resolve(person_data(2))
    await registry.erase(other.person, request_id="used")
    assert await refusal(registry.erase("pr_" + "0" * 32)) == "no_such_person"
    assert await refusal(registry.erase(one.person, second_actor=OFFICER)) == "two_officers"
    assert await refusal(registry.erase(one.person, request_id="used")) == "reused_request_id"
    assert await refusal(registry.erase(one.person, case=id_number(1))) == "personal_data"
    assert await refusal(registry.erase(one.person, case="a\x01b")) == "control_character"
    late = pb.ErasePersonRequest(
        context=context(), person=one.person, basis="court_order", case="C", second_actor=OTHER_OFFICER
    )
    late.context.expected_revision = 7
    assert await refusal(registry.call("ErasePerson", late)) == "wrong_revision"
    [again] = await registry.resolve(person_data(1))
    assert again.person == one.person
    assert rows(registry, VAULT_VALUES) == 3


async def test_resolving_and_erasing_at_the_same_time_leaves_either_or(registry: Registry) -> None:
    for at in range(10):
        [one] = await registry.resolve(person_data(at))
        resolved, _ = await asyncio.gather(registry.resolve(person_data(at)), registry.erase(one.person))
        [after] = await registry.resolve(person_data(at))
        assert after.person != one.person
        assert after.registered == (resolved[0].person == one.person)
    assert rows(registry, VAULT_KEYS) == rows(registry, BLIND_INDEX) == 10


# ------------------------------------------------------------------------------------ tampering


@pytest.mark.parametrize(
    ("table", "column"), [(VAULT_VALUES, VAULT_VALUES.c.sealed), (VAULT_KEYS, VAULT_KEYS.c.wrapped)]
)
async def test_values_and_keys_moved_between_persons_do_not_open(registry: Registry, table: Table, column: Any) -> None:
    [one, other] = await registry.resolve(person_data(1), person_data(2))
    number = {
        name: select(VAULT_KEYS.c.number).where(VAULT_KEYS.c.reference == name).scalar_subquery()
        for name in (one.person, other.person)
    }
    with registry.store.engine.begin() as connection:
        of_other = connection.execute(
            select(column).where(table.c.number == number[other.person]).order_by(column)
        ).scalars()
        stolen = next(iter(of_other))
        connection.execute(update(table).where(table.c.number == number[one.person]).values({column: stolen}))
    with pytest.raises(SealBroken, match=one.person):
        await registry.resolve(person_data(1))
    [untouched] = await registry.resolve(person_data(2))
    assert untouched.person == other.person


async def test_a_blind_value_pointed_at_somebody_else_is_noticed_by_the_name(registry: Registry) -> None:
    [_one, other] = await registry.resolve(person_data(1), person_data(2))
    number = select(VAULT_KEYS.c.number).where(VAULT_KEYS.c.reference == other.person).scalar_subquery()
    with registry.store.engine.begin() as connection:
        connection.execute(update(BLIND_INDEX).values(number=number))
    [resolved] = await registry.resolve(person_data(1))
    assert resolved.other_name


# ----------------------------------------------------------------------------- start and its keys


async def test_a_registry_started_again_knows_everybody(place: Place) -> None:
    async with running(place) as registry:
        [one] = await registry.resolve(person_data(1))
    async with running(place) as registry:
        [again] = await registry.resolve(person_data(1))
    assert again.person == one.person
    assert not again.registered


async def test_without_its_keys_a_vault_does_not_open(place: Place) -> None:
    async with running(place) as registry:
        await registry.resolve(person_data(1))
    kept = place.key_dir.with_name("kept")
    shutil.move(place.key_dir, kept)
    with pytest.raises(UnusableKeys, match="missing"):
        place.open()
    assert not place.key_dir.exists()
    other = Place("sqlite://", place.key_dir.with_name("other"))
    shutil.copytree(kept, other.key_dir)
    (other.key_dir / "blind-index.key").write_text("11" * 32)
    with pytest.raises(UnusableKeys, match="not the key"):
        Place(place.url, other.key_dir).open()
    async with running(Place(place.url, kept)) as registry:
        assert not (await registry.resolve(person_data(1)))[0].registered


async def test_a_vault_in_use_that_forgot_its_keys_is_not_given_new_ones(place: Place) -> None:
    async with running(place) as registry:
        await registry.resolve(person_data(1))
        with registry.store.engine.begin() as connection:
            connection.execute(KEY_CHECKS.delete())
    with pytest.raises(UnusableKeys, match="restore the database"):
        place.open()


async def test_every_connection_that_writes_zeroes_what_it_deletes(sqlite_place: Place) -> None:
    async with running(sqlite_place) as registry:
        connections = [registry.store.engine.raw_connection() for _ in range(5)]
        for connection in connections:
            assert connection.cursor().execute("PRAGMA secure_delete").fetchone() == (1,)
        for connection in connections:
            connection.close()
        assert registry.store.engine.hide_parameters


async def test_the_vault_knows_its_refusals_by_kind(registry: Registry) -> None:
    with pytest.raises(Refused) as caught:
        await registry.merge("pr_" + "0" * 32, "pr_" + "1" * 32)
    assert caught.value.refusal.kind is Kind.NOT_FOUND


def test_every_table_of_the_vault_goes_with_the_key_of_its_reference() -> None:
    for table in METADATA.tables.values():
        if table not in (VAULT_KEYS, KEY_CHECKS):
            [key] = table.foreign_keys
            assert (key.column, key.ondelete) == (VAULT_KEYS.c.number, "CASCADE")
