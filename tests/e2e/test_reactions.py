"""What one service does because another recorded something: visits are planned, candidates come and go.

Each once, whatever dies in between. Each test has a programme and people of its own.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

from ledger.rpc.client import Client, connect, service_named
from ledger_api.common.v1.common_pb2 import RetractRequest
from ledger_api.followup.v1 import followup_pb2 as followup
from ledger_api.placement.v1 import placement_pb2 as placement
from tests.e2e import books, sample
from tests.e2e.books import person, plain_programme, start, trainee, visit
from tests.e2e.checks import Entry, read_log
from tests.support.ledger import AGENCY, Ledger
from tests.support.waiting import wait_until


def ask(ledger: Ledger, service: str, method: str, request: Any) -> Any:
    """One call of a service."""

    async def call() -> Any:
        channel = connect(ledger.home.address(service))
        try:
            return await Client(channel, service_named(service)).call(method, request)
        finally:
            await channel.close()

    return asyncio.run(call())


def due(ledger: Ledger, programme: str, on: str, page_size: int = 0) -> list[tuple[str, int, str, int]]:
    """(person, milestone, due on, days overdue), page after page."""
    found: list[tuple[str, int, str, int]] = []
    token = ""
    while True:
        request = followup.ListDueVisitsRequest(programme=programme, on=on, page_size=page_size, page_token=token)
        answer = ask(ledger, "followup", "ListDueVisits", request)
        found += [(one.person, one.milestone_days, one.due_on, one.overdue_days) for one in answer.visits]
        token = answer.next_page_token
        if not token:
            return found


def candidates(ledger: Ledger, programme: str, page_size: int = 0) -> list[tuple[str, str, str]]:
    """(person, class, completed on), page after page."""
    found: list[tuple[str, str, str]] = []
    token = ""
    while True:
        request = placement.ListCandidatesRequest(programme=programme, page_size=page_size, page_token=token)
        answer = ask(ledger, "placement", "ListCandidates", request)
        found += [(one.person, one.class_no, one.completed_on) for one in answer.candidates]
        token = answer.next_page_token
        if not token:
            return found


def references(ledger: Ledger, programme: str) -> list[str]:
    """The references of the sample's people 0, 1, 2, … as far as they were enrolled."""
    enrolled = [one.told["data"] for one in stated(ledger, "training", programme) if one.type == "Enrolled"]
    return [data["person"] for data in enrolled if data["class_no"] == "DT-01"]


def stated(ledger: Ledger, service: str, programme: str) -> list[Entry]:
    """What a log holds of a programme, corrections apart."""
    return [entry for entry in read_log(ledger, service) if entry.told["data"].get("programme") == programme]


def plans(ledger: Ledger, programme: str) -> list[Entry]:
    return [entry for entry in stated(ledger, "followup", programme) if entry.type == "VisitsPlanned"]


def restart(ledger: Ledger, *names: str) -> None:
    ledger.kill(*names)
    ledger.up()
    ledger.wait_projected()


