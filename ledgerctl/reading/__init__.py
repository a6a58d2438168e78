"""The ledger reads an article: which figures it may claim, for a person to confirm."""

from ledgerctl.reading.draft import claims_toml
from ledgerctl.reading.files import ArticleError, article
from ledgerctl.reading.plans import first_date
from ledgerctl.reading.reading import Candidate, read

__all__ = ["ArticleError", "Candidate", "article", "claims_toml", "first_date", "read"]
