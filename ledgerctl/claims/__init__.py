"""Published sentences held against the ledger: a stated figure, its band, the verdict. Pure, but for `load`."""

from ledgerctl.claims.band import Band, band_of
from ledgerctl.claims.claim import Claim, ClaimsError, load
from ledgerctl.claims.contradiction import Contradiction, contradictions
from ledgerctl.claims.stated import Stated, StatedError, parse
from ledgerctl.claims.units import siblings
from ledgerctl.claims.verdict import FigureAnswer, Judgement, Verdict, judge, judge_alone

__all__ = [
    "Band",
    "Claim",
    "ClaimsError",
    "Contradiction",
    "FigureAnswer",
    "Judgement",
    "Stated",
    "StatedError",
    "Verdict",
    "band_of",
    "contradictions",
    "judge",
    "judge_alone",
    "load",
    "parse",
    "siblings",
]
