"""What training knows of one stream: the live fact of each slot (see `ledger.decider.evolve`).

class       opened
enrolment   enrolled ─┬─ assessed
                      ├─ ended
                      ├─ certified ── revoked
                      └─ skill_file
activity    held
statistic   attested
facility    recognised ── closed
"""

from __future__ import annotations

from typing import Final

from ledger.decider import State, evolve

__all__ = ["ENROLMENT", "FACILITY", "State", "evolve"]

#: the slots of an enrolment, each after what it rests on
ENROLMENT: Final = ("enrolled", "assessed", "ended", "certified", "revoked", "skill_file")
FACILITY: Final = ("recognised", "closed")
