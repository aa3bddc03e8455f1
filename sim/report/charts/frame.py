"""The frame of a chart: scales, ticks, axes, text."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH = 400.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 8.0, 14.0, 20.0
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")


class Scale(NamedTuple):
    """A linear map from data to the page."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Place of a value."""
        span = self.high - self.low
        return self.start + (value - self.low) / span * (self.end - self.start) if span else 0.5 * (self.start + self.end)


def nice_step(span: float, ticks: int = 4) -> float:
    """A step of 1, 2 or 5 times a power of ten that gives about so many ticks."""
    if not span > 0.0 or not math.isfinite(span):
        return 1.0
    raw = span / max(1, ticks)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * 0.999)


def extent(values: Sequence[float], zero: bool = False) -> tuple[float, float]:
    """Lowest and highest known value with a little air; around zero where asked or where nothing is known."""
    known = [v for v in values if math.isfinite(v)] + ([0.0] if zero else [])
    if not known:
        return -1.0, 1.0
    low, high = min(known), max(known)
    air = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - air, high + air


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round values within an extent."""
    step = nice_step(high - low, count)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def number(value: float, step: float | None = None) -> str:
    """A number as short as its step, or three figures, allow."""
    if not math.isfinite(value):
        return "-"
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.3g} m"
    if abs(value) >= 1e4:
        return f"{value / 1e3:,.3g} k"
    if step is not None and step < 5e-7:
        return f"{value:.0e}" if abs(value) > step / 2 else "0"
    if step is not None:
        digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
        return f"{value + 0.0:,.{digits}f}" if round(value, digits) else "0"
    return f"{value:,.3g}"


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    """Words at a place."""
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def path(xs: Sequence[float], ys: Sequence[float], kind: str, dash: str = "") -> str:
    """A line through the known points, broken where one is not known."""
    parts, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if math.isfinite(y):
            parts.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        else:
            pen = "M"
    style = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{"".join(parts)}" class="{kind}"{style}/>' if parts else ""


def area(xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], kind: str) -> str:
    """A band between two lines, over the known points."""
    known = [(x, a, b) for x, a, b in zip(xs, lows, highs, strict=True) if math.isfinite(a) and math.isfinite(b)]
    if len(known) < 2:
        return ""
    there = "L".join(f"{x:.1f} {b:.1f}" for x, _, b in known)
    back = "L".join(f"{x:.1f} {a:.1f}" for x, a, _ in reversed(known))
    return f'<path d="M{there}L{back}Z" class="{kind}"/>'


def y_axis(scale: Scale, count: int = 4) -> str:
    """Grid lines with their values at the left."""
    values = ticks(scale.low, scale.high, count)
    step = values[1] - values[0] if len(values) > 1 else None
    out = []
    for value in values:
        y = scale(value)
        kind = "zero" if abs(value) < 1e-12 else "grid"
        out += [line(LEFT, y, WIDTH - RIGHT, y, kind), text(LEFT - 4, y + 3.5, number(value, step), "end", "tick")]
    return "".join(out)


def month_axis(scale: Scale, y: float, label: bool = True) -> str:
    """Ticks each year or so, in months after burn-in."""
    step = 12 * max(1, round((scale.high - scale.low) / 12 / 5))
    first = math.ceil(scale.low / step) * step
    room = WIDTH - RIGHT - 52.0 if label else WIDTH  # where the word would be written over
    shown = [m for m in range(int(first), int(scale.high) + 1, int(step)) if scale(m) <= room]
    out = [text(scale(m), y + 12, f"{m:.0f}", "middle", "tick") for m in shown]
    out.append(text(WIDTH - RIGHT, y + 12, "month", "end", "tick") if label else "")
    return "".join(out)


def svg(height: float, content: str, title: str, description: str = "") -> str:
    """The whole chart, with words for those who cannot see it."""
    said = f"<title>{escape(title)}</title>" + (f"<desc>{escape(description)}</desc>" if description else "")
    return f'<svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" class="chart">{said}{content}</svg>'
