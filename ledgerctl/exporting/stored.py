"""A .gz that compresses nothing: the same bytes with every version of every library.

`gzip` and `tar -z` read it. What is worth compressing in it has been compressed before.
"""

from __future__ import annotations

import struct
import zlib
from typing import IO, Final

#: No name, no time, no flags, "unknown system".
HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
#: What a stored block of DEFLATE can hold.
BLOCK_BYTES: Final = 65_535


class StoredGzip:
    """Writes to a file opened for bytes. `close` ends the stream and leaves the file open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._waiting = bytearray()
        self._checksum = 0
        self._size = 0
        file.write(HEADER)

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._checksum = zlib.crc32(data, self._checksum)
        self._size += len(data)
        self._waiting += data
        whole = len(self._waiting) // BLOCK_BYTES * BLOCK_BYTES
        for at in range(0, whole, BLOCK_BYTES):
            self._block(self._waiting[at : at + BLOCK_BYTES], last=False)
        del self._waiting[:whole]

    def close(self) -> None:
        """The last block (it may be empty), checksum and size."""
        self._block(self._waiting, last=True)
        self._file.write(struct.pack("<II", self._checksum, self._size & 0xFFFF_FFFF))

    def _block(self, data: bytes | bytearray, *, last: bool) -> None:
        self._file.write(struct.pack("<BHH", last, len(data), len(data) ^ 0xFFFF))
        self._file.write(data)
