"""Who agreed, who signed, who works: agreements, contracts and spells of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from examples.common.dice import Dice
from examples.common.employers import Employer
from examples.common.model import Agreement, Enrolment, MatchingEvent, Spell
from examples.common.people import People, Person
from examples.datong import places
from examples.datong.model import FIRST_DAY, PUBLISHED

#: county people at work whom this programme did not train
OTHER_WORKERS = 7880
INTENT_AGREEMENTS, SIGNED_TWICE, WITHDRAWN, WITHDRAWN_UNDATED = 906, 72, 38, 6
NANJING_INTERNS, OTHER_INTERNS = 10, 44
KINDS = {"全日制": 66, "灵活就业": 18, "劳务派遣": 8, "自主创业": 5, "公益性岗位": 3}


def is_away(place: str) -> bool:
    """Outside Qinghai, as the clerk wrote it."""
    return place[:2] in ("32", "11") or any(name in place for name in places.AWAY_PREFIXES)


def spells(dice: Dice, people: People, firms: list[Employer], enrolled: list[Enrolment]) -> list[Spell]:
    """Every spell of work, by day of start. No two spells of one person overlap."""
    weights = {firm: firm.weight for firm in firms}
    rows: list[Spell] = []
    first: dict[Person, tuple[date, str]] = {}
    for row in enrolled:
        if row.result and (row.result == "合格" or row.person not in first):
            first.setdefault(row.person, (row.ended or row.klass.opened, row.klass.occupation))
    nanjing = [row.person for row in enrolled if row.klass.place == "南京市"][:NANJING_INTERNS]
    hospital = next(firm for firm in firms if firm.name.startswith("南京钟山"))
    interns = set(nanjing) | set(dice.some([person for person in first if person not in nanjing], OTHER_INTERNS))
    for person, (ready, occupation) in first.items():
        start = ready + timedelta(days=dice.between(3, 45))
        if start > PUBLISHED:
            continue
        if person in interns:
            firm = hospital if person in nanjing else _suited(dice, weights, occupation, "西宁")
            intern = _spell(dice, person, firm, occupation, start, "实习")
            end = start + timedelta(days=dice.between(60, 90))
            done = end <= PUBLISHED
            rows.append(replace(intern, ended=end if done else None, reason="实习期满" if done else None))
            if not done or not dice.percent(60):
                continue
            start = end + timedelta(days=dice.between(1, 20))
        elif not dice.percent(74):
            continue
        if start <= PUBLISHED:
            firm = _suited(dice, weights, occupation)
            rows += _career(dice, weights, _spell(dice, person, firm, occupation, start, dice.weighted(KINDS)))
    for _ in range(OTHER_WORKERS):
        early = dice.percent(45)
        start = dice.day(FIRST_DAY, date(2024, 3, 31) if early else date(2025, 6, 12))
        firm = dice.weighted(weights)
        person = people.one(born_from=1964)
        rows += _career(
            dice, weights, _spell(dice, person, firm, dice.pick(firm.positions), start, dice.weighted(KINDS))
        )
    return sorted(rows, key=lambda spell: spell.started)


def _suited(dice: Dice, weights: dict[Employer, int], occupation: str, place: str = "") -> Employer:
    return dice.weighted(
        {firm: weight for firm, weight in weights.items() if occupation in firm.positions and place in firm.name}
    )


def _spell(dice: Dice, person: Person, firm: Employer, position: str, start: date, kind: str) -> Spell:
    checked = start - timedelta(days=dice.between(2, 60)) if dice.percent(78) else None
    return Spell(person, firm, position, start, kind, checked if checked and checked >= FIRST_DAY else None, None, None)


def _career(dice: Dice, weights: dict[Employer, int], spell: Spell) -> Iterable[Spell]:
    """The spell, and what followed it: most stay, some leave, some of those come back or go elsewhere."""
    if not dice.percent(6):
        return [spell]
    end = spell.started + timedelta(days=dice.between(15, 320))
    if end > PUBLISHED:
        return [spell]
    left = replace(spell, ended=end, reason=dice.weighted(places.END_REASONS))
    turn = dice.below(100)
    if turn < 22:  # back at the same employer within 30 days: no new start
        back = end + timedelta(days=dice.between(5, 28))
        again = replace(spell, started=back, checked=None)
    elif turn < 55:
        firm = dice.weighted(weights)
        back = end + timedelta(days=dice.between(8, 70))
        again = _spell(dice, spell.person, firm, dice.pick(firm.positions), back, dice.weighted(KINDS))
    else:
        return [left]
    return [left, again] if back <= PUBLISHED else [left]


def intent_agreements(
    dice: Dice, firms: list[Employer], enrolled: list[Enrolment], worked: list[Spell]
) -> list[Agreement]:
    """Intent agreements, signed at the matching events, by people trained by then or about to start."""
    weights = {firm: firm.weight for firm in firms}
    trained_on: dict[Person, Enrolment] = {}
    for row in enrolled:
        if row.result == "合格":
            trained_on.setdefault(row.person, row)
    starts: dict[Person, Spell] = {}
    for spell in worked:
        starts.setdefault(spell.person, spell)
    signers = _signers(dice, trained_on, starts)
    rows: list[Agreement] = []
    for event, person in signers:
        trained = trained_on.get(person)
        start = starts.get(person)
        occupation = trained.klass.occupation if trained else starts[person].position
        if start is not None and start.started >= event.held and dice.percent(60):
            firm = start.employer
        else:
            firm = _suited(dice, weights, occupation)
        rows.append(
            Agreement(
                number=f"DTYX-{event.held.year}-{len(rows) + 1:04d}",
                kind="就业意向协议",
                person=person,
                employer=firm,
                position=occupation if occupation in firm.positions else firm.positions[0],
                signed=event.held,
                wage_yuan=(48 if is_away(firm.place) else 35) * 100 + dice.between(-4, 8) * 100,
                template=dice.weighted({"规范": 80, "其他": 8, None: 12}),
                live=True,
                withdrawn=None,
            )
        )
    return _withdraw(dice, rows)


def _signers(
    dice: Dice, trained: dict[Person, Enrolment], starts: dict[Person, Spell]
) -> list[tuple[MatchingEvent, Person]]:
    """Who signs at which event: `INTENT_AGREEMENTS` documents, `SIGNED_TWICE` of them a person's second."""
    signed: list[tuple[MatchingEvent, Person]] = []
    seen: set[Person] = set()
    share, left_over = divmod(INTENT_AGREEMENTS - SIGNED_TWICE, len(places.EVENTS))
    others = [person for person in starts if person not in trained]
    for at, event in enumerate(places.EVENTS):
        wanted = share + (1 if at < left_over else 0)
        ready = [
            person
            for person, row in trained.items()
            if row.ended and row.ended <= event.held and person not in seen and _free(starts.get(person), event.held)
        ]
        chosen = dice.some(ready, min(wanted, len(ready)))
        later = [person for person in others if person not in seen and starts[person].started > event.held]
        chosen += dice.some(later, wanted - len(chosen))
        seen.update(chosen)
        signed += [(event, person) for person in chosen]
    early = [person for event, person in signed if event.held < date(2025, 1, 1)]
    late = [event for event in places.EVENTS if event.held > date(2025, 1, 1)]
    signed += [(dice.pick(late), person) for person in dice.some(early, SIGNED_TWICE)]
    return sorted(signed, key=lambda pair: pair[0].held)


