"""More events in short, as tests/support/books.py has the first: persons are letters, the rest what most tests want."""

from __future__ import annotations

from typing import Any

from services.followup import events as followup
from services.placement import events as placement
from services.training import events as training
from tests.support.books import PROGRAMME, REGION, ref


def _about(given: dict[str, Any], person: str | None = None) -> dict[str, Any]:
    about = {"programme": PROGRAMME, "region": REGION, **given}
    return about if person is None else {"person": ref(person), **about}


def visit_stream(person: str, number: str = "1") -> str:
    """A stream for what was learned on some visit to a person."""
    return f"visit/datong-hrss/{PROGRAMME}/{ref(person)}/{number}/phone"


def skill_file(person: str, class_no: str = "C1", on: str = "2025-03-10", **more: Any) -> training.SkillFileOpened:
    about = {"class_no": class_no, "skill_file": f"F-{class_no}", "opened_on": on, **more}
    return training.SkillFileOpened(**_about(about, person))


def activity(number: str, kind: Any = "competition", on: str = "2025-06-18", **more: Any) -> training.ActivityHeld:
    return training.ActivityHeld(
        **_about({"activity": number, "title": "护工技能大赛", "kind": kind, "started_on": on, **more})
    )


def site(number: str, kind: Any = "training_base", on: str = "2025-02-01", **more: Any) -> training.FacilityRecognised:
    return training.FacilityRecognised(
        **_about({"facility": number, "name": "某基地", "kind": kind, "recognised_on": on, **more})
    )


def site_closed(number: str, on: str, **more: Any) -> training.FacilityClosed:
    return training.FacilityClosed(**_about({"facility": number, "closed_on": on, **more}))


def employer(name: str = "E1", mode: Any = None, on: str = "2025-01-15", **more: Any) -> placement.EmployerRegistered:
    return placement.EmployerRegistered(**_about({"employer": name, "mode": mode, "registered_on": on, **more}))


def employer_closed(name: str, on: str, **more: Any) -> placement.EmployerClosed:
    return placement.EmployerClosed(**_about({"employer": name, "closed_on": on, **more}))


def cooperation(name: str = "E1", on: str = "2025-02-01", **more: Any) -> placement.CooperationSigned:
    return placement.CooperationSigned(**_about({"employer": name, "signed_on": on, **more}))


def vacancy(name: str, vacancies: int, on: str = "2025-02-01", **more: Any) -> placement.VacancyPosted:
    return placement.VacancyPosted(**_about({"employer": name, "vacancies": vacancies, "posted_on": on, **more}))


def referral(person: str, on: str, name: str | None = "E1", **more: Any) -> placement.ReferralMade:
    return placement.ReferralMade(**_about({"referred_on": on, "employer": name, **more}, person))


def subsidy(
    number: str, person: str, amount_fen: int = 120_000, on: str = "2025-04-10", kind: str = "培训补贴", **more: Any
) -> placement.SubsidyPaid:
    about = {"subsidy": number, "kind": kind, "amount_fen": amount_fen, "paid_on": on, **more}
    return placement.SubsidyPaid(**_about(about, person))


def clawed_back(number: str, person: str, on: str, **more: Any) -> placement.SubsidyClawedBack:
    return placement.SubsidyClawedBack(**_about({"subsidy": number, "clawed_back_on": on, **more}, person))


def checked(person: str, on: str, **more: Any) -> placement.HealthCheckPassed:
    return placement.HealthCheckPassed(**_about({"checked_on": on, **more}, person))


def promoted(person: str, on: str = "2025-06-01", **more: Any) -> followup.PromotionRecorded:
    return followup.PromotionRecorded(**_about({"position": "领班", "promoted_on": on, **more}, person))


def upskilled(person: str, on: str = "2025-06-01", **more: Any) -> followup.UpskillingTaken:
    return followup.UpskillingTaken(**_about({"trained_on": on, **more}, person))
