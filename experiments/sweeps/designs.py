"""Designs: which points of the unit cube a study runs, one coordinate a factor.

``points(design, factors, first, last)`` gives rows of one fixed sequence: a longer study begins with the rows of a
shorter one, bit for bit, which is what makes ``--extend`` possible.  The grid, the Latin hypercube and the points of a
file have a fixed number of rows.

References
----------
A. Saltelli, "Making best use of model evaluations to compute sensitivity indices", Comput. Phys. Commun. 145 (2002).
M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991).
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.factors import Factor

Points = NDArray[np.float64]  # n x factors, 0..1

KINDS = ("grid", "lhs", "sobol", "morris", "saltelli", "one_at_a_time", "random", "csv")
MOST_POINTS = 50_000_000


class Design(NamedTuple):
    """How points are chosen."""

    kind: str
    samples: int = 0  # points, base samples of a Saltelli design, trajectories of Morris
    levels: int = 4  # values a factor, of grid, Morris and one-at-a-time
    seed: int = 1
    second_order: bool = False  # whether a Saltelli design also serves indices of second order
    file: str = ""
    rows: tuple[tuple[float, ...], ...] = ()  # coordinates of the points of a file

    @property
    def extensible(self) -> bool:
        """Whether a longer design begins with the points of a shorter one."""
        return self.kind in ("sobol", "random", "saltelli", "morris")


def block(design: Design, factors: Sequence[Factor]) -> int:
    """How many points belong together: a base sample's of a Saltelli design, a trajectory's of Morris; else 1."""
    d = len(factors)
    if design.kind == "saltelli":
        return 2 * d + 2 if design.second_order else d + 2
    return d + 1 if design.kind == "morris" else 1


def total(design: Design, factors: Sequence[Factor]) -> int:
    """Points in all."""
    if design.kind == "grid":
        return math.prod(len(f.evenly(design.levels)) for f in factors)
    if design.kind == "one_at_a_time":
        return 1 + sum(len(f.evenly(design.levels)) for f in factors)
    if design.kind == "csv":
        return len(design.rows)
    return design.samples * block(design, factors)


def points(design: Design, factors: Sequence[Factor], first: int = 0, last: int | None = None) -> Points:
    """Rows ``first`` to before ``last`` of a design.

    Parameters
    ----------
    design
        How points are chosen.
    factors
        One a column.
    first, last
        The rows; all when left out.

    Returns
    -------
    array, rows x factors
        Coordinates, 0..1.
    """
    last = total(design, factors) if last is None else last
    size = block(design, factors)
    start = first // size
    rows = _SAMPLERS[design.kind](design, factors, start, -(-last // size))
    return rows[first - start * size : last - start * size]


def _grid(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    """The last factor varies fastest."""
    axes = [f.evenly(design.levels) for f in factors]
    places = np.unravel_index(np.arange(first, last), [len(a) for a in axes])
    return np.column_stack([axis[place] for axis, place in zip(axes, places, strict=True)])


def _one_at_a_time(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    """The nominal point, then each factor over its values with the others nominal."""
    nominal = np.array([0.5 if f.nominal is None else f.coordinate(f.nominal) for f in factors])
    rows = [nominal]
    for n, factor in enumerate(factors):
        for u in factor.evenly(design.levels):
            row = nominal.copy()
            row[n] = u
            rows.append(row)
    return np.array(rows)[first:last]


def _given(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    return np.array(design.rows, np.float64).reshape(len(design.rows), len(factors))[first:last]


def _lhs(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    from scipy.stats import qmc

    return qmc.LatinHypercube(len(factors), rng=np.random.default_rng(design.seed)).random(design.samples)[first:last]


def _random(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    """Each point of its own stream, so that it does not depend on how many there are."""
    rows = [np.random.default_rng([design.seed, n]).random(len(factors)) for n in range(first, last)]
    return np.array(rows).reshape(last - first, len(factors))


def _sequence(dimensions: int, seed: int, first: int, last: int) -> Points:
    """Part of a scrambled Sobol' sequence."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed), bits=30)
    if first:
        sequence.fast_forward(first)
    parts, left = [], last - first
    while left:  # powers of two, for which the sequence does not complain
        size = 1 << (left.bit_length() - 1)
        parts.append(_quietly(sequence.random, size))
        left -= size
    return np.concatenate(parts) if parts else np.empty((0, dimensions))


def _quietly(draw: Callable[[int], Points], size: int) -> Points:
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The balance properties")
        return draw(size)


def _sobol(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    return _sequence(len(factors), design.seed, first, last)


def _saltelli(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    """For each base sample A, A with each column from B, with ``second_order`` also B with each from A, and B."""
    d = len(factors)
    base = _sequence(2 * d, design.seed, first, last)
    a, b = base[:, :d], base[:, d:]
    crossed = [_crossed(a, b, n) for n in range(d)]
    if design.second_order:
        crossed += [_crossed(b, a, n) for n in range(d)]
    return np.stack([a, *crossed, b], axis=1).reshape(-1, d)


def _crossed(one: Points, other: Points, column: int) -> Points:
    out = one.copy()
    out[:, column] = other[:, column]
    return out


def _morris(design: Design, factors: Sequence[Factor], first: int, last: int) -> Points:
    """Trajectories on a grid of an even number of levels; each step moves one factor by half of the range or a little more."""
    d, levels = len(factors), design.levels
    step = levels / (2.0 * (levels - 1.0))
    rows = []
    for n in range(first, last):
        chance = np.random.default_rng([design.seed, n])
        low = chance.integers(0, levels // 2, d) / (levels - 1.0)
        up = chance.random(d) < 0.5  # whether the factor is raised or lowered
        now = np.where(up, low, low + step)
        rows.append(now.copy())
        for column in chance.permutation(d):
            now[column] += step if up[column] else -step
            rows.append(now.copy())
    return np.clip(np.array(rows).reshape(-1, d), 0.0, 1.0)


_SAMPLERS: dict[str, Callable[[Design, Sequence[Factor], int, int], Points]] = {
    "grid": _grid, "lhs": _lhs, "sobol": _sobol, "morris": _morris, "saltelli": _saltelli, "one_at_a_time": _one_at_a_time,
    "random": _random, "csv": _given,
}  # fmt: skip
