"""What a figure is asked for, where it is counted in plain Python."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    programme: str | None = None
    region: str = ""
    start: str | None = None
    end: str | None = None
    min_proof: str = "payslip"
    indicator: str | None = None
    work_region: str | None = None
    mode: str = "any"
    category: str | None = None
    subsidy_kind: str | None = None
    activity_kind: str = "any"
    series: str | None = None
    site_kind: str = "any"
    title: str | None = None
    level: str | None = None
