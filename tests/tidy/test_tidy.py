"""House rules that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import TypeGuard

import pytest

from ledger.runtime.logs import KEYS

ROOT = Path(__file__).parents[2]
LINES_MAX = 400
OURS = ("ledger", "services", "ledgerctl", "verifier", "bench", "examples")
NOT_WRITTEN_HERE = ("gen/", "third_party/", "verifier/verify.py")

# a package index, in whatever disguise, and places that exist on one machine only
HOSTS = re.compile(
    r"pythonhosted|pypi\.(org|python)|npmjs|--(extra-)?index-url|source = \{ registry|\"resolved\": *\"http"
)
MACHINE_PATHS = re.compile(r"(?<![\w.{}$*-])/(home|root|Users|work|farm)/")


def tracked() -> list[Path]:
    """Every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name and (ROOT / name).is_file()]


def written_here(suffix: str = "") -> Iterator[tuple[str, Path]]:
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if name.endswith(suffix) and not name.startswith(NOT_WRITTEN_HERE):
            yield name, path


def test_no_python_file_is_long() -> None:
    lines = {name: len(path.read_bytes().splitlines()) for name, path in written_here(".py")}
    long = {name: count for name, count in lines.items() if count > LINES_MAX}
    assert not long, f"over {LINES_MAX} lines: is there a second thing in the room?"


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    found = []
    for name, path in written_here():
        if path == Path(__file__) or b"\0" in (content := path.read_bytes())[:4096]:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if HOSTS.search(line) or MACHINE_PATHS.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert not found


def test_lock_files_hold_versions_and_hashes_only() -> None:
    line = re.compile(r"[A-Za-z0-9._\[\],-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    for lock in ROOT.glob("requirements*.lock"):
        strange = [text for text in lock.read_text().splitlines() if text and not line.fullmatch(text)]
        assert not strange, lock.name


def test_every_public_module_says_what_it_is() -> None:
    silent = [
        name
        for name, path in written_here(".py")
        if name.startswith(tuple(f"{package}/" for package in OURS))
        and not path.name.startswith("_")
        and "/migrations/" not in name
        and not ast.get_docstring(ast.parse(path.read_bytes()))
    ]
    assert not silent


def test_no_two_distributions_claim_one_file() -> None:
    """One of them would have overwritten the other; `pip check` does not see it."""
    claims: dict[Path, set[str]] = defaultdict(set)
    for distribution in distributions():
        for file in distribution.files or ():
            if ".dist-info/" not in str(file) and "__pycache__" not in str(file):
                claims[Path(str(distribution.locate_file(file)))].add(distribution.metadata["Name"])
    assert not {str(file): names for file, names in claims.items() if len(names) > 1}


def test_distributions_that_overwrite_others_are_absent() -> None:
    # grpcio-admin and grpcio-csds pull xds-protos, which overwrites google/api and opentelemetry/proto
    installed = {distribution.metadata["Name"].lower().replace("_", "-") for distribution in distributions()}
    assert not installed & {"grpcio-admin", "grpcio-csds", "xds-protos"}


def test_every_key_that_is_logged_stands_in_the_catalogue() -> None:
    unknown = []
    for name, path in written_here(".py"):
        if not name.startswith(("ledger/", "services/")):
            continue
        for call in ast.walk(ast.parse(path.read_bytes())):
            if _is_log_call(call):
                unknown += [
                    f"{name}:{call.lineno}: {keyword.arg}"
                    for keyword in call.keywords
                    if keyword.arg not in (None, "exc_info", *KEYS)
                ]
    assert not unknown, "add it to ledger.runtime.logs.KEYS if it can never hold anything about a person"


def _is_log_call(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("debug", "info", "warning", "error", "exception", "bind")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("log", "_log")
    )


def test_the_verifier_uses_the_standard_library_only() -> None:
    allowed = {*sys.stdlib_module_names, "verifier", "cryptography"}
    foreign = []
    for name, path in written_here(".py"):
        if name.startswith("verifier/"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or "." * node.level] if isinstance(node, ast.ImportFrom) else []
                foreign += [f"{name}: {module}" for module in names if module.split(".")[0] not in allowed]
    assert not foreign


def test_the_copied_validation_rules_are_those_of_the_runtime() -> None:
    """third_party/ holds the source of one version, the runtime embeds another: names and numbers must agree."""
    from buf.validate import validate_pb2
    from google.protobuf.descriptor_pb2 import FileDescriptorProto
    from protovalidate._gen.buf.validate.validate_pb import desc

    def rules(file: FileDescriptorProto) -> dict[str, list[tuple[str, int]]]:
        return {message.name: [(field.name, field.number) for field in message.field] for message in file.message_type}

    ours = FileDescriptorProto()
    validate_pb2.DESCRIPTOR.CopyToProto(ours)
    theirs = FileDescriptorProto.FromString(desc().proto.to_binary())
    copied, embedded = rules(ours), rules(theirs)
    assert copied
    for message, fields in copied.items():
        assert set(fields) <= set(embedded.get(message, [])), message


@pytest.mark.parametrize("name", [".ci/run", "scripts/check.sh", "scripts/protos.sh", "deploy/postgres/init.sh"])
def test_scripts_can_be_run(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111
