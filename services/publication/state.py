"""What publication knows of one stream: the live fact of each slot (see `ledger.decider.evolve`).

figure      published   (FigurePublished, later FigureRestated: each in place of the one before)
finding     settled     (FindingSettled: the latest word of an agency)
"""

from __future__ import annotations

from ledger.decider import State, evolve

__all__ = ["State", "evolve"]
