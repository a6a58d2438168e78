"""`python3 -m verifier`: as verify.py."""

from __future__ import annotations

import sys

from verifier.cli import alone

sys.exit(alone())
