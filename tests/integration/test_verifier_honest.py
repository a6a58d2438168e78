"""Honest bundles are proven, whatever was counted and however it is packed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.outcomes.catalogue import load
from services.training.events import StatisticAttested
from tests.support.bundle_cases import PROGRAMME, TO, check, honest, mixed, programme, put, trusted
from tests.support.bundle_format import archive
from tests.support.bundles import PUBLISHER, Export, Publisher, policy, verify, write
from tests.support.logs import LogBuilder
from tests.support.programme import LOGS

CASES: list[tuple[Callable[[], Publisher], dict[str, str]]] = [
    (programme, {"programme": PROGRAMME}),
    (programme, {"region": "63", "from_": "2023-02-01", "to": "2023-06-30"}),
    (mixed, {"to": TO}),
    (mixed, {"programme": "linqing-jiazheng", "to": "2025-04-01"}),
]


@pytest.mark.parametrize("figure", list(load()))
def test_every_figure_is_proven(tmp_path: Path, figure: str) -> None:
    for of, asked in CASES:
        given = {name: value for name, value in asked.items() if name != "from_" or "from" in load()[figure].parameters}
        counted = of().count(figure, None, None, **given)
        verdict = check(tmp_path, Export(of(), counted).files())
        assert verdict.code == 0, verdict.output
        value = counted.claims()[-1].removeprefix("value ")
        assert verdict.verdict.startswith(f"已证实 PROVEN: {figure} = {value} ")
        assert verdict.unproven.startswith("未证明 Not proven: ")


def test_the_same_bundle_is_proven_as_folder_as_archive_and_with_compressed_logs(tmp_path: Path) -> None:
    plain, zipped = honest().files(), replace(honest(), zipped=True).files()
    for at, bundle in enumerate(
        (
            write(plain, tmp_path / "plain"),
            write(zipped, tmp_path / "zipped"),
            put(tmp_path / "plain.tar.gz", archive(plain)),
            put(tmp_path / "zipped.tar.gz", archive(zipped)),
        )
    ):
        verdict = verify(bundle, trusted(tmp_path))
        assert verdict.code == 0, (at, verdict.output)
    assert archive(plain) == archive(plain)


def test_a_cut_in_the_past_is_proven_under_a_later_checkpoint(tmp_path: Path) -> None:
    cut = {origin: size // 2 for origin, size in programme().full_cut().items()}
    counted = programme().count("persons_trained", cut, programme=PROGRAMME)
    assert check(tmp_path, Export(programme(), counted, sizes=programme().full_cut()).files()).code == 0
    assert 0 < len(counted.rows) < len(programme().count("persons_trained", programme=PROGRAMME).rows)


def test_a_figure_over_empty_logs_is_proven(tmp_path: Path) -> None:
    counted = programme().count("agreements_signed", dict.fromkeys(LOGS, 0))
    verdict = check(tmp_path, Export(programme(), counted).files())
    assert (verdict.code, counted.parameters["to"]) == (0, "1970-01-01")


def test_an_attested_number_keeps_its_own_unit(tmp_path: Path) -> None:
    logs = {origin: LogBuilder(origin) for origin in LOGS}
    for at, (milli, unit) in enumerate(((8_520_000, "人"), (12_345, "亿元"), (1_500, "万人"))):
        logs["ledger.local/training"].add(
            StatisticAttested(
                programme=PROGRAMME,
                region="630121",
                indicator=f"i{at}",
                value_milli=milli,
                unit=unit,
                kind="stock",
                as_of_on="2025-01-01",
                source="人社局",
            )
        )
    of = Publisher(tmp_path, logs)
    for at, said in enumerate(('8520 "人"', '12.345 "亿元"', '1.5 "万人"')):
        counted = of.count("attested", indicator=f"i{at}", to=TO)
        verdict = verify(write(Export(of, counted).files(), tmp_path / str(at)), trusted(tmp_path))
        assert f"attested = {said}" in verdict.verdict
    everything = verify(write(Export(of, of.count("attested", to=TO)).files(), tmp_path / "all"), trusted(tmp_path))
    assert 'attested = none "as stated"' in everything.verdict


def test_cosignatures_of_a_quorum_are_wanted_if_the_policy_wants_them(tmp_path: Path) -> None:
    both = ["linqing.example/w", "maoming.example/w"]
    strict = put(tmp_path / "strict", policy([*LOGS, PUBLISHER], both, "all"))
    lenient = put(tmp_path / "lenient", policy([*LOGS, PUBLISHER], both, "any"))
    alone = check(tmp_path, honest().files(), policy_file=strict)
    assert alone.code == 2
    assert "cosigned by nobody, which is no quorum all-of-them" in alone.verdict
    one = replace(honest(), witnesses=both[:1]).files()
    assert check(tmp_path, one, policy_file=strict).code == 2
    assert check(tmp_path, one, policy_file=lenient).code == 0
    two = check(tmp_path, replace(honest(), witnesses=both).files(), policy_file=strict)
    assert two.code == 0
    assert "cosigned by w0, w1" in two.output
    assert "no witnesses asked for" not in two.unproven


def test_what_was_kept_is_held_against_the_next_bundle(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    early = {origin: size // 3 for origin, size in programme().full_cut().items()}
    first = Export(programme(), programme().count("persons_started", early))
    before = check(tmp_path, first.files(), "--keep", str(kept))
    assert "was rewritten before" in before.unproven
    later = Export(programme(), programme().count("persons_trained"))
    after = check(tmp_path, later.files(), "--kept", str(kept), "--keep", str(kept))
    assert after.code == 0
    assert "was rewritten before" not in after.unproven
    assert kept.read_text().count("log ") == 8
    older = check(tmp_path, first.files(), "--kept", str(kept))
    assert older.code == 2
    assert "entries were known before" in older.verdict
