"""What placement knows of one stream: the live fact of each slot (see `ledger.decider.evolve`).

employer     registered ── closed
             cooperation, surveyed, vacancies
cooperation  cooperation
survey       surveyed
vacancy      vacancies
referral     referred
matching     held
agreement    signed ── withdrawn          (intent, labour, service: a stream for each number)
employment   started ─┬─ ended
             checked  ┘
health       checked
subsidy      paid ── clawed_back
"""

from __future__ import annotations

from typing import Final

from ledger.decider import State, evolve

__all__ = ["AGREEMENT", "EMPLOYER", "EMPLOYMENT", "SUBSIDY", "State", "evolve"]

EMPLOYER: Final = ("registered", "closed", "cooperation", "surveyed", "vacancies")
AGREEMENT: Final = ("signed", "withdrawn")
EMPLOYMENT: Final = ("started", "checked", "ended")
SUBSIDY: Final = ("paid", "clawed_back")
