"""`ledgerctl claims read`: files in, candidates out, and a claims file that nobody can use unread."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ledgerctl import cli, reading
from ledgerctl.claims import ClaimsError, load
from ledgerctl.failures import ExitCode
from ledgerctl.reading import propose
from services.outcomes import catalogue

ARTICLE = """来源：县报 2025-06-18
截至目前，完成护工技能人才培训1000余人，签订就业意向协议800余份，月均工资近4000元。
累计开设托管班80 00余个，托管月薪3000元至5000元。"""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def answer(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    told = json.loads(capsys.readouterr().out)
    assert isinstance(told, list)
    return told


def test_json_has_a_plain_number_and_everything_a_claim_needs(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["claims", "read", str(article), "--json"]) == ExitCode.OK
    first, second, third, torn, spread = answer(capsys)
    assert first == {
        "value": 1000,
        "qualifier": "余",
        "unit": "人",
        "subject": "护工技能人才培训",
        "sentence": "截至目前，完成护工技能人才培训1000余人，签订就业意向协议800余份，月均工资近4000元。",
        "figure": "persons_trained",
        "doubtful": False,
        "flags": [],
    }
    assert (second["figure"], third["figure"]) == ("agreements_signed", "mean_monthly_wage")
    assert (torn["value"], torn["doubtful"], torn["flags"]) == (8000, True, ["torn"])
    assert (spread["value"], spread["qualifier"], spread["flags"]) == (3000, "至5000", ["range"])


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_an_article_may_be_in_any_of_the_usual_encodings(
    codec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_bytes(ARTICLE.encode(codec))
    assert cli.main(["claims", "read", str(tmp_path / "a.txt"), "--json"]) == ExitCode.OK
    assert [one["value"] for one in answer(capsys)] == [1000, 800, 4000, 8000, 3000]


def test_a_file_cut_off_within_a_character_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_bytes("完成培训1000余人，举办招聘会".encode()[:-1])
    assert cli.main(["claims", "read", str(tmp_path / "a.txt"), "--json"]) == ExitCode.OK
    assert [one["value"] for one in answer(capsys)] == [1000]


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ARTICLE.encode())))
    assert cli.main(["claims", "read", "-", "--json"]) == ExitCode.OK
    assert len(answer(capsys)) == 5


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "空的"), (b"PK\x03\x04\x00\x00", "不是文本"), (b"\xff\x81\xff ", "不是文本"), (b"x" * (1 << 21), "MiB")],
)
def test_what_is_no_article_is_refused(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.docx").write_bytes(content)
    assert cli.main(["claims", "read", str(tmp_path / "a.docx"), "--json"]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_a_missing_article_and_a_wrong_date_are_refused(
    article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["claims", "read", str(tmp_path / "none.txt")]) == ExitCode.USAGE
    assert "读不到" in capsys.readouterr().err
    assert cli.main(["claims", "read", str(article), "--as-of", "六月"]) == ExitCode.USAGE
    assert "2025-06-20" in capsys.readouterr().err


def test_an_article_without_figures_is_read_all_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("县里建立了就业跟踪服务机制，定期回访。", encoding="utf-8")
    assert cli.main(["claims", "read", str(tmp_path / "a.txt"), "--json"]) == ExitCode.OK
    assert answer(capsys) == []


def test_the_claims_file_is_refused_until_every_claim_is_confirmed(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "claims.toml"
    options = ["--out", str(out), "--programme", "datong-hugong", "--region", "630121", "--as-of", "2025-06-20"]
    assert cli.main(["claims", "read", str(article), *options]) == ExitCode.OK
    with pytest.raises(ClaimsError, match="尚未确认"):
        load(out)
    out.write_text(out.read_text(encoding="utf-8").replace("confirmed = false", "confirmed = true"), encoding="utf-8")
    claims = load(out)
    assert [claim.stated for claim in claims] == ["1000余人", "800余份", "近4000元", ""]
    assert claims[-1].printed == "3000元至5000元", "a range cannot be compared as printed"
    assert {claim.as_of for claim in claims} == {"2025-06-20"}
    assert dict(claims[0].params) == {"programme": "datong-hugong", "region": "630121"}


def test_a_doubtful_claim_is_commented_out_with_what_is_wrong(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "claims.toml"
    assert cli.main(["claims", "read", str(article), "--out", str(out)]) == ExitCode.OK
    text = out.read_text(encoding="utf-8")
    assert '# stated = "8000余个"' in text
    assert "拼合" in text
    assert [claim["id"] for claim in tomllib.loads(text)["claim"]] == ["R1", "R2", "R3", "R5"]


def test_without_a_date_the_first_of_the_article_is_taken_and_said(
    article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["claims", "read", str(article), "--out", "-"]) == ExitCode.OK
    told = capsys.readouterr()
    assert "as_of = 2025-06-18" in told.out
    assert "2025-06-18" in told.err
    article.write_text("完成培训1000余人。", encoding="utf-8")
    assert cli.main(["claims", "read", str(article), "--out", "-"]) == ExitCode.OK
    told = capsys.readouterr()
    assert "# as_of = " in told.out
    assert "--as-of" in told.err


def test_a_file_that_exists_is_not_written_over_unasked(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "claims.toml"
    out.write_text("mine", encoding="utf-8")
    assert cli.main(["claims", "read", str(article), "--out", str(out)]) == ExitCode.USAGE
    assert out.read_text(encoding="utf-8") == "mine"
    assert cli.main(["claims", "read", str(article), "--out", str(out), "--force"]) == ExitCode.OK
    assert "persons_trained" in out.read_text(encoding="utf-8")


def test_quotes_and_control_characters_of_an_article_do_not_break_the_file() -> None:
    found = reading.read('主任说："全县去年以来一共完成\x07护工培训1000余人，\\超过前年。"')
    document = tomllib.loads(reading.claims_toml(found, name="a", as_of="2025-06-20"))
    assert '"' in document["claim"][0]["sentence"]


def test_help_of_claims_loads_no_dictionary() -> None:
    script = (
        "import sys; from ledgerctl.cli import main; main(['claims', '--help']); "
        "print([m for m in ('rjieba', 'opencc', 'cn2an', 'ledgerctl.reading') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_reading_leaves_no_file_behind(article: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    subprocess.run(
        [sys.executable, "-m", "ledgerctl", "claims", "read", str(article), "--json"],
        env={"TMPDIR": str(scratch), "PATH": "/usr/bin:/bin", "HOME": str(scratch)},
        capture_output=True,
        check=True,
    )
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("sentence", "figure"),
    [
        ("组织专场招聘活动和岗位对接签约仪式15场次。", "matching_events_held"),
        ("家政从业人员已超过8000人。", "persons_employed"),
        ("10名学员在医院实习。", "internships_started"),
        ("33支团队参加家政技能大赛。", "teams"),
        ("向粤港澳大湾区输送超2万人次。", "starts_by_work_region"),
        ("引领1500余名妇女实现就业。", "persons_started"),
        ("上岗体检率达100%。", "health_check_rate"),
        ("使用规范合同文本全覆盖。", "standard_contract_rate"),
        ("其中员工制家政企业14个。", "employers_by_mode"),
        ("可同时提供2000个实操实训工位。", "capacity_places"),
        ("开展职业技能培训1.2万人次。", "training_completions"),
        ("获评“全国爱心托育用人单位”12个。", "recognitions"),
        ("建立省级妈咪宝贝屋611家。", "facilities"),
        ("提供岗位3200个。", "vacancies"),
        ("发放培训补贴386.5万元。", "subsidies_paid"),
        ("评出一等奖4名。", "awards"),
        ("产值800多万元。", "attested"),
    ],
)
def test_the_figure_a_sentence_speaks_of_is_proposed(sentence: str, figure: str) -> None:
    [one] = reading.read(sentence)
    assert one.figure == figure


def test_what_no_figure_counts_is_asked_of_the_sources_own_statistics() -> None:
    [one] = reading.read("全市家政产业产值800多万元。")
    assert (one.figure, one.params) == ("attested", {"indicator": one.subject})
    assert "产值" in one.subject


def test_every_proposal_is_a_figure_of_the_catalogue_with_parameters_it_knows() -> None:
    rules = catalogue.load()
    assert propose.figures() <= set(rules)
    for figure, parameters in propose.narrowed():
        assert set(parameters) <= set(rules[figure].parameters), figure
