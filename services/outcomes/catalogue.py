"""The figure catalogue: every `figures/<id>.sql`, read once, its header parsed and checked.

A header is the comment lines a file starts with: `-- name: value`; a line indented further goes on
with the value before it. `docs/reference/format.md` tells a verifier how to run the statement.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Final, Literal, cast, get_args

from ledger.errors import LedgerError
from services.outcomes.headers import check, listed, read_header, without_comments
from services.outcomes.reasons import REASONS

Kind = Literal["flow", "stock", "capacity", "statement"]
Measure = Literal["count", "sum", "mean", "median", "rate", "growth", "statement"]
Grade = Literal["evidenced", "attested", "mixed"]

#: The order in which figures are listed and printed: training, referral, employers, agreements, work, follow-up,
#: activities, sites, the rest.
PRINTED: Final = (
    "persons_trained",
    "training_completions",
    "classes_opened",
    "occupations",
    "training_hours",
    "persons_by_category",
    "certificates_issued",
    "skill_files",
    "subsidies_paid",
    "referral_rate",
    "days_to_referral",
    "matching_events_held",
    "employers",
    "employers_by_mode",
    "cooperations",
    "vacancies",
    "agreements_signed",
    "persons_with_agreement",
    "contracts_signed",
    "standard_contract_rate",
    "internships_started",
    "employment_starts",
    "persons_started",
    "pre_job_training_rate",
    "health_check_rate",
    "persons_employed",
    "persons_employed_by_mode",
    "dispatched_out_of_province",
    "starts_by_work_region",
    "retained_d30",
    "retained_d90",
    "retained_d180",
    "mean_monthly_wage",
    "wage_growth",
    "visits_completed",
    "visit_coverage_d30",
    "visit_coverage_d90",
    "visit_coverage_d180",
    "issues_opened",
    "issues_resolved",
    "issue_days_median",
    "upskilled",
    "promotions",
    "activities_held",
    "activity_attendance",
    "competitors",
    "teams",
    "awards",
    "facilities",
    "recognitions",
    "capacity_places",
    "outcome_ladder",
    "attested",
)
#: Parameters that every figure is given; a stock has no `from`.
COMMON: Final = ("programme", "region", "from", "to")
#: What the figure's statement returns first; columns named in `splits`, `beside`, `details` follow.
COLUMNS: Final = ("key", "person", "value", "counted", "reason", "log", "idx")
#: A parameter of a figure's own that takes any text, and is absent unless given.
ANY_TEXT: Final = "any text"
#: One that takes region codes, one or several, and names that stand for some; absent unless given.
PREFIXES: Final = "region prefixes"

_REQUIRED: Final = (
    *("id", "name_zh", "name_en", "unit", "member", "kind", "measure", "grade", "version"),
    *("parameters", "exclusions", "base_reasons", "rule_zh", "rule_en"),
)
_OPTIONAL: Final = ("splits", "beside", "details", "coverage", "over", "scale")
_BOUND: Final = re.compile(r"(?<![:\w]):([a-z_]+)")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class CatalogueError(LedgerError):
    """A figure's file contradicts itself or the catalogue. Found at start, never while counting."""


_check = partial(check, error=CatalogueError)


@dataclass(frozen=True, slots=True)
class ExtraParameter:
    """A parameter of one figure's own. `choices`: what may be said → what it stands for; empty: any text.

    `prefixes`: it takes region codes; `choices` are then the names that stand for several.
    """

    name: str
    choices: Mapping[str, str]
    default: str | None
    prefixes: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """Counted members are also shown by the values of a column, because they are unlike."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The same facts in another unit: the sum of a column over the counted members."""

    column: str
    unit: str


