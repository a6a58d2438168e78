"""A ladder as SVG, and as PNG by way of resvg. The SVG is text: deterministic, and it scales.

Colours are of the Okabe-Ito palette, which colour-blind readers tell apart; what is not known is also
hatched. Chinese labels are drawn where a Chinese font is installed: a PNG without one says so.
"""

from __future__ import annotations

from functools import cache
from typing import Final
from xml.sax.saxutils import escape

from ledgerctl.ladder.rungs import Ladder, Rung

WIDTH: Final = 960
_LEFT, _RIGHT, _TOP, _ROW, _BAR = 290, 190, 70, 40, 22
_YES, _NOT_YET, _UNKNOWN, _BASE, _INK = "#0072B2", "#E69F00", "#999999", "#EEF1F4", "#222222"
_FONTS: Final = (
    "'Noto Sans CJK SC','Source Han Sans SC','WenQuanYi Micro Hei','Microsoft YaHei','PingFang SC',sans-serif"
)


def svg(ladder: Ladder, title: str, *, chinese: bool = True) -> str:
    """The picture. `title` is a line of text above it; without `chinese` labels are in English alone."""
    height = _TOP + _ROW * len(ladder.rungs) + 74
    rows = [_row(rung, ladder.persons, _TOP + _ROW * at, chinese=chinese) for at, rung in enumerate(ladder.rungs)]
    foot = _TOP + _ROW * len(ladder.rungs) + 22
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="{_FONTS}" font-size="14" fill="{_INK}">'
        ),
        (
            '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)">'
            f'<rect width="6" height="6" fill="{_NOT_YET}"/><rect width="2" height="6" fill="#ffffff"/>'
            "</pattern></defs>"
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="32" font-size="18" font-weight="bold">{escape(title)}</text>',
        *rows,
        *_legend(foot, chinese=chinese),
        *_beside(ladder, foot + 26, chinese=chinese),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def png(ladder: Ladder, title: str, *, chinese: bool = True) -> bytes:
    """The same as PNG, twice the size."""
    return _render(svg(ladder, title, chinese=chinese), zoom=2.0)


@cache
def draws_chinese() -> bool:
    """Whether a Chinese font is installed: with none, all characters look like one that no font has."""
    return _drawn("中") not in (_drawn(""), _drawn("\U0010fffd"))


def _drawn(character: str) -> bytes:
    text = f'<text x="2" y="20" font-family="{_FONTS}" font-size="18">{character}</text>'
    return _render(f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">{text}</svg>')


def _render(text: str, zoom: float = 1.0) -> bytes:
    import resvg_py  # not for every verb

    return bytes(resvg_py.svg_to_bytes(svg_string=text, zoom=zoom, sans_serif_family="DejaVu Sans"))


def _row(rung: Rung, persons: int, top: int, *, chinese: bool) -> str:
    full = WIDTH - _LEFT - _RIGHT
    label = f"{rung.zh} {rung.en}" if chinese else rung.en
    parts = [
        f'<text x="{_LEFT - 12}" y="{top + 16}" text-anchor="end">{escape(label)}</text>',
        f'<rect x="{_LEFT}" y="{top}" width="{full}" height="{_BAR}" fill="{_BASE}"/>',
    ]
    begin = 0
    for count, fill in ((rung.yes, _YES), (rung.not_yet_known, "url(#hatch)"), (rung.unknown, _UNKNOWN)):
        start, end = (_scaled(at, persons, full) for at in (begin, begin + count))
        if end > start:
            parts.append(f'<rect x="{_LEFT + start}" y="{top}" width="{end - start}" height="{_BAR}" fill="{fill}"/>')
        begin += count
    share = f" · {100 * rung.yes / persons:.1f} %" if persons else ""
    parts.append(f'<text x="{WIDTH - _RIGHT + 12}" y="{top + 16}">{rung.yes:,}{share}</text>')
    return "\n".join(parts)


def _scaled(count: int, persons: int, full: int) -> int:
    return full * count // persons if persons else 0


def _legend(top: int, *, chinese: bool) -> list[str]:
    parts, x = [], _LEFT
    for fill, zh, en in (
        (_YES, "是", "yes"),
        ("url(#hatch)", "尚不知道", "not yet known"),
        (_UNKNOWN, "不详", "unknown"),
    ):
        label = f"{zh} {en}" if chinese else en
        parts.append(f'<rect x="{x}" y="{top}" width="14" height="14" fill="{fill}"/>')
        parts.append(f'<text x="{x + 20}" y="{top + 12}" font-size="12">{label}</text>')
        x += 160
    return parts


def _beside(ladder: Ladder, top: int, *, chinese: bool) -> list[str]:
    said = (
        ("有合同而无意向协议", "contract without agreement", ladder.contract_without_agreement),
        ("只在结业前上岗", "started before completing only", ladder.started_before),
    )
    text = " · ".join(f"{zh} {en}: {count:,}" if chinese else f"{en}: {count:,}" for zh, en, count in said)
    return [f'<text x="{_LEFT}" y="{top + 12}" font-size="12">{text}</text>']
