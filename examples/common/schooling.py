"""Who was trained: classes, and everyone in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from examples.common.dice import Dice
from examples.common.model import Enrolment, TrainingClass
from examples.common.people import People, Person


@dataclass(frozen=True, slots=True)
class School:
    """What differs from one programme to the next.

    `prefix` begins the numbers of classes, certificates and skill files. `kinds`: 培训类型 -> weight;
    `hours`: (theory, practice) to choose from. `categories`: 人员类别 -> weight, None for none;
    `sources`: who decided a category. Percentages are of those who passed.
    """

    prefix: str
    published: date
    occupations: Sequence[str]
    providers: Sequence[str]
    place: str
    kinds: Mapping[str, int]
    hours: Sequence[tuple[int, int]] = ((40, 80), (36, 64), (48, 72))
    categories: Mapping[str | None, int] | None = None
    sources: Mapping[str, str] | None = None
    pass_percent: float = 92
    certificate_percent: float = 85
    skill_file_percent: float = 60


def classes(dice: Dice, school: School, count: int, first: date, gap_days: int) -> list[TrainingClass]:
    """`count` classes, the first on `first`, one about every `gap_days`; a class that has not ended yet still runs."""
    opened = []
    for at in range(count):
        day = first + timedelta(days=at * gap_days)
        theory, practice = dice.pick(school.hours)
        last_day = day + timedelta(days=(theory + practice) // 8 + dice.between(1, 4))
        opened.append(
            TrainingClass(
                number=f"{school.prefix}{day.year}-{at + 1:03d}",
                occupation=school.occupations[at % len(school.occupations)],
                kind=dice.weighted(school.kinds),
                provider=dice.pick(school.providers),
                place=school.place,
                opened=day,
                ended=last_day if last_day <= school.published else None,
                theory_hours=theory,
                practice_hours=practice,
            )
        )
    return opened


def enrolments(
    dice: Dice,
    people: People,
    school: School,
    opened: Sequence[TrainingClass],
    size: tuple[int, int],
    back: tuple[int, int] = (0, 0),
) -> list[Enrolment]:
    """Everyone in every class, `size` people each, of whom `back` have passed another class before."""
    rows: list[Enrolment] = []
    passed: list[Person] = []
    for klass in opened:
        known = dice.some(passed, min(len(passed), dice.between(*back)))
        members = known + [people.one() for _ in range(dice.between(*size) - len(known))]
        for person in members:
            row = _enrolment(dice, school, person, klass, len(rows) + 1)
            rows.append(row)
            if row.result == "合格" and person not in known:
                passed.append(person)
    return rows


def _enrolment(dice: Dice, school: School, person: Person, klass: TrainingClass, number: int) -> Enrolment:
    row = _category(dice, school, Enrolment(person, klass), klass.opened)
    if klass.ended is None:
        return row
    hours = klass.theory_hours + klass.practice_hours
    if not dice.percent(school.pass_percent):
        if dice.percent(50):
            left = dice.day(klass.opened, klass.ended)
            return replace(row, result="中途退出", ended=left, hours=dice.below(hours // 2))
        return replace(row, result="不合格", ended=klass.ended, hours=hours, theory_score=dice.between(70, 118) / 2)
    row = replace(
        row,
        result="合格",
        ended=klass.ended,
        hours=hours,
        theory_score=dice.between(120, 196) / 2,
        practice_score=dice.between(124, 194) / 2,
    )
    if dice.percent(school.skill_file_percent):
        row = replace(row, skill_file=f"{school.prefix}JN{number:05d}")
    issued = klass.ended + timedelta(days=dice.between(3, 15))
    if issued > school.published or not dice.percent(school.certificate_percent):
        return row
    return replace(row, certificate=f"{school.prefix}ZS{number:06d}", issued=issued)


def _category(dice: Dice, school: School, row: Enrolment, opened: date) -> Enrolment:
    category = dice.weighted(school.categories) if school.categories else None
    source = (school.sources or {}).get(category or "")
    since = dice.after(opened, -300, -5) if source and dice.percent(75) else None
    return replace(row, category=category, category_since=since, category_by=source)
