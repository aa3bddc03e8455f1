"""Pictures for pages: lines, points, intervals; plain SVG that needs no script."""

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COLOURS = ("#1f6fb2", "#c4520b", "#3a8a3a", "#8a4fa3", "#8a6d1a", "#5b6b7b")
WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 150, 14, 46


class Line(NamedTuple):
    """One line or cloud of points of a picture."""

    name: str
    x: NDArray
    y: NDArray
    style: str = "line"  # line, dashed, steps or points


class Bar(NamedTuple):
    """One interval of a picture of intervals."""

    name: str
    mean: float
    low: float
    high: float
    tone: str = ""  # good, bad, open or nothing


def plot(lines: Sequence[Line], x_label: str, y_label: str, caption: str) -> str:
    """Lines over a common axis.

    Parameters
    ----------
    lines
        What to draw; what is not finite is left out.
    x_label, y_label
        With units.
    caption
        A sentence that says what is seen.

    Returns
    -------
    str
        A figure.
    """
    xs, ys = (np.concatenate([np.asarray(getattr(line, axis), float) for line in lines]) for axis in ("x", "y"))
    known = np.isfinite(xs) & np.isfinite(ys)
    if not known.any():
        return f"<figure><figcaption>{escape(caption)}: nothing is known.</figcaption></figure>"
    across, up = _scale(xs[known], LEFT, WIDTH - RIGHT), _scale(ys[known], HEIGHT - BOTTOM, TOP)
    parts = _axes(across, up, x_label, y_label)
    for n, line in enumerate(lines):
        colour = COLOURS[n % len(COLOURS)]
        parts.append(_drawn(line, across, up, colour))
        y = TOP + 14 + 18 * n
        parts.append(f'<rect x="{WIDTH - RIGHT + 12}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 27}" y="{y}">{escape(line.name)}</text>')
    return _figure(WIDTH, HEIGHT, parts, caption)


def intervals(bars: Sequence[Bar], x_label: str, caption: str, margin: float | None = None) -> str:
    """Means with intervals, one below the other, beside a line at zero and, where given, the band of no interest.

    Parameters
    ----------
    bars
        What is not finite is left out.
    x_label
        With unit.
    caption
        What is seen.
    margin
        Half the width of the band around zero.

    Returns
    -------
    str
        A figure.
    """
    known = [b for b in bars if math.isfinite(b.mean)]
    if not known:
        return f"<figure><figcaption>{escape(caption)}: nothing is known.</figcaption></figure>"
    ends = [v for b in known for v in (b.low, b.high, b.mean) if math.isfinite(v)] + [0.0]
    ends += [-margin, margin] if margin else []
    left, height = 300, TOP + 24 * len(known) + BOTTOM
    across = _scale(np.array(ends), left, WIDTH - 20)
    parts = []
    if margin:
        x, wide = across(-margin), across(margin) - across(-margin)
        parts.append(
            f'<rect x="{x:.1f}" y="{TOP}" width="{wide:.1f}" height="{height - TOP - BOTTOM}" fill="#8fa3b5" opacity=".2"/>'
        )
    parts.append(f'<line x1="{across(0):.1f}" x2="{across(0):.1f}" y1="{TOP}" y2="{height - BOTTOM}" stroke="#8fa3b5"/>')
    tones = {"good": "#2e8b57", "bad": "#c23b32", "open": "#b07a10"}
    for n, b in enumerate(known):
        y, colour = TOP + 24 * n + 14, tones.get(b.tone, COLOURS[0])
        parts.append(f'<text x="{left - 10}" y="{y + 4}" text-anchor="end">{escape(b.name)}</text>')
        if math.isfinite(b.low):
            parts.append(
                f'<line x1="{across(b.low):.1f}" x2="{across(b.high):.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>'
            )
        parts.append(f'<circle cx="{across(b.mean):.1f}" cy="{y}" r="4.5" fill="{colour}"/>')
    parts += _ticks_below(across, height - BOTTOM, x_label, (left + WIDTH - 20) / 2)
    return _figure(WIDTH, height, parts, caption)


class _Axis:
    """Data to pixels, and round numbers to mark."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def marks(self) -> list[float]:
        rough = (self.high - self.low) / 5.0
        step = 10.0 ** math.floor(math.log10(rough))
        step *= next(m for m in (1.0, 2.0, 5.0, 10.0) if m * step >= rough)
        first = math.ceil(self.low / step - 1e-9)
        return [round(k * step, 12) for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def _scale(values: NDArray, start: float, end: float) -> _Axis:
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5 * max(1e-9, abs(low)), high + 0.5 * max(1e-9, abs(high))
    room = 0.03 * (high - low)
    return _Axis(low - (0.0 if low == 0.0 else room), high + room, start, end)


def _axes(across: _Axis, up: _Axis, x_label: str, y_label: str) -> list[str]:
    parts = []
    for mark in up.marks():
        y = up(mark)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#8fa3b5" opacity=".35"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mark:g}</text>')
    parts += _ticks_below(across, HEIGHT - BOTTOM, x_label, (LEFT + WIDTH - RIGHT) / 2)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">{escape(y_label)}</text>')
    return parts


def _ticks_below(across: _Axis, base: float, label: str, middle: float) -> list[str]:
    parts = [f'<text x="{across(m):.1f}" y="{base + 17}" text-anchor="middle">{m:g}</text>' for m in across.marks()]
    return [*parts, f'<text x="{middle:.0f}" y="{base + 38}" text-anchor="middle">{escape(label)}</text>']


def _drawn(line: Line, across: _Axis, up: _Axis, colour: str) -> str:
    points = [(across(x), up(y)) for x, y in zip(line.x, line.y, strict=True) if math.isfinite(x) and math.isfinite(y)]
    if line.style == "points":
        return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6" fill="{colour}" opacity=".5"/>' for x, y in points)
    if line.style == "steps":
        points = [p for a, b in pairwise(points) for p in (a, (b[0], a[1]))] + points[-1:]
    dash = ' stroke-dasharray="6 4"' if line.style == "dashed" else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def _figure(width: float, height: float, parts: Sequence[str], caption: str) -> str:
    svg = f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(caption)}">{"".join(parts)}</svg>'
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
