"""What a row of 回访记录 states."""

from __future__ import annotations

from typing import cast

from ledger.event import Event
from ledgerctl.registers.plan import PERSON, STAFF, Command, Note, RowPlan
from ledgerctl.registers.row import Row
from ledgerctl.registers.vocabulary import issue_kind, states_no_issue
from services.followup.events import (
    IssueOpened,
    IssueResolved,
    Method,
    PromotionRecorded,
    Proof,
    UpskillingTaken,
    VisitAttempted,
    VisitCompleted,
    WageObserved,
    WorkState,
)


def visit(row: Row) -> RowPlan:
    """One visit and what was learned on it: RecordVisit."""
    person = row.person()
    employer = row.employer(person) if row.has("用人单位") else None
    key = None if employer is None else row.employer_key(employer)
    visited_on, staff = row.text("回访日期"), row.maybe("回访人")
    notes: list[Note] = []
    slots: dict[str, Event | None] = {
        **_seen(row, visited_on, key, staff),
        "wage": _wage(row, key, visited_on),
        **_issue(row, visited_on, notes),
        "promotion": _promotion(row, visited_on),
        "upskilling": _upskilling(row),
    }
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="followup",
        commands=(Command("RecordVisit", {slot: fact for slot, fact in slots.items() if fact is not None}),),
        person=person,
        staff=staff,
        household=None if employer is None else employer.household,
        notes=tuple(notes),
        key=(row.sheet, person.id_number, visited_on, row.maybe("回访方式") or ""),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )


def _seen(row: Row, visited_on: str, employer: str | None, staff: str | None) -> dict[str, Event]:
    """在岗 and 离岗 were answered: a completed visit. 失联 was not: an attempt, and a lost contact."""
    programme, region = row.setup.programme, row.setup.region
    state, method = row.text("在岗状态"), cast("Method | None", row.maybe("回访方式"))
    visitor = None if staff is None else STAFF
    if state == "lost":
        return {
            "attempted": VisitAttempted(
                programme=programme,
                region=region,
                person=PERSON,
                visited_on=visited_on,
                method=method,
                employer=employer,
                visitor=visitor,
            )
        }
    return {
        "completed": VisitCompleted(
            programme=programme,
            region=region,
            person=PERSON,
            visited_on=visited_on,
            state=cast("WorkState", state),
            method=method,
            employer=employer,
            visitor=visitor,
        )
    }


def _wage(row: Row, employer: str | None, visited_on: str) -> WageObserved | None:
    """A wage needs somebody who said or showed it. Its month is 工资月份, else that of the visit."""
    wage_fen = row.number_of("实发月工资")
    if wage_fen is None:
        row.ignored("工资凭证", "实发月工资")
        row.ignored("工资月份", "实发月工资")
        return None
    if row.text("在岗状态") == "lost":
        row.refuse(
            "wage_of_lost_contact",
            "在岗状态为失联时不能填写工资，请改正其中之一",
            "nobody was reached (失联), so no wage was observed; correct one of them",
            "实发月工资",
        )
        return None
    return WageObserved(
        programme=row.setup.programme,
        region=row.setup.region,
        person=PERSON,
        month=row.maybe("工资月份") or visited_on[:7],
        wage_fen=wage_fen,
        observed_on=visited_on,
        proof=cast("Proof | None", row.maybe("工资凭证")),
        employer=employer,
    )


def _issue(row: Row, visited_on: str, notes: list[Note]) -> dict[str, Event | None]:
    """An issue is there where 存在问题 or 问题类别 says one; only 办结日期 resolves it. Texts go to the vault."""
    text, category = row.maybe("存在问题"), row.maybe("问题类别")
    if text is not None and states_no_issue(text):
        text = None
    if category is not None and states_no_issue(category):
        category = None
    result, resolved_on = row.maybe("处理结果"), row.maybe("办结日期")
    if result is not None:
        notes.append(Note("resolution", result))
    if text is None and category is None:
        row.ignored("办结日期", "存在问题")
        return {}
    kind, recognised = issue_kind(category, text)
    if text is not None:
        notes.append(Note("issue", text))
    if category is not None:
        notes.append(Note("issue_category", category))
    if not recognised:
        row.warn(
            "问题类别不在已知类别内，按问题内容归类", "the 问题类别 is not known; classed by the text of the issue"
        )
    row.in_order("回访日期", "办结日期")
    programme, region = row.setup.programme, row.setup.region
    return {
        "issue": IssueOpened(programme=programme, region=region, person=PERSON, kind=kind, opened_on=visited_on),
        "resolved": None
        if resolved_on is None
        else IssueResolved(programme=programme, region=region, person=PERSON, resolved_on=resolved_on),
    }


def _promotion(row: Row, visited_on: str) -> PromotionRecorded | None:
    position = row.maybe("晋升岗位")
    if position is None:
        return None
    return PromotionRecorded(
        programme=row.setup.programme,
        region=row.setup.region,
        person=PERSON,
        position=position,
        promoted_on=visited_on,
    )


def _upskilling(row: Row) -> UpskillingTaken | None:
    trained_on = row.maybe("提升培训日期")
    if trained_on is None:
        return None
    return UpskillingTaken(programme=row.setup.programme, region=row.setup.region, person=PERSON, trained_on=trained_on)
