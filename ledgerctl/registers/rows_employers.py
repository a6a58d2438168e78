"""What a row of 单位台账 states."""

from __future__ import annotations

from typing import Any, cast

from ledger.event import Event
from ledgerctl.registers.plan import Command, RowPlan
from ledgerctl.registers.row import Row
from services.placement.events import (
    CooperationSigned,
    EmployerClosed,
    EmployerMode,
    EmployerRegistered,
    EmployerSurveyed,
    VacancyPosted,
)


def employer(row: Row) -> RowPlan:
    """One employer with its closing, cooperation, survey and vacancies: RecordEmployer.

    岗位数 has no date of its own: the posts were there when the employer was registered (登记日期).
    """
    found = row.employer(None, "单位名称")
    for later in ("停业日期", "合作签约日期"):
        row.in_order("登记日期", later)
    key, name = row.employer_key(found), found.name
    about: dict[str, Any] = {"programme": row.setup.programme, "region": row.setup.region, "employer": key}
    registered_on = row.text("登记日期")
    closed_on, signed_on, surveyed_on = row.maybe("停业日期"), row.maybe("合作签约日期"), row.maybe("调研日期")
    vacancies = row.number_of("岗位数")
    facts: dict[str, Event] = {
        "registered": EmployerRegistered(
            **about,
            registered_on=registered_on,
            name=name,
            mode=cast("EmployerMode | None", row.maybe("经营模式")),
        )
    }
    if closed_on is not None:
        facts["closed"] = EmployerClosed(**about, closed_on=closed_on)
    if signed_on is not None:
        facts["cooperation"] = CooperationSigned(**about, signed_on=signed_on, employer_name=name)
    if surveyed_on is not None:
        facts["surveyed"] = EmployerSurveyed(**about, surveyed_on=surveyed_on, employer_name=name)
    if vacancies is not None:
        facts["vacancies"] = VacancyPosted(**about, posted_on=registered_on, vacancies=vacancies, employer_name=name)
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="placement",
        commands=(Command("RecordEmployer", facts),),
        household=found.household,
        key=(row.sheet, found.key or f"household {found.household}"),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )
