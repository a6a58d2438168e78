"""What no event may hold, whatever its service thinks of it: numbers of somebody, numbers too large."""

from __future__ import annotations

from typing import Final, get_args

import msgspec

from ledger import refusals
from ledger.entry import INTEGER_MAX
from ledger.errors import Refusal
from ledger.event import Event
from ledger.fields import getter
from ledger.personal import NUMBER_CHARS_MIN, holds_number_of_somebody

#: Texts that hold what agencies number things by: some look like a mobile number by chance.
CODES: Final = frozenset(
    {
        *("class_no", "certificate", "skill_file", "activity", "agreement", "event_no", "issue", "employer"),
        *("indicator", "subsidy", "facility"),
    }
)
#: Texts whose form is checked already, or that a service of ours has made itself.
_NOT_FREE: Final = frozenset(
    {"programme", "region", "work_region", "person", "into", "month", "visitor"}
    | {"figure", "parameters", "rule_sha256", "value", "cut", "statement", "entry_type"}
)


class Guard:
    """Looks through the events of one type; its fields are found once."""

    def __init__(self, event: type[Event]) -> None:
        fields = msgspec.structs.fields(event)
        self._integers = tuple(f.name for f in fields if f.type is int or int in get_args(f.type))
        self._texts = tuple(
            f.name
            for f in fields
            if (f.type is str or str in get_args(f.type)) and f.name not in _NOT_FREE and not f.name.endswith("_on")
        )
        self._values_of_integers = getter(self._integers)
        self._values_of_texts = getter(self._texts)

    def refusal(self, event: Event) -> Refusal | None:
        """Why this event cannot be recorded."""
        for at, number in enumerate(self._values_of_integers(event)):
            if number is not None and not -INTEGER_MAX <= number <= INTEGER_MAX:
                return refusals.integer_too_large(self._integers[at])
        for at, text in enumerate(self._values_of_texts(event)):
            if text is not None and len(text) >= NUMBER_CHARS_MIN:
                name = self._texts[at]
                if holds_number_of_somebody(text, is_code=name in CODES):
                    return refusals.personal_data(name)
        return None
