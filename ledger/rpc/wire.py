"""Messages to structs and back, field by field, by name.

Compiled once a pair; a pair whose fields differ is refused when it is compiled, that is at start.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import msgspec
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from ledger.errors import Kind, Refusal, Refused
from ledger.fields import getter

#: Fields of a request that are about the call and not about the facts.
ABOUT_THE_CALL = frozenset({"context"})


class _Field(typing.NamedTuple):
    name: str
    optional: bool
    #: the struct of a nested message; None: a scalar
    struct: type[msgspec.Struct] | None
    #: a text that must be a date that exists
    is_date: bool


@cache
def fields_of(descriptor: Descriptor, struct: type[msgspec.Struct]) -> tuple[_Field, ...]:
    """How the fields of the message and the struct go together. Raises TypeError: they do not."""
    hints = typing.get_type_hints(struct)
    there = {name for name in descriptor.fields_by_name if name not in ABOUT_THE_CALL}
    here = {field.name for field in msgspec.structs.fields(struct)}
    if there != here:
        raise TypeError(f"{descriptor.full_name} and {struct.__name__} differ in {sorted(there ^ here)}")
    out = []
    for field in msgspec.structs.fields(struct):
        kinds = typing.get_args(hints[field.name]) if _is_union(hints[field.name]) else (hints[field.name],)
        optional = type(None) in kinds
        nested = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
        wired = descriptor.fields_by_name[field.name]
        if (wired.type == FieldDescriptor.TYPE_MESSAGE) != bool(nested) or (optional and not wired.has_presence):
            raise TypeError(f"{descriptor.full_name}.{field.name} and {struct.__name__}.{field.name} differ in kind")
        out.append(_Field(field.name, optional, nested[0] if nested else None, field.name.endswith("_on")))
    return tuple(out)


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


@cache
def reader(descriptor: Descriptor, struct: type[msgspec.Struct]) -> Callable[[Message], Any]:
    """message → struct. The function raises Refused where a date does not exist."""
    fields = fields_of(descriptor, struct)
    plain = tuple(field.name for field in fields if not field.optional and field.struct is None)
    plain_values = getter(plain)
    optional = tuple(field.name for field in fields if field.optional and field.struct is None)
    dates = tuple(field.name for field in fields if field.is_date)
    nested = tuple(
        (field.name, reader(descriptor.fields_by_name[field.name].message_type, field.struct))
        for field in fields
        if field.struct is not None
    )

    def read(message: Any) -> Any:
        values = dict(zip(plain, plain_values(message), strict=True))
        for name in optional:
            if message.HasField(name):
                values[name] = getattr(message, name)
        for name in dates:
            if name in values:
                check_date(name, values[name])
        for name, read_nested in nested:
            if message.HasField(name):
                values[name] = read_nested(getattr(message, name))
        return struct(**values)

    return read


def check_date(name: str, value: str) -> None:
    """Raises Refused: the day does not exist. `name` is the field that holds it."""
    try:
        date.fromisoformat(value)
    except ValueError:
        raise Refused(
            Refusal(
                "no_such_date",
                Kind.MALFORMED,
                f"{name}: {value} is not a day of the calendar",
                f"{name}:日期 {value} 不存在",
                {"field": name},
            )
        ) from None


def fill(message: Any, struct: msgspec.Struct) -> None:
    """Set the fields of a message from a struct of the same names."""
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, msgspec.Struct):
            nested = getattr(message, name)
            nested.SetInParent()
            fill(nested, value)
        elif value is not None:
            setattr(message, name, value)


def message_class(descriptor: Descriptor) -> type[Message]:
    """The generated class of a message."""
    return GetMessageClass(descriptor)
