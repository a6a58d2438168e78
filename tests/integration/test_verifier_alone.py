"""The verifier as one file on a stick: a system's Python, an empty environment, little memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bundle_cases import PLACEMENT, honest, put, trusted
from tests.support.bundle_format import archive, log_folder
from tests.support.bundles import ROOT, sealed, verify, verify_alone, write
from verifier import cli, single

MEMORY_MB_MAX = 200
#: runs a command and tells its exit code and the most memory it held, in MB
MEASURE = (
    "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
    "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
)


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """verify.py, far from the other files of the project."""
    stick = tmp_path / "stick"
    stick.mkdir()
    return put(stick / "verify.py", single.single(ROOT / "verifier").encode())


def system_python() -> str:
    """A Python that is not this environment's, if there is one that is new enough."""
    found = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
    version = subprocess.run(
        [found, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True, text=True
    )
    return found if version.stdout.strip() == "True" else sys.executable


def test_verify_py_is_what_the_modules_say() -> None:
    written = ROOT / "verifier" / "verify.py"
    if not written.exists():
        pytest.skip("not written: python3 -m verifier.single > verifier/verify.py")
    assert written.read_text("utf-8") == single.single(ROOT / "verifier")


def test_one_file_alone_proves_and_contradicts(alone: Path, tmp_path: Path) -> None:
    files = honest().files()
    for at, (bundle, code) in enumerate(
        (
            (write(files, tmp_path / "folder"), 0),
            (put(tmp_path / "archive.tar.gz", archive(files)), 0),
            (write(sealed({**files, "members.jsonl": b""}), tmp_path / "forged"), 1),
            (write({"MANIFEST": b""}, tmp_path / "empty"), 2),
            (tmp_path / "nowhere", 3),
        )
    ):
        verdict = verify_alone(alone, bundle, trusted(tmp_path), python=system_python())
        assert verdict.code == code, (at, verdict.output)
        assert verdict.unproven.startswith("未证明 Not proven: ")


def test_the_library_is_not_needed(alone: Path, tmp_path: Path) -> None:
    bundle = write(honest().files(), tmp_path / "bundle")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), str(bundle), "--policy", str(trusted(tmp_path))],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with_library = verify(bundle, trusted(tmp_path))
    assert done.stdout == with_library.output


def test_wrong_arguments_are_malformed_and_not_not_enough(alone: Path, tmp_path: Path) -> None:
    for arguments in ([], [str(tmp_path)], [str(tmp_path), "--policy"], ["--unheard"]):
        done = subprocess.run([sys.executable, str(alone), *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 3
        assert "usage" in done.stderr
    assert subprocess.run([sys.executable, str(alone), "--help"], capture_output=True, check=False).returncode == 0


def test_what_nobody_foresaw_is_malformed_and_not_contradicted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(cli, "check", fails)
    bundle = write(honest().files(), tmp_path / "bundle")
    assert cli.main([str(bundle), "--policy", str(trusted(tmp_path))]) == 3
    out, err = capsys.readouterr()
    assert "MALFORMED: KeyError" in out
    assert "Traceback" in err


def test_two_modules_may_not_define_one_name(tmp_path: Path) -> None:
    for module in single.MODULES:
        put(tmp_path / f"{module}.py", f'"""x."""\n\nNAME_{module} = 1\n'.encode())
    assert "NAME_cli = 1" in single.single(tmp_path)
    put(tmp_path / "check.py", b'"""x."""\n\nNAME_cli = 2\n')
    with pytest.raises(ValueError, match="NAME_cli is defined in check and in cli"):
        single.single(tmp_path)


def measured(*command: str) -> tuple[int, int]:
    done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True)
    code, megabytes = done.stdout.split()
    return int(code), int(megabytes)


def test_hostile_and_large_bundles_do_not_fill_the_memory(alone: Path, tmp_path: Path) -> None:
    files = honest().files()
    policy = trusted(tmp_path)

    endless = write(files, tmp_path / "endless")
    with (endless / log_folder(PLACEMENT) / "entries.jsonl").open("r+b") as file:
        file.truncate(10 * 2**30)
    forged = write(files, tmp_path / "forged")
    with (forged / "members.jsonl").open("r+b") as file:
        file.truncate(10 * 2**30)
    long_note = write({**files, "figure.note": b"\n" * (64 << 20)}, tmp_path / "note")
    manifest = write({**files, "MANIFEST": files["MANIFEST"] * 500_000}, tmp_path / "manifest")
    for bundle in (endless, forged, long_note, manifest):
        code, megabytes = measured(sys.executable, str(alone), str(bundle), "--policy", str(policy))
        assert code == 3
        assert megabytes < MEMORY_MB_MAX, bundle.name
    code, megabytes = measured(
        sys.executable, str(alone), str(write(files, tmp_path / "good")), "--policy", str(policy)
    )
    assert code == 0
    assert megabytes < MEMORY_MB_MAX
