"""A valid, fixed event of every type: the values that golden entries and most tests are made of."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeVar

import msgspec

from ledger.event import Catalogue, EntryRetracted, Event
from services.followup.events import CATALOGUE as FOLLOWUP
from services.placement.events import CATALOGUE as PLACEMENT
from services.publication.events import CATALOGUE as PUBLICATION
from services.registry.events import CATALOGUE as REGISTRY
from services.training.events import CATALOGUE as TRAINING

CATALOGUES: Final[Mapping[str, Catalogue]] = {
    catalogue.service: catalogue for catalogue in (REGISTRY, TRAINING, PLACEMENT, FOLLOWUP, PUBLICATION)
}
#: (service, event type) of everything that can be recorded anywhere
EVERY_TYPE: Final = [(service, event) for service, known in CATALOGUES.items() for event in known.names]

PERSON: Final = "pr_" + "5d0c" * 8
OTHER_PERSON: Final = "pr_" + "b7e1" * 8

#: By name of the field. These are in golden entries: change none, add what is new.
_VALUES: Final[Mapping[str, str | int]] = {
    "programme": "datong-hugong",
    "region": "630121",
    "work_region": "320100",
    "person": PERSON,
    "into": OTHER_PERSON,
    "visitor": "st_" + "7a1c" * 8,
    "employer": "91320100MA1XYZ",
    "employer_name": "南京“康宁”护理院",
    "position": "医疗护理员",
    "month": "2025-03",
    "class_no": "DT-2025/03 期",
    "category": "脱贫人口",
    "category_by": "大通县乡村振兴局",
    "agreement": "AG-2025-0001",
    "title": "春风行动 “大通护工”专场\t招聘会",
    "place": "桥头镇 100% 广场\\南",
    "unit": "人次",
    "entry": 20_852_161,
    "entry_type": "IntentAgreementSigned",
    "reason": "clerical",
    "expected_wage_fen": 420_000,
    "wage_fen": 398_550,
    "value_milli": 9_007_199_254_740_991,
    "attendances": 0,
    "parameters": '{"from":null,"programme":"datong-hugong","region":null,"to":"2025-06-30"}',
    "rule_sha256": "0f" * 32,
    "cut": '{"ledger.local/placement":17314}',
    "statement": "placement-ledger figure v1\npublisher ledger.local/publication\n\n— ledger.local/publication AAAA\n",
}
_DATES: Final[Mapping[str, str]] = {
    "enrolled_on": "2025-02-10",
    "category_since_on": "2021-12-31",
    "opened_on": "2025-02-10",
    "signed_on": "2025-03-05",
    "withdrawn_on": "2025-03-12",
    "started_on": "2025-03-20",
    "ended_on": "2025-09-30",
    "d30_on": "2025-04-19",
    "d90_on": "2025-06-18",
    "d180_on": "2025-09-16",
    "checked_on": "2025-03-15",
    "visited_on": "2025-04-20",
    "held_on": "2024-02-29",
}

E = TypeVar("E", bound=Event)


def sample(event: type[E], *, full: Any = False, **changes: Any) -> E:
    """A valid event. `full`: with its optional fields, too; `changes`: fields that a test speaks of."""
    hints = typing.get_type_hints(event)
    values = {
        field.name: _value(field.name, hints[field.name])
        for field in msgspec.structs.fields(event)
        if full or field.required
    }
    return event(**(values | changes))


def _value(name: str, hint: Any) -> Any:
    kinds = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    kind = next(kind for kind in kinds if kind is not type(None))
    if typing.get_origin(kind) is Literal:
        return typing.get_args(kind)[0]
    if kind is bool:
        return True
    if name in _VALUES:
        return _VALUES[name]
    if name.endswith("_on"):
        return _DATES.get(name, "2025-03-05")
    return 805 if kind is int else f"{name}-1"


def value_named(name: str) -> str | int:
    """The sample value of a field, for messages that are no events."""
    value: str | int = _value(name, str)
    return value


def optional_fields(event: type[Event]) -> list[str]:
    """The fields that an entry of this type may leave out."""
    return [field.name for field in msgspec.structs.fields(event) if not field.required]


def stored_name(service: str, event: type[Event]) -> str:
    return CATALOGUES[service].names[event]


__all__ = [
    "CATALOGUES",
    "EVERY_TYPE",
    "OTHER_PERSON",
    "PERSON",
    "EntryRetracted",
    "optional_fields",
    "sample",
    "stored_name",
    "value_named",
]
