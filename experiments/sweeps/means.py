"""Outcomes of points: the mean over a point's replications, how they spread, and which points count as missing."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.sweeps.store import Store
from experiments.sweeps.study import Study

WINDOW = 2_000  # points read at a time

Numbers = NDArray[np.float64]


class Means(NamedTuple):
    """One outcome over all points, in their order; NaN where no replication of a point defines it."""

    outcome: str
    mean: Numbers  # P
    within: Numbers  # P, variance across replications, less what paired replications share; NaN below two
    runs: NDArray[np.int64]  # P, replications that define it

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
    common = _effects(study, store, outcomes) if study.replications.paired else {}
    parts: dict[str, list[tuple[Numbers, Numbers, NDArray[np.int64]]]] = {name: [] for name in outcomes}
    for first, size, rows in _windows(study, store, outcomes):
        point = rows["point"].to_numpy() - first
        replication = rows["replication"].to_numpy()
        for name in outcomes:
            values = rows[name].to_numpy()
            shared = common[name][replication] if common else np.zeros(len(values))
            parts[name].append(_moments(point, values, shared, size))
    joined = {name: [np.concatenate(column) for column in zip(*found, strict=True)] for name, found in parts.items()}
    return {name: Means(name, *columns) for name, columns in joined.items()}  # type: ignore[arg-type]


def _windows(study: Study, store: Store, outcomes: tuple[str, ...]) -> Iterator[tuple[int, int, pa.Table]]:
    """First point, points and rows of each part of the design."""
    for first in range(0, study.points, WINDOW):
        size = min(WINDOW, study.points - first)
        yield first, size, store.rows(first, first + size, outcomes)


def _effects(study: Study, store: Store, outcomes: tuple[str, ...]) -> dict[str, Numbers]:
    """What each replication has more than the mean at all points: with paired chance it does not blur differences of points."""
    sums = {name: np.zeros((2, study.replications.most)) for name in outcomes}
    for _, _, rows in _windows(study, store, outcomes):
        replication = rows["replication"].to_numpy()
        for name in outcomes:
            values = rows[name].to_numpy()
            known = np.isfinite(values) & (replication < study.replications.most)
            sums[name][0] += np.bincount(replication[known], values[known], study.replications.most)
            sums[name][1] += np.bincount(replication[known], minlength=study.replications.most)
    out = {}
    for name, (total, count) in sums.items():
        mean = total / np.maximum(1.0, count)
        out[name] = np.where(count > 0, mean - total.sum() / max(1.0, count.sum()), 0.0)
    return out


def _moments(point: NDArray[np.int64], values: Numbers, shared: Numbers, size: int) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """Mean, variance without what replications share, and number of values, by point."""
    known = np.isfinite(values)
    place, found, common = point[known], values[known], shared[known]
    count = np.bincount(place, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, np.bincount(place, found, size) / count, np.nan)
        own = found - common
        centre = np.bincount(place, own, size) / count
        squares = np.bincount(place, (own - centre[place]) ** 2, size)
        within = np.where(count > 1, squares / (count - 1), np.nan)
    return mean, within, count
