"""What placement knows of one stream: the live fact of each slot (see `ledger.decider.evolve`).

employer     registered ── closed
matching     held
agreement    signed ── withdrawn          (intent, labour, service: a stream for each number)
employment   started ─┬─ ended
             checked  ┘
health       checked
"""

from __future__ import annotations

from typing import Final

from ledger.decider import State, evolve

__all__ = ["AGREEMENT", "EMPLOYMENT", "State", "evolve"]

AGREEMENT: Final = ("signed", "withdrawn")
EMPLOYMENT: Final = ("started", "checked", "ended")
