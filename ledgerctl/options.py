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

Programme = Annotated[str, typer.Option("--programme", metavar="P", help="Programme 项目; without: all of them.")]
Region = Annotated[
    str, typer.Option("--region", metavar="CODE", help="GB/T 2260 code 行政区划, e.g. 630121 or 630000.")
]
From = Annotated[str, typer.Option("--from", metavar="DATE", help="First business date 起 (inclusive).")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="Last business date 止 (inclusive).")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of", metavar="DATE|CUT", help='What had been recorded by the end of DATE 截至, or a cut {"log":size,…}.'
    ),
]
Extra = Annotated[
    list[str], typer.Option("--param", metavar="NAME=VALUE", help="A figure's own parameter, e.g. min_proof=bank.")
]
