"""What docs/reference/ says is what the code has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from scripts import docs
from scripts.reference import refusals

ROOT = Path(__file__).resolve().parents[2]
#: pages whose links must lead somewhere
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "deploy" / "README.md"])
_LINK = re.compile(r"\[[^\]]*\]\(([^)]+)\)")
_FENCED = re.compile(r"^```.*?^```|^ {4}.*?$", re.DOTALL | re.MULTILINE)


def test_generated_pages_are_what_the_generator_writes() -> None:
    command = [sys.executable, "scripts/docs.py", "--check"]
    # neither the width nor the language of a terminal may show in a page
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={"COLUMNS": "43", "PATH": "/usr/bin:/bin"}, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_stale_page_is_shown_as_a_diff(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "docs" / "reference" / "settings.md"
    monkeypatch.setattr(docs, "wanted", lambda: {path: path.read_text(encoding="utf-8") + "one more line\n"})
    assert docs.main(["--check"]) == 1
    assert "+one more line" in capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    targets = [unquote(target.partition("#")[0]) for target in _LINK.findall(text) if "://" not in target]
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert not missing


def test_every_rule_of_a_refusal_is_listed_once_a_place() -> None:
    page = (ROOT / "docs" / "reference" / "refusals.md").read_text(encoding="utf-8")
    written = set()
    for folder in ("ledger", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            # another way of reading than the generator's: the first string after `Refusal(`
            written |= set(re.findall(r'\bRefusal\(\s*f?"(\w+)', path.read_text(encoding="utf-8")))
    missing = {rule for rule in written - {"undecided"} if f"| `{rule}" not in page}
    assert not missing
    assert len({rule.name for rule in refusals.service_rules()}) >= 20
