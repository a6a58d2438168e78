"""What every request is checked for before anybody looks at its meaning."""

from __future__ import annotations

from functools import cache

import protovalidate
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from ledger.errors import Kind, Refusal, Refused
from ledger.rpc.sure import sure_of

Violations = list[tuple[str, str, str]]
"""(path of the field, rule id, what to do)."""


class Malformed(Refused):
    """A request that breaks the rules of its fields."""

    def __init__(self, violations: Violations) -> None:
        first_field, _, first_message = violations[0]
        message = f"{first_field}: {first_message}" if first_field else first_message
        zh = f"字段 {first_field} 不符合要求" if first_field else "请求不符合要求"
        if len(violations) > 1:
            message += f" (the first of {len(violations)} things to repair)"
            zh += f"(共 {len(violations)} 处)"
        super().__init__(Refusal("malformed", Kind.MALFORMED, message, zh))
        self.violations = violations


def parse(kind: type[Message], sent: bytes) -> Message:
    """The message in these bytes. Raises Malformed: there is none."""
    try:
        return kind.FromString(sent)
    except DecodeError:
        name = kind.DESCRIPTOR.full_name
        raise Malformed(
            [("", "unparsable", f"these bytes are no {name}; use the .proto files of this version")]
        ) from None


def check_itself(message: Message) -> None:
    """Raises Malformed: the message has, on its outermost level, a field nobody knows."""
    unknown = UnknownFieldSet(message)
    if len(unknown):
        raise _unknown(str(unknown[0].field_number))


def check(message: Message, *, clean: bool = False) -> None:
    """Raises Malformed: a field nobody knows, or a rule of the .proto file broken.

    `clean`: it is known to have no unknown field.
    """
    unknown = None if clean else unknown_field(message)
    if unknown is not None:
        raise _unknown(unknown)
    if sure_of(message.DESCRIPTOR)(message):
        return
    violations = _validator.collect_violations(message)
    if violations:
        raise Malformed([_told(violation) for violation in violations])


_validator = protovalidate.Validator()


def _unknown(path: str) -> Malformed:
    return Malformed([(path, "unknown_field", f"{path} is no field of this version; remove it or upgrade the ledger")])


def _told(violation: protovalidate.Violation) -> tuple[str, str, str]:
    told = violation.proto
    path = ".".join(
        f"{element.field_name}[{element.subscript.value!r}]" if element.subscript else element.field_name
        for element in (told.field.elements if told.field else ())
    )
    return path, told.rule_id, told.message


@cache
def _nested(descriptor: Descriptor) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (field.name, field.is_repeated)
        for field in descriptor.fields
        if field.message_type is not None and not field.message_type.GetOptions().map_entry
    )


def unknown_field(message: Message) -> str | None:
    """Path of the first unknown field, such as `signed.17`; None: there is none."""
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    if known.ByteSize() == message.ByteSize():  # a quarter of the time of looking everywhere
        return None
    return _path_of_unknown(message)


def _path_of_unknown(message: Message) -> str | None:
    unknown = UnknownFieldSet(message)
    if len(unknown):
        return str(unknown[0].field_number)
    for name, repeated in _nested(message.DESCRIPTOR):
        if repeated:
            for at, item in enumerate(getattr(message, name)):
                deeper = _path_of_unknown(item)
                if deeper is not None:
                    return f"{name}[{at}].{deeper}"
        elif message.HasField(name):
            deeper = _path_of_unknown(getattr(message, name))
            if deeper is not None:
                return f"{name}.{deeper}"
    return None
