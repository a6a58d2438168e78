"""decide(command, state): what the registry records of a person, and what it refuses.

Which refusal wins: malformed, then an unknown reference, then one that was erased, then one that was
merged already; what the other reference of a merge says comes last.
"""

from __future__ import annotations

import re
from typing import assert_never, cast

from ledger.decider import Command, Decision, Retract, State, decide_retraction, step
from ledger.errors import Kind, Refusal
from services.registry.commands import ErasePerson, MergePersons, RegisterPerson, RegistryCommand, RetractMerge
from services.registry.events import PersonsMerged

#: what looks like an identity number or a mobile number, wherever it stands in a text
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|(?:\+?86)?1[3-9][0-9]{9})(?![0-9A-Za-z])")


def decide(command: Command, state: State) -> Decision:
    """The events to record, or why not."""
    asked = cast(RegistryCommand, command)
    match asked:
        case RegisterPerson():
            return step(state, asked.registered)
        case MergePersons():
            return _merge(asked.merged, state)
        case RetractMerge():
            return _retract_merge(asked, state)
        case ErasePerson():
            return _erase(asked, state)
        case _:
            assert_never(asked)


def refuse_into(merged: PersonsMerged, into: State, final: str) -> Refusal | None:
    """Why `merged.into` cannot stand for somebody else as well; None: it can.

    `into` is its state, `final` the reference at which its own merges end (itself: it has none).
    """
    if "registered" not in into.facts:
        return _no_such_person(merged.into)
    if "erased" in into.facts:
        return _erased(merged.into, into)
    if "merged" not in into.facts:
        return None
    if final == merged.person:
        return Refusal(
            "merge_in_a_circle",
            Kind.IMPOSSIBLE,
            f"{merged.into} is counted as {merged.person} already; nothing is left to merge",
            f"{merged.into} 已并入 {merged.person},无需再并",
            {"into": merged.into, "final": final},
        )
    return Refusal(
        "into_is_merged",
        Kind.IMPOSSIBLE,
        f"{merged.into} is itself counted as {final}; merge into {final}",
        f"{merged.into} 已并入 {final},请直接并入 {final}",
        {"into": merged.into, "final": final},
    )


def _merge(merged: PersonsMerged, state: State) -> Decision:
    if merged.person == merged.into:
        return Refusal(
            "merged_into_itself",
            Kind.MALFORMED,
            "person and into are the same reference; name two",
            "两个人员编号相同,无法合并",
        )
    return _unfit(merged.person, state) or step(state, merged)


def _retract_merge(asked: RetractMerge, state: State) -> Decision:
    for slot, fact in state.facts.items():
        if fact.index == asked.entry and slot != "merged":
            return Refusal(
                "only_merges",
                Kind.IMPOSSIBLE,
                f"entry {asked.entry} is no merge: a reference that was handed out stays, and an erasure is final",
                f"第 {asked.entry} 条不是合并记录:人员编号一经发出即保留,删除不可恢复,均不能撤销",
                {"entry": str(asked.entry), "slot": slot},
            )
    return _quotes_nobody("reason", asked.reason) or decide_retraction(
        state, Retract(entry=asked.entry, reason=asked.reason)
    )


def _erase(asked: ErasePerson, state: State) -> Decision:
    return _quotes_nobody("case", asked.erased.case) or _unfit(asked.erased.person, state) or step(state, asked.erased)


def refuse_one_officer(actor: str, second_actor: str | None) -> Refusal | None:
    """An erasure takes two officers."""
    if second_actor not in (None, actor):
        return None
    return Refusal(
        "two_officers",
        Kind.MALFORMED,
        "an erasure takes two officers: second_actor must not be the actor",
        "删除个人信息须由两名经办人共同办理,复核人不得与经办人相同",
    )


def _unfit(person: str, state: State) -> Refusal | None:
    if "registered" not in state.facts:
        return _no_such_person(person)
    return _erased(person, state) if "erased" in state.facts else None


def _no_such_person(person: str) -> Refusal:
    return Refusal(
        "no_such_person",
        Kind.NOT_FOUND,
        f"no reference {person} was ever handed out here",
        f"本库没有人员编号 {person}",
        {"person": person},
    )


def _erased(person: str, state: State) -> Refusal:
    entry = state.facts["erased"].index
    return Refusal(
        "already_erased",
        Kind.IMPOSSIBLE,
        f"{person} was erased by entry {entry}; nothing can be recorded of it any more",
        f"{person} 的个人信息已由第 {entry} 条删除,不能再作登记",
        {"person": person, "entry": str(entry)},
    )


def _quotes_nobody(field: str, text: str) -> Refusal | None:
    """The log keeps this text for ever, so what looks like a person's number is not let in."""
    if _PERSONAL.search(text) is None:
        return None
    return Refusal(
        "personal_data",
        Kind.MALFORMED,
        f"{field} holds what looks like an identity or phone number; the log is never erased, so leave it out",
        f"{field} 中疑似含有身份证号或电话号码;该内容将永久保存,请删去",
        {"field": field},
    )