@dataclass(frozen=True, slots=True)
class FigureRule:
    """One figure as its file defines it.

    `member`: what one row of the statement is. `exclusions`: its reasons, the first that applies
    being the one given. `base_reasons`: those that stay in a rate's denominator. `coverage`: the
    relation of the prelude with the number of members there could be. `over`: of a growth, the column
    whose sum the members' values are held against. `scale`: values and columns beside are in this part
    of the unit (10: tenths). `rule_sha256`: SHA-256 of the prelude's bytes followed by the file's.
    """

    id: str
    name_zh: str
    name_en: str
    unit: str
    member: str
    kind: Kind
    measure: Measure
    grade: Grade
    version: int
    parameters: tuple[str, ...]
    extra: tuple[ExtraParameter, ...]
    exclusions: tuple[str, ...]
    base_reasons: tuple[str, ...]
    splits: tuple[Split, ...]
    beside: tuple[Beside, ...]
    details: tuple[str, ...]
    coverage: str | None
    over: str | None
    scale: int
    rule_zh: str
    rule_en: str
    prelude: str
    sql: str
    rule_sha256: str

    @property
    def one_a_person(self) -> bool:
        """Whether a member is a person: then the counted ones are as many persons."""
        return self.member == "person"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns after `COLUMNS`."""
        return (*(split.column for split in self.splits), *(beside.column for beside in self.beside), *self.details)


@cache
def load() -> Mapping[str, FigureRule]:
    """Every figure by id, in the order they are printed. Raises CatalogueError."""
    folder = files("services.outcomes") / "figures"
    texts = {
        file.name.removesuffix(".sql"): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }
    prelude = texts.pop("_prelude")
    if set(texts) != set(PRINTED):
        raise CatalogueError(
            f"figures without a place in the catalogue, or without a file: {set(texts) ^ set(PRINTED)}"
        )
    return {id: parse(id, texts[id], prelude) for id in PRINTED}


def parse(id: str, sql: str, prelude: str) -> FigureRule:
    """The rule in the file `<id>.sql`. Raises CatalogueError: what is wrong, and where."""
    header = read_header(id, sql, CatalogueError)
    parameters = listed(header["parameters"])
    own = tuple(name for name in parameters if name not in COMMON)
    known = {*_REQUIRED, *_OPTIONAL, *own}
    _check(id, "unknown header lines", set(header) - known)
    _check(id, "header lines missing", {*_REQUIRED, *own} - set(header))
    exclusions = listed(header["exclusions"])
    base_reasons = listed(header["base_reasons"])
    _check(id, "base_reasons that are no exclusions", set(base_reasons) - set(exclusions))
    _check(id, "exclusions without wording in reasons.py", set(exclusions) - set(REASONS))
    _check(id, "exclusions the statement never gives", {one for one in exclusions if f"'{one}'" not in prelude + sql})
    growth = header["measure"] == "growth"
    _check(id, "id that is not the file's name", {header["id"]} - {id})
    bound = {*_BOUND.findall(prelude + without_comments(sql))} - {"programme", "region", "from_day", "to_day"}
    _check(id, "parameters used but not declared", bound - set(own))
    _check(id, "parameters declared but not used", set(own) - bound)
    rule = FigureRule(
        id=id,
        name_zh=header["name_zh"],
        name_en=header["name_en"],
        unit=header["unit"],
        member=header["member"],
        kind=cast(Kind, _one_of(id, "kind", header, get_args(Kind))),
        measure=cast(Measure, _one_of(id, "measure", header, get_args(Measure))),
        grade=cast(Grade, _one_of(id, "grade", header, get_args(Grade))),
        version=int(header["version"]),
        parameters=parameters,
        extra=tuple(_extra(id, name, header[name]) for name in own),
        exclusions=exclusions,
        base_reasons=base_reasons,
        splits=tuple(_splits(id, header.get("splits", ""))),
        beside=tuple(Beside(*item.split()) for item in listed(header.get("beside", ""))),
        details=listed(header.get("details", "")),
        coverage=header.get("coverage"),
        over=header.get("over"),
        scale=int(header.get("scale", "1")),
        rule_zh=header["rule_zh"],
        rule_en=header["rule_en"],
        prelude=prelude,
        sql=sql,
        rule_sha256=hashlib.sha256(prelude.encode() + sql.encode()).hexdigest(),
    )
    _check(id, "scale that is neither 1 nor 10 nor 100 nor 1000", {str(rule.scale)} - {"1", "10", "100", "1000"})
    _check(id, "over that is no column of a growth", {rule.over or ""} - (set(rule.details) if growth else {""}))
    _check(id, "columns that are no names", {name for name in rule.columns if not _NAME.fullmatch(name)})
    return rule


def _extra(id: str, name: str, text: str) -> ExtraParameter:
    """`bank 银行流水 | payslip 工资条 (default) | …`, `any text`, or `region prefixes | 大湾区 = 4401 4403 | …`."""
    if text == ANY_TEXT:
        return ExtraParameter(name, {}, None)
    kind, *named = text.split("|")
    if kind.strip() == PREFIXES:
        groups = (item.partition("=") for item in named)
        return ExtraParameter(name, {one.strip(): codes.strip() for one, _, codes in groups}, None, prefixes=True)
    choices: dict[str, str] = {}
    default = None
    for item in text.split("|"):
        stands_for, *others = item.split()
        if others and others[-1] == "(default)":
            default = stands_for
            others.pop()
        choices |= dict.fromkeys((stands_for, *others), stands_for)
    if default is None:
        raise CatalogueError(f"{id}.sql: {name} has no (default)")
    return ExtraParameter(name, choices, default)


def _splits(id: str, text: str) -> Iterable[Split]:
    """`kind = job_fair, signing_ceremony`; several are separated by semicolons."""
    for item in filter(None, (part.strip() for part in text.split(";"))):
        column, equals, values = item.partition("=")
        if not equals:
            raise CatalogueError(f"{id}.sql: splits: expected `column = value, value`, found {item!r}")
        yield Split(column.strip(), listed(values))


def _one_of(id: str, name: str, header: Mapping[str, str], allowed: tuple[str, ...]) -> str:
    _check(id, f"{name} that is not one of {', '.join(allowed)}", {header[name]} - set(allowed))
    return header[name]
