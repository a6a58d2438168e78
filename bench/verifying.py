"""A bundle verified by somebody else's Python, and how fast a log alone is replayed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from bench.bundle import write_bundle
from bench.outcome import Outcome
from bench.programme import ENTRIES_A_PERSON
from verifier.bundle import Bundle
from verifier.notes import parse_checkpoint
from verifier.replay import LogReplay
from verifier.streams import Fingerprints

VERIFIER: Final = Path(__file__).resolve().parents[1] / "verifier" / "verify.py"
ENTRIES_WANTED: Final = 1_000_000
SECONDS_A_MILLION_MAX: Final = 60.0
MEMORY_MB_MAX: Final = 200
REPLAYED_A_SECOND: Final = 100_000


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Seconds and memory of the whole check; entries a second of the replay."""
    entries = write_bundle(folder, ENTRIES_WANTED // (50 if quick else 1) // ENTRIES_A_PERSON)
    return [_whole(folder, entries), _replay(folder)]


def _whole(folder: Path, entries: int) -> Outcome:
    command = [sys.executable, "-I", str(VERIFIER), str(folder / "bundle"), "--policy", str(folder / "policy.txt")]
    began = time.perf_counter()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env={}, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the verifier ended with {process.returncode}:\n{(folder / 'said').read_text()}")
    million = took / entries * 1e6
    memory = used.ru_maxrss / 1024
    return Outcome(
        path="verifier",
        what=f"a bundle of {entries:,} entries, from policy to PROVEN",
        unit="s for 10^6",
        ours=million,
        floor=f"{SECONDS_A_MILLION_MAX:g} s, in {MEMORY_MB_MAX} MB",
        met=million <= SECONDS_A_MILLION_MAX and memory <= MEMORY_MB_MAX,
        notes=[f"{took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processor time, {memory:.0f} MB at most"],
    )


def _replay(folder: Path) -> Outcome:
    """Every log of the bundle: hashed, put in its tree, held against its envelopes. One core, nothing counted."""
    (folder / "unpacked").mkdir()
    bundle = Bundle(folder / "bundle", folder / "unpacked")
    entries, used, bare = 0, 0.0, 0.0
    for name in bundle.logs():
        note = bundle.read(f"logs/{name}/checkpoint").decode()
        head = parse_checkpoint(note.partition("\n\n")[0] + "\n", "checkpoint")
        seen = Fingerprints(folder / "unpacked", head.size)
        replay = LogReplay(head.origin, [head.size], seen, _pass_by, lambda: None)
        began = time.process_time()
        with bundle.lines(f"logs/{name}/entries.jsonl") as lines:
            replay.run(lines)
            replay.expect(head.size, head.root, "its checkpoint")
            lines.done()
        if any(seen.suspects()):
            raise RuntimeError(f"{head.origin} has ids twice")
        used += time.process_time() - began
        entries += head.size
        bare += _bare(folder / "bundle" / "logs" / name / "entries.jsonl")
    rate, sketch = entries / used, entries / bare
    return Outcome(
        path="verifier",
        what=f"full replay of {entries:,} entries: hashes, tree, envelopes, unique ids, revisions",
        unit="entries/s a core",
        ours=rate,
        beside={"json.loads and two SHA-256 of each line": sketch},
        ratio=rate / sketch,
        floor=f"{REPLAYED_A_SECOND:,} entries/s a core",
        met=rate >= REPLAYED_A_SECOND,
    )


def _pass_by(_members: Any, _data: Any, _blemish: str) -> None:
    """Nothing is made of the entry."""


def _bare(file: Path) -> float:
    """Seconds of processor time for what cannot be left out: each line hashed, twice, and parsed."""
    began = time.process_time()
    whole = hashlib.sha256()
    with file.open("rb") as lines:
        for line in lines:
            whole.update(line)
            hashlib.sha256(b"\0" + line[:-1]).digest()
            json.loads(line)
    return time.process_time() - began