def _free(spell: Spell | None, day: date) -> bool:
    return spell is None or spell.started >= day or spell.kind == "实习"


def _withdraw(dice: Dice, rows: list[Agreement]) -> list[Agreement]:
    old = [at for at, row in enumerate(rows) if row.signed < date(2025, 5, 1)]
    for turn, at in enumerate(dice.some(old, WITHDRAWN + WITHDRAWN_UNDATED)):
        dated = turn < WITHDRAWN
        day = min(rows[at].signed + timedelta(days=dice.between(5, 90)), PUBLISHED - timedelta(days=3))
        rows[at] = replace(rows[at], live=False, withdrawn=day if dated else None)
    return rows


def contracts(dice: Dice, worked: list[Spell], trained: set[Person]) -> list[Agreement]:
    """Labour and service contracts of some of the spells, by day of signing."""
    rows: list[Agreement] = []
    for spell in worked:
        if spell.kind in ("实习", "自主创业") or not dice.percent(82 if spell.person in trained else 4.5):
            continue
        kind = "劳务协议" if spell.kind == "灵活就业" else "劳动合同"
        signed = min(max(spell.started + timedelta(days=dice.between(-5, 20)), FIRST_DAY), PUBLISHED)
        gone = dice.percent(0.8)
        rows.append(
            Agreement(
                number=f"{'LW' if kind == '劳务协议' else 'LD'}{signed.year}{len(rows) + 1:05d}",
                kind=kind,
                person=spell.person,
                employer=spell.employer,
                position=spell.position,
                signed=signed,
                wage_yuan=(46 if is_away(spell.employer.place) else 33) * 100 + dice.between(-3, 8) * 100,
                template=dice.weighted({"规范": 88, "其他": 7, None: 5}),
                live=not gone,
                withdrawn=min(signed + timedelta(days=dice.between(3, 40)), PUBLISHED) if gone else None,
            )
        )
    return sorted(rows, key=lambda row: row.signed)
