"""docs/reference/bundle.md says what the verifier does."""

from __future__ import annotations

import json
import re

import pytest

from services.audit import statement as of_audit
from services.outcomes.catalogue import load
from services.publication.events import FigurePublished, FigureRestated
from tests.support.bundle_cases import PROGRAMME, honest, programme
from tests.support.bundle_format import FORMAT
from tests.support.bundles import ROOT, Export
from verifier import archive, published, rules, statement
from verifier.shredding import parse_schema

PAGE = (ROOT / "docs" / "reference" / "bundle.md").read_text("utf-8")


def lines_of(text: str) -> list[str]:
    """The first words of the lines, each once."""
    return list(dict.fromkeys(line.split(" ")[0] for line in text.splitlines()))


def test_limits_and_functions_are_those_of_the_code() -> None:
    assert f"at most {archive.ENTRY_BYTES_MAX:,} bytes" in PAGE
    assert f"at most {archive.MEMBER_BYTES_MAX:,} bytes" in PAGE
    block = re.search(r"allows\n\n((?:    .*\n)+)", PAGE)
    assert block is not None
    assert set(block[1].split()) == rules._FUNCTIONS
    for code in ("0 | proven", "1 | contradicted", "2 | not enough", "3 | malformed"):
        assert f"| {code}" in PAGE


def test_the_statement_shown_is_of_the_form_that_is_published() -> None:
    shown = re.search(rf"```\n({FORMAT}\n.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    statement.parse_statement(shown[1])
    real = honest().note().decode().rpartition("\n\n")[0]
    assert lines_of(real) == lines_of(shown[1])
    assert statement.FORMAT == of_audit.FORMAT == FORMAT


@pytest.mark.parametrize("figure", list(load()))
def test_the_lines_of_every_statement_stand_in_the_order_of_the_table(figure: str) -> None:
    table = [
        name for row in re.findall(r"^\| (`.*?`(?:, `.*?`)*) \| ", PAGE, re.MULTILINE) for name in row.split("`, `")
    ]
    ordered = [name.strip("`").split(" ")[0] for name in table]
    counted = programme().count(figure, programme=PROGRAMME)
    lines = lines_of(Export(programme(), counted).note().decode().rpartition("\n\n")[0])[1:]
    places = [ordered.index(line) for line in lines if line != "grade"]
    assert places == sorted(places)


def test_the_member_and_the_schema_shown_can_be_read() -> None:
    members = re.search(r'^(\{"counted".*\})$', PAGE, re.MULTILINE)
    assert members is not None
    assert json.loads(members[1]).keys() == json.loads(honest().files()["members.jsonl"].splitlines()[0]).keys()
    schema = re.search(r'^(\{"placement.*\})$', PAGE, re.MULTILINE)
    assert schema is not None
    assert list(parse_schema(schema[1].encode())) == ["placement.ContractSigned.v1"]


def test_the_events_of_publication_are_found_by_the_verifier() -> None:
    for event in (FigurePublished, FigureRestated):
        assert published._PUBLISHED.fullmatch(f"publication.{event.__name__}.v{event.version}")
        assert "statement" in event.__struct_fields__
