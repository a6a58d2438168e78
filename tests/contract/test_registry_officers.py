"""What officers may do to references, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio

import pytest

from ledger.errors import Kind, Refused
from ledger_api.registry.v1 import registry_pb2 as pb
from services.registry.tables import BLIND_INDEX, VAULT_KEYS, VAULT_VALUES
from tests.support.registry import (
    OFFICER,
    OTHER_OFFICER,
    Registry,
    context,
    held,
    id_number,
    person_data,
    place,
    refusal,
    registry,
    rows,
)

__all__ = ["place", "registry"]


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


async def test_an_unknown_reference_is_not_found(registry: Registry) -> None:
    with pytest.raises(Refused) as caught:
        await registry.merge("pr_" + "0" * 32, "pr_" + "1" * 32)
    assert caught.value.refusal.kind is Kind.NOT_FOUND
