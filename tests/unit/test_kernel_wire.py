"""Messages and structs: the same fields, the same choices, and a command for everything."""

from __future__ import annotations

import datetime
import re
import types
import typing
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest
from buf.validate import validate_pb2
from google.protobuf.descriptor import FieldDescriptor

from ledger.decider import Command, Correct, Retract
from ledger.entry import INTEGER_MAX
from ledger.errors import Refused
from ledger.event import EntryRetracted, Event
from ledger.rpc.checks import check
from ledger.rpc.wire import fields_of, fill, message_class, reader
from ledger_api.common.v1 import common_pb2
from ledger_api.followup.v1 import followup_pb2
from ledger_api.placement.v1 import placement_pb2
from ledger_api.training.v1 import training_pb2
from tests.support.rpc import COMMANDS, SERVICES, methods_of, valid_request
from tests.support.samples import CATALOGUES, sample

FILES = {"training": training_pb2, "placement": placement_pb2, "followup": followup_pb2}
WRITTEN = [
    (service, event) for service in SERVICES for event in CATALOGUES[service].names if event is not EntryRetracted
]
ASKED = [(service, command) for service, commands in COMMANDS.items() for command in commands]


def message_of(service: str, name: str) -> Any:
    package = FILES[service].DESCRIPTOR.package
    for file in (FILES[service].DESCRIPTOR, *FILES[service].DESCRIPTOR.dependencies):
        if file.package == package and name in file.message_types_by_name:
            return file.message_types_by_name[name]
    raise AssertionError(f"{service} has no message {name}")


def rules_of(field: FieldDescriptor) -> Any:
    return field.GetOptions().Extensions[validate_pb2.field]


def kinds_of(hint: Any) -> list[Any]:
    union = get_origin(hint) in (typing.Union, types.UnionType)
    return [kind for kind in (get_args(hint) if union else (hint,)) if kind is not type(None)]


@pytest.mark.parametrize(("service", "event"), WRITTEN, ids=lambda one: getattr(one, "__name__", one))
class TestEveryEvent:
    def test_has_the_message_of_the_same_fields(self, service: str, event: type[Event]) -> None:
        message = message_of(service, event.__name__)
        assert [field.name for field in fields_of(message, event)] == list(event.__struct_fields__)

    def test_has_the_same_kinds_and_the_same_choices(self, service: str, event: type[Event]) -> None:
        message, hints = message_of(service, event.__name__), typing.get_type_hints(event)
        for name in event.__struct_fields__:
            field, [kind] = message.fields_by_name[name], kinds_of(hints[name])
            told = f"{service}.{event.__name__}.{name}"
            if kind is int:
                assert field.type == FieldDescriptor.TYPE_INT64, told
                rule = rules_of(field).int64
                assert (rule.gte, rule.lte) == (0, INTEGER_MAX), told
            elif kind is bool:
                assert field.type == FieldDescriptor.TYPE_BOOL, told
            else:
                assert field.type == FieldDescriptor.TYPE_STRING, told
                choices = list(getattr(rules_of(field).string, "in"))
                assert choices == (list(get_args(kind)) if get_origin(kind) is Literal else []), told

    def test_has_presence_exactly_where_a_field_may_be_unknown(self, service: str, event: type[Event]) -> None:
        message = message_of(service, event.__name__)
        for field in msgspec.structs.fields(event):
            assert message.fields_by_name[field.name].has_presence == (not field.required), field.name

    def test_keeps_every_text_within_limits(self, service: str, event: type[Event]) -> None:
        """No text without a pattern, a list or a length: else an entry could grow beyond its 65,535 bytes."""
        for field in message_of(service, event.__name__).fields:
            if field.type == FieldDescriptor.TYPE_STRING:
                rule = rules_of(field).string
                assert rule.pattern or getattr(rule, "in") or 0 < rule.max_len <= 400, field.full_name

    def test_says_which_texts_are_dates_persons_and_regions(self, service: str, event: type[Event]) -> None:
        for field in message_of(service, event.__name__).fields:
            pattern = rules_of(field).string.pattern
            if field.name.endswith("_on"):
                assert re.match(pattern, "2025-02-28"), field.full_name
                assert not re.match(pattern, "2025-2-28"), field.full_name
                assert not re.match(pattern, "2025-02-28T00:00"), field.full_name
            elif field.name in ("person", "into"):
                assert re.match(pattern, "pr_" + "0" * 32), field.full_name
                assert not re.match(pattern, "99" + "0" * 16), field.full_name
            elif field.name in ("region", "work_region"):
                assert re.match(pattern, "630121"), field.full_name
                assert not re.match(pattern, "63012"), field.full_name

    def test_goes_there_and_back(self, service: str, event: type[Event]) -> None:
        message = message_of(service, event.__name__)
        for full in (True, False):
            fact = sample(event, full=full)
            wired = message_class(message)()
            fill(wired, fact)
            check(wired)
            assert reader(message, event)(message_class(message).FromString(wired.SerializeToString())) == fact


