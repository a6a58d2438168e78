"""What a row of 协议台账, 上岗台账 or 招聘活动 states."""

from __future__ import annotations

from typing import cast

from ledger.event import Event
from ledgerctl.registers.plan import PERSON, Command, Note, RowPlan
from ledgerctl.registers.row import Row
from ledgerctl.registers.vocabulary import end_reason
from services.placement.events import (
    ContractKind,
    ContractSigned,
    ContractWithdrawn,
    EmploymentEnded,
    EmploymentKind,
    EmploymentStarted,
    HealthCheckPassed,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
    MatchingEventHeld,
    MatchingKind,
    Template,
)


def agreement(row: Row) -> RowPlan:
    """One agreement or contract, and its withdrawal: RecordIntentAgreement or RecordContract."""
    person = row.person()
    employer = row.employer(person)
    row.in_order("签订日期", "撤回日期")
    number, kind = row.text("协议编号"), row.text("协议类型")
    withdrawn_on = _withdrawn_on(row)
    programme, region = row.setup.programme, row.setup.region
    key, name = row.employer_key(employer), employer.name
    signed_on, position, work_region = row.text("签订日期"), row.maybe("岗位"), row.work_region()
    wage_fen, template = row.number_of("约定月工资"), cast("Template | None", row.maybe("合同文本"))
    facts: dict[str, Event]
    if kind == "intent":
        facts = {
            "signed": IntentAgreementSigned(
                programme=programme,
                region=region,
                agreement=number,
                person=PERSON,
                employer=key,
                signed_on=signed_on,
                employer_name=name,
                position=position,
                work_region=work_region,
                expected_wage_fen=wage_fen,
                template=template,
            )
        }
        if withdrawn_on is not None:
            facts["withdrawn"] = IntentAgreementWithdrawn(
                programme=programme, region=region, agreement=number, person=PERSON, withdrawn_on=withdrawn_on
            )
    else:
        contract = cast("ContractKind", kind)
        facts = {
            "signed": ContractSigned(
                programme=programme,
                region=region,
                kind=contract,
                agreement=number,
                person=PERSON,
                employer=key,
                signed_on=signed_on,
                employer_name=name,
                position=position,
                work_region=work_region,
                expected_wage_fen=wage_fen,
                template=template,
            )
        }
        if withdrawn_on is not None:
            facts["withdrawn"] = ContractWithdrawn(
                programme=programme,
                region=region,
                kind=contract,
                agreement=number,
                person=PERSON,
                withdrawn_on=withdrawn_on,
            )
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="placement",
        commands=(Command("RecordIntentAgreement" if kind == "intent" else "RecordContract", facts),),
        person=person,
        household=employer.household,
        key=(row.sheet, kind, number),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )


def _withdrawn_on(row: Row) -> str | None:
    """When it was withdrawn, if it was.

    撤回 without a date: from 签订日期, with a warning. A date without 状态 states the withdrawal (with
    a warning); a date beside 有效 says two things at once, and the row is refused.
    """
    state, withdrawn_on = row.maybe("状态"), row.maybe("撤回日期")
    if state == "withdrawn" and withdrawn_on is None:
        row.warn("状态为撤回但无撤回日期，按签订日期撤回", "撤回 without a date: withdrawn from 签订日期")
        return row.text("签订日期")
    if state is None and withdrawn_on is not None:
        row.warn("填写了撤回日期而状态为空，按撤回处理", "撤回日期 without 状态: taken as withdrawn")
    if state == "live" and withdrawn_on is not None:
        row.refuse(
            "state_contradicts_date",
            "状态为有效却填写了撤回日期，请改正其中之一",
            "有效 together with 撤回日期; correct one of them",
            "状态",
        )
    return withdrawn_on


def employment(row: Row) -> RowPlan:
    """One spell of work with its health check and its end: RecordEmployment."""
    person = row.person()
    employer = row.employer(person)
    row.in_order("体检日期", "上岗日期")
    row.in_order("上岗日期", "离岗日期")
    programme, region = row.setup.programme, row.setup.region
    key, started_on = row.employer_key(employer), row.text("上岗日期")
    facts: dict[str, Event] = {
        "started": EmploymentStarted(
            programme=programme,
            region=region,
            person=PERSON,
            employer=key,
            started_on=started_on,
            employer_name=employer.name,
            position=row.maybe("岗位"),
            work_region=row.work_region(),
            kind=cast("EmploymentKind | None", row.maybe("用工形式")),
        )
    }
    checked_on, ended_on, reason = row.maybe("体检日期"), row.maybe("离岗日期"), row.maybe("离岗原因")
    if checked_on is not None:
        facts["checked"] = HealthCheckPassed(programme=programme, region=region, person=PERSON, checked_on=checked_on)
    notes: tuple[Note, ...] = ()
    if ended_on is None:
        row.ignored("离岗原因", "离岗日期")
    else:
        facts["ended"] = EmploymentEnded(
            programme=programme,
            region=region,
            person=PERSON,
            employer=key,
            started_on=started_on,
            ended_on=ended_on,
            reason=None if reason is None else end_reason(reason),
        )
        notes = () if reason is None else (Note("end_reason", reason),)
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="placement",
        commands=(Command("RecordEmployment", facts),),
        person=person,
        household=employer.household,
        notes=notes,
        key=(row.sheet, person.id_number, employer.key or f"household {employer.household}", started_on),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )


def matching_event(row: Row) -> RowPlan:
    """One job fair, signing ceremony or online fair: HoldMatchingEvent."""
    held = MatchingEventHeld(
        programme=row.setup.programme,
        region=row.setup.region,
        event_no=row.text("活动编号"),
        title=row.text("活动名称"),
        kind=cast("MatchingKind", row.text("活动类型")),
        held_on=row.text("举办日期"),
        place=row.maybe("地点"),
        attendees=row.number_of("参加人数"),
        vacancies=row.number_of("提供岗位数"),
    )
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="placement",
        commands=(Command("HoldMatchingEvent", {"held": held}),),
        key=(row.sheet, held.event_no),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )
