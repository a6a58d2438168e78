"""Contradictions in registers are found, stand beside the figures, are answered for, and go when they are set right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e import books
from tests.e2e.books import person, start, trainee, visit
from tests.support.ledger import Ledger
from tests.support.waiting import wait_until

PROGRAMME = "findings"
ASKED = ("--programme", PROGRAMME)


def listed(ledger: Ledger, *more: object, code: int = 1) -> list[Any]:
    return ledger.run("findings", *ASKED, *more, "--json", code=code).lines


def test_a_visit_after_leaving_is_found_answered_for_and_gone_once_the_register_is_set_right(
    shared_ledger: Ledger, tmp_path: Path
) -> None:
    ledger, who = shared_ledger, person(70_001)
    rows: dict[str, Any] = {"培训花名册": [trainee(who, "FX-1")], "上岗台账": [start(who, 离岗日期="2025-05-01")]}
    ledger.hand_in(books.write(tmp_path, "wrong", **rows, 回访记录=[visit(who)]), programme=PROGRAMME)

    [one] = listed(ledger, "--rule", "A34")
    assert one["sentence_zh"].startswith("2025-05-12 回访记为“在岗”，但此人已于 2025-05-01 从 ")
    assert (one["severity"], one["state"], one["facts"]["ended_on"]) == ("E", "open", "2025-05-01")
    assert {one["log"], one["other_log"]} == {"ledger.local/followup", "ledger.local/placement"}
    assert one in listed(ledger, "--person", one["person"], "--severity", "E")
    assert ledger.figure("visits_completed", *ASKED)["findings"]["A34"] == 1
    assert "审计发现 findings: A34 1" in ledger.run("figures", "visits_completed", *ASKED).out
    summed = ledger.run("findings", "--summary", *ASKED, "--rule", "A34", "--json", code=1).json
    assert [(case["rule"], case["open"]) for case in summed["cases"]] == [("A34", 1)]

    settling = ("findings", "settle", "A34", one["key"], "--kind", "explained", "--reason", "离岗日期待核")
    assert "已记录" in ledger.run(*settling).err
    assert "已有同样的说明" in ledger.run(*settling).err
    [told] = wait_until(lambda: listed(ledger, "--rule", "A34", "--state", "explained", code=0))
    assert (told["key"], told["reason"], told["settled_by"]) == (one["key"], "离岗日期待核", "ledger-local")
    assert "A34" not in ledger.figure("visits_completed", *ASKED)["findings"]

    rows["上岗台账"] = [start(who)]  # they had not left
    ledger.hand_in(books.write(tmp_path, "right", **rows, 回访记录=[visit(who)]), programme=PROGRAMME)
    assert listed(ledger, "--rule", "A34", code=0) == []
    assert "no_such_finding" in ledger.run(*settling, code=1).err
