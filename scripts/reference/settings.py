"""The settings of a process, from ledger/runtime/settings.py."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from ledger.runtime import settings
from scripts.reference.markdown import code, codes, table


def page() -> str:
    """docs/reference/settings.md."""
    told = _docstrings(settings.ServiceSettings)
    rows = [
        (code(settings.PREFIX + name.upper()), _default(name, field), told.get(name) or _choices(field))
        for name, field in settings.ServiceSettings.model_fields.items()
    ]
    peer = ", ".join(f"`{name}`" for name in settings.Peer.model_fields)
    return (
        f"# Settings\n\n{inspect.getdoc(settings)}\n\n"
        "`ledgerctl up` gives the processes of an embedded ledger all of these; of the caller's own only\n"
        "`LEDGER_LOG_LEVEL` is passed on. A process that cannot use what it was told says which setting and why, and\n"
        "exits with 2.\n\n"
        f"{table(('setting', 'default', 'meaning'), rows)}\n"
        f"`LEDGER_PEERS` maps an origin to an object of {peer}: "
        '`{"ledger.local/training": {"slug": "training", "address": "127.0.0.1:24102"}}`.\n'
        "\n`ledgerctl` itself reads `LEDGER_DATA_DIR` (the data folder, as `--data-dir`) and `LEDGER_DEBUG=1` (stack "
        "traces).\n"
    )


def _default(name: str, field: FieldInfo) -> str:
    if name == "origin":
        return "`<host>/<name>`"
    if name == "slug":
        return "the name"
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if value is None or value == {}:
        return "none"
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def _choices(field: FieldInfo) -> str:
    return codes(map(str, get_args(field.annotation))) if get_origin(field.annotation) is Literal else ""


def _docstrings(model: type) -> dict[str, str]:
    """The string under each field of a class."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(definition, ast.ClassDef)
    told: dict[str, str] = {}
    for before, node in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name):
            match node:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    told[before.target.id] = re.sub(r"\s+", " ", text).strip()
    return told
