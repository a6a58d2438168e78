"""Reading back what is to be signed."""

from __future__ import annotations

import pytest

from ledger.note import Signer
from ledger_api.audit.v1 import audit_pb2 as audit
from services.publication.statement import BadStatement, canonical, parse_statement, text_sha256
from tests.support.published import COUNTED_OVER, ORIGIN, RULE, FakeAudit, root_at

ASKED = audit.MakeStatementRequest(
    id="agreements_signed", publisher=ORIGIN, parameters=audit.Parameters(programme="datong-hugong")
)
BODY = FakeAudit(Signer.generate(COUNTED_OVER)).body(ASKED)


def test_a_statement_is_read_as_it_was_written() -> None:
    stated = parse_statement(BODY)
    assert (stated.publisher, stated.figure, stated.rule_version, stated.rule_sha256) == (
        ORIGIN,
        "agreements_signed",
        1,
        RULE,
    )
    assert stated.parameters_json == '{"from":null,"programme":"datong-hugong","region":null,"to":"2025-06-30"}'
    assert stated.cut_json == f'{{"{COUNTED_OVER}":17314}}'
    assert stated.inputs[COUNTED_OVER].root == root_at(17_314)
    assert (stated.matched, stated.counted, stated.excluded, stated.persons) == (906, 862, 44, 799)
    assert (stated.value, stated.unit, stated.supersedes) == ("862", "份", "")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("placement-ledger figure v1\n", "placement-ledger figure v2\n", "not a figure"),
        ("persons 799\n", "", "persons"),
        ("persons 799\n", "persons 0799\n", "decimal"),
        ("persons 799\n", "persons 799\npersons 798\n", "two lines"),
        ("matched 906\n", "matched 907\n", "907 matched"),
        (f"rule {RULE}", f"rule {RULE.upper()}", "SHA-256"),
        ("parameter region null\n", "parameter region 63\n", "neither"),
        ("parameter region null\n", "parameter to null\n", "two lines"),
        (f"input {COUNTED_OVER} 17314", f"input {COUNTED_OVER} x", "decimal"),
        ("input ", "outcome ", "counted over"),
        ('unit "份"', "unit 份", "unit"),
    ],
)
def test_what_is_not_a_statement_is_refused(old: str, new: str, told: str) -> None:
    assert old in BODY
    with pytest.raises(BadStatement, match=told):
        parse_statement(BODY.replace(old, new, 1))


def test_lines_that_are_not_read_may_be_there_more_than_once() -> None:
    assert parse_statement(BODY.replace("parked 0\n", "parked 0\nsplit kind a 3\nsplit kind b 4\n")).value == "862"


def test_canonical_json_is_sorted_and_tight() -> None:
    assert canonical({"b": None, "a": "中"}) == '{"a":"中","b":null}'
    assert text_sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
