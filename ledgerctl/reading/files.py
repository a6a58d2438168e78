"""Reads an article's bytes as text: UTF-8 with or without a mark, UTF-16 with one, or GB18030."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import Final

#: an article is a page, not a library: what is longer is some other file
BYTES_MAX: Final = 1024 * 1024

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class ArticleError(ValueError):
    """An article that cannot be read. Chinese first, English beside it."""


def article(path: Path) -> str:
    """The text of an article; `-` is standard input. Raises ArticleError."""
    name = "标准输入 standard input" if str(path) == "-" else str(path)
    try:
        if str(path) == "-":
            raw = sys.stdin.buffer.read(BYTES_MAX + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise ArticleError(f"读不到 {name} · cannot read {name}: {error.strerror}") from error
    if len(raw) > BYTES_MAX:
        raise ArticleError(
            f"{name} 超过 {BYTES_MAX // 2**20} MiB，不像一篇文章 · "
            f"is larger than {BYTES_MAX // 2**20} MiB: not one article"
        )
    text = decoded(raw, name)
    if not text.strip():
        raise ArticleError(f"{name} 是空的 · is empty")
    return text


def decoded(raw: bytes, name: str) -> str:
    """The text in `raw`. A file that ends within a character loses that character, not the page.

    Raises ArticleError for what is neither UTF-8 nor GB18030, such as a word processor's file.
    """
    if b"\x00" not in raw or raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        named = next((codec for mark, codec in _MARKS if raw.startswith(mark)), None)
        for codec in [named] if named else ["utf-8", "gb18030"]:
            try:
                # not final: a character cut off at the very end is left out
                return codecs.getincrementaldecoder(codec)().decode(raw)
            except UnicodeDecodeError:
                continue
    raise ArticleError(
        f"{name} 不是文本（要 UTF-8 或 GB18030；Word、PDF 请先另存为 .txt） · "
        f"is not text (UTF-8 or GB18030 is needed; save a Word or PDF file as .txt first)"
    )
