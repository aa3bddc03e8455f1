"""Outcomes of points: the mean over a point's replications, how they spread, and which points count as missing.

With paired chance a replication is the same draw at every point.  What it adds to a point's outcome is then common to all
points, and a point that lacks some replications, since they failed or since adaptive points differ in number, would be
shifted against the others.  So outcomes are taken as ``point + replication + rest``, fitted by least squares, which is
unbiased also where runs are missing; a point's mean is what it would be with all replications.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.sweeps.store import Store
from experiments.sweeps.study import Study

WINDOW = 2_000  # points read at a time
MOST_FITTED = 1_000  # replications; with more, what one of them adds hardly matters, and a first approximation does

Numbers = NDArray[np.float64]


class Means(NamedTuple):
    """One outcome over all points, in their order; NaN where no replication of a point defines it."""

    outcome: str
    mean: Numbers  # P; with paired chance as if the point had all replications
    within: Numbers  # P, variance across replications, less what paired replications share; NaN below two
    runs: NDArray[np.int64]  # P, replications that define it
    partial: int = 0  # points with a value that lack some of the replications that they were given
    waiting: NDArray[np.bool_] = np.zeros(0, np.bool_)  # P, points of which no run has ended; may be empty when there are none

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Points without a value."""
        return ~np.isfinite(self.mean)

    @property
    def by_chance(self) -> float:
        """Share of the variance between points that is chance which more replications would remove; NaN when not known."""
        known = np.isfinite(self.mean) & np.isfinite(self.within)
        total = float(np.var(self.mean[known], ddof=1)) if known.sum() > 1 else 0.0
        return float(np.mean(self.within[known] / self.runs[known]) / total) if total > 0.0 else np.nan


def means_of(study: Study, store: Store, outcomes: tuple[str, ...]) -> dict[str, Means]:
    """The outcomes of all points; runs that failed or are not finished are left out.

    Parameters
    ----------
    study
        As it goes on in its folder.
    store
        Its runs.
    outcomes
        Names.

    Returns
    -------
    dict
        By outcome.
    """
    size = _given(study, store)
    common = _effects(study, store, outcomes, int(size.max(initial=0))) if study.replications.paired else {}
    parts: dict[str, list[tuple[Numbers, Numbers, NDArray[np.int64]]]] = {name: [] for name in outcomes}
    for first, points, rows in _windows(study, store, outcomes):
        point = rows["point"].to_numpy() - first
        replication = rows["replication"].to_numpy()
        for name in outcomes:
            values = rows[name].to_numpy()
            shared = common[name][replication] if common else np.zeros(len(values))
            parts[name].append(_moments(point, values, shared, points))
    out = {}
    for name, found in parts.items():
        mean, within, runs = (np.concatenate(column) for column in zip(*found, strict=True))
        partial = (runs > 0) & (runs < np.maximum(size, study.replications.least))
        out[name] = Means(name, mean, within, runs, int(partial.sum()), size == 0)  # type: ignore[arg-type]
    return out


def _given(study: Study, store: Store) -> NDArray[np.int64]:
    """How many replications each point was given, whether they failed or not."""
    out = np.zeros(study.points, np.int64)
    for manifest in store.manifests():
        for point, replication in [*manifest.done, *((f["point"], f["replication"]) for f in manifest.failed)]:
            if point < study.points:
                out[point] = max(out[point], replication + 1)
    return out


def _windows(study: Study, store: Store, outcomes: tuple[str, ...]) -> Iterator[tuple[int, int, pa.Table]]:
    """First point, points and rows of each part of the design."""
    for first in range(0, study.points, WINDOW):
        size = min(WINDOW, study.points - first)
        yield first, size, store.rows(first, first + size, outcomes)


def _effects(study: Study, store: Store, outcomes: tuple[str, ...], most: int) -> dict[str, Numbers]:
    """What each replication adds to the outcomes of points, 0 on average: the normal equations, with points eliminated."""
    size = most if most <= MOST_FITTED else 0
    left = {name: np.zeros((size, size)) for name in outcomes}
    right = {name: np.zeros((2, most)) for name in outcomes}  # sum of what is beyond the points' means; how often
    for first, points, rows in _windows(study, store, outcomes):
        table = rows.to_pandas()
        for name in outcomes:
            known = table[np.isfinite(table[name])]
            place, replication, values = known["point"] - first, known["replication"], known[name]
            count = np.bincount(place, minlength=points)
            beyond = values - (np.bincount(place, values, points) / np.maximum(1, count))[place]
            right[name] += np.bincount(replication, beyond, most), np.bincount(replication, minlength=most)
            if size:
                here = np.zeros((points, size), np.bool_)
                here[place, replication] = True
                patterns, often = np.unique(here[count > 0], axis=0, return_counts=True)
                shares = patterns * (often / patterns.sum(axis=1))[:, None]
                left[name] += np.diag(often @ patterns) - shares.T @ patterns
    fitted = {name: np.linalg.lstsq(left[name], right[name][0])[0] for name in outcomes} if size else {}
    return {name: fitted.get(name, total / np.maximum(1.0, often)) for name, (total, often) in right.items()}


def _moments(point: NDArray[np.int64], values: Numbers, shared: Numbers, size: int) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """Mean and variance without what replications share, and number of values, by point."""
    known = np.isfinite(values)
    place, own = point[known], (values - shared)[known]
    count = np.bincount(place, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, np.bincount(place, own, size) / count, np.nan)
        squares = np.bincount(place, (own - mean[place]) ** 2, size)
        within = np.where(count > 1, squares / (count - 1), np.nan)
    return mean, within, count
