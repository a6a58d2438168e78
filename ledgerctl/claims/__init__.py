"""Published sentences held against the ledger: a stated figure, its band, the verdict. Pure, but for `load`."""

from ledgerctl.claims.band import Band, band_of
from ledgerctl.claims.claim import Claim, ClaimsError, load
from ledgerctl.claims.stated import Stated, StatedError, parse
from ledgerctl.claims.units import siblings
from ledgerctl.claims.verdict import FigureAnswer, Judgement, Verdict, judge

__all__ = [
    "Band",
    "Claim",
    "ClaimsError",
    "FigureAnswer",
    "Judgement",
    "Stated",
    "StatedError",
    "Verdict",
    "band_of",
    "judge",
    "load",
    "parse",
    "siblings",
]
