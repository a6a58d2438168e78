"""Requests that are valid but for one thing, made from the message descriptors."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from ledger.rpc.wire import message_class
from tests.support.rpc import methods_of, valid_request

TEXTS: Final = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1f",
    "\x7f",
    "\\u0000",
    "\\",
    '"',
    "x" * 200,
    "x" * 201,
    "医" * 200,
    "😀" * 200,
    "\u202e",
    "\ufeff",
    "%",
    "%2F",
    "/",
    "a/b",
    "../..",
    "'; DROP TABLE entries; --",
    "2025-02-29",
    "2025-13-01",
    "0000-01-01",
    "9999-12-31",
    "pr_" + "0" * 32,
    "pr_" + "0" * 31,
    "99010119900101001X",
    "630121",
    "${x}",
    "null",
    "NaN",
    "1e400",
    "-1",
]
NUMBERS: Final = [0, 1, -1, 2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**63 - 1, -(2**63)]
Mutation = Callable[[random.Random], bytes]


def mutations(service: str) -> Iterator[tuple[str, str, Mutation]]:
    """(method, what is changed, how): every field of every request, at every depth."""
    for method in methods_of(service):
        if method.name == "ReadEntries":
            continue
        for path in paths(method.input_type):
            yield method.name, ".".join(path), changing(method.input_type, path)
        yield method.name, "(bytes)", damaging(method.input_type)


def paths(message: Any, depth: int = 0) -> Iterator[tuple[str, ...]]:
    for field in message.fields:
        yield (field.name,)
        if field.message_type is not None and depth < 4:
            for deeper in paths(field.message_type, depth + 1):
                yield (field.name, *deeper)


def changing(message: Any, path: tuple[str, ...]) -> Mutation:
    def change(chance: random.Random) -> bytes:
        request: Any = message_class(message).FromString(valid_bytes(message))
        if "context" in message.fields_by_name:
            request.context.request_id = chance.choice(["", "r-1", f"r-{chance.random()}"])
        inner: Any = request
        for name in path[:-1]:
            field = inner.DESCRIPTOR.fields_by_name[name]
            inner = getattr(inner, name)[0] if field.is_repeated else getattr(inner, name)
        change_field(inner, inner.DESCRIPTOR.fields_by_name[path[-1]], chance)
        return bytes(request.SerializeToString())

    return change


def change_field(message: Any, field: FieldDescriptor, chance: random.Random) -> None:
    how = chance.choice(["clear", "unknown", "value", "value", "value", "value"])
    if how == "clear":
        message.ClearField(field.name)
    elif how == "unknown":
        message.MergeFromString(b"\xa0\x06\x01")
    elif field.is_repeated:
        del getattr(message, field.name)[:]
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(message_class(field.message_type)())
    elif field.type == FieldDescriptor.TYPE_STRING:
        setattr(message, field.name, chance.choice(TEXTS))
    elif field.type == FieldDescriptor.TYPE_BOOL:
        setattr(message, field.name, not getattr(message, field.name))
    else:
        small = field.type == FieldDescriptor.TYPE_INT32
        setattr(message, field.name, chance.choice([n for n in NUMBERS if not small or -(2**31) <= n < 2**31]))


@cache
def valid_bytes(message: Any) -> bytes:
    return bytes(valid_request(message).SerializeToString())


def damaging(message: Any) -> Mutation:
    """Bytes flipped, cut or added in a valid request."""

    def damage(chance: random.Random) -> bytes:
        sent = bytearray(valid_bytes(message) or b"\x00")
        at = chance.randrange(len(sent))
        match chance.randrange(3):
            case 0:
                sent[at] ^= 1 << chance.randrange(8)
            case 1:
                del sent[at:]
            case _:
                sent[at:at] = chance.randbytes(chance.randrange(1, 6))
        return bytes(sent)

    return damage
