"""Log lines hold what the catalogue allows, and nothing about a person."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from ledger.errors import Unavailable
from ledger.runtime import logs

# synthetic: the prefix 99 is no region
IDENTITY_NUMBER = "990101199001011234"
PHONE = "13800001111"


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


Lines = Callable[[], list[dict[str, Any]]]
Listen = Callable[..., Lines]


@pytest.fixture
def listen(restored: None, capfdbinary: pytest.CaptureFixture[bytes]) -> Listen:
    """Configures in the test itself: standard error is another one while fixtures are set up."""

    def configure(**options: Any) -> Lines:
        logs.configure("placement", log_format="json", **options)
        return lambda: [json.loads(line) for line in capfdbinary.readouterr().err.splitlines()]

    return configure


def test_a_line_is_one_json_object(listen: Listen) -> None:
    lines = listen()
    structlog.get_logger().info("relay_published", log="ledger.local/placement", count=500, seconds=0.0212345678)
    [line] = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "relay_published",
        "service": "placement",
        "log": "ledger.local/placement",
        "count": 500,
        "seconds": 0.021235,
    }


def test_an_unknown_key_is_named_and_its_value_dropped(listen: Listen) -> None:
    lines = listen()
    structlog.get_logger().info("call", method="/x", full_name="张三")
    [line] = lines()
    assert line["dropped"] == ["full_name"]
    assert "张三" not in json.dumps(line, ensure_ascii=False)


def test_a_service_may_know_more_keys(listen: Listen) -> None:
    lines = listen(keys=["candidates"])
    structlog.get_logger().info("pool_grown", candidates=3)
    assert lines()[0]["candidates"] == 3


@pytest.mark.parametrize("value", [IDENTITY_NUMBER, PHONE, f"电话{PHONE}。", f"+86{PHONE}", f"id={IDENTITY_NUMBER}"])
def test_what_looks_like_a_persons_number_is_hidden_even_under_a_known_key(listen: Listen, value: str) -> None:
    lines = listen()
    structlog.get_logger().info("call", reason=value)
    assert IDENTITY_NUMBER not in lines()[0]["reason"]
    structlog.get_logger().info("call", items=[value])
    assert PHONE not in json.dumps(lines())


def test_hashes_and_references_stay_readable(listen: Listen) -> None:
    lines = listen()
    reference = "pr_5d0c13800001111aa"
    structlog.get_logger().info("call", reason=reference)
    assert lines()[0]["reason"] == reference


def test_an_exception_is_told_by_type_and_place_without_its_message(listen: Listen) -> None:
    lines = listen()
    try:
        try:
            int(PHONE + "x")
        except ValueError as error:
            raise RuntimeError(f"cannot read {IDENTITY_NUMBER}") from error
    except RuntimeError:
        structlog.get_logger().exception("append_failed")
    [line] = lines()
    assert (line["error"], line["cause"]) == ("RuntimeError", ["ValueError"])
    assert line["frames"][-1].startswith("tests/unit/test_runtime_logs.py:")
    assert PHONE not in json.dumps(line)
    assert IDENTITY_NUMBER not in json.dumps(line)


def test_our_own_errors_keep_their_message(listen: Listen) -> None:
    lines = listen()
    structlog.get_logger().warning("relay_waits", exc_info=Unavailable("the broker is away"))
    assert lines()[0]["error"] == "ledger.errors.Unavailable: the broker is away"


def test_libraries_are_heard_without_their_values(listen: Listen) -> None:
    lines = listen()
    logging.getLogger("sqlalchemy.pool").warning("cannot reset %s", PHONE)
    logging.getLogger("sqlalchemy.pool").info("not worth a line")
    [line] = lines()
    assert (line["logger"], line["template"]) == ("sqlalchemy.pool", "cannot reset %s")


def test_a_value_richer_than_a_number_or_a_string_is_told_by_its_type(listen: Listen) -> None:
    lines = listen()
    structlog.get_logger().info("call", reason={"name": "张三"})
    assert lines()[0]["reason"] == "dict"


def test_outside_a_terminal_lines_are_json_and_go_to_standard_error() -> None:
    script = (
        "import structlog; from ledger.runtime import logs; logs.configure('audit'); "
        "structlog.get_logger().info('call', code='OK')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b""
    assert json.loads(done.stderr)["code"] == "OK"
