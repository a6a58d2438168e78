"""What can have happened in training."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.event import Catalogue, Event

ClassKind = Literal["pre_job", "upskilling", "refresher", "online"]
Result = Literal["passed", "failed", "withdrawn"]
ActivityKind = Literal["competition", "volunteering", "online_training", "promotion", "childcare_class", "other"]
FacilityKind = Literal[
    "training_base", "service_station", "childcare", "nursing_room", "employer", "classroom", "school", "other"
]
StatisticKind = Literal["stock", "flow", "capacity"]


class ClassOpened(Event, frozen=True, kw_only=True):
    """A class began: 开班."""

    slot: ClassVar[str] = "opened"
    identity: ClassVar[tuple[str, ...]] = ("programme", "class_no")
    occurred: ClassVar[str | None] = "opened_on"

    programme: str
    region: str
    class_no: str
    occupation: str
    provider: str
    opened_on: str
    kind: ClassKind | None = None
    place: str | None = None


class Enrolled(Event, frozen=True, kw_only=True):
    """A person joined a class. `category` is the hardship category held then (人员类别)."""

    slot: ClassVar[str] = "enrolled"
    identity: ClassVar[tuple[str, ...]] = ("programme", "class_no", "person")
    occurred: ClassVar[str | None] = "enrolled_on"

    programme: str
    region: str
    class_no: str
    person: str
    enrolled_on: str
    category: str | None = None
    category_since_on: str | None = None
    category_by: str | None = None


class AssessmentTaken(Event, frozen=True, kw_only=True):
    """Scores of one trainee, in tenths of a point."""

    slot: ClassVar[str] = "assessed"
    identity: ClassVar[tuple[str, ...]] = ("programme", "class_no", "person")
    needs: ClassVar[str | None] = "enrolled"
    occurred: ClassVar[str | None] = "assessed_on"

    programme: str
    region: str
    class_no: str
    person: str
    assessed_on: str
    theory_score_tenths: int | None = None
    practice_score_tenths: int | None = None


class TrainingEnded(Event, frozen=True, kw_only=True):
    """A person's training in a class ended: 合格, 不合格 or 中途退出. Hours are in tenths."""

    slot: ClassVar[str] = "ended"
    identity: ClassVar[tuple[str, ...]] = ("programme", "class_no", "person")
    needs: ClassVar[str | None] = "enrolled"
    occurred: ClassVar[str | None] = "ended_on"

    programme: str
    region: str
    class_no: str
    person: str
    result: Result
    ended_on: str
    hours_tenths: int | None = None
    theory_hours_tenths: int | None = None
    practice_hours_tenths: int | None = None


class CertificateIssued(Event, frozen=True, kw_only=True):
    """A certificate was issued to a trainee. Nothing says here that the trainee passed."""

    slot: ClassVar[str] = "certified"
    identity: ClassVar[tuple[str, ...]] = ("programme", "class_no", "person")
    needs: ClassVar[str | None] = "enrolled"
    occurred: ClassVar[str | None] = "issued_on"

    programme: str
    region: str
    class_no: str
    person: str
    certificate: str
    issued_on: str


class CertificateRevoked(Event, frozen=True, kw_only=True):
    """A certificate was revoked: 注销."""

    slot: ClassVar[str] = "revoked"
    identity: ClassVar[tuple[str, ...]] = ("programme", "class_no", "person")
    needs: ClassVar[str | None] = "certified"
    occurred: ClassVar[str | None] = "revoked_on"

    programme: str
    region: str
    class_no: str
    person: str
    certificate: str
    revoked_on: str


class SkillFileOpened(Event, frozen=True, kw_only=True):
    """A personal skill file was opened for a trainee: 技能档案."""

    slot: ClassVar[str] = "skill_file"
    identity: ClassVar[tuple[str, ...]] = ("programme", "class_no", "person")
    needs: ClassVar[str | None] = "enrolled"
    occurred: ClassVar[str | None] = "opened_on"

    programme: str
    region: str
    class_no: str
    person: str
    skill_file: str
    opened_on: str


class ActivityHeld(Event, frozen=True, kw_only=True):
    """A competition, outreach or other activity; its numbers are as its organiser stated them."""

    slot: ClassVar[str] = "held"
    identity: ClassVar[tuple[str, ...]] = ("programme", "activity")
    occurred: ClassVar[str | None] = "started_on"

    programme: str
    region: str
    activity: str
    title: str
    kind: ActivityKind
    started_on: str
    ended_on: str | None = None
    series: str | None = None
    place: str | None = None
    attendances: int | None = None
    attendees: int | None = None
    teams: int | None = None
    tracks: int | None = None
    awards: int | None = None
    served: int | None = None


class FacilityRecognised(Event, frozen=True, kw_only=True):
    """A site was recognised: 培训基地, 驿站, 托育单位, …; `title` and `level` are those it was given.

    `capacity_places` (工位) is what it could take at once: never a result. `area_m2_hundredths`: 面积.
    """

    slot: ClassVar[str] = "recognised"
    identity: ClassVar[tuple[str, ...]] = ("programme", "facility")
    occurred: ClassVar[str | None] = "recognised_on"

    programme: str
    region: str
    facility: str
    name: str
    kind: FacilityKind
    recognised_on: str
    services: str | None = None
    owner: str | None = None
    title: str | None = None
    level: str | None = None
    place: str | None = None
    capacity_places: int | None = None
    area_m2_hundredths: int | None = None


class FacilityClosed(Event, frozen=True, kw_only=True):
    """A site was closed, or its recognition ended: 关闭."""

    slot: ClassVar[str] = "closed"
    identity: ClassVar[tuple[str, ...]] = ("programme", "facility")
    needs: ClassVar[str | None] = "recognised"
    occurred: ClassVar[str | None] = "closed_on"

    programme: str
    region: str
    facility: str
    closed_on: str


class StatisticAttested(Event, frozen=True, kw_only=True):
    """A number that a source states and no entry here backs. `value_milli` is in thousandths."""

    slot: ClassVar[str] = "attested"
    identity: ClassVar[tuple[str, ...]] = ("programme", "indicator", "as_of_on", "source")
    occurred: ClassVar[str | None] = "as_of_on"

    programme: str
    region: str
    indicator: str
    value_milli: int
    unit: str
    kind: StatisticKind
    as_of_on: str
    source: str
    source_file: str | None = None


CATALOGUE = Catalogue.of(
    "training",
    [
        ClassOpened,
        Enrolled,
        AssessmentTaken,
        TrainingEnded,
        CertificateIssued,
        CertificateRevoked,
        SkillFileOpened,
        ActivityHeld,
        StatisticAttested,
        FacilityRecognised,
        FacilityClosed,
    ],
)
