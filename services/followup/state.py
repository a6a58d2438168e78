"""What follow-up knows of one stream: the live fact of each slot (see `ledger.decider.evolve`).

plan     planned
visit    visit · wage · issue ─┬─ referred      · promotion · upskilling
                               └─ resolved
wage     wage
issue    issue ─┬─ referred
                └─ resolved
"""

from __future__ import annotations

from typing import Final

from ledger.decider import State, evolve

__all__ = ["VISIT", "State", "evolve"]

#: the slots a register row of a visit speaks for, each after what it rests on
VISIT: Final = ("visit", "wage", "issue", "resolved", "promotion", "upskilling")
