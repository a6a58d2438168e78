"""`ledgerctl findings`: what is printed of a finding, and what cannot be asked."""

from __future__ import annotations

import pytest

from ledger_api.audit.v1 import audit_pb2 as pb
from ledgerctl import cli
from ledgerctl.commands.findings import _row
from ledgerctl.failures import BadInput, ExitCode
from ledgerctl.finding import case_json, finding_json, thresholds
from ledgerctl.wording import found_text

FINDING = pb.Finding(
    rule="A34",
    version=1,
    severity="E",
    case="after_leaving",
    key="visit/x#after_leaving",
    person="pr_" + "a" * 32,
    programme="datong-hugong",
    region="630121",
    sentence_zh="回访记为“在岗”，但已离岗",
    sentence_en="at work after leaving",
    log="ledger.local/followup",
    index=7,
    other_log="ledger.local/placement",
    other_index=9,
    facts_json=b'{"ended_on":"2025-05-01"}',
    state="open",
)


def test_a_finding_is_a_row_with_both_entries_and_a_json_line() -> None:
    rule, severity, told, person, state, entry, key = _row(FINDING)
    assert (rule, severity, told, person) == ("A34", "E", FINDING.sentence_zh, FINDING.person)
    assert (state, key) == ("未处理 open", "visit/x#after_leaving")
    assert entry == "ledger.local/followup@7 ↔ ledger.local/placement@9"
    line = finding_json(FINDING)
    assert line["facts"] == {"ended_on": "2025-05-01"}
    assert (line["other_log"], line["other_index"], line["reason"]) == ("ledger.local/placement", 9, None)


def test_a_settled_finding_says_why_and_one_about_nobody_has_no_person() -> None:
    settled = pb.Finding(rule="A41", severity="E", key="x#parked", log="l", index=1, facts_json=b"{}", state="closed")
    settled.reason = "已补录"
    assert _row(settled)[4:6] == ["已销号 closed: 已补录", "l@1"]
    line = finding_json(settled)
    assert (line["person"], line["programme"], line["other_index"]) == (None, None, None)


def test_a_case_of_the_summary_has_a_number_for_each_state() -> None:
    one = pb.CaseCount(rule="A44", case="none", severity="E", states={"open": 3, "closed": 1})
    line = case_json(one)
    assert [line[state] for state in ("open", "explained", "accepted", "closed")] == [3, 0, 0, 1]


def test_findings_stand_beside_a_figure_or_are_said_to_be_missing() -> None:
    assert found_text({"findings": {"A44": 1_200, "A23": 1}}) == ["审计发现 findings: A44 1,200, A23 1"]
    assert found_text({"findings": {}}) == found_text({}) == []
    assert "ledgerctl findings" in found_text({"findings": None})[0]


def test_thresholds_are_names_and_numbers() -> None:
    assert thresholds(["sla_days=15", "same_percent=90"]) == {"sla_days": 15, "same_percent": 90}
    for wrong in ("sla_days", "=3", "sla_days=soon", "sla_days=-1"):
        with pytest.raises(BadInput, match="NAME=NUMBER"):
            thresholds([wrong])


@pytest.mark.parametrize(
    "arguments",
    [
        ["findings", "--severity", "X"],
        ["findings", "--state", "gone"],
        ["findings", "--summary", "--person", "pr_" + "a" * 32],
        ["findings", "settle", "A44", "x#none", "--kind", "ignored", "--reason", "x"],
        ["findings", "settle", "A44", "x#none", "--kind", "closed"],
    ],
)
def test_what_cannot_be_asked_is_usage(arguments: list[str]) -> None:
    assert cli.main(arguments) == ExitCode.USAGE
