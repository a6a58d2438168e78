"""Policy files: the specification's example, what it allows, what it forbids."""

from __future__ import annotations

from itertools import combinations

import pytest

from ledger.note import Kind, Signer
from ledger.policy import Group, MalformedPolicy, parse_policy


def witness(number: int) -> Signer:
    return Signer.from_seed(f"witness.example/{number}", bytes([number]) * 32, Kind.COSIGNATURE_V1)


def log(number: int) -> Signer:
    return Signer.from_seed(f"example.com/log{number}", bytes([number]) * 32)


W = [witness(number).key for number in range(1, 7)]

# C2SP tlog-policy, with keys for the elided ones
EXAMPLE = f"""\
log {log(1).key}

witness X1 {W[0]}
witness X2 {W[1]}
witness X3 {W[2]}
group X-witnesses 2 X1 X2 X3

witness Y1 {W[3]}
witness Y2 {W[4]}
witness Y3 {W[5]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def test_the_example_of_the_specification_wants_two_of_x_and_one_of_y() -> None:
    policy = parse_policy(EXAMPLE.encode())
    assert policy.logs == (log(1).key,)
    assert policy.groups == {
        "X-witnesses": Group(2, ("X1", "X2", "X3")),
        "Y-witnesses": Group(1, ("Y1", "Y2", "Y3")),
        "X-and-Y": Group(2, ("X-witnesses", "Y-witnesses")),
    }
    for count in range(7):
        for cosigned in combinations(range(6), count):
            wanted = sum(at < 3 for at in cosigned) >= 2 and any(at >= 3 for at in cosigned)
            assert policy.satisfied([W[at] for at in cosigned]) is wanted
    assert not policy.satisfied([log(1).key])
    assert parse_policy(policy.text().encode()) == policy


def test_a_quorum_may_be_one_witness_or_none() -> None:
    one = parse_policy(f"witness w {W[0]}\nquorum w\n".encode())
    assert one.satisfied([W[0]])
    assert not one.satisfied([W[1]])
    assert not one.satisfied([])
    assert parse_policy(b"quorum none\n").satisfied([])


def test_white_space_comments_urls_and_names_that_are_no_text_are_allowed() -> None:
    text = (
        b"\t # a comment \xff\n"
        b"\n   \t\n"
        b" log\t" + str(log(1).key).encode() + b"   https://example.com/log  \n"
        b"witness \xff\xfe\t" + str(W[0]).encode() + b" https://witness.example/\n"
        b"witness quorum " + str(W[1]).encode() + b"\n"
        b"group \xe5\xa4\xa7\xe9\x80\x9a 1 \xff\xfe quorum\n"
        b"\tquorum \xe5\xa4\xa7\xe9\x80\x9a"
    )
    policy = parse_policy(text)
    assert policy.quorum == "大通"
    assert list(policy.witnesses) == ["\udcff\udcfe", "quorum"]
    assert policy.satisfied([W[0]])


def test_thirty_two_of_everything_are_supported() -> None:
    logs = [log(number).key for number in range(1, 41)]
    witnesses = [witness(number).key for number in range(1, 41)]
    lines = [f"log {key}" for key in logs]
    lines += [f"witness w{at} {key}" for at, key in enumerate(witnesses)]
    lines += [f"group g{at} any w{at}" for at in range(40)]
    lines += [f"group top 21 {' '.join(f'g{at}' for at in range(40))}", "quorum top"]
    policy = parse_policy("\n".join(lines).encode())
    assert policy.satisfied(witnesses[:21])
    assert not policy.satisfied(witnesses[:20])


TWO = f"witness a {W[0]}\nwitness b {W[1]}\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no quorum"),
        (TWO, "no quorum"),
        ("quorum unknown\n", "line 1: unknown is not defined"),
        ("quorum none\nquorum none\n", "line 2: a second quorum"),
        (f"quorum a\n{TWO}", "line 1: a is not defined"),
        (f"{TWO}witness a {W[2]}\nquorum a\n", "line 3: the name a is taken"),
        (f"{TWO}group a any b\nquorum a\n", "line 3: the name a is taken"),
        (f"{TWO}witness c {W[0]}\nquorum a\n", "line 3: the same public key twice"),
        (f"log {log(1).key}\nlog {log(1).key}\nquorum none\n", "line 2: the same public key twice"),
        (f"log {Signer.from_seed('other', bytes([1]) * 32).key}\nlog {log(1).key}\nquorum none\n", "line 2: the same"),
        (f"{TWO}group g 0 a b\nquorum g\n", "line 3: 0 of 2"),
        (f"{TWO}group g 3 a b\nquorum g\n", "line 3: 3 of 2"),
        (f"{TWO}group g -1 a b\nquorum g\n", "line 3: -1 of 2"),
        (f"{TWO}group g 01 a b\nquorum g\n", "line 3: 01 of 2"),
        (f"{TWO}group g 1.0 a b\nquorum g\n", "line 3: 1.0 of 2"),
        (f"{TWO}group g most a b\nquorum g\n", "line 3: most of 2"),
        (f"{TWO}group g any\nquorum g\n", "line 3: wrong number"),
        (f"{TWO}group g any a a\nquorum g\n", "line 3: a is a member twice"),
        (f"{TWO}group g any a\ngroup h any a b\nquorum h\n", "line 4: a is a member twice"),
        (f"{TWO}group g any g\nquorum g\n", "line 3: g is not defined"),
        (f"{TWO}group g any none\nquorum g\n", "line 3: none is not defined"),
        (f"{TWO}group g all a c\nquorum g\n", "line 3: c is not defined"),
        (f"witness none {W[0]}\nquorum none\n", "line 1: the name none is taken"),
        (f"{TWO}group none any a\nquorum none\n", "line 3: the name none is taken"),
        (f"log {W[0]}\nquorum none\n", "line 1: signature type 0x04"),
        (f"witness a {log(1).key}\nquorum a\n", "line 1: signature type 0x01"),
        ("log example.com\nquorum none\n", "line 1: not a vkey"),
        ("log\nquorum none\n", "line 1: wrong number"),
        ("quorum\n", "line 1: wrong number"),
        ("quorum none none\n", "line 1: wrong number"),
        (f"witness {W[0]}\nquorum none\n", "line 1: wrong number"),
        (f"witness a {W[0]} https://a.example/ more\nquorum none\n", "line 1: wrong number"),
        ("quota none\n", "line 1: unknown keyword"),
        ("quorum none\r\n", "line 1: octet 0x0d"),
        ("quorum none\n\x00", "line 2: octet 0x00"),
        ("# \x7f\nquorum none\n", "line 1: octet 0x7f"),
        ("\u00a0quorum none\n", "line 1: unknown keyword"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(text: str, why: str) -> None:
    with pytest.raises(MalformedPolicy) as refused:
        parse_policy(text.encode())
    assert str(refused.value).startswith(why)


def test_a_key_whose_name_is_no_text_is_refused() -> None:
    line = str(W[0]).encode().replace(b"witness.example", b"witness\xff.example")
    with pytest.raises(MalformedPolicy, match=r"^line 1"):
        parse_policy(b"witness a " + line + b"\nquorum a\n")


def test_a_policy_has_a_size() -> None:
    with pytest.raises(MalformedPolicy, match="bytes"):
        parse_policy(b"#" * 1_000_001)
