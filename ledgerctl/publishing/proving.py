"""The verifier, run as somebody else would run it: another process, a system's Python, nothing of ours around it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from ledgerctl.failures import BadInput

#: The verifier as one file lies beside the code: figures are proven from a checkout, or from a copy of that file.
VERIFIER: Final = Path(__file__).resolve().parents[2] / "verifier" / "verify.py"
#: Where a system keeps its own Python, whatever this shell's path says.
_SYSTEM_PATH: Final = "/usr/bin:/bin:/usr/local/bin"
_NEW_ENOUGH: Final = "import sys; sys.exit(sys.version_info < (3, 11))"


class Verdict(NamedTuple):
    """How the verifier ended (0 proven, 1 contradicted, 2 not enough, 3 malformed) and what it printed."""

    code: int
    output: str

    @property
    def said(self) -> list[str]:
        """The verdict and what was not proven: its last two lines."""
        return self.output.rstrip("\n").split("\n")[-2:]


def system_python() -> str:
    """A Python that is not this environment's. Raises BadInput: none is new enough for the verifier (3.11)."""
    # a name on the path may be a shim that needs the very environment that is taken away
    for found in (shutil.which("python3", path=_SYSTEM_PATH), getattr(sys, "_base_executable", None)):
        if found and subprocess.run([found, "-I", "-c", _NEW_ENOUGH], env={}, check=False).returncode == 0:
            return str(found)
    raise BadInput("没有可用的系统 Python · no Python 3.11 or newer outside this environment", "install python3")


def command(bundle: Path, policy: Path) -> list[str]:
    """What to run, as it can be typed in a shell."""
    return ["env", "-i", system_python(), str(VERIFIER), str(bundle), "--policy", str(policy)]


def prove(bundle: Path, policy: Path) -> Verdict:
    """Run the verifier over a bundle and wait for its verdict."""
    done = subprocess.run(command(bundle, policy), capture_output=True, text=True, encoding="utf-8", check=False)
    return Verdict(done.returncode, done.stdout + done.stderr)
