"""What a row of 推荐台账 or 补贴台账 states."""

from __future__ import annotations

from ledger.event import Event
from ledgerctl.registers.plan import PERSON, Command, Note, RowPlan
from ledgerctl.registers.row import Row
from ledgerctl.registers.vocabulary import referral_result
from services.placement.events import ReferralMade, SubsidyClawedBack, SubsidyPaid


def referral(row: Row) -> RowPlan:
    """One referral of one person: MakeReferral. What came of it: a code in the event, its words to the vault."""
    person = row.person()
    employer = row.employer(person) if row.has("用人单位") else None
    if employer is None:
        row.ignored("统一社会信用代码", "用人单位")
    said = row.maybe("结果")
    referred = ReferralMade(
        programme=row.setup.programme,
        region=row.setup.region,
        person=PERSON,
        referred_on=row.text("推荐日期"),
        employer=None if employer is None else row.employer_key(employer),
        employer_name=None if employer is None else employer.name,
        position=row.maybe("岗位"),
        result=None if said is None else referral_result(said),
    )
    household = None if employer is None else employer.household
    at = "" if employer is None else employer.key or f"household {household}"
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="placement",
        commands=(Command("MakeReferral", {"referred": referred}),),
        person=person,
        household=household,
        notes=() if said is None else (Note("referral_result", said),),
        key=(row.sheet, person.id_number, referred.referred_on, at),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )


def subsidy(row: Row) -> RowPlan:
    """One payment, and that it was taken back: RecordSubsidy."""
    person = row.person()
    row.in_order("发放日期", "追回日期")
    number, clawed_back_on = row.text("补贴编号"), row.maybe("追回日期")
    amount_fen = row.number_of("金额")
    assert amount_fen is not None
    facts: dict[str, Event] = {
        "paid": SubsidyPaid(
            programme=row.setup.programme,
            region=row.setup.region,
            subsidy=number,
            person=PERSON,
            kind=row.text("补贴类型"),
            amount_fen=amount_fen,
            paid_on=row.text("发放日期"),
        )
    }
    if clawed_back_on is not None:
        facts["clawed_back"] = SubsidyClawedBack(
            programme=row.setup.programme,
            region=row.setup.region,
            subsidy=number,
            person=PERSON,
            clawed_back_on=clawed_back_on,
        )
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="placement",
        commands=(Command("RecordSubsidy", facts),),
        person=person,
        key=(row.sheet, number),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )
