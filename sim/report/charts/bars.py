"""Bars: a waterfall of causes, intervals side by side, and a distribution."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.report.charts.frame import BOTTOM, RIGHT, TOP, WIDTH, Scale, extent, line, nice_step, number, svg, text, ticks

ROW = 17.0
NAMES = 192.0  # width of the names at the left


class Estimate(NamedTuple):
    """A named mean with its interval; NaN bounds where there is none."""

    name: str
    mean: float
    low: float = math.nan
    high: float = math.nan


def waterfall(title: str, unit: str, start: float, bars: Sequence[Estimate], end: float, scale: float = 1.0) -> str:
    """From one level to another, cause by cause.

    Parameters
    ----------
    title, unit
        What is shown.
    start, end
        Levels at the ends of the span.
    bars
        Amounts; ``start`` and they sum to ``end``.
    scale
        By which all is multiplied to be shown, 100 for points.

    Returns
    -------
    str
        SVG.
    """
    steps = np.concatenate([[start], start + np.cumsum([b.mean for b in bars])]) * scale
    x = Scale(*extent([*steps, end * scale]), NAMES, WIDTH - RIGHT - 44)
    small = max((abs(v) for v in (*steps, end * scale)), default=1.0) < 1.0
    rows, y = [_level("start", start * scale, x, TOP, small)], TOP + ROW
    for n, bar in enumerate(bars):
        a, b = sorted((x(steps[n]), x(steps[n + 1])))
        kind = "gain" if bar.mean >= 0 else "loss"
        rows.append(text(NAMES - 6, y + 11, bar.name, "end", "label"))
        rows.append(f'<rect x="{a:.1f}" y="{y + 2:.1f}" width="{max(0.8, b - a):.1f}" height="{ROW - 5:.1f}" class="{kind}"/>')
        rows.append(line(x(steps[n + 1]), y + 2, x(steps[n + 1]), y + ROW + 2, "grid"))
        rows.append(text(WIDTH - RIGHT, y + 11, _signed(bar.mean * scale, small), "end", "tick"))
        y += ROW
    rows.append(_level("end", end * scale, x, y, small))
    return svg(y + ROW + 14, "".join(rows) + text(NAMES, y + ROW + 10, unit, "start", "unit"), title)


def _level(name: str, value: float, x: Scale, y: float, small: bool) -> str:
    place, said = x(value), f"{value:.3f}" if small else number(value)
    words = text(NAMES - 6, y + 11, name, "end", "label strong") + text(WIDTH - RIGHT, y + 11, said, "end", "tick strong")
    return words + line(place, y, place, y + ROW - 2, "mark")


def forest(title: str, unit: str, estimates: Sequence[Estimate], scale: float = 1.0) -> str:
    """Means with their intervals, one a row, around zero.

    Parameters
    ----------
    title, unit
        What is shown.
    estimates
        Rows.
    scale
        By which all is multiplied to be shown.

    Returns
    -------
    str
        SVG.
    """
    values = [v * scale for e in estimates for v in (e.mean, e.low, e.high)]
    x = Scale(*extent(values, zero=True), NAMES, WIDTH - RIGHT - 50)
    bottom = TOP + ROW * len(estimates)
    small = max((abs(v) for v in values if math.isfinite(v)), default=1.0) < 0.5
    rows = [line(x(0.0), TOP - 2, x(0.0), bottom + 2, "zero")]
    for n, e in enumerate(estimates):
        y = TOP + ROW * n + 8
        rows.append(text(NAMES - 6, y + 4, e.name, "end", "label"))
        if math.isfinite(e.low):
            rows.append(line(x(e.low * scale), y, x(e.high * scale), y, "whisker"))
        if math.isfinite(e.mean):
            clear = math.isfinite(e.low) and (e.low > 0.0 or e.high < 0.0)
            rows.append(f'<circle cx="{x(e.mean * scale):.1f}" cy="{y:.1f}" r="3.4" class="{"dot" if clear else "dot open"}"/>')
        rows.append(text(WIDTH - RIGHT, y + 4, _signed(e.mean * scale, small), "end", "tick"))
    few = next((n for n in (3, 4, 6) if len(ticks(x.low, x.high, n)) > 1), 8)  # one tick alone gives no scale
    step = nice_step(x.high - x.low, few)
    rows += [text(x(v), bottom + 14, number(v, step), "middle", "tick") for v in ticks(x.low, x.high, few)]
    return svg(bottom + BOTTOM + 14, "".join(rows) + text(NAMES, bottom + 28, unit, "start", "unit"), title)


def histogram(title: str, unit: str, values: NDArray[np.float64], marks: Sequence[tuple[str, float]] = (), bins: int = 24) -> str:
    """How values are spread, with named marks; the outer hundredths are drawn at the ends.

    Parameters
    ----------
    title, unit
        What is shown.
    values
        All of them.
    marks
        Name and place of lines across.
    bins
        Columns.

    Returns
    -------
    str
        SVG.
    """
    known, marks = values[np.isfinite(values)], [(name, place) for name, place in marks if math.isfinite(place)]
    if known.size == 0:
        return svg(60, text(20, 34, "nothing to show", "start", "label"), title)
    low, high = np.quantile(known, [0.01, 0.99]) if known.size > 10 else (known.min(), known.max())
    low, high = min(low, *(m for _, m in marks)) if marks else low, max(high, *(m for _, m in marks)) if marks else high
    air = max(0.02 * (high - low), 0.02 * max(abs(low), abs(high)), 1e-9)  # nearly equal values stay one column
    low, high = low - air, high + air
    counts, edges = np.histogram(np.clip(known, low, high), bins, (low, high))
    x, height = Scale(low, high, 20, WIDTH - RIGHT - 8), 110.0
    rows, bottom = [], TOP + 26 + height
    for n, count in enumerate(counts):
        tall = height * count / counts.max()
        wide = x(edges[n + 1]) - x(edges[n]) - 1
        corner = f'x="{x(edges[n]):.1f}" y="{bottom - tall:.1f}"'
        rows.append(f'<rect {corner} width="{wide:.1f}" height="{tall:.1f}" class="column"/>')
    for n, (name, place) in enumerate(sorted(marks, key=lambda mark: mark[1])):
        side = -3 if (n < len(marks) - 1 and x(place) > 0.2 * WIDTH) or x(place) > 0.8 * WIDTH else 3  # names on the outer sides
        rows += [
            line(x(place), TOP + 4, x(place), bottom, "mark"),
            text(x(place) + side, TOP + 6 + 11 * (n % 2), name, "start" if side > 0 else "end", "tick strong"),
        ]
    step = nice_step(high - low, 6)
    rows += [text(x(v), bottom + 12, number(v, step), "middle", "tick") for v in ticks(low, high, 6)]
    return svg(bottom + 32, "".join(rows) + text(20, bottom + 27, unit, "start", "unit"), title)


def _signed(value: float, small: bool) -> str:
    """An amount; with three digits where all are small."""
    if not math.isfinite(value):
        return "-"
    return f"{value:+.3f}" if small else f"{value:+.2f}" if abs(value) < 10 else f"{value:+,.0f}"
