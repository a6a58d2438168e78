"""docs/auditors.md: its commands, run one after the other against a real ledger, print what the page says."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NamedTuple

from ledgerctl.publishing.proving import system_python
from tests.e2e import sample
from tests.support.ledger import SCRIPT, Ledger

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "auditors.md"
#: a block of commands, and the block of what they print that may follow it
BLOCKS: Final = re.compile(r"^```sh\n(.*?)^```\n(?:\s*^```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
MARK: Final = "----- end of block "


class Block(NamedTuple):
    """Commands of the page, and lines that must be among what they print; `…` stands for anything."""

    commands: str
    printed: list[str]


def blocks() -> list[Block]:
    found = BLOCKS.findall(PAGE.read_text("utf-8"))
    return [Block(commands, printed.splitlines()) for commands, printed in found]


def checkout(folder: Path) -> Path:
    """A folder in which the page's paths lead where they do in a checkout, and `python3` is not our environment's."""
    (folder / ".venv").symlink_to(SCRIPT.parents[1])
    (folder / "verifier").symlink_to(ROOT / "verifier")
    (folder / "path").mkdir()
    (folder / "path" / "python3").symlink_to(system_python())
    return folder


def run_all(asked: list[Block], folder: Path, data: Path) -> list[str]:
    """Run the blocks as one session in a shell; what each printed."""
    script = "".join(f"{block.commands}echo '{MARK}'\n" for block in asked)
    environment = {
        "PATH": f"{folder / 'path'}:/usr/bin:/bin",
        "LEDGER_DATA_DIR": str(data),
        "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
        "LANG": "C.UTF-8",
    }
    session = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
    )
    printed = session.stdout.split(f"{MARK}\n")
    assert session.returncode == 0, f"this block failed:\n{asked[len(printed) - 1].commands}\n{printed[-1]}"
    return printed[:-1]


def missing(wanted: list[str], printed: str) -> list[str]:
    """Lines that were to be printed, in this order, and were not."""
    lines = iter(printed.splitlines())
    return [want for want in wanted if not any(_same(want, line) for line in lines)]


def _same(want: str, line: str) -> bool:
    pattern = re.sub(r"([\[*?])", r"[\1]", want).replace("…", "*")
    return fnmatchcase(line.strip(), pattern.strip())


def test_every_command_of_the_page_runs_and_prints_what_it_says(ledger: Ledger, tmp_path: Path) -> None:
    ledger.hand_in(sample.write(ledger.folder))
    asked = blocks()
    assert sum(bool(block.printed) for block in asked) >= 7
    (folder := tmp_path / "checkout").mkdir()
    for block, printed in zip(asked, run_all(asked, checkout(folder), ledger.data), strict=True):
        assert not missing(block.printed, printed), f"{block.commands}\nprinted\n{printed}"


def test_a_line_that_is_not_printed_is_noticed() -> None:
    assert missing(["a", "b …"], "a\nb 1\n") == []
    assert missing(["value 4"], "value 5\n") == ["value 4"]
    assert missing(["b", "a"], "a\nb\n") == ["a"]
