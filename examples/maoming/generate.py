"""Writes the registers of the Maoming programme: `python -m examples.maoming.generate [FOLDER]`.

Every run writes the same bytes. Nobody in them exists. Ten years of starts, at their true number:
sixty-odd thousand person-times, twenty-odd thousand of them to the Bay Area.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from examples.common import counting, registers, schooling, working
from examples.common.dice import Dice
from examples.common.employers import Employer, employers
from examples.common.model import Agreement, Enrolment, Spell
from examples.common.people import SOUTHERN, People, Person
from examples.common.workbook import write
from examples.maoming import places

HERE = Path(__file__).parent
AREAS = ("994409",) * 7 + ("994408", "994417")
SEED = "maoming "
#: spells; of those sent away, to the Bay Area; people at work on the day, of them at the employee system's
SPELLS, BAY_AREA_PERCENT, ELSEWHERE_PERCENT, AT_WORK, AT_WORK_EMPLOYEES = 62_900, 34, 6, 4_300, 782
SCHOOL = schooling.School(
    prefix="MM",
    published=places.PUBLISHED,
    occupations=places.OCCUPATIONS,
    providers=places.PROVIDERS,
    place="茂名市",
    kinds={"岗前": 82, "技能提升": 18},
    pass_percent=95,
    certificate_percent=40,
    skill_file_percent=0,
)


def spells(
    dice: Dice, people: People, home: Sequence[Employer], away: Sequence[Employer], trained: list[tuple[date, Person]]
) -> list[Spell]:
    """`SPELLS` spells by day; about a third are somebody's second or third.

    `trained`: since when, and who, the latest first; they come before people whom nobody trained.
    """
    weights = {firm: firm.weight for firm in away}
    span = (date(2022, 12, 5) - places.FIRST_DAY).days
    free: list[tuple[date, Person]] = []
    rows: list[Spell] = []
    for at in range(SPELLS):
        day = places.FIRST_DAY + timedelta(days=at * span // SPELLS)
        person = None
        if free and dice.percent(34):
            since, back = free[pick := dice.below(len(free))]
            if since < day:
                person = back
                free[pick] = free[-1]
                free.pop()
        if person is None:
            waiting = trained and trained[-1][0] < day and dice.percent(70)
            person = trained.pop()[1] if waiting else people.one(1960, 1995)
        if dice.percent(BAY_AREA_PERCENT + ELSEWHERE_PERCENT):
            firm = dice.weighted(weights)
        else:
            firm = home[dice.below(len(home))]
        end = min(day + timedelta(days=dice.between(20, 300)), places.PUBLISHED)
        kind = dice.weighted({"灵活就业": 55, "全日制": 38, "自主创业": 7})
        rows.append(Spell(person, firm, dice.pick(places.OCCUPATIONS), day, kind, None, end, "合同到期"))
        free.append((end + timedelta(days=31), person))
    return _still_at_work(dice, rows)


def _still_at_work(dice: Dice, rows: list[Spell]) -> list[Spell]:
    """The same spells, `AT_WORK` of them not over: each its person's last, begun within the last three years."""
    last: dict[Person, int] = {row.person: at for at, row in enumerate(rows)}
    recent = [at for at in last.values() if rows[at].started >= date(2020, 1, 1)]
    employees = set(places.COMPANIES[: places.EMPLOYEE_SYSTEM])
    inside = [at for at in recent if rows[at].employer.name in employees]
    outside = [at for at in recent if rows[at].employer.name not in employees]
    chosen = dice.some(inside, AT_WORK_EMPLOYEES) + dice.some(outside, AT_WORK - AT_WORK_EMPLOYEES)
    for at in chosen:
        kind = "全日制" if rows[at].employer.name in employees else rows[at].kind
        rows[at] = replace(rows[at], kind=kind, ended=None, reason=None)
    return rows


def contracts(worked: Sequence[Spell]) -> list[Agreement]:
    """A labour contract on the approved template for everyone at work in the employee system."""
    employees = set(places.COMPANIES[: places.EMPLOYEE_SYSTEM])
    chosen = [spell for spell in worked if spell.ended is None and spell.employer.name in employees]
    return [
        Agreement(
            f"MMLD-{at:05d}", "劳动合同", spell.person, spell.employer, spell.position, spell.started,
            3000 + at % 20 * 100, "规范", True, None,
        )
        for at, spell in enumerate(chosen, start=1)
    ]  # fmt: skip


