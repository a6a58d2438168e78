"""What follow-up saw: visits about 30, 90 and 180 days after a start, wages and their proof, troubles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from examples.common.dice import Dice
from examples.common.people import Person
from examples.datong import places
from examples.datong.model import PUBLISHED, Spell, Trouble, Visit
from examples.datong.placement import is_away

#: spells of people the programme did not train whom follow-up visits all the same
OTHERS_VISITED = 2280
DUE_DAYS = (30, 90, 180)
METHODS = {"电话": 62, "上门": 14, "线上": 24}
PROOFS = {"社保": 16, "银行流水": 34, "工资条": 27, "单位证明": 9, "本人口述": 9, None: 5}
#: usual pay in tens of yuan, at home and away
PAY = {"医疗护理员": (338, 472), "家务服务员": (316, 449), "养老护理员": (325, 456), "育婴员": (348, 489)}


class FollowUp:
    """Makes the visits; remembers which wage entries it made, since a month and a proof state one wage."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._observed: set[tuple[Person, date, str | None]] = set()

    def visits(self, worked: list[Spell], trained: set[Person]) -> list[Visit]:
        """Visits by day. Interns are not visited; nobody is visited after the day of publication."""
        following: dict[Person, list[Spell]] = {}
        for spell in worked:
            following.setdefault(spell.person, []).append(spell)
        real = [spell for spell in worked if spell.kind != "实习"]
        others = [spell for spell in real if spell.person not in trained]
        chosen = [spell for spell in real if spell.person in trained] + self._dice.some(others, OTHERS_VISITED)
        rows: list[Visit] = []
        for spell in chosen:
            later = [other.started for other in following[spell.person] if other.started > spell.started]
            rows += self._of_spell(spell, min(later, default=PUBLISHED + timedelta(days=1)))
        return sorted(rows, key=lambda visit: visit.visited)

    def _of_spell(self, spell: Spell, until: date) -> list[Visit]:
        dice = self._dice
        rows: list[Visit] = []
        level = PAY[spell.position][is_away(spell.employer.place)] + dice.between(-38, 38)
        for due in DUE_DAYS:
            day = spell.started + timedelta(days=due + dice.between(-9, 9))
            if day >= until or day > PUBLISHED or dice.percent(5):
                continue
            visit = Visit(spell.person, day, dice.weighted(METHODS), "在岗", spell.employer, dice.pick(places.VISITORS))
            if spell.ended and spell.ended <= day:
                rows.append(replace(visit, state="离岗" if dice.percent(75) else "失联"))
                break
            state = dice.weighted({"在岗": 945, "失联": 40, "离岗": 15})
            if state != "在岗":
                rows.append(replace(visit, state=state))
                continue
            seen = self._working(visit, spell, level + due // 15)
            rows.append(seen)
            rows += self._second_proof(seen, until)
        return rows

    def _working(self, visit: Visit, spell: Spell, level: int) -> Visit:
        dice = self._dice
        if dice.percent(84):
            visit = self._paid(visit, spell.started, (level + dice.between(-9, 9)) * 10)
        if dice.percent(4):
            visit = replace(visit, trouble=self._trouble(visit.visited))
        if dice.percent(1):
            visit = replace(visit, promoted_to=dice.pick(("班组长", "护理组长", "培训师", "区域主管")))
        if dice.percent(2):
            visit = replace(visit, upskilled=dice.day(spell.started, visit.visited))
        return visit

    def _paid(self, visit: Visit, started: date, wage_yuan: int) -> Visit:
        before = (visit.visited.replace(day=1) - timedelta(days=1)).replace(day=1)
        month = before if before >= started.replace(day=1) else None
        proof = self._dice.weighted(PROOFS)
        return self._observe(replace(visit, wage_yuan=wage_yuan, month=month, proof=proof)) or visit

    def _observe(self, visit: Visit) -> Visit | None:
        """The visit, or None where this month and proof already state this person's wage."""
        key = (visit.person, (visit.month or visit.visited).replace(day=1), visit.proof)
        if key in self._observed:
            return None
        self._observed.add(key)
        return visit

    def _second_proof(self, visit: Visit, until: date) -> list[Visit]:
        """Now and then someone sends a second paper for the same month some days later, for a little less."""
        dice = self._dice
        day = visit.visited + timedelta(days=dice.between(2, 9))
        if visit.wage_yuan is None or visit.month is None or not dice.percent(2) or day >= until or day > PUBLISHED:
            return []
        again = replace(
            visit,
            visited=day,
            method="线上",
            wage_yuan=visit.wage_yuan - dice.between(1, 12) * 10,
            proof=dice.pick(("社保", "银行流水", "工资条")),
            trouble=None,
            promoted_to=None,
            upskilled=None,
        )
        seen = self._observe(again)
        return [seen] if seen else []

    def _trouble(self, opened: date) -> Trouble:
        dice = self._dice
        text, kind, handling = dice.pick(places.TROUBLES)
        settled = dice.after(opened, 1, 25)
        if settled <= PUBLISHED and dice.percent(86):
            return Trouble(text, kind, handling, settled)
        return Trouble(text, kind, "正在协调", None)
