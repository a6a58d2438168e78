"""Writes the verifier as one file: `python3 -m verifier.single > verifier/verify.py`.

The modules follow each other in the order in which they build on each other, word for word; only their
imports are gathered at the top. A test holds verify.py against this.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

MODULES = (
    *("findings", "ed25519", "tree", "notes", "policy", "archive", "bundle", "statement", "shredding", "streams"),
    *("replay", "rules", "counting", "kept", "published", "check", "cli"),
)
_WIDTH = 120
_HEAD = '''\
#!/usr/bin/env python3
"""Counts a published figure again from its export, and believes nobody. 用导出包独立核算已发布的指标。

    python3 verify.py BUNDLE --policy FILE

BUNDLE is what `ledgerctl export` wrote, a folder or a .tar.gz. FILE is your own: the keys of the logs,
and of the witnesses whose word you want. Exit code 0: proven, 1: contradicted, 2: not enough, 3: malformed.
The last line says what was not proven. Python 3.11 and its standard library are all that is needed.

How it works is told at the head of each part; `check` is the thread. The formats are those of
docs/reference/format.md and docs/reference/bundle.md. Written by verifier/single.py: do not edit.
"""
'''


def single(folder: Path) -> str:
    """The text of the one file. Raises ValueError: two modules define one name."""
    imports: set[str] = set()
    members: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    parts: list[str] = []
    for module in MODULES:
        text = (folder / f"{module}.py").read_text("utf-8")
        tree = ast.parse(text)
        begins = 0
        for node in tree.body:
            if isinstance(node, ast.Import):
                imports.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                if node.module != "__future__" and not str(node.module).startswith("verifier"):
                    members.setdefault(str(node.module), set()).update(alias.name for alias in node.names)
            elif not isinstance(node, ast.Expr):
                break
            begins = node.end_lineno or 0
        for name in _defined(tree):
            if names.setdefault(name, module) != module:
                raise ValueError(f"{name} is defined in {names[name]} and in {module}")
        told = "\n".join(f"# {line}".rstrip() for line in (ast.get_docstring(tree) or "").split("\n"))
        body = "\n".join(text.split("\n")[begins:]).strip("\n")
        blank = "\n\n" if body.startswith(("class ", "def ", "@")) else "\n"
        parts.append(f"# {module} {'-' * (_WIDTH - len(module) - 4)}\n#\n{told}\n{blank}{body}\n")
    head = [f"import {name}" for name in sorted(imports)]
    head += [_from(module, names) for module, names in sorted(members.items())]
    whole = [_HEAD, "from __future__ import annotations\n", "\n".join(head) + "\n"]
    ends = 'if __name__ == "__main__":\n    sys.exit(alone())\n'
    return "\n".join(whole) + "\n" + "\n\n".join([*parts, ends])


def _defined(tree: ast.Module) -> set[str]:
    """The names that a module binds at its top level, but for its imports."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def _from(module: str, names: set[str]) -> str:
    """An import line: constants first, then classes, then the rest, as the linter wants them."""
    ordered = sorted(names, key=lambda name: (2 - name[0].isupper() - name.isupper(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= _WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


if __name__ == "__main__":
    sys.stdout.write(single(Path(__file__).parent))
