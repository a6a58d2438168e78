"""From entries to the rows that rules are counted over, as docs/reference/format.md, section 10, has it.

The schema (a file of the bundle, named in the statement) says which fields an event type has. All else
is fixed: the names of tables and columns, the twins of dates, what does not fit and what follows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from verifier.findings import Malformed, NotEnough, shown

INTEGER_MAX = 2**53 - 1
TEXT_MAX = 600
#: The columns that come from the envelope, in the order in which its members are handed over.
ENVELOPE = ("log", "idx", "agency", "subject", "revision", "recorded")

_TYPE = re.compile(r"[a-z][a-z0-9-]*\.([A-Z][A-Za-z0-9]{0,59})\.v[1-9][0-9]{0,5}")
_FIELD = re.compile("[a-z][a-z0-9_]{0,59}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile("[0-9]{4}-[0-9]{2}")
_SHAPES_MAX = 1_000
_REMEMBERED_MAX = 100_000
_PARKED_MAX = 100_000
_NEXT_DAY_FROM_UTC_HOUR = 16  # Shanghai is eight hours ahead of UTC

Row = tuple[Any, ...]


class Field(NamedTuple):
    """A field of an event: `form` is "text", "integer", "boolean", or the texts that are allowed."""

    name: str
    form: str | tuple[str, ...]
    required: bool

    def takes(self, found: type | None) -> bool:
        """Whether a value of this Python type fits; None: the field is left out."""
        wanted = {"integer": int, "boolean": bool}.get(self.form, str) if isinstance(self.form, str) else str
        if found is None or (found is type(None) and wanted is not bool):
            return not self.required
        return found is wanted


class Shape(NamedTuple):
    """Whether data with certain fields of certain types fits, and what is left to check of its values."""

    fits: bool
    choices: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    integers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    months: tuple[str, ...] = ()


class EventType:
    """An event type and its table. `columns`: all of them, in order."""

    def __init__(self, table: str, fields: Sequence[Field]) -> None:
        self.table = table
        self.fields = tuple(fields)
        self.twins = {twin_of(field.name): field.name for field in fields if twin_of(field.name)}
        self.columns = (*ENVELOPE, *(field.name for field in fields), *self.twins, "recorded_day")
        if len(set(self.columns)) != len(ENVELOPE) + len(fields) + len(self.twins) + 1:
            raise Malformed(f"schema: {table} has a column twice")
        #: what `shape` gave, by names and types of the fields
        self.shapes: dict[tuple[tuple[str, ...], tuple[type, ...]], Shape] = {}

    def shape(self, names: tuple[str, ...], kinds: tuple[type, ...]) -> Shape:
        """How to check data with these fields of these types."""
        shape = self._shape(dict(zip(names, kinds, strict=True)))
        if len(self.shapes) < _SHAPES_MAX:
            self.shapes[names, kinds] = shape
        return shape

    def _shape(self, types: dict[str, type]) -> Shape:
        if not all(field.takes(types.get(field.name)) for field in self.fields):
            return Shape(False)
        if types.keys() - {field.name for field in self.fields}:
            return Shape(False)
        present = [field for field in self.fields if types.get(field.name, type(None)) is not type(None)]
        return Shape(
            True,
            choices=tuple((field.name, field.form) for field in present if not isinstance(field.form, str)),
            integers=tuple(field.name for field in present if field.form == "integer"),
            references=tuple(field.name for field in present if field.name in ("person", "into")),
            days=tuple(field.name for field in present if twin_of(field.name).endswith("_day")),
            months=tuple(field.name for field in present if field.name == "month"),
        )


def twin_of(field: str) -> str:
    """`signed_on` → `signed_day`, `month` → `month_no`; others have none."""
    return f"{field[:-3]}_day" if field.endswith("_on") else "month_no" if field == "month" else ""


def parse_schema(data: bytes) -> dict[str, EventType]:
    """Event types by name: `{"<type>": [["<field>", "<form>" or [texts], required], …], …}`. Raises Malformed."""
    try:
        schema = json.loads(data.decode())
        types = {}
        tables: dict[str, tuple[Field, ...]] = {}
        for name, fields in schema.items():
            match = _TYPE.fullmatch(name)
            if match is None:
                raise Malformed(f"schema: not the name of an event type: {shown(name)}")
            table = re.sub(r"(?<!^)(?=[A-Z])", "_", match[1]).lower()
            types[name] = EventType(table, [_field(*field) for field in fields])
            if tables.setdefault(table, types[name].fields) != types[name].fields:
                raise Malformed(f"schema: two types of one table {table} that differ")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed(f"schema: {shown(str(error))}") from None
    return types


def _field(name: str, form: object, required: object) -> Field:
    texts = tuple(form) if isinstance(form, list) else ()
    known = form in ("text", "integer", "boolean") or (texts and all(isinstance(text, str) for text in texts))
    if not _FIELD.fullmatch(name) or not (known and isinstance(required, bool)) or (twin_of(name) and form != "text"):
        raise Malformed(f"schema: not a field: {shown(repr((name, form, required)))}")
    return Field(name, texts or str(form), required)


class Remembered(dict[Any, Any]):
    """What a function gives, remembered for the values seen last. None gives None."""

    def __init__(self, function: Callable[[str], int]) -> None:
        super().__init__({None: None})
        self._function = function

    def __missing__(self, text: str) -> int:
        if len(self) > _REMEMBERED_MAX:
            self.clear()
            self[None] = None
        value = self[text] = self._function(text)
        return value


def day_of(text: str) -> int:
    """Days from 1970-01-01 to YYYY-MM-DD. Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"not a date: {shown(text, 40)}")
    return date.fromisoformat(text).toordinal() - 719163


