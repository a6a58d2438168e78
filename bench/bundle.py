"""A bundle over a whole programme, honest and signed. Made up, always the same.

    python -m bench.bundle FOLDER PEOPLE

A process of its own: what it takes to make it up must not count for what is measured. Writes
FOLDER/bundle and FOLDER/policy.txt, and prints how many entries the bundle has.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.support.bundles import PUBLISHER, Export, Publisher, policy, write
from tests.support.programme import PROGRAMME, real_programme

FIGURE: Final = "agreements_signed"


def write_bundle(folder: Path, people: int) -> int:
    """How many entries there are in the bundle written to `folder`."""
    command = [sys.executable, "-m", "bench.bundle", str(folder), str(people)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _main(folder: Path, people: int) -> int:
    logs = real_programme(people)
    publisher = Publisher(folder, logs)
    export = Export(publisher, publisher.count(FIGURE, programme=PROGRAMME))
    write(export.files(), folder / "bundle")
    (folder / "policy.txt").write_bytes(policy([*logs, PUBLISHER]))
    return sum(map(len, logs.values()))


if __name__ == "__main__":
    print(_main(Path(sys.argv[1]), int(sys.argv[2])))
