"""Invented employers and their unified social credit codes.

A code has a true check character (GB 32100-2015) around a true organisation code (GB/T 11714-1997),
but its division begins with 99, which none has: it can be no real organisation's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from examples.common.dice import Dice

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Employer:
    """`code` is None for the small ones whose licence no clerk copied; `place` is where its people work."""

    name: str
    code: str | None
    place: str
    positions: tuple[str, ...]
    weight: int


def credit_check(first17: str) -> str:
    """The 18th character of a unified social credit code."""
    total = sum(_ALPHABET.index(character) * pow(3, at, 31) for at, character in enumerate(first17))
    return _ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """The ninth character of an organisation code."""
    total = sum(int(character, 36) * weight for character, weight in zip(first8, _BODY_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def credit_code(dice: Dice, kind: str, division: str) -> str:
    """A new code. `kind`: two characters (91 company, 52 social service, 12 public institution); `division` 99####."""
    if not division.startswith("99"):
        raise ValueError("a division begins with 99: only synthetic organisations here")
    body = "MA" + "".join(dice.pick(_ALPHABET) for _ in range(6))
    first17 = kind + division + body + organisation_check(body)
    return first17 + credit_check(first17)


def employers(
    dice: Dice, division: str, listed: Sequence[tuple[str, str | None, str, tuple[str, ...], int]]
) -> list[Employer]:
    """Employers from `(name, kind of code or None, place, positions, weight)`, each with a code of its own."""
    return [
        Employer(name, credit_code(dice, kind, division) if kind else None, place, positions, weight)
        for name, kind, place, positions, weight in listed
    ]
