"""The verbs of ledgerctl, from their own help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer

from ledgerctl.cli import complete_app

WIDTH: Final = 100


def page() -> str:
    """docs/reference/cli.md."""
    parts = ["# ledgerctl\n\n`.venv/bin/ledgerctl VERB --help` says the same.\n"]
    for words, told in _helps(typer.main.get_command(complete_app()), ["ledgerctl"]):
        parts.append(f"\n## {' '.join(words)}\n\n```text\n{told}\n```\n")
    return "".join(parts)


def _helps(command: Any, words: list[str], parent: Any = None) -> Iterator[tuple[list[str], str]]:
    """(words, help) of a command and everything below it, in the order of the help."""
    context = command.make_context(words[-1], [], parent=parent, resilient_parsing=True)
    # neither the terminal nor its language may show in the page
    context.terminal_width = context.max_content_width = WIDTH
    told = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield words, told
    for name, below in getattr(command, "commands", {}).items():
        yield from _helps(below, [*words, name], context)
