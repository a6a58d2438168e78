"""Every way of saying no, read from the places in the code where it is said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ledger.errors import Kind
from ledger.rpc.status import CODES, FAULTS
from scripts.reference.markdown import code, on_one_line, table

ROOT: Final = Path(__file__).resolve().parents[2]
_SNAKE_CASE: Final = re.compile(r"[a-z]+(_[a-z]+)+")
_RULE: Final = re.compile(r"[a-z][a-z0-9_]*(\{\w+\})?")

INTRODUCTION: Final = """# Refusals

A command that cannot be recorded is refused by a rule with a stable name. A unary call fails with the
gRPC code of the rule's kind, a `google.rpc.ErrorInfo` whose `reason` is the rule, a
`LocalizedMessage` in Chinese and, for a malformed request, a `BadRequest` that names each field. An
item of a batch carries the same in its `refusal`; the call itself succeeds. Nothing of what was
refused is recorded, and the same request may be tried again.

Which of two refusals wins: a malformed request is refused before it is compared with a repeat of its
request id, that before the expected revision, and that before the decision itself.

"""


class Rule(NamedTuple):
    """One rule, as one place in the code states it. What is filled in looks like `{this}`."""

    name: str
    kind: str
    en: str
    zh: str
    where: str


def page() -> str:
    """docs/reference/refusals.md."""
    kinds = table(
        ("kind", "gRPC code", "what to make of it"),
        ((kind.value, code(CODES[kind].name), _kind_meaning(kind)) for kind in Kind),
    )
    refusals = service_rules()
    told = table(
        ("rule", "kind", "English", "Chinese", "said in"),
        ((code(rule.name), rule.kind, rule.en, rule.zh, code(rule.where)) for rule in refusals),
    )
    violations = sorted(set(_violations()))
    faults = table(
        ("reason", "gRPC code", "what it is"),
        ((code(reason), code(status.name), on_one_line(error)) for error, (status, reason) in FAULTS.items()),
    )
    rows = sorted(set(_row_rules()))
    registers = table(("rule", "Chinese", "English"), ((code(rule.name), rule.zh, rule.en) for rule in rows))
    return (
        f"{INTRODUCTION}## Kinds\n\n{kinds}\n## Rules of the services\n\n{told}\n"
        "`malformed` lists the fields and the rule each breaks: those of the `.proto` files "
        f"(`string.pattern`, `required`, …) and {', '.join(map(code, violations))}.\n\n"
        f"## Faults\n\nNot the caller's doing. The message names a call id that the service's log holds.\n\n{faults}\n"
        "## Rows and sheets of a register\n\n"
        "Said by `ledgerctl import` before anything is sent. A refused row goes to the rejected workbook, a sheet that "
        "cannot be read is named; a row that a service refuses carries that service's rule.\n\n"
        f"{registers}"
    )


def service_rules() -> list[Rule]:
    """Every refusal that the kernel and the services can give, by rule."""
    return sorted({*_refusals("ledger"), *_refusals("services")})


def _kind_meaning(kind: Kind) -> str:
    source = (ROOT / "ledger" / "errors.py").read_text(encoding="utf-8")
    found = re.search(rf'{kind.name} = "{kind.value}"\s+# (.*)', source)
    return found[1] if found else ""


def _refusals(package: str) -> Iterator[Rule]:
    """Wherever something is called with a rule, a Kind and two texts: Refusal, or a helper that makes one."""
    for path, call in _calls(package):
        match call.args:
            case [rule, ast.Attribute(value=ast.Name(id="Kind"), attr=kind), en, zh, *_] if _text(en):
                if not _RULE.fullmatch(_text(rule)):
                    raise SystemExit(f"{path}:{call.lineno}: a refusal's rule must be written out, not {_text(rule)!r}")
                yield Rule(_text(rule), Kind[kind].value, _text(en), _text(zh), path)


def _violations() -> Iterator[str]:
    """Rules of fields that are not in a .proto file: (field, rule, what to do), wherever such a triple is written."""
    for package in ("ledger/rpc", "services"):
        for path, node in _nodes(package):
            match node:
                case ast.Tuple(elts=[_, ast.Constant(value=str(rule)), message]) if _SNAKE_CASE.fullmatch(rule):
                    # the message may be put together beforehand; a name in the place of the rule may not
                    if " " in _text(message) or (isinstance(message, ast.Name) and path.startswith("ledger/rpc")):
                        yield rule


def _row_rules() -> Iterator[Rule]:
    for path, call in _calls("ledgerctl/registers"):
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        if {"rule", "zh", "en"} <= named.keys():
            said = [named["rule"], named["zh"], named["en"]]
        elif _name(call.func) in ("BadValue", "Problem", "refuse", "Unread"):
            # Unread names its sheet first
            said = list(call.args[1:4] if _name(call.func) == "Unread" else call.args[:3])
        else:
            continue
        if len(said) == 3 and isinstance(said[0], ast.Constant):
            yield Rule(_text(said[0]), "", _text(said[2]), _text(said[1]), path)


def _calls(package: str) -> Iterator[tuple[str, ast.Call]]:
    for path, node in _nodes(package):
        if isinstance(node, ast.Call):
            yield path, node


def _nodes(package: str) -> Iterator[tuple[str, ast.AST]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield str(path.relative_to(ROOT)), node


def _text(node: ast.expr) -> str:
    """A text as it stands in the code, with what is filled in as `{name}`."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) for part in parts)
        case ast.FormattedValue(value=value):
            return f"{{{_name(value)}}}"
        case ast.IfExp(body=body):
            return _text(body)
        case _:
            return f"{{{_name(node)}}}"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr="__name__"):
            return _name(value)
        case ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Call(func=func):
            return _name(func)
        case _:
            return "…"
