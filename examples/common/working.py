"""Who works, where and until when: spells of work and the contracts for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from examples.common.dice import Dice
from examples.common.employers import Employer
from examples.common.model import Agreement, Enrolment, Referral, Spell
from examples.common.people import Person

END_REASONS = {"个人辞职": 34, "合同到期": 27, "照顾家庭": 24, "身体原因": 8, "被单位辞退": 4, "到龄退休": 3}


@dataclass(frozen=True, slots=True)
class Market:
    """What differs from one programme to the next. `kinds`: 用工形式 -> weight. Percentages are of spells.

    `leave`: ends before `published`, after `days`; `back`: of those, work again, at the same employer or another.
    """

    firms: Sequence[Employer]
    kinds: Mapping[str, int]
    published: date
    checked_percent: float = 80
    leave_percent: float = 25
    back_percent: float = 40
    days: tuple[int, int] = (20, 420)


def ready(enrolled: Sequence[Enrolment]) -> list[tuple[Person, date, str]]:
    """Everyone who passed, with the day and occupation of the first time."""
    first: dict[Person, tuple[date, str]] = {}
    for row in enrolled:
        if row.result == "合格":
            first.setdefault(row.person, (row.ended or row.klass.opened, row.klass.occupation))
    return [(person, *rest) for person, rest in first.items()]


def spells(dice: Dice, market: Market, people: Sequence[tuple[Person, date, str]], percent: float) -> list[Spell]:
    """Spells of `percent` of these people, who begin 3 to 60 days after their day; no two of one person overlap."""
    rows: list[Spell] = []
    for person, day, occupation in people:
        start = day + timedelta(days=dice.between(3, 60))
        if start <= market.published and dice.percent(percent):
            firm = suited(dice, market.firms, occupation)
            rows += _career(dice, market, _spell(dice, market, person, firm, occupation, start))
    return sorted(rows, key=lambda spell: spell.started)


def suited(dice: Dice, firms: Sequence[Employer], occupation: str) -> Employer:
    """An employer with such positions, as often as its weight says."""
    return dice.weighted({firm: firm.weight for firm in firms if occupation in firm.positions})


def _spell(dice: Dice, market: Market, person: Person, firm: Employer, position: str, start: date) -> Spell:
    checked = start - timedelta(days=dice.between(2, 60)) if dice.percent(market.checked_percent) else None
    return Spell(person, firm, position, start, dice.weighted(market.kinds), checked, None, None)


def _career(dice: Dice, market: Market, spell: Spell) -> list[Spell]:
    rows = [spell]
    while dice.percent(market.leave_percent):
        last = rows[-1]
        end = last.started + timedelta(days=dice.between(*market.days))
        if end > market.published:
            break
        rows[-1] = replace(last, ended=end, reason=dice.weighted(END_REASONS))
        again = end + timedelta(days=dice.between(6, 80))
        if not dice.percent(market.back_percent) or again > market.published:
            break
        firm = last.employer if dice.percent(35) else suited(dice, market.firms, last.position)
        rows.append(_spell(dice, market, last.person, firm, last.position, again))
    return rows


def contracts(
    dice: Dice, worked: Sequence[Spell], percent: float, prefix: str, standard_percent: int
) -> list[Agreement]:
    """Contracts of `percent` of the spells, by day of signing; `standard_percent` of them on the template."""
    rows: list[Agreement] = []
    for spell in worked:
        if spell.kind in ("实习", "自主创业") or not dice.percent(percent):
            continue
        service = spell.kind == "灵活就业"
        rows.append(
            Agreement(
                number=f"{prefix}{'LW' if service else 'LD'}{spell.started.year}{len(rows) + 1:05d}",
                kind="劳务协议" if service else "劳动合同",
                person=spell.person,
                employer=spell.employer,
                position=spell.position,
                signed=spell.started,
                wage_yuan=3200 + 100 * dice.between(0, 18),
                template=dice.weighted({"规范": standard_percent, "其他": 100 - standard_percent}),
                live=True,
                withdrawn=None,
            )
        )
    return rows


def referrals(
    dice: Dice, firms: Sequence[Employer], enrolled: Sequence[Enrolment], published: date, percent: float
) -> list[Referral]:
    """Referrals of `percent` of the completions, most within sixty days, by day."""
    rows: list[Referral] = []
    seen: set[tuple[Person, date, str]] = set()
    for row in enrolled:
        if row.result != "合格" or row.ended is None or not dice.percent(percent):
            continue
        late = dice.percent(6)
        day = row.ended + timedelta(days=dice.between(62, 120) if late else dice.between(0, 45))
        firm = suited(dice, firms, row.klass.occupation)
        if day > published or (row.person, day, firm.name) in seen:
            continue
        seen.add((row.person, day, firm.name))
        result = dice.weighted({"已录用": 62, "单位未录用": 9, "本人放弃": 11, "等待面试": 8, None: 10})
        rows.append(Referral(row.person, day, firm, row.klass.occupation, result))
    return sorted(rows, key=lambda referral: referral.referred)
