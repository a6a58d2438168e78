"""Writes the registers of the Datong carers' programme (大通护工): `python -m examples.datong.generate [FOLDER]`.

Every run writes the same bytes. Nobody in them exists. The rows bear out the five figures that were
published on 2025-06-20 (`claims.toml`); this program refuses to write any that would not.
"""

from __future__ import annotations

import sys
from pathlib import Path

from examples.common.dice import Dice
from examples.common.employers import employers
from examples.common.people import People
from examples.common.workbook import write
from examples.datong import facts, followup, mistakes, placement, places, registers, training
from examples.datong.model import Programme

HERE = Path(__file__).parent
#: where identity numbers begin: most in the county, some elsewhere
AREAS = ("990121",) * 8 + ("990101", "990123", "990222")


def programme() -> Programme:
    """The whole programme; pure."""
    people = People(Dice("datong people"), AREAS)
    firms = employers(Dice("datong employers"), "990121", places.EMPLOYERS)
    enrolled = training.enrolments(Dice("datong enrolments"), people, training.classes(Dice("datong classes")))
    worked = placement.spells(Dice("datong spells"), people, firms, enrolled)
    trained = {row.person for row in enrolled if row.result == "合格"}
    return Programme(
        enrolments=enrolled,
        events=list(places.EVENTS),
        agreements=[
            *placement.intent_agreements(Dice("datong agreements"), firms, enrolled, worked),
            *placement.contracts(Dice("datong contracts"), worked, trained),
        ],
        spells=worked,
        visits=followup.visits(Dice("datong visits"), worked, trained),
    )


def generate(folder: Path) -> facts.Facts:
    """Write the workbooks into `folder` and say what they hold.

    Raises AssertionError, and writes nothing, where a published figure would not be borne out.
    """
    rows = programme()
    counted = facts.count(rows)
    facts.check(counted)
    (folder / "mistakes").mkdir(parents=True, exist_ok=True)
    write(folder / "training.xlsx", [registers.trainees(rows.enrolments)])
    write(folder / "placement.xlsx", [registers.agreements(rows.agreements), registers.starts(rows.spells)])
    write(folder / "followup.xlsx", [registers.visits(rows.visits)])
    write(folder / "activities.xlsx", registers.activities())
    write(folder / "sites.xlsx", registers.sites())
    write(folder / "mistakes" / "broken.xlsx", mistakes.sheets())
    return counted


if __name__ == "__main__":
    sys.stdout.write(f"{generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)}\n")
