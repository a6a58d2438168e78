"""The command: arguments in, one verdict out."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

from verifier.bundle import Bundle
from verifier.check import Proven, check
from verifier.findings import Finding, Malformed, NotEnough, shown
from verifier.kept import Kept
from verifier.policy import parse_policy
from verifier.rules import limit_memory

_FILE_BYTES_MAX = 8 << 20
_LINE_MAX = 4_000
_FIGURE = "该指标 the figure"


def main(arguments: list[str] | None = None) -> int:
    """Check a bundle and say what was found. Returns the exit code: 0 proven, or that of the finding."""
    asked = _parser().parse_args(arguments)
    try:
        policy = parse_policy(_read(asked.policy))
        kept = Kept(_read(asked.kept)) if asked.kept else Kept()
        with tempfile.TemporaryDirectory(prefix="verify-") as temporary:
            unpacked, database = Path(temporary, "bundle"), Path(temporary, "database")
            unpacked.mkdir()
            database.mkdir()
            proven = check(Bundle(asked.bundle, unpacked), policy, kept, database, _say)
        if proven.lacking:
            raise NotEnough("; ".join(proven.lacking))
        if asked.keep:
            kept.add(proven.statement, proven.checkpoints.values())
            _write(asked.keep, kept.encode())
    except Finding as finding:
        return _end(finding.code, f"{finding.verdict}: {finding}", [_FIGURE])
    except OSError as error:
        return _end(Malformed.code, f"{Malformed.verdict}: {shown(str(error))}", [_FIGURE])
    except Exception as error:  # noqa: BLE001 - Python would exit with 1, which means contradicted
        traceback.print_exc()
        return _end(Malformed.code, f"{Malformed.verdict}: {type(error).__name__}: {shown(str(error))}", [_FIGURE])
    return _end(0, f"已证实 PROVEN: {_answer(proven)}", proven.unproven)


def alone() -> int:
    """The command as a program of its own: bounded in memory, and quiet when whoever reads it goes away."""
    limit_memory()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return main()


def _answer(proven: Proven) -> str:
    claims = dict(line.partition(" ")[::2] for line in proven.statement.claims)
    return f"{proven.statement.figure} = {claims['value']} {claims['unit']}"


def _say(what: str, how: str) -> None:
    sys.stdout.write(f"{what:10} {shown(how, _LINE_MAX)}\n")


def _end(code: int, verdict: str, unproven: list[str]) -> int:
    sys.stdout.write(
        f"\n{shown(verdict, _LINE_MAX)}\n{shown('未证明 Not proven: ' + '; '.join(unproven), _LINE_MAX)}\n"
    )
    return code


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_FILE_BYTES_MAX + 1)
    if len(data) > _FILE_BYTES_MAX:
        raise Malformed(f"{path}: over {_FILE_BYTES_MAX} bytes")
    return data


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class _Parser(argparse.ArgumentParser):
    """Wrong arguments are malformed, too: 2 has a meaning of its own."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(Malformed.code, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="verify.py",
        description="Count a published figure again from its export. 用导出包重新核算已发布的指标。",
        epilog="Exit code: 0 proven 已证实, 1 contradicted 相互矛盾, 2 not enough 证据不足, 3 malformed 格式有误",
    )
    parser.add_argument("bundle", type=Path, help="the export: a folder or a .tar.gz 导出包")
    parser.add_argument(
        "--policy", type=Path, required=True, help="your own file of keys and quorum 自己保存的公钥与规则"
    )
    parser.add_argument("--kept", type=Path, help="what --keep wrote last time 上次核验后保存的文件")
    parser.add_argument(
        "--keep", type=Path, help="write what was proven here, for the next time 保存本次结果供下次比对"
    )
    return parser
