"""Claims files, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledgerctl.claims import ClaimsError, load

GOOD = """
programme = "datong-hugong"
[[claim]]
id = "D3"
sentence = "签订就业意向协议800余份"
figure = "agreements_signed"
stated = "800余份"
as_of = 2025-06-20
params = { from = 2024-01-01, region = "630121" }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_claim_asks_for_its_figure_up_to_its_date(tmp_path: Path) -> None:
    (claim,) = load(write(tmp_path, GOOD))
    assert claim.query() == {
        "programme": "datong-hugong",
        "region": "630121",
        "from": "2024-01-01",
        "to": "2025-06-20",
    }


def test_a_sentence_may_end_its_window_earlier(tmp_path: Path) -> None:
    (claim,) = load(write(tmp_path, GOOD.replace("from = 2024-01-01", 'to = "2024-12-31"')))
    assert claim.query()["to"] == "2024-12-31"


def test_the_claims_of_datong_are_read() -> None:
    claims = load(Path(__file__).parents[2] / "examples/datong/claims.toml")
    assert [(claim.id, claim.figure, claim.stated, claim.as_of) for claim in claims][:5] == [
        ("D1", "persons_trained", "1000余人", "2025-06-20"),
        ("D2", "matching_events_held", "15场次", "2025-06-20"),
        ("D3", "agreements_signed", "800余份", "2025-06-20"),
        ("D4", "persons_employed", "超过8000人", "2025-06-20"),
        ("D5", "mean_monthly_wage", "近4000元", "2025-06-20"),
    ]
    assert all(claim.query()["programme"] == "datong-hugong" for claim in claims)


def test_what_belongs_together_is_read(tmp_path: Path) -> None:
    text = (
        GOOD
        + """
[[claim]]
id = "D4"
sentence = "其中10份"
figure = "agreements_signed"
stated = "10份"
as_of = 2025-06-20
subset_of = "D3"
may_overlap = ["D3"]
kinds = ["签约", "推荐"]
capacity = true
aspect = "persons"
source = "another outlet"
"""
    )
    first, second = load(write(tmp_path, text))
    assert (first.of("subset_of"), second.of("subset_of"), second.of("may_overlap")) == ((), ("D3",), ("D3",))
    assert (second.kinds, second.capacity, second.aspect) == (("签约", "推荐"), True, "persons")


def test_a_sentence_without_a_number_says_what_it_printed_and_one_without_a_figure_why(tmp_path: Path) -> None:
    text = GOOD.replace('stated = "800余份"', 'printed = "第四届"').replace(
        'figure = "agreements_signed"', 'note_zh = "届次是序号"'
    )
    (claim,) = load(write(tmp_path, text))
    assert (claim.figure, claim.stated, claim.printed) == ("", "", "第四届")
    assert claim.reading().value is None
    assert claim.reading().fault is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('stated = "800余份"\n', "", r"claim 1 \(D3\): stated: 缺少"),
        ('figure = "agreements_signed"\n', "", r"claim 1 \(D3\): figure: 缺少.*note_zh"),
        ("as_of =", 'subset_of = "D9"\nas_of =', r"claim D3: subset_of: .* D9"),
        ("as_of =", 'same_as = "D3"\nas_of =', r"claim D3: same_as: .* D3"),
        ("as_of =", "capacity = 1\nas_of =", r"claim 1 \(D3\): capacity: .* true or false"),
        ("800余份", "不到800份", r"claim 1 \(D3\): stated: 读不懂"),
        ("as_of = 2025-06-20", 'as_of = "2025-06-31"', r"\(D3\): as_of: 应为日期"),
        ("as_of = 2025-06-20", "as_of = 20250620", r"\(D3\): as_of: 应为日期"),
        ("agreements_signed", "协议", r"\(D3\): figure: 不是指标编号"),
        ('id = "D3"', "id = 3", r"claim 1: id: 应为非空文字"),
        ("from = 2024-01-01", "to = 2025-07-01", r"\(D3\): params.to: 晚于 as_of"),
        ("from = 2024-01-01", 'from = "去年"', r"\(D3\): params.from: 应为日期"),
        ("params =", "parameters =", r"\(D3\): parameters: 不认识的字段"),
        ("params = {", "params = 3 # {", r"\(D3\): params: 应为表"),
        ("programme =", "program =", r"unknown field: program"),
        ("[[claim]]", "[claim]", r"at least one \[\[claim\]\]"),
        ("[[claim]]", "claim = [1]\n[other]", r"unknown field: other"),
        ('id = "D3"', "id =", r"not valid TOML"),
    ],
)
def test_a_bad_claim_is_refused_naming_the_claim_and_the_field(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(ClaimsError, match=message):
        load(write(tmp_path, GOOD.replace(old, new)))


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match="D3: id: 编号重复"):
        load(write(tmp_path, GOOD + GOOD.partition("\n")[2].partition("\n")[2]))


def test_a_claim_is_a_table(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match="claim 1: 应为"):
        load(write(tmp_path, "claim = [1]"))


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match="读不到"):
        load(tmp_path / "none.toml")
