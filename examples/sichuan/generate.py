"""Writes the registers of the Sichuan programme: `python -m examples.sichuan.generate [FOLDER]`.

Every run writes the same bytes. Nobody in them exists. Classes, children and visits are totals that a
source states; the two hundred trained at Panzhihua stand there one by one.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from examples.common import counting, registers, schooling, working
from examples.common.dice import Dice
from examples.common.employers import employers
from examples.common.model import Agreement
from examples.common.people import NORTHERN, People
from examples.common.workbook import write
from examples.sichuan import places

HERE = Path(__file__).parent
SEED = "sichuan "
SCHOOL = schooling.School(
    prefix="SC",
    published=places.PUBLISHED,
    occupations=places.OCCUPATIONS,
    providers=places.PROVIDERS,
    place="攀枝花市",
    kinds={"岗前": 80, "技能提升": 20},
)


def generate(folder: Path) -> dict[str, int]:
    """Write the workbooks into `folder` and say how many rows each register has. Raises AssertionError."""
    folder.mkdir(parents=True, exist_ok=True)
    people = People(Dice(SEED + "people"), ("995104",), women_percent=95, names=NORTHERN)
    firms = employers(Dice(SEED + "employers"), "995104", places.EMPLOYERS)
    opened = schooling.classes(Dice(SEED + "classes"), SCHOOL, 8, places.FIRST_CLASS, 74)
    enrolled = schooling.enrolments(Dice(SEED + "enrolments"), people, SCHOOL, opened, (29, 33), (0, 1))
    market = working.Market(firms=firms, kinds={"全日制": 70, "灵活就业": 30}, published=places.PUBLISHED)
    chosen = working.ready(enrolled)
    interns = working.spells(Dice(SEED + "interns"), replace(market, kinds={"实习": 100}, leave_percent=0), chosen, 60)
    interns = [
        replace(spell, ended=spell.started + timedelta(days=60), reason="实习期满")
        for spell in interns
        if spell.started + timedelta(days=60) <= places.PUBLISHED
    ]
    later = [(spell.person, spell.ended, spell.position) for spell in interns if spell.ended]
    worked = working.spells(Dice(SEED + "spells"), market, later, 66)
    intents = [
        Agreement(
            f"SCYX-{at:03d}", "就业意向协议", row.person, firms[at % len(firms)], row.klass.occupation,
            row.ended, 3800, None, True, None,
        )
        for at, row in enumerate(enrolled)
        if row.result == "合格" and row.ended and at % 3 == 0
    ]  # fmt: skip
    persons, _ = counting.passed(enrolled)
    counting.holds(200 < persons < 300, f"S10: 200余名 {persons}")
    counting.holds(counting.persons(worked) < 150, "S10: far fewer began to work than were trained")
    signed = [*intents, *working.contracts(Dice(SEED + "contracts"), worked, 90, "SC", 100)]
    begun = sorted([*interns, *worked], key=lambda spell: spell.started)
    note = "注：本表由实训基地报送。"
    write(
        folder / "training.xlsx",
        [registers.trainees(enrolled, "攀枝花托育护理人才培训花名册", note, ("汉族", "彝族"), SEED)],
    )
    write(
        folder / "placement.xlsx",
        [
            registers.agreements(signed, "攀枝花托育护理人才协议台账", SEED),
            registers.starts(begun, "托育护理人才上岗台账", SEED),
        ],
    )
    write(
        folder / "sites.xlsx",
        [
            registers.facilities(places.FACILITIES, "爱心托育、家庭友好型工作场所和妈咪宝贝屋名录"),
            registers.activities(places.ACTIVITIES, "托育职业技能比赛台账"),
            registers.statistics(places.STATISTICS, "“一老一小”工作统计上报表"),
        ],
    )
    return {"enrolments": len(enrolled), "persons": persons, "spells": len(worked), "sites": len(places.FACILITIES)}


if __name__ == "__main__":
    sys.stdout.write(f"{generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)}\n")
