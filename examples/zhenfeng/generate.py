"""Writes the registers of the Zhenfeng programme: `python -m examples.zhenfeng.generate [FOLDER]`.

Every run writes the same bytes. Nobody in them exists. The report names no number, so none is borne
out here: the rows hold every step that it tells of, from hardship to promotion.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from examples.common import followup, registers, schooling, working
from examples.common.dice import Dice
from examples.common.employers import Employer, employers
from examples.common.model import Agreement, Enrolment, Spell, Subsidy
from examples.common.people import SOUTHERN, People
from examples.common.typing_habits import Cell
from examples.common.workbook import write
from examples.zhenfeng import places

HERE = Path(__file__).parent
AREAS = ("995223",) * 6 + ("995201", "995222")
SEED = "zhenfeng "
#: usual pay in tens of yuan: at home, elsewhere in the province, away
PAY = (262, 318, 436)

SCHOOL = schooling.School(
    prefix="ZF",
    published=places.PUBLISHED,
    occupations=places.OCCUPATIONS,
    providers=places.PROVIDERS,
    place="贞丰县",
    kinds={"岗前": 78, "技能提升": 14, "回炉": 8},
    categories=places.CATEGORIES,
    sources=places.SOURCES,
    pass_percent=91,
    skill_file_percent=94,
)


def subsidies(dice: Dice, enrolled: Sequence[Enrolment]) -> list[Subsidy]:
    """Training subsidies for those in hardship who completed; some twice in a year, some taken back."""
    rows: list[Subsidy] = []
    for row in enrolled:
        if row.result != "合格" or row.ended is None or row.category not in places.SUBSIDISED or dice.percent(8):
            continue
        paid = row.ended + timedelta(days=dice.between(20, 70))
        if paid > places.PUBLISHED:
            continue
        back = paid + timedelta(days=dice.between(30, 150)) if dice.percent(1.5) else None
        number = f"ZFBT{paid.year}{len(rows) + 1:04d}"
        yuan = 40 * dice.between(15, 30)
        clawed_back = back if back and back <= places.PUBLISHED else None
        rows.append(Subsidy(number, row.person, "职业技能培训补贴", yuan, paid, clawed_back))
    return rows


def agreements(dice: Dice, firms: Sequence[Employer], enrolled: Sequence[Enrolment]) -> list[Agreement]:
    """Intent agreements of some of those who completed, signed within a month."""
    rows: list[Agreement] = []
    for row in enrolled:
        if row.result != "合格" or row.ended is None or not dice.percent(38):
            continue
        firm = working.suited(dice, firms, row.klass.occupation)
        signed = row.ended + timedelta(days=dice.between(0, 28))
        live = not dice.percent(5)
        withdrawn = signed + timedelta(days=dice.between(5, 60))
        if max(signed, withdrawn) <= places.PUBLISHED:
            number = f"ZFYX-{signed.year}-{len(rows) + 1:04d}"
            kind, wage = "就业意向协议", 2800 + 100 * dice.between(0, 20)
            day = None if live else withdrawn
            rows.append(Agreement(number, kind, row.person, firm, row.klass.occupation, signed, wage, None, live, day))
    return rows


def employer_rows(dice: Dice, firms: Sequence[Employer]) -> list[tuple[Cell, ...]]:
    """单位台账: when each was met, asked and won."""
    rows: list[tuple[Cell, ...]] = []
    for firm in firms:
        met = dice.day(places.FIRST_CLASS, places.FIRST_CLASS + timedelta(days=400))
        asked = met + timedelta(days=dice.between(0, 20)) if dice.percent(80) else None
        signed = met + timedelta(days=dice.between(10, 60)) if dice.percent(70) else None
        mode = dice.weighted({"员工制": 30, "中介制": 50, "其他": 20})
        rows.append((firm.name, firm.code, mode, met, None, signed, asked, dice.between(5, 60)))
    return rows


def pay(spell: Spell) -> int:
    """Usual pay of a spell, in tens of yuan."""
    place = spell.employer.place
    if place.startswith(places.HOME):
        return PAY[0]
    return PAY[2] if any(name in place for name in places.AWAY) else PAY[1]


def generate(folder: Path) -> dict[str, int]:
    """Write the workbooks into `folder` and say how many rows each register has."""
    folder.mkdir(parents=True, exist_ok=True)
    people = People(Dice(SEED + "people"), AREAS, women_percent=92, names=SOUTHERN)
    firms = employers(Dice(SEED + "employers"), "995223", places.EMPLOYERS)
    opened = schooling.classes(Dice(SEED + "classes"), SCHOOL, 30, places.FIRST_CLASS, 36)
    enrolled = schooling.enrolments(Dice(SEED + "enrolments"), people, SCHOOL, opened, (28, 40), (1, 4))
    market = working.Market(
        firms=firms,
        kinds={"全日制": 52, "灵活就业": 27, "自主创业": 9, "劳务派遣": 5, "公益性岗位": 4, "实习": 3},
        published=places.PUBLISHED,
    )
    worked = working.spells(Dice(SEED + "spells"), market, working.ready(enrolled), 76)
    setting = followup.Setting(places.PUBLISHED, pay, places.VISITORS, places.TROUBLES)
    followed = [spell for spell in worked if spell.kind != "实习"]
    visits = followup.FollowUp(Dice(SEED + "visits"), setting).visits(followed, worked)
    referred = working.referrals(Dice(SEED + "referrals"), firms, enrolled, places.PUBLISHED, 84)
    signed = [
        *agreements(Dice(SEED + "agreements"), firms, enrolled),
        *working.contracts(Dice(SEED + "contracts"), worked, 74, "ZF", 90),
    ]
    paid = subsidies(Dice(SEED + "subsidies"), enrolled)
    note = "注：本表由各培训机构报送，县就业局汇总。"
    nations = ("布依族", "苗族", "汉族")
    write(
        folder / "training.xlsx",
        [
            registers.trainees(enrolled, "贞丰县家政服务技能培训花名册", note, nations, SEED),
            registers.subsidies(paid, "贞丰县职业技能培训补贴发放台账", SEED),
        ],
    )
    write(
        folder / "placement.xlsx",
        [
            registers.employers(employer_rows(Dice(SEED + "firms"), firms), "贞丰县家政用人单位台账"),
            registers.matching_events(places.EVENTS, "贞丰县家政专场招聘活动台账", SEED),
            registers.referrals(referred, "贞丰县结业学员推荐就业台账", SEED),
            registers.agreements(signed, "贞丰县家政协议台账", SEED),
            registers.starts(worked, "贞丰县家政上岗人员台账", SEED),
        ],
    )
    write(
        folder / "followup.xlsx",
        [
            registers.visits(visits, "贞丰县家政就业回访记录", SEED),
            registers.statistics(places.STATISTICS, "贞丰县劳务就业统计上报表"),
        ],
    )
    return {
        "enrolments": len(enrolled),
        "subsidies": len(paid),
        "referrals": len(referred),
        "agreements": len(signed),
        "spells": len(worked),
        "visits": len(visits),
    }


if __name__ == "__main__":
    sys.stdout.write(f"{generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)}\n")
