"""Outcomes of points: the mean over a point's replications, how they spread, and which points count as missing."""

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
    within: Numbers  # P, variance across replications; NaN below two
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
    parts: dict[str, list[tuple[Numbers, Numbers, NDArray[np.int64]]]] = {name: [] for name in outcomes}
    for first in range(0, study.points, WINDOW):
        size = min(WINDOW, study.points - first)
        rows = store.rows(first, first + size, outcomes)
        point = rows["point"].to_numpy() - first
        for name in outcomes:
            parts[name].append(_moments(point, rows[name].to_numpy(), size))
    joined = {name: [np.concatenate(column) for column in zip(*found, strict=True)] for name, found in parts.items()}
    return {name: Means(name, *columns) for name, columns in joined.items()}  # type: ignore[arg-type]


def _moments(point: NDArray[np.int64], values: Numbers, size: int) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    known = np.isfinite(values)
    place, found = point[known], values[known]
    count = np.bincount(place, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, np.bincount(place, found, size) / count, np.nan)
        squares = np.bincount(place, (found - mean[place]) ** 2, size)
        within = np.where(count > 1, squares / (count - 1), np.nan)
    return mean, within, count


def runs_of(store: Store, study: Study, columns: list[str]) -> pa.Table:
    """Some columns of all runs."""
    return store.rows(0, study.points, columns)
