"""A quick answer for the usual case: this message surely keeps the rules of its .proto file.

protovalidate is the judge, and says what is wrong in its own words; it takes 12 µs a message. Almost
every message is right, and the few kinds of rules our files use can be checked in 3 µs. So: True here
means that protovalidate would find nothing; False means ask it. A rule of a kind not known here makes
its messages never sure, so that a new rule is slow, not skipped. A property test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from functools import cache
from typing import Any, Final

from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from ledger.fields import getter

Test = Callable[[Any], object]
"""A value's truth: whether it surely keeps the rules of its field."""

#: Rules we understand; what is set beyond them makes the message unsure.
KINDS: Final = {
    "string": {"pattern", "min_len", "max_len", "in"},
    "int64": {"gte", "lte"},
    "repeated": {"min_items", "max_items"},
}
#: A pattern that means the same to RE2 and to `re.fullmatch`: anchored, without escapes or flags.
PLAIN_PATTERN: Final = re.compile(r"\^(?:[^\\$^(]|\((?!\?))*\$")
INT64: Final = (-(2**63), 2**63 - 1)


class NotKnown(Exception):
    """A rule of another kind: leave it to protovalidate."""


@cache
def sure_of(descriptor: Descriptor) -> Test:
    """What to ask a message of this type."""
    try:
        return _compile(descriptor)
    except NotKnown:
        return _never


def _never(_message: Any) -> bool:
    return False


def _compile(descriptor: Descriptor) -> Test:
    refuse_rules_of_the_whole(descriptor)
    plain: list[tuple[str, Test]] = []
    optional: list[tuple[str, Test | None, bool]] = []
    repeated: list[tuple[str, Test, Test]] = []
    choices: dict[str, dict[str, Test | None]] = {}
    for field in descriptor.fields:
        rules = field.GetOptions().Extensions[validate_pb2.field]
        test = test_of(field)
        if field.is_repeated:
            if field.message_type is None or field.message_type.GetOptions().map_entry:
                raise NotKnown
            repeated.append((field.name, _count(rules.repeated), sure_of(field.message_type)))
        elif field.containing_oneof is not None and len(field.containing_oneof.fields) > 1:
            choices.setdefault(field.containing_oneof.name, {})[field.name] = test
        elif field.has_presence:
            if test or rules.required:
                optional.append((field.name, test, rules.required))
        elif test:
            plain.append((field.name, test))
    oneofs = [
        (name, tests, descriptor.oneofs_by_name[name].GetOptions().Extensions[validate_pb2.oneof].required)
        for name, tests in choices.items()
    ]
    values = getter([name for name, _ in plain])
    tests = [test for _, test in plain]

    def sure(message: Any) -> bool:
        for test, value in zip(tests, values(message), strict=True):
            if not test(value):
                return False
        for name, rule, required in optional:
            if message.HasField(name):
                if rule is not None and not rule(getattr(message, name)):
                    return False
            elif required:
                return False
        for name, fits, rule_of_items in repeated:
            items = getattr(message, name)
            if not fits(items) or not all(map(rule_of_items, items)):
                return False
        for name, rules, required in oneofs:
            chosen = message.WhichOneof(name)
            if chosen is None:
                if required:
                    return False
                continue
            rule = rules[chosen]
            if rule is not None and not rule(getattr(message, chosen)):
                return False
        return True

    return sure


def refuse_rules_of_the_whole(descriptor: Descriptor) -> None:
    """Raises NotKnown: a rule about more than one field."""
    if descriptor.GetOptions().HasExtension(validate_pb2.message):
        raise NotKnown


def test_of(field: FieldDescriptor) -> Test | None:
    """What a value of the field must pass; None: whatever it holds is right. Raises NotKnown."""
    rules = field.GetOptions().Extensions[validate_pb2.field]
    for rule, _ in rules.ListFields():
        if rule.name != "required" and rule.name not in KINDS:
            raise NotKnown
        if rule.name in KINDS and any(
            inner.name not in KINDS[rule.name] for inner, _ in getattr(rules, rule.name).ListFields()
        ):
            raise NotKnown
    if field.message_type is not None:
        return None if field.is_repeated else sure_of(field.message_type)
    if rules.required:
        raise NotKnown
    if rules.HasField("int64"):
        return _between(rules.int64)
    if rules.HasField("string"):
        return _text(rules.string)
    return None


def _between(rules: Any) -> Test:
    least = rules.gte if rules.HasField("gte") else INT64[0]
    most = rules.lte if rules.HasField("lte") else INT64[1]
    if least > most:
        raise NotKnown  # to protovalidate this means: outside
    return lambda value: least <= value <= most


def _text(rules: Any) -> Test:
    choices = getattr(rules, "in")
    if choices:
        if len(rules.ListFields()) > 1:
            raise NotKnown
        return frozenset(choices).__contains__
    if rules.HasField("pattern"):
        if len(rules.ListFields()) > 1 or not PLAIN_PATTERN.fullmatch(rules.pattern):
            raise NotKnown
        return re.compile(rules.pattern).fullmatch
    least = rules.min_len
    most = rules.max_len if rules.HasField("max_len") else 2**63
    return lambda value: least <= len(value) <= most


def _count(rules: Any) -> Callable[[Sized], bool]:
    least = rules.min_items
    most = rules.max_items if rules.HasField("max_items") else 2**63
    return lambda items: least <= len(items) <= most
