"""The fields of every event type, as a file: what a verifier needs to turn entries into rows. Pure.

    {"<type>": [["<field>", <form>, <required>], …], …}

`form` is "text", "integer", "boolean", or the list of texts that are allowed. One type a line, so
that two versions can be compared. All else about tables is in docs/reference/format.md, section 10.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from ledger.event import Event
from services.outcomes.tables import CATALOGUES


@cache
def schema() -> bytes:
    """The file. The same bytes as long as no event type changes."""
    known = {name: event for catalogue in CATALOGUES for name, event in catalogue.types.items()}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(_fields(event))}" for name, event in sorted(known.items()))
    return f"{{\n{lines}\n}}\n".encode()


@cache
def schema_sha256() -> str:
    """SHA-256 of the file, in hex: its name in a bundle."""
    return hashlib.sha256(schema()).hexdigest()


def _fields(event: type[Event]) -> Iterable[tuple[str, str | list[str], bool]]:
    return [(field.name, _form(field.type), field.required) for field in msgspec.structs.fields(event)]


def _form(annotation: Any) -> str | list[str]:
    if get_origin(annotation) in (Union, types.UnionType):
        return _form(next(arm for arm in get_args(annotation) if arm is not types.NoneType))
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return {int: "integer", bool: "boolean"}.get(annotation, "text")
