"""The audit rules: every `rules/<id>.sql`, read once, its header parsed and checked.

A rule returns *findings*: facts that contradict each other or a threshold. It refuses nothing. Its file
looks like a figure's: a header (`-- name: value`, a line indented further goes on with the value before it),
then one SELECT over the relations of `figures/_prelude.sql` and `rules/_prelude.sql`, which returns

    key, person, programme, region, finding, log, idx, log2, idx2, then the header's facts

`finding` names one of the header's `cases`, which has a severity (E error, W warning) and the sentence that
a clerk and an auditor read; `{…}` in it stands for a fact or a threshold. `log, idx` is the entry the
finding is about, `log2, idx2` the one it contradicts (NULL: none). Bound are `:to_day`, the last day that is
looked at, and the header's thresholds; the rule names the `figures` that its entries may be members of.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Final, Literal, cast

from ledger.errors import LedgerError
from services.outcomes.catalogue import PRINTED
from services.outcomes.headers import check, listed, read_header, without_comments

Severity = Literal["E", "W"]

#: What a rule's statement returns first; its facts follow.
COLUMNS: Final = ("key", "person", "programme", "region", "finding", "log", "idx", "log2", "idx2")
#: What is bound whatever the rule: the figures' prelude asks for the first three, which are NULL.
BOUND: Final = frozenset({"programme", "region", "from_day", "to_day"})

#: Rules of the audit catalogue that have no file: what they ask, and what is missing to decide them.
UNDECIDED: Final[Mapping[str, tuple[str, str]]] = {
    "A01": ("check digit, date and region of identity numbers", "no log holds them: checked when a register is read"),
    "A03": ("two references with one identity number, phone or account", "the registry's own check, in its vault"),
    "A04": ("one account or phone used by several persons", "the registry's own check, in its vault"),
    "A06": ("age at enrolment", "no log holds a date of birth"),
    "A12": ("attendance written in bulk", "no attendance or session is recorded, only the end of a training"),
    "A13": ("one photo in several sessions", "no photos are recorded"),
    "A14": ("identical visit notes across persons", "free text is sealed in the registry's vault"),
    "A15": ("an occupation the provider has not filed", "no list of filed occupations is recorded"),
    "A18": ("one trainer in two classes at once", "no trainers are recorded"),
    "A42": ("one entry delivered twice with other content", "noticed on arrival: the follower stops that log"),
    "A50": ("a qualifier outside its band or malformed", "about published sentences: `ledgerctl claims check`"),
    "A52": (
        "the failure rate of a sample, extrapolated",
        "an estimate and no finding: shown with the sample",
    ),
}

_REQUIRED: Final = ("id", "name_zh", "name_en", "version", "source", "cases", "facts", "figures", "rule_zh", "rule_en")
_OPTIONAL: Final = ("thresholds",)
_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_]+)")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_ID: Final = re.compile(r"A[0-9]{2}")


class RulebookError(LedgerError):
    """A rule's file contradicts itself. Found at start, never while findings are looked for."""


_check = partial(check, error=RulebookError)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that decides, and its default; whoever asks may set another."""

    name: str
    default: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which facts contradict each other under a rule, with the sentence that says so."""

    name: str
    severity: Severity
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class AuditRule:
    """One rule as its file defines it. `rule_sha256`: over both preludes and the file, in that order."""

    id: str
    name_zh: str
    name_en: str
    version: int
    source: str
    cases: Mapping[str, Case]
    thresholds: tuple[Threshold, ...]
    facts: tuple[str, ...]
    figures: tuple[str, ...]
    rule_zh: str
    rule_en: str
    prelude: str
    sql: str
    rule_sha256: str

    def cases_of(self, severity: str) -> tuple[str, ...]:
        """The names of the cases of a severity ("": all)."""
        return tuple(case.name for case in self.cases.values() if severity in ("", case.severity))


@cache
def load() -> Mapping[str, AuditRule]:
    """Every rule by id, in the order of the ids. Raises RulebookError."""
    package = files("services.outcomes")
    texts = {
        file.name.removesuffix(".sql"): file.read_text("utf-8")
        for file in (package / "rules").iterdir()
        if file.name.endswith(".sql")
    }
    prelude = (package / "figures" / "_prelude.sql").read_text("utf-8") + ",\n" + texts.pop("_prelude")
    rules = {id: parse(id, texts[id], prelude) for id in sorted(texts)}
    for id, rule in rules.items():
        _check(id, "figures that are no figures", set(rule.figures) - set(PRINTED))
    return rules


def touching(figures: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Of these figures, each with the ids of the rules whose findings may be about its members."""
    return {id: tuple(rule.id for rule in load().values() if id in rule.figures) for id in figures}


def parse(id: str, sql: str, prelude: str) -> AuditRule:
    """The rule in the file `<id>.sql`. Raises RulebookError: what is wrong, and where."""
    header = read_header(id, sql, RulebookError)
    _check(id, "header lines missing", set(_REQUIRED) - set(header))
    severities = dict(_case(id, item) for item in listed(header["cases"]))
    sentences = {f"{language}.{case}" for case in severities for language in ("zh", "en")}
    _check(id, "header lines missing", sentences - set(header))
    _check(id, "unknown header lines", set(header) - {*_REQUIRED, *_OPTIONAL, *sentences})
    _check(id, "id that is not the file's name", {header["id"]} - {id})
    _check(id, "id that is not one of A01, A02, …", set() if _ID.fullmatch(id) else {id})
    thresholds = tuple(_threshold(id, item) for item in header.get("thresholds", "").split(";") if item.strip())
    names = {one.name for one in thresholds}
    _check(id, "thresholds named like a day: a sentence shows those as dates", {n for n in names if n.endswith("_day")})
    facts = listed(header["facts"])
    body = without_comments(sql)
    bound = set(_PARAMETER.findall(body)) - BOUND
    _check(id, "thresholds used but not declared", bound - names)
    said = {name for line in sentences for name in _PLACEHOLDER.findall(header[line])}
    _check(id, "words of a sentence that are neither facts nor thresholds", said - {*facts, *names})
    _check(id, "thresholds declared but not used", names - bound - said)
    _check(id, "cases the statement never gives", {case for case in severities if f"'{case}'" not in body})
    return AuditRule(
        id=id,
        name_zh=header["name_zh"],
        name_en=header["name_en"],
        version=int(header["version"]),
        source=header["source"],
        cases={
            case: Case(case, severity, header[f"zh.{case}"], header[f"en.{case}"])
            for case, severity in severities.items()
        },
        thresholds=thresholds,
        facts=facts,
        figures=listed(header["figures"]),
        rule_zh=header["rule_zh"],
        rule_en=header["rule_en"],
        prelude=prelude,
        sql=sql,
        rule_sha256=hashlib.sha256(prelude.encode() + sql.encode()).hexdigest(),
    )


def _case(id: str, text: str) -> tuple[str, Severity]:
    """`late W`."""
    name, _, severity = text.partition(" ")
    if severity not in ("E", "W"):
        raise RulebookError(f"{id}.sql: cases: expected `name E` or `name W`, found {text!r}")
    return name, cast(Severity, severity)


def _threshold(id: str, text: str) -> Threshold:
    """`sla_days = 30 办结时限（天） | days to settle an issue`."""
    name, equals, rest = text.partition("=")
    number, _, wording = rest.strip().partition(" ")
    zh, bar, en = wording.partition("|")
    if not equals or not bar or not number.isdigit():
        raise RulebookError(f"{id}.sql: thresholds: expected `name = number 中文 | English`, found {text!r}")
    return Threshold(name.strip(), int(number), zh.strip(), en.strip())
