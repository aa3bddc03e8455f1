"""Levels over time with bands across replications, and beneath them the differences with their zero line."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.report.charts.frame import (
    BOTTOM,
    DASHES,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    area,
    extent,
    line,
    month_axis,
    path,
    svg,
    text,
    y_axis,
)

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)  # 90 % band, 50 % band, median


class Bands(NamedTuple):
    """One scenario's paths over replications."""

    name: str
    quantiles: NDArray[np.float64]  # 5 x T, of the levels
    difference: NDArray[np.float64] | None = None  # 5 x T, of the paired differences from the baseline


def quantiles_of(paths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles across replications of paths R x T, 5 x T; NaN where no replication is known."""
    out = np.full((len(QUANTILES), paths.shape[1]), np.nan)
    known = np.isfinite(paths).any(axis=0)
    if known.any():
        out[:, known] = np.nanquantile(paths[:, known], QUANTILES, axis=0)
    return out


def band_chart(title: str, unit: str, months: Sequence[int], bands: Sequence[Bands], change: str = "difference") -> str:
    """Median with 50 and 90 % bands, the first scenario in grey; differences from it beneath.

    Parameters
    ----------
    title, unit
        What is shown.
    months
        Months after burn-in, T.
    bands
        The baseline first.
    change
        What the lower panel is called.

    Returns
    -------
    str
        SVG.
    """
    others = [(n, b) for n, b in enumerate(bands) if b.difference is not None]
    upper, lower = 150.0, 96.0 if others else 0.0
    height = TOP + upper + (lower + 26 if others else 0) + BOTTOM
    x = Scale(months[0], months[-1], LEFT, WIDTH - RIGHT)
    xs = [x(m) for m in months]
    y = Scale(*extent([v for b in bands for v in b.quantiles.ravel()]), TOP + upper, TOP)
    parts = [y_axis(y), text(LEFT, TOP - 4, unit, "start", "unit"), line(LEFT, TOP + upper, WIDTH - RIGHT, TOP + upper)]
    parts += [_drawn(n, b.quantiles, xs, y, len(bands) <= 3) for n, b in enumerate(bands)]
    parts.append(month_axis(x, TOP + upper))
    if others:
        top = TOP + upper + 30
        d = Scale(
            *extent([float(v) for _, b in others if b.difference is not None for v in b.difference.ravel()], zero=True),
            top + lower - 8,
            top,
        )
        parts += [y_axis(d, 3), text(LEFT, top - 4, change, "start", "unit")]
        parts += [_drawn(n, b.difference, xs, d, len(others) <= 2) for n, b in others if b.difference is not None]
        parts.append(month_axis(x, top + lower - 8))
    return svg(height, "".join(parts), title, f"{unit}; {', '.join(b.name for b in bands)}")


def _drawn(n: int, q: NDArray[np.float64], xs: Sequence[float], y: Scale, with_bands: bool) -> str:
    rows = [[y(v) for v in row] for row in q]
    dash = DASHES[n % len(DASHES)]
    bands = area(xs, rows[0], rows[4], f"band90 fill{n}") + area(xs, rows[1], rows[3], f"band50 fill{n}") if with_bands else ""
    return bands + path(xs, rows[2], f"median line{n}", dash)


def legend(names: Sequence[str]) -> str:
    """What the lines mean, once for many charts."""
    items = []
    for n, name in enumerate(names):
        drawn = path([1, 25], [4, 4], f"median line{n}", DASHES[n % len(DASHES)])
        key = f'<svg viewBox="0 0 26 8" class="key" aria-hidden="true">{drawn}</svg>'
        items.append(f"<span>{key}{escape(name)}</span>")
    return f'<p class="legend">{"".join(items)}</p>'
