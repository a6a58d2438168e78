"""How well articles are read: precision and recall over the labelled texts beside this file.

A label is `[value, qualifier, unit]`, with `"doubtful"` behind where the printed figure is damaged. A
candidate is right where all four agree; each label is met once.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from ledgerctl import reading

ARTICLES = Path(__file__).parent / "articles"
TEXTS = sorted(ARTICLES.glob("*.txt"))

Label = tuple[float, str, str, bool]


def labelled(text: Path) -> Counter[Label]:
    rows = json.loads(text.with_suffix(".json").read_text(encoding="utf-8"))
    return Counter((float(row[0]), row[1], row[2], row[3:] == ["doubtful"]) for row in rows)


def read(text: Path) -> Counter[Label]:
    found = reading.read(reading.article(text))
    return Counter((float(one.value), one.qualifier, one.unit, one.doubtful) for one in found)


def test_the_labelled_set_is_large_enough_to_say_something() -> None:
    assert len(TEXTS) >= 12
    assert sum(labelled(text).total() for text in TEXTS) >= 120
    assert sum(count for text in TEXTS for label, count in labelled(text).items() if label[3]) >= 5


def test_precision_and_recall_over_all_texts_are_nine_tenths_or_better(capsys: pytest.CaptureFixture[str]) -> None:
    right = wanted = found = 0
    lines = [f"{'text':32}{'right':>7}{'found':>7}{'labels':>8}"]
    for text in TEXTS:
        labels, candidates = labelled(text), read(text)
        met = (labels & candidates).total()
        lines.append(f"{text.stem:32}{met:7}{candidates.total():7}{labels.total():8}")
        right, wanted, found = right + met, wanted + labels.total(), found + candidates.total()
    precision, recall = right / found, right / wanted
    lines.append(f"{'all':32}{right:7}{found:7}{wanted:8}   precision {precision:.3f}  recall {recall:.3f}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert precision >= 0.9
    assert recall >= 0.9


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_no_text_is_read_badly(text: Path) -> None:
    labels, candidates = labelled(text), read(text)
    met = (labels & candidates).total()
    assert met >= 0.8 * labels.total(), f"missed: {list(labels - candidates)}"
    assert met >= 0.8 * candidates.total(), f"too many: {list(candidates - labels)}"


def test_a_text_without_figures_yields_none() -> None:
    assert read(ARTICLES / "05_county_no_figures.txt") == Counter()
