"""Interaction plots: the mean outcome along one factor, a line for each part of another; lines that are not parallel interact."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.means import Means
from experiments.sweeps.regime_map import binned
from experiments.sweeps.study import Study
from sim.observe.evidence import half_width

LINES = 3  # parts of the second factor


class Interaction(NamedTuple):
    """Means of an outcome over the parts of two factors."""

    outcome: str
    along: str
    by: str
    parts: tuple[str, ...]  # of ``along``
    lines: tuple[str, ...]  # parts of ``by``
    mean: NDArray[np.float64]  # lines x parts, NaN where there is no point
    half: NDArray[np.float64]  # half of the 95 % interval across points, NaN below two
    points: NDArray[np.int64]


def interaction(study: Study, found: Means, u: NDArray[np.float64], along: str, by: str) -> Interaction:
    """The means of an outcome over two factors, the others as the design spreads them.

    Parameters
    ----------
    study
        Gives the factors.
    found
        Means by point.
    u : array, P x factors
        Coordinates of the points.
    along, by
        Names of factors.

    Returns
    -------
    Interaction
        Ranges in five parts along, three parts for the lines.
    """
    names = [f.name for f in study.factors]
    x, parts = binned(study.factors[names.index(along)], u[:, names.index(along)])
    y, lines = _thirds(study, u, by)
    shape = (len(lines), len(parts))
    mean, half, points = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, np.int64)
    known = ~found.missing
    for i in range(shape[0]):
        for j in range(shape[1]):
            values = found.mean[known & (y == i) & (x == j)]
            points[i, j] = len(values)
            if len(values):
                mean[i, j] = values.mean()
            if len(values) > 1:
                half[i, j] = half_width(float(values.std(ddof=1)), len(values))
    return Interaction(found.outcome, along, by, parts, lines, mean, half, points)


def _thirds(study: Study, u: NDArray[np.float64], name: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Low, middle and high part of a range; the values of a short list."""
    n = next(n for n, f in enumerate(study.factors) if f.name == name)
    factor = study.factors[n]
    if factor.values:
        return binned(factor, u[:, n])
    ends = [float(factor.value(k / LINES)) for k in range(LINES + 1)]
    place = np.minimum(LINES - 1, (u[:, n] * LINES).astype(np.int64))
    return place, tuple(f"{a:.3g} to {b:.3g}" for a, b in pairwise(ends))
