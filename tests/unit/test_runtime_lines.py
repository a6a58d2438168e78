"""Log lines reach their file whole and in order, those of one turn of the loop in one write."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Sequence

from ledger.runtime.lines import Lines


class Watched(io.BytesIO):
    """A file that keeps what each write brought."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, some: bytes) -> int:  # type: ignore[override]  # narrower than any buffer
        self.writes.append(some)
        return super().write(some)


class Full(io.BytesIO):
    """A file on a full disk."""

    def write(self, _some: object) -> int:
        raise OSError(28, "No space left on device")


def written(file: io.BytesIO) -> Sequence[bytes]:
    return file.getvalue().splitlines()


async def test_lines_of_one_turn_are_one_write() -> None:
    file = Watched()
    lines = Lines(file)
    for number in range(100):
        lines.info(b"%d" % number)
    assert file.writes == []
    await asyncio.sleep(0)
    assert len(file.writes) == 1
    assert written(file) == [b"%d" % number for number in range(100)]


async def test_the_next_turn_is_written_too() -> None:
    file = Watched()
    lines = Lines(file)
    for number in range(3):
        lines.info(b"%d" % number)
        await asyncio.sleep(0)
    assert file.writes == [b"0\n", b"1\n", b"2\n"]


async def test_an_error_goes_out_at_once_after_what_came_before_it() -> None:
    file = Watched()
    lines = Lines(file)
    lines.info(b"before")
    lines.error(b"wrong")
    assert written(file) == [b"before", b"wrong"]
    lines.info(b"after")
    await asyncio.sleep(0)
    assert written(file) == [b"before", b"wrong", b"after"]


def test_without_a_loop_every_line_goes_out_at_once() -> None:
    file = Watched()
    Lines(file).info(b"one")
    assert file.writes == [b"one\n"]


async def test_no_line_of_any_thread_is_lost_or_mixed_with_another() -> None:
    file = Watched()
    lines = Lines(file)

    def speak(name: int) -> None:
        for number in range(200):
            lines.info(b"%d %d" % (name, number))

    threads = [threading.Thread(target=speak, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200):
        lines.info(b"loop %d" % number)
        await asyncio.sleep(0)
    for thread in threads:
        await asyncio.to_thread(thread.join)
    await asyncio.sleep(0)
    expected = [b"%d %d" % (name, number) for name in range(4) for number in range(200)]
    assert sorted(written(file)) == sorted([*expected, *(b"loop %d" % number for number in range(200))])


async def test_a_full_disk_fails_nobody() -> None:
    lines = Lines(Full())
    lines.error(b"one")
    lines.info(b"two")
    await asyncio.sleep(0)
