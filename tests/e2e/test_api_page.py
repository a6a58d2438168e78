"""docs/reference/api.md, followed to the letter by somebody who has nothing but the page and the .proto files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.ledger import Ledger

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_page_makes_a_client_that_prints_what_the_page_says(fresh_ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "client").mkdir()
    for folder in ("protos", "third_party"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-ec", block("sh")], cwd=tmp_path, env=environment, check=True)

    fresh_ledger.up()
    # -I: no ledger_api of ours, only the client that the page made
    script = f"import sys; sys.path.insert(0, {str(tmp_path / 'client')!r})\n{block('python')}"
    environment["LEDGER_DATA_DIR"] = str(fresh_ledger.data)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == block("text")
