"""Whom to trust: C2SP tlog-policy, a file with the keys of logs and witnesses, and a quorum. Pure.

    log ledger.datong.example/placement+0a1b2c3d+AW…
    witness linqing linqing.example/w+4e5f6a7b+BJ…
    witness maoming maoming.example/w+8c9d0e1f+BK…
    group others any linqing maoming
    quorum others

The file is the auditor's own. A checkpoint is accepted if a log of the file has signed it and
enough witnesses of the file have cosigned it; `quorum none` asks for no witness.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from ledger.checkpoint import Checkpoint, OpenedCheckpoint, open_checkpoint, parse_checkpoint
from ledger.errors import LedgerError
from ledger.note import Kind, MalformedNote, UnverifiedNote, VerifierKey, parse_note, parse_vkey

POLICY_BYTES_MAX: Final = 1_000_000
NONE: Final = "none"

_ODD_OCTET: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_THRESHOLD: Final = re.compile(r"[1-9][0-9]{0,5}")


class MalformedPolicy(LedgerError):
    """A policy file that breaks the format; says which line."""


class NoQuorum(LedgerError):
    """The log has signed, but not enough witnesses have cosigned."""


@dataclass(frozen=True, slots=True)
class Group:
    """Satisfied if `threshold` of its members are: names of witnesses or of other groups."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AcceptedCheckpoint:
    """A checkpoint that fulfils a policy. `witnesses`: the names of all that have cosigned it."""

    checkpoint: Checkpoint
    witnesses: tuple[str, ...]
    opened: OpenedCheckpoint


@dataclass(frozen=True, slots=True)
class Policy:
    """The keys of logs (their names are origins), witnesses and groups by name, and what must be satisfied.

    `quorum`: the name of a witness or a group, or "none".
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str

    def satisfied(self, keys: Collection[VerifierKey]) -> bool:
        """Whether cosignatures by these keys, verified, are a quorum."""
        return self.quorum == NONE or self._satisfied(self.quorum, frozenset(keys))

    def accept(self, data: bytes) -> AcceptedCheckpoint:
        """The checkpoint in the bytes of a note, if it fulfils this policy.

        Raises MalformedNote. UnverifiedNote: a log the policy does not know or that has not signed, or a
        wrong signature by a key it knows. NoQuorum.
        """
        origin = parse_checkpoint(parse_note(data).text).origin
        of_log = [key for key in self.logs if key.name == origin]
        if not of_log:
            raise UnverifiedNote(f"the policy has no key of {origin}")
        opened = open_checkpoint(data, {*of_log, *self.witnesses.values()})
        cosigned = tuple(name for name, key in self.witnesses.items() if key in opened.keys)
        if not self.satisfied(opened.keys):
            have = ", ".join(cosigned) or "none"
            raise NoQuorum(f"{origin} at {opened.checkpoint.size}: cosigned by {have}; quorum {self.quorum} is not met")
        return AcceptedCheckpoint(opened.checkpoint, cosigned, opened)

    def text(self) -> str:
        """A policy file that `parse_policy` reads as this policy."""
        lines = [f"log {key}" for key in self.logs]
        lines += [f"witness {name} {key}" for name, key in self.witnesses.items()]
        lines += [f"group {name} {group.threshold} {' '.join(group.members)}" for name, group in self.groups.items()]
        return "".join(f"{line}\n" for line in (*lines, f"quorum {self.quorum}"))

    def _satisfied(self, name: str, keys: frozenset[VerifierKey]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return self.witnesses[name] in keys
        return sum(self._satisfied(member, keys) for member in group.members) >= group.threshold


def parse_policy(data: bytes) -> Policy:
    """The policy in the bytes of a file. Raises MalformedPolicy."""
    if len(data) > POLICY_BYTES_MAX:
        raise MalformedPolicy(f"a policy of {len(data)} bytes")
    reading = _Reading()
    for number, line in enumerate(data.split(b"\n"), 1):
        if odd := _ODD_OCTET.search(line):
            raise MalformedPolicy(f"line {number}: octet 0x{line[odd.start()]:02x}")
        # names are opaque octets: what is no UTF-8 stays what it is
        words = re.split(r"[ \t]+", line.decode("utf-8", "surrogateescape").strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            continue
        try:
            reading.take(words[0], words[1:])
        except (MalformedNote, MalformedPolicy, UnicodeEncodeError) as error:
            raise MalformedPolicy(f"line {number}: {error}") from error
    if reading.quorum is None:
        raise MalformedPolicy("no quorum line")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


class _Reading:
    """What the lines so far have defined."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, keyword: str, words: list[str]) -> None:
        match keyword, words:
            case "log", [vkey] | [vkey, _]:
                self.logs.append(_key(vkey, Kind.ED25519, self.logs))
            case "witness", [name, vkey] | [name, vkey, _]:
                self._define(name)
                self.witnesses[name] = _key(vkey, Kind.COSIGNATURE_V1, self.witnesses.values())
            case "group", [name, threshold, _, *_]:
                self._define(name)
                self.groups[name] = self._group(threshold, words[2:])
            case "quorum", [name]:
                if self.quorum is not None:
                    _malformed("a second quorum line")
                if name != NONE:
                    self._known(name)
                self.quorum = name
            case "log" | "witness" | "group" | "quorum", _:
                _malformed(f"wrong number of words for {keyword}")
            case _:
                _malformed(f"unknown keyword {keyword[:40]!r}")

    def _group(self, threshold: str, members: list[str]) -> Group:
        for member in members:
            self._known(member)
            if member in self._members:
                _malformed(f"{member} is a member twice")
            self._members.add(member)
        match threshold:
            case "any":
                return Group(1, tuple(members))
            case "all":
                return Group(len(members), tuple(members))
        if not _THRESHOLD.fullmatch(threshold) or int(threshold) > len(members):
            _malformed(f"{threshold[:40]} of {len(members)} members")
        return Group(int(threshold), tuple(members))

    def _define(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            _malformed(f"the name {name} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            _malformed(f"{name} is not defined on a line before")


def _key(vkey: str, kind: Kind, others: Iterable[VerifierKey]) -> VerifierKey:
    key = parse_vkey(vkey)
    if key.kind is not kind:
        _malformed(f"signature type 0x{key.kind:02x} where 0x{kind:02x} belongs")
    if any(key.public == other.public for other in others):
        _malformed("the same public key twice")
    return key


def _malformed(why: str) -> NoReturn:
    raise MalformedPolicy(why)
