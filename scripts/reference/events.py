"""The event catalogue and the names of streams, from services/*/events.py, commands.py and facts.proto."""

from __future__ import annotations

import hashlib
import importlib
import types
import typing
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import msgspec
from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor

from ledger.decider import Command, OnSubject
from ledger.event import Catalogue, EntryRetracted, Event
from scripts.reference.markdown import code, codes, on_one_line, table
from services.outcomes.tables import TABLE_OF

SERVICES: Final = ("registry", "training", "placement", "followup", "publication")
#: patterns of the .proto files → the form's name in format.md
PATTERNS: Final = {
    "^[a-z0-9][a-z0-9-]{0,39}$": "id",
    "^[0-9]{6}$": "region",
    "^pr_[0-9a-f]{32}$": "person",
    "^st_[0-9a-f]{32}$": "staff",
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": "date",
    "^[0-9]{4}-(0[1-9]|1[0-2])$": "month",
}
INTEGER_MAX: Final = 2**53 - 1
#: where a stream is named after the hash of a field: what the hash of its placeholder stands for
HASHED: Final = {
    hashlib.sha256(f"<{name}>".encode()).hexdigest()[:16]: f"<{name}_hash>" for name in ("parameters", "key")
}


class Stated(NamedTuple):
    """A command: which stream it speaks of, and the facts it states there by slot."""

    name: str
    stream: str
    facts: dict[str, type[Event]]


def catalogue_of(service: str) -> Catalogue:
    """The event types of a service."""
    found: Catalogue = importlib.import_module(f"services.{service}.events").CATALOGUE
    return found


def commands_of(service: str) -> list[type[Command]]:
    """The commands a service defines, in their order; bases of commands are left out."""
    module = importlib.import_module(f"services.{service}.commands")
    defined = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Command)]
    return [one for one in defined if one.__module__ == module.__name__ and one.__struct_fields__]


def stated_by(command: type[Command]) -> Stated:
    """A command and the form of its stream, as `Command.stream` itself gives it for placeholders."""
    facts = {slot: fact for slot, fact in _fields(command).items() if _is_event(fact)}
    if issubclass(command, OnSubject):
        return Stated(command.__name__, "the stream that `subject` names", facts)
    whole = _example(command, optional=True).stream("<agency>", "<id>").split("/")
    bare = _example(command, optional=False).stream("<agency>", "<id>").split("/")
    parts = [
        one if one == other else f"<{one[1:-1]}|{other.strip('<>')}>" for one, other in zip(whole, bare, strict=True)
    ]
    return Stated(command.__name__, code("/".join(HASHED.get(part, part) for part in parts)), facts)


def streams() -> str:
    """The table of stream names: what they hold and which commands go on in them."""
    rows = []
    for service in SERVICES:
        by_stream: dict[str, list[Stated]] = {}
        for command in commands_of(service):
            stated = stated_by(command)
            by_stream.setdefault(stated.stream, []).append(stated)
        for stream, some in by_stream.items():
            slots = dict.fromkeys(fact.slot for stated in some for fact in stated.facts.values())
            rows.append((service, stream, codes(slots), ", ".join(stated.name for stated in some)))
    return table(("log of", "stream (`subject`)", "slots", "commands"), rows)


def catalogue() -> str:
    """Every event type of every service with its fields."""
    pages = []
    for service in SERVICES:
        pages.append(f"### {service}\n\n")
        for name, event in catalogue_of(service).types.items():
            if event is not EntryRetracted:
                pages.append(_event(service, name, event))
    pages.append("### every log\n\n")
    pages.append(_event("", "<service>.EntryRetracted.v1", EntryRetracted))
    return "".join(pages)


def _event(service: str, name: str, event: type[Event]) -> str:
    facts = [f"table `{TABLE_OF[event].name}`"]
    if event is not EntryRetracted:
        facts = [
            f"slot `{event.slot}`",
            *([f"needs `{event.needs}`"] if event.needs else []),
            f"identity {codes(event.identity)}",
            *facts,
        ]
    facts.append(f"time from `{event.occurred}`" if event.occurred else "time is `recorded`")
    rows = [
        (code(field.name), _form(event, field, _message(service, event)), "required" if field.required else "optional")
        for field in msgspec.structs.fields(event)
    ]
    return f"**`{name}`** {on_one_line(event)}\n{'; '.join(facts)}.\n\n{table(('field', 'form', ''), rows)}\n"


def _form(event: type[Event], field: msgspec.structs.FieldInfo, message: Descriptor | None) -> str:
    base = _base(typing.get_type_hints(event)[field.name])
    if typing.get_origin(base) is Literal:
        return " · ".join(code(value) for value in typing.get_args(base))
    if base is bool:
        return "boolean"
    rules: Any = None
    if message is not None:
        rules = message.fields_by_name[field.name].GetOptions().Extensions[validate_pb2.field]
    if base is int:
        return _integer(rules)
    return _string(field.name, rules)


def _integer(rules: Any) -> str:
    if rules is None:
        return "integer"
    least = rules.int64.gte if rules.int64.HasField("gte") else -INTEGER_MAX
    most = rules.int64.lte if rules.int64.HasField("lte") else INTEGER_MAX
    return f"integer {least} to {'2^53 - 1' if most == INTEGER_MAX else most}"


def _string(name: str, rules: Any) -> str:
    if rules is None:
        return {"person": "person", "into": "person"}.get(name, "text")
    text = rules.string
    if getattr(text, "in"):
        return " · ".join(code(value) for value in getattr(text, "in"))
    if text.pattern:
        return PATTERNS.get(text.pattern, code(text.pattern))
    return f"text {text.min_len} to {text.max_len}"


def _message(service: str, event: type[Event]) -> Descriptor | None:
    """The fact's message in facts.proto; None: its service takes it in other words (registry)."""
    try:
        module = importlib.import_module(f"ledger_api.{service}.v1.facts_pb2")
    except ModuleNotFoundError:
        return None
    found: Descriptor = module.DESCRIPTOR.message_types_by_name[event.__name__]
    return found


def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Name → type of each field, without the None of what may be left out."""
    return {
        name: _base(hint) for name, hint in typing.get_type_hints(struct).items() if name in struct.__struct_fields__
    }


def _base(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(arm for arm in typing.get_args(hint) if arm is not type(None))
    return hint


def _example(struct: type[msgspec.Struct], *, optional: bool) -> Any:
    """An instance whose texts are `<field>`, or `<one|or|other>` where a field has a list of values."""
    return struct(**dict(_values(struct, optional)))


def _values(struct: type[msgspec.Struct], optional: bool) -> Iterator[tuple[str, object]]:
    facts = [name for name, base in _fields(struct).items() if _is_event(base)]
    for field in msgspec.structs.fields(struct):
        base = _fields(struct)[field.name]
        if field.name in facts:
            # a command of optional facts only is told apart by its first
            if field.required or field.name == facts[0]:
                yield field.name, _example(base, optional=optional)
        elif field.required or optional:
            yield field.name, _placeholder(field.name, base)


def _is_event(base: Any) -> bool:
    return isinstance(base, type) and issubclass(base, Event)


def _placeholder(name: str, base: Any) -> object:
    if typing.get_origin(base) is Literal and name == "kind":
        return f"<{'|'.join(typing.get_args(base))}>"
    return f"<{name}>"
