"""Whom follow-up visited, and for how much they work."""

from __future__ import annotations

from examples.common.dice import Dice
from examples.common.followup import FollowUp, Setting
from examples.common.model import Spell, Visit
from examples.common.people import Person
from examples.datong import places
from examples.datong.model import PUBLISHED
from examples.datong.placement import is_away

#: spells of people the programme did not train whom follow-up visits all the same
OTHERS_VISITED = 2280
#: usual pay in tens of yuan, at home and away
PAY = {"医疗护理员": (338, 472), "家务服务员": (316, 449), "养老护理员": (325, 456), "育婴员": (348, 489)}


def visits(dice: Dice, worked: list[Spell], trained: set[Person]) -> list[Visit]:
    """Visits by day. Interns are not visited; nobody is visited after the day of publication."""
    setting = Setting(
        PUBLISHED, lambda spell: PAY[spell.position][is_away(spell.employer.place)], places.VISITORS, places.TROUBLES
    )
    real = [spell for spell in worked if spell.kind != "实习"]
    others = [spell for spell in real if spell.person not in trained]
    chosen = [spell for spell in real if spell.person in trained] + dice.some(others, OTHERS_VISITED)
    return FollowUp(dice, setting).visits(chosen, worked)
