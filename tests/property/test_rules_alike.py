"""On random ledgers every audit rule runs, finds the same on both databases, and names each finding once."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from ledger.entry import decode
from services.audit.database import open_reader
from services.audit.finding import Asked
from services.audit.findings import FindingQueries
from services.outcomes.projector import Outcomes
from tests.support.histories import history
from tests.support.lawful import Lawful
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all, empty
from tests.support.postgres import new_database

Opened = dict[str, tuple[Outcomes, Engine]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with new_database() as postgres:
        urls = (f"sqlite:///{tmp_path_factory.mktemp('rules') / 'outcomes.db'}", postgres)
        both = {url.partition(":")[0]: (Outcomes.open(url), open_reader(url)) for url in urls}
        yield both
        for outcomes, engine in both.values():
            engine.dispose()
            outcomes.close()


def some_logs(seed: int) -> dict[str, LogBuilder]:
    """A ledger as services keep it, or one that a projector has to take all the same."""
    return Lawful(seed).run(120) if seed % 2 else history(seed, 120)


@pytest.mark.parametrize("seed", range(4))
def test_rules_find_the_same_on_both_databases(opened: Opened, seed: int) -> None:
    logs = some_logs(seed)
    dice = random.Random(seed)
    cut = {origin: len(log) if dice.random() < 0.7 else dice.randint(0, len(log)) for origin, log in logs.items()}
    answers = []
    for outcomes, engine in opened.values():
        empty(outcomes)
        apply_all(outcomes, *logs.values())
        read = {log: size for log, size in cut.items() if size}
        answers.append([one for page in FindingQueries(engine).pages(Asked(), read) for one in page])
    if seed % 2:
        assert answers[0] == answers[1]
        times = Counter((one.rule.id, one.key) for one in answers[0])
        assert not [key for key, count in times.items() if count > 1]
    else:  # two live facts in one slot: one name for both
        assert sorted(map(str, answers[0])) == sorted(map(str, answers[1]))
    retracted = {
        (origin, json.loads(bytes(entry.data))["entry"])
        for origin, log in logs.items()
        for entry in (decode(one.leaf) for one in log.entries[: cut[origin]])
        if entry.type.endswith(".EntryRetracted.v1")
    }
    for one in answers[0]:
        assert one.evidence.index < cut[one.evidence.log]
        assert one.rule.id == "A45" or tuple(one.evidence) not in retracted
