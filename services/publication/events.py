"""What can have happened in publication."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.event import Catalogue, Event

Grade = Literal["evidenced", "attested", "mixed"]
#: borne out; not so; nobody could be asked
VerificationResult = Literal["confirmed", "refuted", "unreachable"]
Settlement = Literal["explained", "accepted", "closed"]


class FigurePublished(Event, frozen=True, kw_only=True):
    """A figure was published: 公布. Everything but `statement` repeats what the statement says.

    `parameters` and `cut` (origin → size) are canonical JSON; `value` is a decimal, `a/b` for a rate
    or `none`; `statement` is the signed note (C2SP), its text as docs/reference/bundle.md has it.
    """

    slot: ClassVar[str] = "published"
    identity: ClassVar[tuple[str, ...]] = ("programme", "figure", "parameters")

    programme: str | None = None
    region: str | None = None
    figure: str
    parameters: str
    rule_sha256: str
    rule_version: int
    unit: str
    grade: Grade
    value: str
    matched: int
    counted: int
    persons: int
    cut: str
    statement: str


class FigureRestated(FigurePublished, frozen=True, kw_only=True):
    """A figure was published anew in place of entry `supersedes` of this log: 更正公布. `reason`: why."""

    supersedes: int
    reason: str


class FindingSettled(Event, frozen=True, kw_only=True):
    """Somebody answered for a finding of an audit rule: 说明, 认可 or 销号. Nothing is taken back by it.

    `key` names the finding under its rule; `evidence_log` and `evidence_entry` are the entry it was about,
    so that a finding about what is stated later in its place is open again. `reason`: why, without personal data.
    """

    slot: ClassVar[str] = "settled"
    identity: ClassVar[tuple[str, ...]] = ("rule", "key")

    programme: str | None = None
    rule: str
    rule_version: int
    key: str
    kind: Settlement
    reason: str
    evidence_log: str
    evidence_entry: int


class SampleDrawn(Event, frozen=True, kw_only=True):
    """Members of a published figure were drawn by lot, to be looked at in the field: 抽样.

    `published` is the entry of this log that publishes the figure; `population` how many members it
    counted. The lot is the checkpoint `seed_origin`, `seed_size`, `seed_root`: of it and the members
    anybody draws the same sample again (docs/reference/samples.md). `sample_sha256` is over its lines.
    """

    slot: ClassVar[str] = "drawn"
    identity: ClassVar[tuple[str, ...]] = ("published",)

    programme: str | None = None
    figure: str
    published: int
    population: int
    size: int
    seed_origin: str
    seed_size: int
    seed_root: str
    sample_sha256: str


class MemberVerified(Event, frozen=True, kw_only=True):
    """What was found out of one member of a sample, itself the entry `sample` of this log: 核验结果.

    The member goes by its entry, `member_log` and `member_index`.
    """

    slot: ClassVar[str] = "verified"
    identity: ClassVar[tuple[str, ...]] = ("sample", "member_log", "member_index")
    occurred: ClassVar[str | None] = "verified_on"

    sample: int
    member_log: str
    member_index: int
    result: VerificationResult
    verified_on: str
    verifier: str | None = None


CATALOGUE = Catalogue.of("publication", [FigurePublished, FigureRestated, FindingSettled, SampleDrawn, MemberVerified])
