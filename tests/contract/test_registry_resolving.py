"""Who gets which reference, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from ledger.rpc.checks import Malformed
from ledger.store.tables import REQUESTS
from ledger_api.registry.v1 import registry_pb2 as pb
from services.registry.tables import BLIND_INDEX, VAULT_KEYS, VAULT_VALUES
from tests.support.registry import (
    AGENCY,
    Place,
    Registry,
    context,
    held,
    id_number,
    person_data,
    place,
    refusal,
    registry,
    rows,
    running,
)

__all__ = ["place", "registry"]


# -------------------------------------------------------------------------------------- persons


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


# ---------------------------------------------------------------------------- staff, households


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
