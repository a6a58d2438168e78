"""What registers hold, before anyone types it: one class for one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from examples.common.employers import Employer
from examples.common.people import Person


@dataclass(frozen=True, slots=True)
class TrainingClass:
    """One class (班); `ended` is None while it runs."""

    number: str
    occupation: str
    kind: str
    provider: str
    place: str
    opened: date
    ended: date | None
    theory_hours: int
    practice_hours: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`result` is 合格, 不合格, 中途退出, or None while the class runs."""

    person: Person
    klass: TrainingClass
    result: str | None = None
    ended: date | None = None
    hours: int | None = None
    theory_score: float | None = None
    practice_score: float | None = None
    certificate: str | None = None
    issued: date | None = None
    revoked: date | None = None
    skill_file: str | None = None
    category: str | None = None
    category_since: date | None = None
    category_by: str | None = None


@dataclass(frozen=True, slots=True)
class MatchingEvent:
    """A job fair, signing ceremony or online fair, with the numbers its organiser gave."""

    number: str
    title: str
    kind: str
    held: date
    place: str
    attendees: int
    vacancies: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """`kind`: 就业意向协议, 劳动合同 or 劳务协议. Withdrawn without a date: `withdrawn` is None, `live` False."""

    number: str
    kind: str
    person: Person
    employer: Employer
    position: str
    signed: date
    wage_yuan: int | None
    template: str | None
    live: bool
    withdrawn: date | None


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell of work. `kind` is the 用工形式."""

    person: Person
    employer: Employer
    position: str
    started: date
    kind: str
    checked: date | None
    ended: date | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What someone complained of on a visit, and what was done; `resolved` is the 办结日期."""

    text: str
    kind: str
    handling: str
    resolved: date | None


@dataclass(frozen=True, slots=True)
class Visit:
    """`month` is the first day of the wage's month; None: the month of the visit."""

    person: Person
    visited: date
    method: str
    state: str
    employer: Employer
    visitor: str
    wage_yuan: int | None = None
    month: date | None = None
    proof: str | None = None
    trouble: Trouble | None = None
    promoted_to: str | None = None
    upskilled: date | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """A person recommended to an employer; `result` is what the clerk noted of it."""

    person: Person
    referred: date
    employer: Employer
    position: str
    result: str | None


@dataclass(frozen=True, slots=True)
class Subsidy:
    """A payment to a person; `clawed_back` where it was taken back."""

    number: str
    person: Person
    kind: str
    yuan: int
    paid: date
    clawed_back: date | None
