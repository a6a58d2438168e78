"""A programme's registers handed in: `ledgerctl import --wait` on a fresh ledger, and once more."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import python_calamine

from bench.outcome import Outcome

SECONDS_MAX: Final = 30.0
REGISTERS: Final = Path(__file__).parents[1] / "examples" / "datong"
LEDGERCTL: Final = Path(sys.executable).parent / "ledgerctl"


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Seconds until everything is recorded, fsynced and projected. `quick` measures the same, once as well."""
    files = sorted(REGISTERS.glob("*.xlsx"))
    with _ledger(folder / "ledger") as data:
        first, told = _import(data, files)
        again, told_again = _import(data, files)
    rows = sum(sheet["read"] for sheet in told["sheets"].values())
    new = sum(sheet["recorded"] for sheet in told_again["sheets"].values())
    refused = sum(sheet["refused"] for sheet in told["sheets"].values())
    read = _read_bare(files)
    return [
        Outcome(
            path="import",
            what=f"ledgerctl import --wait, {rows:,} rows in {len(files)} workbooks, until durable and projected",
            unit="s",
            ours=first,
            beside={
                "the same again, every row already recorded": again,
                "python-calamine reading the cells, nothing else": read,
            },
            floor=f"under {SECONDS_MAX:g} s, and nothing recorded twice",
            met=first < SECONDS_MAX and not new and not refused,
            notes=[f"{refused} rows refused; {new} recorded the second time", "no peer: nothing known to us does this"],
        )
    ]


@contextmanager
def _ledger(data: Path) -> Iterator[Path]:
    """An embedded ledger that is up, and down afterwards."""
    try:
        _run("up", "--detach", "--data-dir", data)
        yield data
    finally:
        _run("down", "--data-dir", data)


def _import(data: Path, files: Sequence[Path]) -> tuple[float, dict[str, dict[str, dict[str, int]]]]:
    began = time.perf_counter()
    said = _run("import", *files, "--wait", "--json", "--data-dir", data)
    return time.perf_counter() - began, json.loads(said)


def _run(*words: object) -> str:
    ran = subprocess.run([LEDGERCTL, *map(str, words)], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(
            f"ledgerctl {words[0]} ended with {ran.returncode}:\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
        )
    return ran.stdout


def _read_bare(files: Sequence[Path]) -> float:
    began = time.perf_counter()
    for file in files:
        book = python_calamine.CalamineWorkbook.from_path(file)
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    return time.perf_counter() - began
