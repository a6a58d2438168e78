"""The quick answer never lets pass what protovalidate would refuse, and is given in the usual case."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import protovalidate
import pytest
from google.protobuf.message import DecodeError

from ledger.decider import Command
from ledger.errors import Refused
from ledger.rpc.quick import quick_reader
from ledger.rpc.sure import sure_of
from ledger.rpc.wire import message_class, reader
from ledger_api.common.v1 import common_pb2
from tests.support.fuzz import mutations
from tests.support.rpc import COMMANDS, SERVICES, methods_of, valid_request

JUDGE = protovalidate.Validator()


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_surely_right_is_right(service: str) -> None:
    sure = unsure = needlessly = 0
    for method, what, mutate in mutations(service):
        kind = message_class(SERVICES[service].methods_by_name[method].input_type)
        for seed in range(15):
            try:
                message = kind.FromString(mutate(random.Random(f"sure/{service}/{method}/{what}/{seed}")))
            except DecodeError:
                continue
            wrong = JUDGE.collect_violations(message)
            if sure_of(kind.DESCRIPTOR)(message):
                sure += 1
                assert not wrong, (method, what, seed, message)
            else:
                unsure += 1
                needlessly += not wrong
    assert sure > 300
    assert unsure > 300
    assert needlessly == 0, "right, and protovalidate had to be asked"


@pytest.mark.parametrize("service", SERVICES)
def test_the_usual_case_is_sure(service: str) -> None:
    for method in methods_of(service):
        if method.name != "Batch":  # its items are asked for one by one
            assert sure_of(method.input_type)(valid_request(method.input_type)), method.name


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_read_in_one_pass_is_what_two_passes_read(service: str) -> None:
    quick = other = needlessly = 0
    commands = {command.__name__: command for command in COMMANDS[service]}
    for method, what, mutate in mutations(service):
        if method not in commands:
            continue
        kind = message_class(SERVICES[service].methods_by_name[method].input_type)
        for seed in range(15):
            try:
                message = kind.FromString(mutate(random.Random(f"quick/{service}/{method}/{what}/{seed}")))
            except DecodeError:
                continue
            read = quick_reader(kind.DESCRIPTOR, commands[method])(message)
            context = quick_reader(common_pb2.Context.DESCRIPTOR, Asker)(message.context)  # type: ignore[attr-defined]
            if read is not None and context is not None:
                quick += 1
                assert not JUDGE.collect_violations(message), (method, what, seed, message)
                assert read == reader(kind.DESCRIPTOR, commands[method])(message)
                assert context == reader(common_pb2.Context.DESCRIPTOR, Asker)(message.context)  # type: ignore[attr-defined]
            else:
                other += 1
                needlessly += is_right(message, commands[method])
    assert quick > 300
    assert other > 300
    assert needlessly == 0, "right, and not read in one pass"


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """A context."""

    request_id: str
    agency: str
    actor: str
    expected_revision: int | None = None
    group: str
    unstated: str


def is_right(message: Any, command: type[Command]) -> bool:
    if JUDGE.collect_violations(message):
        return False
    try:
        reader(message.DESCRIPTOR, command)(message)
    except Refused:  # a day that does not exist
        return False
    return True


OTHER_RULES = """
syntax = "proto3";
package strange;
import "buf/validate/validate.proto";
message Known { string a = 1 [(buf.validate.field).string.min_len = 1]; }
message NoRules { string a = 1; repeated NoRules more = 2; }
message Email { string a = 1 [(buf.validate.field).string.email = true]; }
message Two { string a = 1 [(buf.validate.field).string = {min_len: 1, prefix: "x"}]; }
message Digits { string a = 1 [(buf.validate.field).string.pattern = "^\\\\d+$"]; }
message Outside { int64 a = 1 [(buf.validate.field).int64 = {gte: 9, lte: 1}]; }
message Cel { string a = 1 [(buf.validate.field).cel = {id: "x", message: "x", expression: "this == 'x'"}]; }
message Whole {
  option (buf.validate.message).cel = {id: "x", message: "x", expression: "this.a == 'x'"};
  string a = 1;
}
message Ignored { string a = 1 [(buf.validate.field) = {ignore: IGNORE_ALWAYS, string: {min_len: 3}}]; }
message Texts { repeated string a = 1 [(buf.validate.field).repeated.items.string.min_len = 1]; }
message Unique { repeated Known a = 1 [(buf.validate.field).repeated.unique = true]; }
message Bytes { bytes a = 1 [(buf.validate.field).bytes.min_len = 1]; }
message Required { string a = 1 [(buf.validate.field).required = true]; }
message Deep { Email a = 1; }
"""


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Messages with rules our files do not use."""
    folder = tmp_path_factory.mktemp("protos")
    (folder / "strange.proto").write_text(OTHER_RULES)
    third_party = Path(__file__).parents[2] / "third_party"
    out = folder / "strange.bin"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"-I{folder}",
            f"-I{third_party}",
            f"--descriptor_set_out={out}",
            "strange.proto",
        ],
        check=True,
        timeout=60,
    )
    from google.protobuf import descriptor_pool
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

    [file] = FileDescriptorSet.FromString(out.read_bytes()).file
    pool = descriptor_pool.Default()
    pool.Add(file)
    return pool.FindFileByName("strange.proto").message_types_by_name


@pytest.mark.parametrize(
    "name",
    ["Email", "Two", "Digits", "Outside", "Cel", "Whole", "Ignored", "Texts", "Unique", "Bytes", "Required", "Deep"],
)
def test_a_rule_of_another_kind_is_never_sure(strange: Any, name: str) -> None:
    message: Any = message_class(strange[name])()
    if name == "Deep":
        message.a.SetInParent()
    assert not sure_of(strange[name])(message)


def test_known_rules_and_none_are_sure(strange: Any) -> None:
    kind: Any = message_class(strange["Known"])
    assert sure_of(strange["Known"])(kind(a="x"))
    assert not sure_of(strange["Known"])(message_class(strange["Known"])())
