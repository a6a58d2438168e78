"""Options that every verb takes, after the verb.

def run(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: Json = False) -> None:
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_DATA_DIR = Path("var")

DataDir = Annotated[
    Path,
    typer.Option(
        "--data-dir", envvar="LEDGER_DATA_DIR", metavar="DIR", help="Where the embedded ledger keeps its data."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, for scripts.")]
