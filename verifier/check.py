"""The steps of a check, from the auditor's policy to the value: each believes only what the one before proved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from verifier.bundle import Bundle
from verifier.counting import compare, count
from verifier.findings import Contradicted, NotEnough, shown
from verifier.kept import Kept
from verifier.notes import COSIGNATURE, Checkpoint, Key, encode_base64, open_note, parse_checkpoint
from verifier.policy import Policy
from verifier.published import Publications
from verifier.replay import LogReplay, look_at
from verifier.rules import Database, bound_parameters
from verifier.shredding import Row, Shredder, parse_schema
from verifier.statement import Statement, check_question, parse_rule, parse_statement
from verifier.streams import Fingerprints


class Proven(NamedTuple):
    """A statement that was counted again and found to be so; `lacking`: what the auditor asks for besides."""

    statement: Statement
    checkpoints: dict[str, Checkpoint]
    unproven: list[str]
    lacking: list[str]


class Signed(NamedTuple):
    """The checkpoint of a log of the bundle, and the names of those of the policy who cosigned it."""

    folder: str
    checkpoint: Checkpoint
    witnesses: list[str]


def check(bundle: Bundle, policy: Policy, kept: Kept, folder: Path, say: Callable[[str, str], None]) -> Proven:
    """Check a bundle. `folder`: empty, for the database; `say(what, how)`: told after each step.

    Raises Contradicted, NotEnough, Malformed.
    """
    statement = _statement(bundle, policy)
    say("statement", f"{statement.figure} v{statement.version}, signed by {statement.publisher}")
    rule = parse_rule(_named(bundle, statement.rule, "sql"))
    types = parse_schema(_named(bundle, statement.schema, "json"))
    check_question(statement, rule)
    say("rule", f"{statement.rule} over the schema {statement.schema}")

    lacking: list[str] = []
    heads = [_signed(bundle, policy, name, lacking) for name in bundle.logs()]
    logs = {signed.checkpoint.origin: signed for signed in heads}
    for asked in statement.inputs:
        if asked.origin not in logs:
            raise NotEnough(f"the bundle has no log {shown(asked.origin)}, which was counted over")
        if asked.size > logs[asked.origin].checkpoint.size:
            raise Contradicted(
                f"figure.note: {asked.size} entries of {asked.origin}, but its checkpoint is of "
                f"{logs[asked.origin].checkpoint.size}"
            )

    database = Database(folder, types)
    try:
        parameters = bound_parameters(statement)
        database.put_cut({one.origin: one.size for one in statement.inputs})
        shredder = Shredder(types, database.columns_read(rule, parameters))
        publications = Publications(statement)
        for origin, signed in sorted(logs.items()):
            _replay(bundle, statement, signed, kept, database, shredder, publications, folder)
            by = f", cosigned by {', '.join(signed.witnesses)}" if signed.witnesses else ""
            say("log", f"{origin}: {signed.checkpoint.size} entries, root {encode_base64(signed.checkpoint.root)}{by}")
        database.index(shredder.columns)
        found = count(bundle, rule, parameters, database, shredder.parked)
        compare(statement.claims, found)
        for line in found:
            say(*line.split(" ", 1))
    finally:
        database.close()
    bundle.check_rest()
    publications.check()
    kept.check_statement(statement)
    for head in heads:
        lacking += kept.beyond(head.checkpoint)
    unproven = _unproven(statement, policy, kept, publications, shredder.parked)
    return Proven(statement, {origin: signed.checkpoint for origin, signed in logs.items()}, unproven, lacking)


def _statement(bundle: Bundle, policy: Policy) -> Statement:
    """The statement, signed by the publisher it names with a key of the policy."""
    note = bundle.read("figure.note")
    text, signed_by = open_note(note, policy.logs, "figure.note")
    statement = parse_statement(text)
    if statement.publisher not in {key.name for key in signed_by}:
        raise NotEnough(f"figure.note: not signed by its publisher {shown(statement.publisher)}")
    return statement


def _named(bundle: Bundle, sha256: str, suffix: str) -> bytes:
    """A file that is called after what it holds."""
    name = f"rules/{sha256}.{suffix}"
    data = bundle.read(name)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Contradicted(f"{name}: holds something else than its name says")
    return data


def _signed(bundle: Bundle, policy: Policy, folder: str, lacking: list[str]) -> Signed:
    """The checkpoint of a log, signed by it with a key of the policy. What the quorum lacks goes to `lacking`."""
    name = f"logs/{folder}/checkpoint"
    data = bundle.read(name)
    claimed = data.decode("utf-8", "replace").split("\n")[0]
    if hashlib.sha256(claimed.encode()).hexdigest() != folder:
        raise Contradicted(f"{name}: is of {shown(claimed)}, not of the log its folder is named after")
    keys = policy.keys_of(claimed)
    if not keys:
        raise NotEnough(f"the policy has no key of {shown(claimed)}")
    text, signed_by = open_note(data, [*keys, *policy.witnesses.values()], name)
    if not signed_by & set(keys):
        raise NotEnough(f"{name}: not signed by {shown(claimed)} itself")
    cosigners: set[Key] = {key for key in signed_by if key.kind == COSIGNATURE}
    witnesses = [name for name, key in policy.witnesses.items() if key in cosigners]
    if not policy.satisfied(cosigners):
        lacking.append(f"{claimed}: cosigned by {', '.join(witnesses) or 'nobody'}, which is no quorum {policy.quorum}")
    return Signed(folder, parse_checkpoint(text, name), witnesses)


def _replay(
    bundle: Bundle,
    statement: Statement,
    signed: Signed,
    kept: Kept,
    database: Database,
    shredder: Shredder,
    publications: Publications,
    folder: Path,
) -> None:
    """Read a log: its tree, its envelopes, its rows."""
    origin, size, root = signed.checkpoint
    counted = next((one for one in statement.inputs if one.origin == origin), None)
    upto = counted.size if counted else 0
    remembered = {one.size: one.root for one in kept.heads(origin) if one.size <= size}

    def take(members: Row, data: Any, blemish: str) -> None:
        if members[1] < upto:
            shredder.take(members, data, blemish)
        if origin == statement.publisher:
            publications.take(members[7], members[1], data)

    plain = upto == size and origin != statement.publisher
    shredder.begin()
    seen = Fingerprints(folder, size)
    sizes = [0, size, upto, *remembered]
    replay = LogReplay(origin, sizes, seen, shredder.take if plain else take, lambda: database.put_rows(shredder))
    entries = f"logs/{signed.folder}/entries.jsonl"
    with bundle.lines(entries) as lines:
        replay.run(lines)
        replay.expect(size, root, "its checkpoint")
        lines.done()
    if counted:
        replay.expect(upto, counted.root, "figure.note")
    for at, was in sorted(remembered.items()):
        replay.expect(at, was, "what was kept")
    suspects = seen.suspects()
    if any(suspects):
        with bundle.lines(entries) as lines:
            look_at(origin, lines, *suspects)


def _unproven(statement: Statement, policy: Policy, kept: Kept, publications: Publications, parked: int) -> list[str]:
    """What a reader must not take for proven."""
    unproven = [
        "各机构所记属实 that what the agencies recorded is true",
        "规则和字段表是约定的那一份 that the rule and the schema are those agreed upon",
    ]
    if policy.quorum == "none":
        unproven.append("他人所见日志相同 that others are shown the same logs (no witnesses asked for)")
    if unknown := [one.origin for one in statement.inputs if not kept.heads(one.origin)]:
        unproven.append(
            f"此前未改写 that nothing was rewritten before this in {', '.join(unknown)} (nothing kept from last time)"
        )
    unproven += publications.unproven()
    if parked:
        unproven.append(f"{parked} 条无法读取 what {parked} entries say that nobody could read")
    return unproven