def month_of(text: str) -> int:
    """year * 12 + month - 1 of YYYY-MM. Raises ValueError."""
    if not _MONTH.fullmatch(text):
        raise ValueError(f"not a month: {shown(text, 40)}")
    first = date.fromisoformat(f"{text}-01")
    return first.year * 12 + first.month - 1


def shanghai_day_of(hour: str) -> int:
    """The day in Shanghai of a time in UTC, of which `YYYY-MM-DDThh` is given. Raises ValueError."""
    if len(hour) != 13 or hour[10] != "T":
        raise ValueError(f"not a time: {shown(hour, 40)}")
    return day_of(hour[:10]) + (int(hour[11:]) >= _NEXT_DAY_FROM_UTC_HOUR)


class Shredder:
    """Turns entries, in order, into rows of the wanted columns, and parks what has none.

    `wanted`: table → the columns a rule reads. `columns`: of each table, the columns in the order of
    `rows`, which whoever takes the rows empties.
    """

    def __init__(self, types: Mapping[str, EventType], wanted: Mapping[str, set[str]]) -> None:
        self.parked = 0
        self.rows: dict[str, list[Row]] = {table: [] for table in wanted}
        self.columns: dict[str, tuple[str, ...]] = {}
        self._types = types
        self._blocked: set[str] = set()
        self._days, self._months = Remembered(day_of), Remembered(month_of)
        self._recorded_days = Remembered(shanghai_day_of)
        self._builders: dict[str, Callable[[Row, Mapping[str, Any]], Row]] = {}
        for name, kind in types.items():
            if kind.table in wanted:
                self._builders[name] = self._builder(kind, wanted[kind.table])

    def begin(self) -> None:
        """Another log follows."""
        self._blocked.clear()

    def take(self, members: Row, data: Any, blemish: str) -> None:
        """One entry: a row, or it is parked. `members`: its envelope; `blemish`: why it has no row, if so.

        Raises NotEnough: too many streams cannot be read.
        """
        subject, type_ = members[3], members[7]
        kind = self._types.get(type_)
        try:
            if kind is not None and self._fits(kind, data) and len(subject) <= TEXT_MAX and not blemish:
                # a time that is none raises ValueError, as a date does
                self._recorded_days[members[5][:13]]
                if not (self._blocked and subject in self._blocked):
                    builder = self._builders.get(type_)
                    if builder is not None:
                        self.rows[kind.table].append(builder(members, data))
                    return
        except ValueError:
            pass
        self.parked += 1
        self._blocked.add(subject)
        if len(self._blocked) > _PARKED_MAX:
            raise NotEnough(f"over {_PARKED_MAX} streams of {shown(members[0])} cannot be read")

    def _fits(self, kind: EventType, data: Any) -> bool:
        """Whether data fits its type; a date that is none raises ValueError."""
        if data.__class__ is not dict:
            return False
        made_of = tuple(data), tuple(map(type, data.values()))
        fits, choices, integers, references, days, months = kind.shapes.get(made_of) or kind.shape(*made_of)
        if not fits:
            return False
        for name, allowed in choices:
            if data[name] not in allowed:
                return False
        for name in integers:
            if not -INTEGER_MAX <= data[name] <= INTEGER_MAX:
                return False
        for name in references:
            if len(data[name]) > TEXT_MAX:
                return False
        for name in days:
            self._days[data[name]]
        for name in months:
            self._months[data[name]]
        return True

    def _builder(self, kind: EventType, wanted: set[str]) -> Callable[[Row, Mapping[str, Any]], Row]:
        """A function from an entry's envelope and data to its place and the wanted columns."""
        of_envelope = [name for name in ENVELOPE if name in wanted | {"log", "idx"}]
        flags = [field.name for field in kind.fields if field.name in wanted and field.form == "boolean"]
        plain = [field.name for field in kind.fields if field.name in wanted and field.name not in flags]
        twins = [twin for twin in kind.twins if twin in wanted]
        recorded_day = ["recorded_day"] if "recorded_day" in wanted else []
        self.columns[kind.table] = (*of_envelope, *plain, *flags, *twins, *recorded_day)
        place = itemgetter(*map(ENVELOPE.index, of_envelope))
        dated = [(kind.twins[twin], self._months if twin == "month_no" else self._days) for twin in twins]

        def build(members: Row, data: Mapping[str, Any]) -> Row:
            get = data.get
            return (
                *place(members),
                *[get(name) for name in plain],
                *[1 if get(name) else 0 for name in flags],
                *[numbers[get(name)] for name, numbers in dated],
                *[self._recorded_days[members[5][:13]] for _ in recorded_day],
            )

        return build
