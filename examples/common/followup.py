"""What follow-up saw: visits about 30, 90 and 180 days after a start, wages and their proof, troubles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from examples.common.dice import Dice
from examples.common.model import Spell, Trouble, Visit
from examples.common.people import Person

DUE_DAYS = (30, 90, 180)
METHODS = {"电话": 62, "上门": 14, "线上": 24}
PROOFS = {"社保": 16, "银行流水": 34, "工资条": 27, "单位证明": 9, "本人口述": 9, None: 5}


@dataclass(frozen=True, slots=True)
class Setting:
    """What differs from one programme to the next.

    `pay`: usual monthly pay of a spell, in tens of yuan. `troubles`: what people say, its 问题类别, what
    was done about it. Nobody is visited after `published`.
    """

    published: date
    pay: Callable[[Spell], int]
    visitors: Sequence[str]
    troubles: Sequence[tuple[str, str, str]]


class FollowUp:
    """Makes the visits; remembers which wage entries it made, since a month and a proof state one wage."""

    def __init__(self, dice: Dice, setting: Setting) -> None:
        self._dice, self._setting = dice, setting
        self._observed: set[tuple[Person, date, str | None]] = set()

    def visits(self, chosen: list[Spell], worked: list[Spell]) -> list[Visit]:
        """Visits by day, to the people of `chosen` spells until their next one among `worked`."""
        following: dict[Person, list[Spell]] = {}
        for spell in worked:
            following.setdefault(spell.person, []).append(spell)
        rows: list[Visit] = []
        for spell in chosen:
            later = [other.started for other in following[spell.person] if other.started > spell.started]
            rows += self._of_spell(spell, min(later, default=self._setting.published + timedelta(days=1)))
        return sorted(rows, key=lambda visit: visit.visited)

    def _of_spell(self, spell: Spell, until: date) -> list[Visit]:
        dice = self._dice
        rows: list[Visit] = []
        level = self._setting.pay(spell) + dice.between(-38, 38)
        for due in DUE_DAYS:
            day = spell.started + timedelta(days=due + dice.between(-9, 9))
            if day >= until or day > self._setting.published or dice.percent(5):
                continue
            visit = Visit(
                spell.person, day, dice.weighted(METHODS), "在岗", spell.employer, dice.pick(self._setting.visitors)
            )
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
        if (
            visit.wage_yuan is None
            or visit.month is None
            or not dice.percent(2)
            or day >= until
            or day > self._setting.published
        ):
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
        text, kind, handling = dice.pick(self._setting.troubles)
        settled = dice.after(opened, 1, 25)
        if settled <= self._setting.published and dice.percent(86):
            return Trouble(text, kind, handling, settled)
        return Trouble(text, kind, "正在协调", None)
