"""Factors: what a study varies, uncertainties of the world and levers that are ours, and where their values come from.

A design places points in the unit cube, one coordinate a factor; a factor turns a coordinate into a value by its quantile
function, so that any design serves any distribution.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

DISTRIBUTIONS = ("uniform", "log_uniform", "normal", "triangular")
UNCERTAINTY, LEVER = "uncertainty", "lever"


class Factor(NamedTuple):
    """One dimension of a study.

    Either ``values``, each a mapping of keys to settings when the factor comes from a file of rows, or a distribution
    between ``low`` and ``high``.
    """

    name: str  # a key, or what a file of rows is called
    role: str  # uncertainty or lever
    values: tuple[Any, ...] = ()
    distribution: str = "uniform"
    low: float = 0.0
    high: float = 1.0
    mean: float = 0.0  # of a normal
    sd: float = 1.0  # of a normal
    mode: float = 0.0  # of a triangular
    whole: bool = False
    nominal: Any = None  # value where others vary, None for the middle

    @property
    def levels(self) -> int:
        """How many values it can take, 0 where they are a range."""
        return len(self.values)

    def value(self, u: float) -> Any:
        """The value at a coordinate from 0 to 1."""
        if self.values:
            return self.values[self.position(u)]
        if self.whole:
            return int(min(self.high, math.floor(self.low + u * (self.high - self.low + 1.0))))
        return float(min(self.high, max(self.low, self._quantile(u))))

    def position(self, u: float) -> int:
        """The number, from 0, of the listed value at a coordinate."""
        return min(len(self.values) - 1, int(u * len(self.values)))

    def _quantile(self, u: float) -> float:
        if self.distribution == "uniform":
            return self.low + u * (self.high - self.low)
        if self.distribution == "log_uniform":
            return self.low * (self.high / self.low) ** u
        if self.distribution == "triangular":
            return _triangular(u, self.low, self.mode, self.high)
        from scipy.special import ndtr, ndtri

        first, last = ndtr((self.low - self.mean) / self.sd), ndtr((self.high - self.mean) / self.sd)
        return self.mean + self.sd * float(ndtri(first + u * (last - first)))

    def settings(self, value: Any) -> dict[str, Any]:
        """What a value sets: itself at the factor's key, or all keys of its row."""
        return dict(value) if isinstance(value, Mapping) else {self.name: value}

    def label(self, value: Any) -> Any:
        """A value as a table shows it; a row of a file by its number from 1."""
        return self.values.index(value) + 1 if isinstance(value, Mapping) else value

    def evenly(self, levels: int) -> NDArray[np.float64]:
        """Coordinates of so many values, evenly over the range; all the listed ones where there is a list."""
        if self.values:
            return (np.arange(len(self.values)) + 0.5) / len(self.values)
        if levels == 1:
            return np.array([0.5])
        if self.whole:
            most = int(self.high - self.low) + 1
            chosen = np.unique(np.round(np.linspace(0, most - 1, min(levels, most))))
            return (chosen + 0.5) / most
        return np.linspace(0.0, 1.0, levels)

    def coordinate(self, value: Any) -> float:
        """A coordinate at which the factor has this value, for ranges the nearest (by bisection)."""
        if self.values:
            return (self.values.index(value) + 0.5) / len(self.values)
        if self.whole:
            return (float(value) - self.low + 0.5) / (self.high - self.low + 1.0)
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._quantile(middle) < value else (low, middle)
        return 0.5 * (low + high)


def _triangular(u: float, low: float, mode: float, high: float) -> float:
    """Quantile of the triangular distribution."""
    cut = (mode - low) / (high - low)
    if u < cut:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))
