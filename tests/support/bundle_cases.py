"""Publishers that several tests count with, and an auditor who checks."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from tests.support.bundles import PUBLISHER, Export, Files, Publisher, Verdict, policy, verify, write
from tests.support.histories import history
from tests.support.programme import LOGS, real_programme

PLACEMENT: Final = "ledger.local/placement"
PROGRAMME: Final = "datong-hugong"
#: a day after everything that a history tells
TO: Final = "2025-12-31"


def folder() -> Path:
    """A folder that lasts as long as the tests."""
    made = tempfile.mkdtemp(prefix="bundles-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


@cache
def programme() -> Publisher:
    """A small programme with withdrawals and corrections."""
    logs = real_programme(60)
    logs[PLACEMENT].retract(3, reason="clerical")
    return Publisher(folder(), logs)


@cache
def mixed() -> Publisher:
    """A history with merges, retractions, two agencies, and entries nobody can read."""
    return Publisher(folder(), history(11, 400))


@cache
def honest() -> Export:
    """Agreements of the small programme. Not to be changed: `replace` it."""
    return Export(programme(), programme().count("agreements_signed", programme=PROGRAMME))


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def trusted(tmp_path: Path) -> Path:
    """The auditor's policy: all five logs, no witnesses."""
    return put(tmp_path / "mine.policy", policy([*LOGS, PUBLISHER]))


def check(tmp_path: Path, files: Files, *more: str, policy_file: Path | None = None) -> Verdict:
    """Write a bundle anew and verify it."""
    bundle = tmp_path / "bundle"
    if bundle.exists():
        shutil.rmtree(bundle)
    return verify(write(files, bundle), policy_file or trusted(tmp_path), *more)
