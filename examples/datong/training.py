"""Who was trained: classes and enrolments from February 2024 to June 2025."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from examples.common.dice import Dice
from examples.common.model import Enrolment, TrainingClass
from examples.common.people import People, Person
from examples.datong import places
from examples.datong.model import FIRST_DAY, POSITIONS, PUBLISHED

CLASS_COUNT = 38
FIRST_CLASS = date(2024, 2, 19)
DAYS_BETWEEN_CLASSES = 13
#: the first group trained in Nanjing before going to work there (首批26名)
NANJING_CLASS, NANJING_SIZE = 14, 26


def classes(dice: Dice) -> list[TrainingClass]:
    """Classes in order of opening; the last one still runs on the day of publication."""
    opened = []
    for at in range(CLASS_COUNT):
        day = FIRST_CLASS + timedelta(days=at * DAYS_BETWEEN_CLASSES)
        nanjing = at == NANJING_CLASS
        kind = "岗前" if nanjing else dice.weighted({"岗前": 70, "技能提升": 18, "回炉": 6, "线上": 6})
        theory, practice = (60, 20) if kind == "线上" else dice.pick(((40, 80), (36, 64), (48, 72)))
        last_day = day + timedelta(days=(theory + practice) // 8 + dice.between(2, 5))
        opened.append(
            TrainingClass(
                number=f"DT{day.year}-{at + 1:03d}",
                occupation="医疗护理员" if nanjing else POSITIONS[at % len(POSITIONS)],
                kind=kind,
                provider=places.NANJING_PROVIDER if nanjing else dice.pick(places.PROVIDERS),
                place="南京市" if nanjing else "大通县",
                opened=day,
                ended=last_day if last_day <= PUBLISHED else None,
                theory_hours=theory,
                practice_hours=practice,
            )
        )
    return opened


def enrolments(dice: Dice, people: People, opened: list[TrainingClass]) -> list[Enrolment]:
    """Everyone in every class. Some come back: to learn another occupation, or after failing."""
    rows: list[Enrolment] = []
    passed: list[Person] = []
    failed: list[Person] = []
    for at, klass in enumerate(opened):
        back: list[Person] = []
        if at > 4 and at != NANJING_CLASS:
            back = dice.some(passed, dice.between(1, 3)) + dice.some(failed, min(len(failed), dice.between(0, 2)))
        size = NANJING_SIZE if at == NANJING_CLASS else dice.between(33, 43)
        members = back + [people.one() for _ in range(size - len(back))]
        for person in members:
            row = _enrolment(dice, person, klass, sure=at == NANJING_CLASS, number=len(rows) + 1)
            rows.append(row)
            if row.result == "合格":
                passed.append(person)
                failed = [other for other in failed if other is not person]
            elif row.result == "不合格" and person not in failed:
                failed.append(person)
    return rows


def _enrolment(dice: Dice, person: Person, klass: TrainingClass, sure: bool, number: int) -> Enrolment:
    row = _category(dice, Enrolment(person, klass), klass.opened)
    hours = klass.theory_hours + klass.practice_hours
    if klass.ended is None:
        return row
    result = "合格" if sure else dice.weighted({"合格": 915, "不合格": 45, "中途退出": 40})
    if result == "中途退出":
        left = dice.day(klass.opened, klass.ended) if dice.percent(70) else None
        return replace(row, result=result, ended=left, hours=dice.below(hours // 2) if left else None)
    good = result == "合格"
    row = replace(
        row,
        result=result,
        ended=klass.ended,
        hours=hours,
        theory_score=dice.between(120, 196) / 2 if good else dice.between(70, 118) / 2,
        practice_score=dice.between(124, 194) / 2,
    )
    issued = klass.ended + timedelta(days=dice.between(3, 15))
    if not good or issued > PUBLISHED or dice.percent(12):
        return row
    revoked = dice.day(issued, PUBLISHED) if dice.percent(0.3) else None
    skill_file = f"JN{number:05d}" if dice.percent(60) else None
    return replace(row, certificate=f"DTZS{number:06d}", issued=issued, revoked=revoked, skill_file=skill_file)


def _category(dice: Dice, row: Enrolment, opened: date) -> Enrolment:
    if dice.percent(8):
        return row
    category = dice.weighted(places.CATEGORIES)
    source = places.CATEGORY_SOURCES.get(category)
    since = dice.day(FIRST_DAY, opened) if source and dice.percent(70) else None
    return replace(row, category=category, category_since=since, category_by=source)
