"""The points of a study by number: coordinates, values, settings; made in blocks, never all at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps import designs
from experiments.sweeps.study import Study

ROWS = 4_096  # points held at a time


class Grid:
    """The points of a study.

    Parameters
    ----------
    study
        Whose design and factors.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._first = 0
        self._rows: NDArray[np.float64] = np.empty((0, len(study.factors)))
        self._nominal = [None if f.nominal is None else (f.coordinate(f.nominal), f.nominal) for f in study.factors]
        fixed = study.design.kind in ("lhs", "one_at_a_time", "csv")  # these are made whole in any case
        self._size = study.points if fixed else ROWS

    def coordinates(self, point: int) -> NDArray[np.float64]:
        """Coordinates of a point, one a factor, 0..1."""
        if not self._first <= point < self._first + len(self._rows):
            self._first = point - point % max(1, self._size)
            last = min(self.study.points, self._first + self._size)
            self._rows = designs.points(self.study.design, self.study.factors, self._first, last)
        return self._rows[point - self._first]

    def values(self, point: int) -> list[Any]:
        """Values of a point, one a factor; a nominal value is met exactly."""
        out = []
        for u, factor, nominal in zip(self.coordinates(point), self.study.factors, self._nominal, strict=True):
            out.append(nominal[1] if nominal is not None and u == nominal[0] else factor.value(float(u)))
        return out

    def settings(self, point: int) -> dict[str, Any]:
        """What a point sets, by key."""
        out: dict[str, Any] = {}
        for factor, value in zip(self.study.factors, self.values(point), strict=True):
            out |= factor.settings(value)
        return out

    def labels(self, point: int) -> dict[str, Any]:
        """Values of a point as a table shows them, by factor."""
        return {f.name: f.label(v) for f, v in zip(self.study.factors, self.values(point), strict=True)}
