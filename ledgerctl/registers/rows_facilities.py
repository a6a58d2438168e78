"""What a row of 机构场所 states."""

from __future__ import annotations

from typing import cast

from ledger.event import Event
from ledgerctl.registers.plan import Command, RowPlan
from ledgerctl.registers.row import Row
from services.training.events import FacilityClosed, FacilityKind, FacilityRecognised


def facility(row: Row) -> RowPlan:
    """One site with its recognition and its closing: RecordFacility."""
    row.in_order("认定日期", "关闭日期")
    number, closed_on = row.text("编号"), row.maybe("关闭日期")
    facts: dict[str, Event] = {
        "recognised": FacilityRecognised(
            programme=row.setup.programme,
            region=row.setup.region,
            facility=number,
            name=row.text("名称"),
            kind=cast("FacilityKind", row.text("类型")),
            recognised_on=row.text("认定日期"),
            services=row.maybe("服务类别"),
            owner=row.maybe("所属单位"),
            title=row.maybe("称号"),
            level=row.maybe("认定级别"),
            place=row.maybe("所在地"),
            capacity_places=row.number_of("工位数"),
            area_m2_hundredths=row.number_of("面积"),
        )
    }
    if closed_on is not None:
        facts["closed"] = FacilityClosed(
            programme=row.setup.programme, region=row.setup.region, facility=number, closed_on=closed_on
        )
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="training",
        commands=(Command("RecordFacility", facts),),
        key=(row.sheet, number),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )
