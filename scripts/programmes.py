#!/usr/bin/env python3
"""Writes docs/reference/programmes.md: the five programmes of examples/ handed in, their claims checked.

.venv/bin/python scripts/programmes.py                   a ledger of its own, in a folder that is removed
.venv/bin/python scripts/programmes.py --data-dir var    one that is up and already holds the five
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from scripts.reference.programmes import PROGRAMMES, page

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "programmes.md"
#: beside the interpreter that runs this
LEDGERCTL: Final = Path(sys.executable).parent / "ledgerctl"


def ledgerctl(data_dir: Path, *words: str | Path, ends: tuple[int, ...] = (0,)) -> str:
    """Run a verb and give its standard output. Raises SystemExit: it ended otherwise than expected."""
    command = [LEDGERCTL, *words, "--data-dir", data_dir]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode not in ends:
        raise SystemExit(f"ledgerctl {words[0]} ended with {run.returncode}\n{run.stdout}")
    return run.stdout


def hand_in(data_dir: Path) -> None:
    """Import the registers of all five."""
    for one in PROGRAMMES:
        registers = sorted((ROOT / "examples" / one.folder).glob("*.xlsx"))
        ledgerctl(data_dir, "import", *registers, "--wait", "--json")


def check(data_dir: Path) -> dict[str, Any]:
    """What `claims check --json` says of each; 1 is an answer, too."""
    files = {one.folder: ROOT / "examples" / one.folder / "claims.toml" for one in PROGRAMMES}
    return {
        folder: json.loads(ledgerctl(data_dir, "claims", "check", file, "--json", ends=(0, 1)))
        for folder, file in files.items()
    }


def main() -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="a ledger that is up and holds the five programmes")
    given = parser.parse_args().data_dir
    if given is not None:
        checked = check(given.resolve())
    else:
        with tempfile.TemporaryDirectory() as folder:
            own = Path(folder) / "var"
            ledgerctl(own, "up", "--detach")
            try:
                hand_in(own)
                checked = check(own)
            finally:
                ledgerctl(own, "down")
    PAGE.write_text(page(checked), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
