"""Writes the registers of the Linqing programme: `python -m examples.linqing.generate [FOLDER]`.

Every run writes the same bytes. Nobody in them exists. Refuses to write rows that would not show what
is wrong with the report: attendances printed as persons, a rate of 100 % that is none.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from examples.common import counting, registers, schooling, working
from examples.common.dice import Dice
from examples.common.employers import Employer, employers
from examples.common.model import Agreement, Enrolment, Spell
from examples.common.people import NORTHERN, People
from examples.common.workbook import write
from examples.linqing import places

HERE = Path(__file__).parent
AREAS = ("993715",) * 8 + ("993701",)
SEED = "linqing "
ONLINE = schooling.School(
    prefix="LQX",
    published=places.PUBLISHED,
    occupations=places.OCCUPATIONS,
    providers=places.PROVIDERS,
    place="线上",
    kinds={"线上": 100},
    hours=((4, 0), (6, 0)),
    pass_percent=99.4,
    certificate_percent=0,
    skill_file_percent=0,
)
ROOMS = replace(
    ONLINE,
    prefix="LQ",
    place="临清市",
    kinds={"岗前": 70, "回炉": 20, "技能提升": 10},
    hours=((40, 80), (36, 64)),
    pass_percent=94,
    certificate_percent=80,
    skill_file_percent=40,
)
#: people at work whom nobody trained before
UNTRAINED = 24


def intents(dice: Dice, firms: Sequence[Employer], enrolled: Sequence[Enrolment]) -> list[Agreement]:
    """Intent agreements of some who completed a class in a room."""
    rows: list[Agreement] = []
    for row in enrolled:
        if row.result != "合格" or row.ended is None or not dice.percent(45):
            continue
        firm = working.suited(dice, firms, row.klass.occupation)
        signed = row.ended + timedelta(days=dice.between(0, 14))
        number = f"LQYX-{len(rows) + 1:04d}"
        live = not dice.percent(4)
        withdrawn = None if live else signed + timedelta(days=dice.between(3, 20))
        if (withdrawn or signed) <= places.PUBLISHED:
            rows.append(
                Agreement(
                    number, "就业意向协议", row.person, firm, row.klass.occupation, signed, 3600, None, live, withdrawn
                )
            )
    return rows


def check(online: Sequence[Enrolment], worked: Sequence[Spell], signed: Sequence[Agreement]) -> None:
    """Raise AssertionError where the rows would not show what they are meant to."""
    persons, completions = counting.passed(online)
    counting.holds(5400 < completions < 5500 and persons < 5000, f"L1: 5400余 is 人次: {completions}, {persons}")
    counted = counting.starts(worked)
    counting.holds(1500 < len(counted) < 1600, f"L19: 1500余 is 人次: {len(counted)}")
    counting.holds(counting.persons(counted) < 1400, f"L19: not so many persons: {counting.persons(counted)}")
    contracts = [row for row in signed if row.kind != "就业意向协议"]
    counting.holds(1500 < len(contracts) < 1600, f"L15: 1500余: {len(contracts)}")
    counting.holds(all(spell.checked for spell in counted), "L21: 100%")


def generate(folder: Path) -> dict[str, int]:
    """Write the workbooks into `folder` and say how many rows each register has. Raises AssertionError."""
    folder.mkdir(parents=True, exist_ok=True)
    people = People(Dice(SEED + "people"), AREAS, women_percent=97, names=NORTHERN)
    firms = employers(Dice(SEED + "employers"), "993715", places.EMPLOYERS)
    opened = schooling.classes(Dice(SEED + "online"), ONLINE, 40, places.FIRST_DAY, 2)
    online = schooling.enrolments(Dice(SEED + "online rows"), people, ONLINE, opened, (133, 140), (30, 44))
    opened = schooling.classes(Dice(SEED + "rooms"), ROOMS, 14, places.ROOMS_FROM, 15)
    rooms = schooling.enrolments(Dice(SEED + "rooms rows"), people, ROOMS, opened, (24, 34), (0, 3))
    market = working.Market(
        firms=firms,
        kinds={"灵活就业": 62, "全日制": 34, "自主创业": 4},
        published=places.PUBLISHED,
        checked_percent=100,
        leave_percent=44,
        back_percent=80,
        days=(15, 110),
    )
    untrained = [(people.one(), places.ONLINE_UNTIL, "家政服务员") for _ in range(UNTRAINED)]
    ready = working.ready([*online, *rooms])
    worked = working.spells(Dice(SEED + "spells"), market, [*ready, *untrained], 26.2)
    signed = [
        *intents(Dice(SEED + "intents"), firms, rooms),
        *working.contracts(Dice(SEED + "contracts"), worked, 97, "LQ", 93),
    ]
    check(online, worked, signed)
    title = "临清市“家政美家”"
    note = "注：线上培训按班登记，同一人可参加多期。"
    write(
        folder / "training.xlsx", [registers.trainees([*online, *rooms], title + "培训花名册", note, ("汉族",), SEED)]
    )
    write(
        folder / "placement.xlsx",
        [
            registers.agreements(signed, title + "签约台账", SEED),
            registers.starts(worked, title + "上岗台账", SEED),
        ],
    )
    write(
        folder / "activities.xlsx",
        [
            registers.matching_events(places.EVENTS, "巾帼招聘专场、网络招聘台账", SEED),
            registers.activities(places.ACTIVITIES, title + "活动台账"),
            registers.facilities(places.ROOMS, title + "培训教室台账"),
            registers.statistics(places.STATISTICS, title + "统计上报表"),
        ],
    )
    return {"enrolments": len(online) + len(rooms), "agreements": len(signed), "spells": len(worked)}


if __name__ == "__main__":
    sys.stdout.write(f"{generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)}\n")