def intents(enrolled: Sequence[Enrolment], firms: Sequence[Employer]) -> list[Agreement]:
    """Intent agreements of one in twenty-five who completed a class."""
    return [
        Agreement(
            f"MMYX-{at:05d}", "就业意向协议", row.person, firms[at % len(firms)], row.klass.occupation, row.ended,
            None, None, True, None,
        )
        for at, row in enumerate(enrolled)
        if row.result == "合格" and row.ended and at % 25 == 0
    ]  # fmt: skip


def check(worked: Sequence[Spell]) -> None:
    """Raise AssertionError where the registers would no longer bear out the report's figures."""
    counted = counting.starts(worked)
    bay = [spell for spell in counted if spell.employer.place in places.BAY_AREA]
    persons = counting.persons(counted)
    counting.holds(60_000 < len(counted) < 70_000, f"M18: 6万多人次: {len(counted)}")
    counting.holds(persons < 50_000, f"M18: far fewer persons: {persons}")
    counting.holds(len(bay) > 20_000, f"M19: 超2万人次: {len(bay)}")
    at_work = [spell for spell in worked if spell.ended is None or spell.ended > places.PUBLISHED]
    counting.holds(4250 <= counting.persons(at_work) <= 4350, f"M2: 约4300人: {counting.persons(at_work)}")


def generate(folder: Path) -> dict[str, int]:
    """Write the workbooks into `folder` and say how many rows each register has. Raises AssertionError."""
    folder.mkdir(parents=True, exist_ok=True)
    people = People(Dice(SEED + "people"), AREAS, women_percent=94, names=SOUTHERN)
    dice = Dice(SEED + "employers")
    listed: list[tuple[str, str | None, str, tuple[str, ...], int]] = [
        (name, "91", "茂名市", places.OCCUPATIONS, 1) for name in places.COMPANIES
    ]
    home = employers(dice, "994409", listed)
    away = employers(
        dice,
        "994401",
        [
            (f"{place.removeprefix('广东省')}好心家政分公司", None, place, places.OCCUPATIONS, weight)
            for place, weight in (
                *((place, BAY_AREA_PERCENT * weight) for place, weight in places.BAY_AREA.items()),
                *((place, ELSEWHERE_PERCENT * weight) for place, weight in places.ELSEWHERE.items()),
            )
        ],
    )
    opened = schooling.classes(Dice(SEED + "classes"), SCHOOL, 300, places.FIRST_DAY, 11)
    enrolled = schooling.enrolments(Dice(SEED + "enrolments"), people, SCHOOL, opened, (44, 56), (1, 5))
    trained = sorted(
        ((day, person) for person, day, _ in working.ready(enrolled)), key=lambda one: one[0], reverse=True
    )
    worked = spells(Dice(SEED + "spells"), people, home, away, trained)
    check(worked)
    referred = working.referrals(Dice(SEED + "referrals"), [*home, *away], enrolled, places.PUBLISHED, 55)
    signed = [*intents(enrolled, home), *contracts(worked)]
    title = "茂名市“好心家政”"
    note = "注：本表由各培训机构报送，按年归档。"
    trainees = registers.trainees(enrolled, title + "培训花名册（2013—2022年）", note, ("汉族",), SEED)
    write(folder / "training.xlsx", [trainees])
    write(folder / "starts.xlsx", [registers.starts(worked, title + "上岗台账（2013—2022年）", SEED)])
    write(
        folder / "placement.xlsx",
        [
            registers.employers(places.employer_rows([(firm.name, firm.code) for firm in home]), title + "单位台账"),
            registers.agreements(signed, title + "协议台账", SEED),
            registers.referrals(referred, title + "推荐台账", SEED),
        ],
    )
    write(
        folder / "sites.xlsx",
        [
            registers.facilities(places.FACILITIES, title + "基地、学校和示范企业名录"),
            registers.statistics(places.STATISTICS, title + "统计上报表"),
        ],
    )
    return {
        "enrolments": len(enrolled),
        "spells": len(worked),
        "agreements": len(signed),
        "referrals": len(referred),
        "sites": len(places.FACILITIES),
    }


if __name__ == "__main__":
    sys.stdout.write(f"{generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)}\n")
