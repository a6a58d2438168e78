"""What can have happened to person references. Nothing here says who anybody is."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.event import Catalogue, Event

MergeReason = Literal["same_identity", "corrected_identity", "court_order", "other"]
ErasureBasis = Literal["consent_withdrawn", "purpose_ended", "unlawful_processing", "court_order"]


class PersonRegistered(Event, frozen=True, kw_only=True):
    """A reference was handed out for a person not seen before."""

    slot: ClassVar[str] = "registered"
    identity: ClassVar[tuple[str, ...]] = ("person",)

    person: str


class PersonsMerged(Event, frozen=True, kw_only=True):
    """Two references turned out to be one person: count `person` as `into` from now on."""

    slot: ClassVar[str] = "merged"
    identity: ClassVar[tuple[str, ...]] = ("person",)
    needs: ClassVar[str | None] = "registered"

    person: str
    into: str
    reason: MergeReason


class PersonErased(Event, frozen=True, kw_only=True):
    """Key, personal data and blind index of a person were deleted; the reference stays, unlinkable.

    Two officers stand behind it: the entry's `actor` asked, `second_actor` confirmed.
    """

    slot: ClassVar[str] = "erased"
    identity: ClassVar[tuple[str, ...]] = ("person",)
    needs: ClassVar[str | None] = "registered"

    person: str
    basis: ErasureBasis
    case: str
    second_actor: str | None = None


CATALOGUE = Catalogue.of("registry", [PersonRegistered, PersonsMerged, PersonErased])
