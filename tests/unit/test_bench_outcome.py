"""What a measurement says is judged and printed as it stands in the table of floors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import __main__ as command
from bench.outcome import Outcome, against_sketch, told


def outcome(*, met: bool) -> Outcome:
    return Outcome(path="some", what="something", unit="calls/s", ours=1_000.0, floor="500 calls/s", met=met)


def test_the_ratio_is_that_of_neighbours_in_time() -> None:
    judged = against_sketch(
        "some", "something", "calls/s", ours=[50, 10, 60], sketch=("bare", [100, 20, 100]), at_least=0.5
    )
    assert judged.ratio == 0.5
    assert judged.met
    assert judged.ours == 50
    assert judged.beside == {"bare": 100}


def test_a_missed_floor_is_said_aloud() -> None:
    judged = against_sketch("some", "something", "calls/s", ours=[49], sketch=("bare", [100]), at_least=0.5)
    assert not judged.met
    assert "MISSED: ratio 0.49, floor 0.5 of the sketch" in told(judged)


@pytest.mark.parametrize(("met", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_tells_whether_every_floor_is_met(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], met: bool, code: int
) -> None:
    folders: list[Path] = []

    def measure(folder: Path, *, quick: bool) -> list[Outcome]:
        assert quick
        assert folder.is_dir()
        folders.append(folder)
        return [outcome(met=met)]

    monkeypatch.setattr(command, "PATHS", {"some": measure})
    monkeypatch.setattr(command.logs, "configure", lambda *_, **__: None)
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["bench", "--quick"])
    assert command.main() == code
    assert "1,000.0 calls/s" in capsys.readouterr().out
    assert not any(folder.exists() for folder in folders)
