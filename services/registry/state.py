"""What the log says of one person: the live fact of each slot (see `ledger.decider.evolve`).

person      registered ─┬─ merged
                        └─ erased
"""

from __future__ import annotations

from ledger.decider import State, evolve

__all__ = ["State", "evolve"]