@pytest.mark.parametrize(("service", "command"), ASKED, ids=lambda one: getattr(one, "__name__", one))
def test_every_command_has_the_request_of_the_same_fields(service: str, command: type[Command]) -> None:
    method = SERVICES[service].methods_by_name[command.__name__]
    assert method.input_type.name == f"{command.__name__}Request"
    assert method.output_type.full_name == "ledger_api.common.v1.Receipt"
    names = [field.name for field in fields_of(method.input_type, command)]
    assert names == list(command.__struct_fields__)
    assert [field.name for field in method.input_type.fields] == ["context", *names]
    assert method.input_type.fields_by_name["context"].number == 1


@pytest.mark.parametrize(("service", "command"), ASKED, ids=lambda one: getattr(one, "__name__", one))
def test_every_fact_of_a_command_is_required_on_the_wire_as_it_is_in_the_struct(
    service: str, command: type[Command]
) -> None:
    request = SERVICES[service].methods_by_name[command.__name__].input_type
    for field in msgspec.structs.fields(command):
        wired = request.fields_by_name[field.name]
        if wired.message_type is not None:
            assert rules_of(wired).required == field.required, wired.full_name
        fact = kinds_of(field.type)[0]
        if isinstance(fact, type) and issubclass(fact, Event):
            assert wired.message_type is not None
            assert wired.message_type.name == fact.__name__


@pytest.mark.parametrize("service", SERVICES)
def test_whatever_takes_a_context_is_a_command(service: str) -> None:
    """Only commands say who asks; a method that says so and is no command would record nothing."""
    asking = {method.name for method in SERVICES[service].methods if "context" in method.input_type.fields_by_name}
    assert asking == {command.__name__ for command in COMMANDS[service]} | {"Retract", "Correct"}
    assert {"Batch", "ReadEntries", "GetHead"} <= {method.name for method in SERVICES[service].methods}


@pytest.mark.parametrize("service", SERVICES)
def test_a_batch_takes_every_command(service: str) -> None:
    items = message_of(service, "BatchItem").oneofs_by_name["command"].fields
    taken = {field.message_type.name.removesuffix("Request") for field in items if field.message_type}
    assert taken == {command.__name__ for command in COMMANDS[service]} | {"Retract", "Correct"}
    for field in items:
        assert field.message_type is not None
        snake = re.sub(r"(?<!^)([A-Z])", r"_\1", field.message_type.name.removesuffix("Request")).lower()
        assert field.name == snake


@pytest.mark.parametrize("service", SERVICES)
def test_a_correction_may_be_of_every_event(service: str) -> None:
    facts = message_of(service, "CorrectRequest").oneofs_by_name["fact"].fields
    corrected = {field.message_type.name for field in facts if field.message_type}
    assert corrected == {event.__name__ for event in CATALOGUES[service].names if event is not EntryRetracted}
    assert {field.name for field in message_of(service, "CorrectRequest").fields} - {"context"} == {
        *Correct.__struct_fields__,
        *(field.name for field in facts),
    } - {"fact"}


def test_a_retraction_has_the_same_fields() -> None:
    assert [field.name for field in fields_of(common_pb2.RetractRequest.DESCRIPTOR, Retract)] == ["entry", "reason"]


def test_a_pair_whose_fields_differ_is_refused_when_it_is_compiled() -> None:
    class Other(Event, frozen=True, kw_only=True):
        slot = "other"
        programme: str

    class OtherKind(Retract, frozen=True, kw_only=True):
        pass

    with pytest.raises(TypeError, match="ClassOpened and Other differ"):
        fields_of(message_of("training", "ClassOpened"), Other)
    with pytest.raises(TypeError, match="differ in kind"):

        class Entry(Command, frozen=True, kw_only=True):
            entry: sample  # type: ignore[valid-type]
            reason: str

        Entry.__annotations__["entry"] = OtherKind
        fields_of(common_pb2.RetractRequest.DESCRIPTOR, Entry)


@pytest.mark.parametrize("service", SERVICES)
def test_valid_requests_are_valid(service: str) -> None:
    """What the fuzzer starts from."""
    for method in methods_of(service):
        check(valid_request(method.input_type))


@pytest.mark.parametrize("day", ["2025-02-29", "2025-04-31", "1900-02-29", "0000-01-01", "2025-06-31"])
def test_a_day_that_does_not_exist_is_refused(day: str) -> None:
    message = message_of("training", "ClassOpened")
    from services.training.events import ClassOpened

    wired = message_class(message)()
    fill(wired, sample(ClassOpened, opened_on=day))
    with pytest.raises(Refused) as raised:
        reader(message, ClassOpened)(wired)
    refusal = raised.value.refusal
    assert (refusal.rule, refusal.details) == ("no_such_date", {"field": "opened_on"})
    assert "opened_on" in refusal.zh


@pytest.mark.parametrize("day", ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_that_exists_is_taken(day: str) -> None:
    from services.training.events import ClassOpened

    message = message_of("training", "ClassOpened")
    wired = message_class(message)()
    fill(wired, sample(ClassOpened, opened_on=day))
    assert reader(message, ClassOpened)(wired).opened_on == datetime.date.fromisoformat(day).isoformat()
