"""What docs/reference/ says is what the code has."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from typer.main import get_command

from ledgerctl.cli import complete_app
from ledgerctl.registers.layout import SHEETS
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_pages_name_exist(page: Path) -> None:
    known = {name: _options(verb) for name, verb in _verbs().items()}
    text = page.read_text(encoding="utf-8")
    for verb, rest in re.findall(r"\bbin/ledgerctl ([a-z]+)([^\n`|#]*)", text):
        assert verb in known, f"no verb {verb}"
        # a group has its options below it
        if known[verb]:
            assert set(re.findall(r"(?<=\s)--[a-z-]+", rest)) <= known[verb], f"{verb}{rest}"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`|    )make ([a-z-]+)(?=[`\s])", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_pages_name_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:ledger|services|ledgerctl|protos|scripts|tests|examples|deploy|docs)/[\w./*-]+)`",
        page.read_text(encoding="utf-8"),
    )
    made_later = set((ROOT / ".gitignore").read_text(encoding="utf-8").split())
    missing = [name for name in named if name not in made_later and not any(ROOT.glob(name.rstrip("/")))]
    assert not missing


def test_the_sheets_that_clerks_are_told_of_are_those_that_can_be_read() -> None:
    page = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    for sheet in SHEETS.values():
        assert f"| {sheet.name} | {'、'.join(sheet.required)} |" in page


@cache
def _options(verb: Any) -> set[str]:
    """Those of a verb; of one that lists by itself and has verbs below it, all of them; of a mere group none."""
    own = {option for param in verb.params for option in param.opts}
    below = [_options(one) for one in getattr(verb, "commands", {}).values()]
    return own.union(*below) if own else own


def _verbs() -> dict[str, Any]:
    application: Any = get_command(complete_app())
    return dict(application.commands)


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
