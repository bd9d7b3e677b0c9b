"""Twelve months as a drawing: what was owed, and how much of it was at risk. Imports no Django.

Dark on light and told by its height alone, so that a grey copy says as much. Lengths are points of a drawing that is
500 wide; amounts stand beside it in a table, the drawing has but a scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 500, 132
LEFT, TOP, BOTTOM = 74, 10, 18
INK, SOFT, LIGHT, DARK = "#1d1a16", "#63584b", "#dcd5c6", "#1c2a50"
STEPS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: its word, the whole and the part of it at risk."""

    label: str
    whole: int
    part: int


def top_of(largest: int) -> int:
    """The end of the scale: the least of 1, 2, 4, 6, 8 and 10 times a power of ten that is not below."""
    power = 1
    while power * 10 < largest:
        power *= 10
    return next((step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= largest), power)


def drawn(bars: Sequence[Bar], scale: Sequence[str]) -> str:
    """The drawing, an SVG. `scale` are the words at the lines from 0 to the top, as many as there are lines."""
    top = top_of(max((one.whole for one in bars), default=0))
    high = HEIGHT - TOP - BOTTOM
    step = (WIDTH - LEFT) / max(len(bars), 1)
    lines = []
    for at, words in enumerate(scale):
        y = _n(TOP + high - high * at / max(len(scale) - 1, 1))
        colour, weight = (INK, ".8") if at == 0 else (LIGHT, ".5")
        lines.append(f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="{colour}" stroke-width="{weight}"/>')
        lines.append(_text(LEFT - 5, float(y) + 2.4, words, "end"))
    shapes = []
    for at, one in enumerate(bars):
        x = LEFT + step * at + step * 0.2
        shapes.append(_bar(x, step * 0.6, high * max(one.whole, 0) / top, LIGHT, SOFT))
        shapes.append(_bar(x, step * 0.6, high * max(one.part, 0) / top, DARK, DARK))
        shapes.append(_text(x + step * 0.3, HEIGHT - 6, one.label, "middle"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        + "".join(lines + shapes)
        + "</svg>"
    )


def scale_of(bars: Sequence[Bar]) -> tuple[int, ...]:
    """The amounts at the lines of the scale, from 0 to its top."""
    largest = max((one.whole for one in bars), default=0)
    top = top_of(largest)
    if largest <= 0:
        return (0,)
    return tuple(top * at // STEPS for at in range(STEPS + 1)) if top >= STEPS else (0, top)


def _bar(x: float, width: float, height: float, fill: str, edge: str) -> str:
    if height <= 0:
        return ""
    return (
        f'<rect x="{_n(x)}" y="{_n(HEIGHT - BOTTOM - height)}" width="{_n(width)}" height="{_n(height)}" '
        f'fill="{fill}" stroke="{edge}" stroke-width=".5"/>'
    )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-family="Lumbung Sans" font-size="7" fill="{SOFT}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
