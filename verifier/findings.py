"""The four ways a check can end, as exceptions and exit codes."""

from __future__ import annotations


class Finding(Exception):
    """Why a bundle is not proven. The message names the first line, entry or file that is wrong."""

    code = 3
    verdict = "格式有误 MALFORMED"


class Contradicted(Finding):
    """The bundle speaks against itself, against what was signed, or against what was kept."""

    code = 1
    verdict = "相互矛盾 CONTRADICTED"


class NotEnough(Finding):
    """Nothing speaks against it, but something is missing that the auditor asks for."""

    code = 2
    verdict = "证据不足 NOT ENOUGH"


class Malformed(Finding):
    """Not a bundle, a policy or a note of the format, or one that is not safe to read."""


def shown(text: str, longest: int = 200) -> str:
    """Text of a stranger, fit for a terminal: short, and without control characters."""
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(character if character.isprintable() else "�" for character in text)
