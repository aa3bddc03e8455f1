"""Interaction plots: the mean outcome along one factor, a line for each part of another; lines that are not parallel interact."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps import designs
from experiments.sweeps.means import Means
from experiments.sweeps.regime_map import binned
from experiments.sweeps.study import Study
from sim.observe.evidence import half_width

LINES = 3  # parts of the second factor, where it has many values
FEWEST = 4  # samples, trajectories or points for an interval


class Interaction(NamedTuple):
    """Means of an outcome over the parts of two factors."""

    outcome: str
    along: str
    by: str
    parts: tuple[str, ...]  # of ``along``
    lines: tuple[str, ...]  # parts of ``by``
    mean: NDArray[np.float64]  # lines x parts, NaN where there is no point
    half: NDArray[np.float64]  # half of the interval, NaN where it cannot be had
    points: NDArray[np.int64]
    bars: str  # what the intervals are of


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
        A few values each by itself; else ranges in five parts along, three parts for the lines.  Intervals are across the base
        samples or trajectories, whose points are not independent, or across points; on a grid, where the other factors
        are the same in all cells, they are of what is left of chance in the means.
    """
    names = [f.name for f in study.factors]
    x, parts = binned(study.factors[names.index(along)], u[:, names.index(along)])
    y, lines = binned(study.factors[names.index(by)], u[:, names.index(by)], LINES)
    shape = (len(lines), len(parts))
    mean, half, points = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, np.int64)
    group = np.arange(len(u)) // designs.block(study.design, study.factors)
    confidence, grid = study.analysis.confidence, study.design.kind == "grid"
    for i in range(shape[0]):
        for j in range(shape[1]):
            here = ~found.missing & (y == i) & (x == j)
            values = found.mean[here]
            points[i, j] = len(values)
            if len(values):
                mean[i, j] = values.mean()
                half[i, j] = _chance(found, here, confidence) if grid else _across(values, group[here], confidence)
    kind = {"saltelli": "across samples", "morris": "across trajectories", "grid": "of chance between replications"}
    bars = f"{100 * confidence:g} % intervals {kind.get(study.design.kind, 'across points')}"
    return Interaction(found.outcome, along, by, parts, lines, mean, half, points, bars)


def _across(values: NDArray[np.float64], group: NDArray[np.int64], confidence: float) -> float:
    """Half an interval of a mean of points in groups, by the groups' sums of deviations; for single points the usual one."""
    beyond = np.bincount(np.unique(group, return_inverse=True)[1], values - values.mean())
    groups = len(beyond)
    if groups < FEWEST:
        return math.nan
    return half_width(groups / len(values) * math.sqrt(float(beyond @ beyond) / (groups - 1)), groups, confidence)


def _chance(found: Means, here: NDArray[np.bool_], confidence: float) -> float:
    """Half an interval of a mean of points whose factors are as meant, each with its own chance."""
    freedom = int((found.runs[here] - 1).sum())
    error = math.sqrt(float((found.within[here] / found.runs[here]).sum())) / here.sum()
    return half_width(error * math.sqrt(freedom + 1), freedom + 1, confidence)


def main_effects(study: Study, found: Means, u: NDArray[np.float64]) -> dict[str, float]:
    """Variance of the mean outcome along each factor, by values or parts; to choose what to show where there are no indices."""
    known = ~found.missing
    out = {}
    for n, factor in enumerate(study.factors):
        place = binned(factor, u[:, n])[0][known]
        count = np.maximum(1, np.bincount(place))
        mean = np.bincount(place, found.mean[known]) / count
        out[factor.name] = float(np.var(mean[place])) if known.any() else 0.0
    return out
