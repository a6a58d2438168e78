"""What a clerk does besides handing in: narrower sheets, corrections, taking back, and asking too early."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from tests.e2e import books
from tests.support.ledger import Ledger

PEOPLE = [books.person(number) for number in range(5_000, 5_004)]


def left(**cells: Any) -> dict[str, Any]:
    return {"离岗日期": "2025-08-01", "离岗原因": "照顾家庭", **cells}


def without(row: dict[str, Any], *headers: str) -> dict[str, Any]:
    return {header: cell for header, cell in row.items() if header not in headers}


def works(ledger: Ledger, programme: str) -> tuple[int, dict[str, int]]:
    figure = ledger.figure("persons_employed", "--programme", programme)
    return figure["value"], figure["excluded"]


def test_a_sheet_without_a_column_takes_nothing_back_and_an_empty_cell_does(
    shared_ledger: Ledger, tmp_path: Path
) -> None:
    ledger, asked = shared_ledger, {"programme": "narrow"}
    whole = books.write(tmp_path, "whole", 上岗台账=[books.start(who, **left()) for who in PEOPLE])
    ledger.hand_in(whole, **asked)
    assert works(ledger, "narrow") == (0, {"ended": 4})

    narrow = [
        without(books.start(who), "离岗日期", "离岗原因", "体检日期", "岗位", "工作地", "用工形式") for who in PEOPLE
    ]
    report = ledger.hand_in(books.write(tmp_path, "narrow", 上岗台账=narrow), **asked)
    assert report["sheets"]["上岗台账"]["already"] == 4, "it says nothing that is not known already"
    assert works(ledger, "narrow") == (0, {"ended": 4})

    empty = books.write(tmp_path, "empty", 上岗台账=[books.start(who) for who in PEOPLE[:1]])
    report = ledger.hand_in(empty, **asked)
    assert report["sheets"]["上岗台账"]["recorded"] == 1
    assert report["corrected"] == {"上岗台账": 1}
    assert works(ledger, "narrow") == (1, {"ended": 3})


def test_an_entry_is_taken_back_after_what_rests_on_it(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, programme = shared_ledger, "retract"
    rows = [books.start(PEOPLE[0], **left()), books.start(PEOPLE[1])]
    ledger.hand_in(books.write(tmp_path, "starts", 上岗台账=rows), programme=programme)
    asked = ("employment_starts", "--programme", programme)
    before = ledger.run("figures", *asked, "--json").json
    start = next(one for one in ledger.members(*asked) if who_left(ledger, programme) == one["person"])

    refused = ledger.run("retract", start["log"], start["index"], "--reason", "录错", code=1)
    assert "EmploymentEnded" in refused.err
    assert "--with-dependents" in refused.err
    told = ledger.run("retract", "placement", start["index"], "--reason", "录错", "--with-dependents", "--json").json
    assert [one["type"].split(".")[1] for one in told["retracted"]] == ["EmploymentEnded", "EmploymentStarted"]
    ledger.wait_projected()
    after = ledger.figure(*asked)
    assert (after["value"], after["excluded"]) == (1, {"voided": 1})
    assert after["reasons"]["voided"]["zh"] == "已作废"
    ledger.run("retract", "placement", start["index"], "--reason", "录错", code=1)
    ledger.run("retract", "placement", 10**9, "--reason", "录错", code=2)

    # what was counted before stays so, by the cut as it is printed for people
    at_cut = f"--as-of={json.dumps(before['cut'])}"
    assert ledger.figure(*asked, at_cut)["value"] == 2
    printed = ledger.run("figures", *asked, at_cut).out.splitlines()[-1].removeprefix("截面 cut: ")
    assert ledger.figure(*asked, *shlex.split(printed))["value"] == 2


def who_left(ledger: Ledger, programme: str) -> str:
    members = ledger.members("persons_employed", "--programme", programme)
    (person,) = [one["person"] for one in members if one["reason"] == "ended"]
    return str(person)


def test_a_person_nobody_knows_has_no_record(shared_ledger: Ledger) -> None:
    ran = shared_ledger.run("record", "pr_" + "0" * 32, code=1)
    assert "没有此人的记录" in ran.err


def test_who_asks_before_everything_is_projected_is_told(ledger: Ledger, tmp_path: Path) -> None:
    ledger.hand_in(books.write(tmp_path, "first", 招聘活动=[books.fair("ZP-1")]))
    assert ledger.figure("matching_events_held")["notes"] == []
    ledger.kill("outcomes")
    ledger.hand_in(books.write(tmp_path, "second", 招聘活动=[books.fair("ZP-2")]), wait=False)
    [note] = ledger.figure("matching_events_held")["notes"]
    assert "ledger.local/placement 有 1 条已登记、尚未汇总" in note
    assert note in ledger.run("figures", "matching_events_held").out
    assert note in ledger.run("members", "matching_events_held", "--json").err
    assert "没有项目 nowhere" in ledger.run("figures", "matching_events_held", "--programme", "nowhere").out
    ledger.run("status", "--check", code=1)
    ledger.up()
    ledger.wait_projected()
    assert ledger.figure("matching_events_held")["notes"] == []
    ledger.status()
