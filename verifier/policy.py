"""The auditor's own file: whose signatures count, and how many witnesses are wanted (C2SP tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifier.findings import Malformed, shown
from verifier.notes import COSIGNATURE, ED25519, Key, parse_vkey

_NONE = "none"
_ODD_OCTET = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")


class Policy:
    """Keys of logs, keys of witnesses by name, groups by name (how many of which), and the quorum's name."""

    def __init__(self) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""
        self._members: set[str] = set()

    def keys_of(self, origin: str) -> list[Key]:
        """The keys of one log."""
        return [key for key in self.logs if key.name == origin]

    def satisfied(self, keys: Iterable[Key]) -> bool:
        """Whether cosignatures by these keys are a quorum."""
        return self.quorum == _NONE or self._satisfied(self.quorum, set(keys))

    def _satisfied(self, name: str, keys: set[Key]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in keys
        wanted, members = self.groups[name]
        return sum(self._satisfied(member, keys) for member in members) >= wanted

    def take(self, words: list[str]) -> None:
        """What one line says. Raises Malformed."""
        keyword, count = words[0], len(words) - 1
        if keyword == "log" and count in (1, 2):
            self.logs.append(_distinct(words[1], ED25519, self.logs))
        elif keyword == "witness" and count in (2, 3):
            self._define(words[1])
            self.witnesses[words[1]] = _distinct(words[2], COSIGNATURE, self.witnesses.values())
        elif keyword == "group" and count >= 3:
            self._define(words[1])
            self.groups[words[1]] = self._group(words[2], words[3:])
        elif keyword == "quorum" and count == 1 and not self.quorum:
            if words[1] != _NONE:
                self._known(words[1])
            self.quorum = words[1]
        else:
            raise Malformed(f"not a line of a policy: {shown(' '.join(words))}")

    def _group(self, threshold: str, members: list[str]) -> tuple[int, list[str]]:
        for member in members:
            self._known(member)
            if member in self._members:
                raise Malformed(f"{shown(member)} is a member twice")
            self._members.add(member)
        wanted = {"any": 1, "all": len(members)}.get(threshold, 0)
        if re.fullmatch("[1-9][0-9]{0,5}", threshold):
            wanted = int(threshold)
        if not 1 <= wanted <= len(members):
            raise Malformed(f"{shown(threshold)} of {len(members)} members")
        return wanted, members

    def _define(self, name: str) -> None:
        if name == _NONE or name in self.witnesses or name in self.groups:
            raise Malformed(f"the name {shown(name)} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Malformed(f"{shown(name)} is not defined on a line before")


def parse_policy(data: bytes) -> Policy:
    """A policy file. Raises Malformed, with the line."""
    policy = Policy()
    for number, line in enumerate(data.split(b"\n"), 1):
        if _ODD_OCTET.search(line):
            raise Malformed(f"policy, line {number}: a control character")
        words = re.split("[ \t]+", line.decode("utf-8", "surrogateescape").strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                policy.take(words)
            except (Malformed, UnicodeEncodeError) as error:
                raise Malformed(f"policy, line {number}: {error}") from None
    if not policy.quorum:
        raise Malformed("policy: no quorum line")
    return policy


def _distinct(vkey: str, kind: int, others: Iterable[Key]) -> Key:
    key = parse_vkey(vkey)
    if key.kind != kind:
        raise Malformed(f"a key of type {key.kind} where one of type {kind} belongs")
    if any(key.public == other.public for other in others):
        raise Malformed("the same key twice")
    return key