def test_each_start_plans_three_visits_once_and_due_ones_are_listed(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, programme = shared_ledger, "plans"
    ledger.hand_in(sample.write(tmp_path, first=20_100), programme=programme)
    ledger.wait_projected()
    first, second, *_ = references(ledger, programme)
    planned = {entry.told["data"]["person"]: entry.told["data"] for entry in plans(ledger, programme)}
    assert planned.keys() == {first, second}, "an internship is planned no visits"
    assert [planned[first][f"d{days}_on"] for days in (30, 90, 180)] == ["2025-05-10", "2025-07-09", "2025-10-07"]
    # both were visited on 12 May; the second left on 1 June
    assert due(ledger, programme, "2025-05-09") == due(ledger, programme, "2025-07-08") == []
    late = [(first, 90, "2025-07-09", 92), (first, 180, "2025-10-07", 2)]
    assert due(ledger, programme, "2025-10-09") == due(ledger, programme, "2025-10-09", page_size=1) == late

    restart(ledger, "followup", "placement")
    assert due(ledger, programme, "2025-10-09") == late
    assert len(plans(ledger, programme)) == 2
    early = visit(sample.people(20_100)[0], 回访日期="2025-07-01", 工资月份="2025-06")
    ledger.hand_in(books.write(tmp_path, "visit", 回访记录=[early]), programme=programme)
    ledger.wait_projected()
    assert due(ledger, programme, "2025-10-09") == late[1:], "a visit ten days early counts"


def test_a_start_that_is_corrected_or_retracted_takes_its_plan_along(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, programme = shared_ledger, "replans"
    rows = [start(person(20_200 + number), 体检日期=None) for number in range(3)]
    ledger.hand_in(books.write(tmp_path, "a", 上岗台账=rows), programme=programme)
    ledger.wait_projected()
    assert len(due(ledger, programme, "2025-05-10")) == 3
    _, gone, kept = (entry.told for entry in stated(ledger, "placement", programme))
    # the first turns out to be an internship, the second is retracted, the third gets another position
    rows[0] |= {"用工形式": "实习"}
    rows[2] |= {"岗位": "养老护理员"}
    ledger.hand_in(books.write(tmp_path, "b", 上岗台账=[rows[0], rows[2]]), programme=programme)
    retract = RetractRequest(entry=gone["index"], reason="clerical")
    retract.context.agency, retract.context.actor = AGENCY, "st_clerk"
    ask(ledger, "placement", "Retract", retract)
    ledger.wait_projected()
    stays = kept["data"]["person"]
    assert [one[:2] for one in due(ledger, programme, "2025-05-10")] == [(stays, 30)]
    restart(ledger, "followup")
    assert [one[:2] for one in due(ledger, programme, "2025-12-31")] == [(stays, 30), (stays, 90), (stays, 180)]
    # and back again
    rows[0] |= {"用工形式": "全日制"}
    ledger.hand_in(books.write(tmp_path, "c", 上岗台账=rows), programme=programme)
    ledger.wait_projected()
    assert len(due(ledger, programme, "2025-05-10")) == 3


def test_who_passed_and_does_not_work_is_a_candidate(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, programme = shared_ledger, "pool"
    ledger.hand_in(sample.write(tmp_path, first=20_300), programme=programme)
    ledger.wait_projected()
    people, everybody = references(ledger, programme), sample.people(20_300)
    # 0 works; 1 left again; 2 is an intern; 3 passed and never started; 4 failed and 5 withdrew
    waiting = [(who, "DT-01", "2025-03-20") for who in sorted(people[1:4])]
    assert candidates(ledger, programme) == candidates(ledger, programme, page_size=1) == waiting
    restart(ledger, "placement")
    assert candidates(ledger, programme) == waiting

    # 3 begins to work and 0 leaves; 1 did not pass after all
    changed = books.write(
        tmp_path,
        "changed",
        上岗台账=[start(everybody[3]), start(everybody[0], 离岗日期="2025-08-01")],
        培训花名册=[trainee(everybody[1], "DT-01", 结业结果="不合格", 证书编号=None, 发证日期=None)],
    )
    ledger.hand_in(changed, programme=programme)
    ledger.wait_projected()
    assert {who for who, _, _ in candidates(ledger, programme)} == {people[0], people[2]}


def test_reactions_happen_once_however_often_who_reacts_dies(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, programme = shared_ledger, "once"
    book = plain_programme(tmp_path, 60, 400)
    before = ledger.lag()["followup"].size
    importing = ledger.importing(book.path, wait=False, programme=programme)
    wait_until(lambda: ledger.lag()["followup"].size > before or not importing.running)
    for name in ("followup", "placement", "followup"):
        ledger.kill(name)
        ledger.up()
    if importing.end().code:
        ledger.hand_in(book.path, programme=programme)
    ledger.wait_projected()
    of_plans = Counter(entry.told["subject"] for entry in plans(ledger, programme))
    starts = [entry for entry in stated(ledger, "placement", programme) if entry.type == "EmploymentStarted"]
    assert of_plans == Counter(entry.told["subject"].replace("employment/", "plan/") for entry in starts)
    assert set(of_plans.values()) == {1}
    assert len(starts) == book.members["employment_starts"]
    assert len(candidates(ledger, programme, page_size=1_000)) == 400 - len(starts)
    # everybody at work was visited on 12 May, after day 30
    assert len(due(ledger, programme, "2025-07-09", page_size=1_000)) == len(starts)
