"""The regime map: over two factors, the share of the runs in each regime.

Networks grow, stabilise or decline; loyalty to the focal vendor strengthens, holds or erodes.  Each run is judged by
itself, by the rules of ``sim.verdict`` with its estimate in the place of an interval: outside the margin is above or below,
else within.  Loyalty is *mixed* where behaviour and attitude disagree.
"""

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.sweeps.factors import Factor
from experiments.sweeps.study import Study
from sim.observe.evidence import Figure, Judgement, Place
from sim.verdict import LOYALTY_WORDS, MARGIN_ATTITUDE, MARGIN_LEVEL, MARGIN_SLOPE, MARGIN_WALLET, loyalty_word, trend_word

NETWORKS = ("grow", "stabilise", "decline")
LOYALTY = ("strengthens", "holds", "erodes", "mixed")
BINS = 5  # of a range
TINY = 1e-9  # of a range: an end of a part that is 0 but for rounding
MOST_VALUES = 10  # that each have a cell of their own
NEEDED = (
    "memberships", "memberships_early", "memberships_slope", "memberships_slope_level",
    "focal_wallet", "focal_wallet_early", "focal_attitude", "focal_attitude_early",
)  # fmt: skip
_PLACES: tuple[Place, ...] = ("below", "within", "above")

Numbers = NDArray[np.float64]


class RegimeMap(NamedTuple):
    """Shares of runs in each regime over the cells of two factors."""

    across: str  # factor of the columns
    up: str  # factor of the rows
    columns: tuple[str, ...]  # what each column stands for
    rows: tuple[str, ...]
    share: Numbers  # networks x loyalty x rows x columns, sums to 1 over the first two; NaN in an empty cell
    runs: NDArray[np.int64]  # rows x columns


def has_regimes(columns: list[str]) -> bool:
    """Whether a study's outcomes say enough to judge regimes."""
    return set(NEEDED) <= set(columns)


def regimes_of(runs: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Regime of each run.

    Parameters
    ----------
    runs
        With the columns ``NEEDED``.

    Returns
    -------
    tuple of array, R
        Positions in ``NETWORKS`` and ``LOYALTY``; -1 where a run does not say.
    """
    column = {name: runs[name].to_numpy() for name in NEEDED}
    with np.errstate(invalid="ignore", divide="ignore"):
        level = _place(column["memberships"] / column["memberships_early"] - 1.0, MARGIN_LEVEL)
        slope = _place(column["memberships_slope"] / column["memberships_slope_level"], MARGIN_SLOPE)
    wallet, attitude = _loyalties(runs)
    trends = np.array([[NETWORKS.index(trend_word(_judged(a), _judged(b))[0]) for b in _PLACES] for a in _PLACES])
    words = [[loyalty_word(_judged(a), _judged(b)) for b in _PLACES] for a in _PLACES]
    loyalties = np.array([[LOYALTY.index(w) if w in LOYALTY else LOYALTY.index("mixed") for w in row] for row in words])
    return _looked_up(trends, level, slope), _looked_up(loyalties, wallet, attitude)


def _loyalties(runs: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the changes of behaviour and of attitude lie."""
    change = {n: runs[n].to_numpy() - runs[f"{n}_early"].to_numpy() for n in ("focal_wallet", "focal_attitude")}
    return _place(change["focal_wallet"], MARGIN_WALLET), _place(change["focal_attitude"], MARGIN_ATTITUDE)


def regimes_in_words(runs: pa.Table) -> str:
    """Shares of all runs in each regime, and what the mixed ones are, the most frequent first.

    Parameters
    ----------
    runs
        With the columns ``NEEDED``.

    Returns
    -------
    str
        One or two sentences.
    """
    networks, loyalty = regimes_of(runs)
    known = (networks >= 0) & (loyalty >= 0)
    total = int(known.sum())
    if not total:
        return "No run says in which regime it is."
    told = {
        "networks": Counter(NETWORKS[n] for n in networks[known]),
        "loyalty": Counter(LOYALTY[n] for n in loyalty[known]),
    }
    said = "; ".join(
        f"{what} " + ", ".join(f"{word} in {_percent(count, total)}" for word, count in counts.most_common())
        for what, counts in told.items()
    )
    mixed = known & (loyalty == LOYALTY.index("mixed"))
    words = [LOYALTY_WORDS[place] for place in _PLACES]
    pairs = Counter((words[w], words[a]) for w, a in zip(*(places[mixed] for places in _loyalties(runs)), strict=True))
    parts = [f"behaviour {w} while attitude {a} {_percent(count, total)}" for (w, a), count in pairs.most_common()]
    return f"Of {total:,} runs {said}." + (f" Mixed is: {', '.join(parts)}." if parts else "")


def _percent(count: int, total: int) -> str:
    """A share; few are not called none."""
    share = 100 * count / total
    return "under 1 %" if share < 0.5 else f"{share:.0f} %"


def _place(change: Numbers, margin: float) -> NDArray[np.int64]:
    """0 below, 1 within, 2 above, -1 unknown."""
    return np.where(np.isfinite(change), 1 + (change >= margin) - (change <= -margin), -1)


def _judged(place: Place) -> Judgement:
    value = {"below": -1.0, "within": 0.0, "above": 1.0, "undecided": np.nan}[place]
    return Judgement(place, Figure(value, value, value, 0.0, 1), 0.5, 0)


def _looked_up(table: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where((a >= 0) & (b >= 0), table[a, b], -1)


def regime_map(study: Study, runs: pa.Table, u: Numbers, across: str, up: str) -> RegimeMap:
    """Shares of runs in each regime over two factors.

    Parameters
    ----------
    study
        Gives the factors.
    runs
        ``point`` and the columns ``NEEDED``.
    u : array, P x factors
        Coordinates of the points.
    across, up
        Names of factors.

    Returns
    -------
    RegimeMap
        A few values each by itself, else ``BINS`` equally likely parts.
    """
    names = [f.name for f in study.factors]
    point = runs["point"].to_numpy()
    x, columns = binned(study.factors[names.index(across)], u[:, names.index(across)])
    y, rows = binned(study.factors[names.index(up)], u[:, names.index(up)])
    networks, loyalty = regimes_of(runs)
    counts = np.zeros((len(NETWORKS), len(LOYALTY), len(rows), len(columns)))
    said = (networks >= 0) & (loyalty >= 0)
    np.add.at(counts, (networks[said], loyalty[said], y[point[said]], x[point[said]]), 1)
    total = counts.sum(axis=(0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return RegimeMap(across, up, columns, rows, counts / total, total.astype(np.int64))


def positions(factor: Factor, u: Numbers) -> Numbers:
    """Where points lie along a factor: the number, from 0, of a listed value, a whole number, or the coordinate in a range."""
    if factor.values:
        return np.minimum(len(factor.values) - 1, np.floor(u * len(factor.values)))
    if factor.whole:
        return np.minimum(factor.high, np.floor(factor.low + u * (factor.high - factor.low + 1.0)))
    return u


def binned(factor: Factor, u: Numbers, bins: int = BINS) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Cell of each point along a factor, and what the cells are called.

    Parameters
    ----------
    factor
        The factor.
    u : array, P
        Its coordinates.
    bins
        Cells where there are more than ``MOST_VALUES`` values.

    Returns
    -------
    tuple
        P positions, and one label a cell: a value, or from where to where.
    """
    place = np.round(positions(factor, u), 9)
    met = np.unique(place)
    if len(met) <= MOST_VALUES:
        return np.searchsorted(met, place).astype(np.int64), tuple(_said(factor, at) for at in met)
    if not factor.values and not factor.whole:
        ends = np.array([float(factor.value(n / bins)) for n in range(bins + 1)])
        ends[np.abs(ends) < TINY * np.ptp(ends)] = 0.0
        return np.minimum(bins - 1, (u * bins).astype(np.int64)), tuple(f"{a:.3g} to {b:.3g}" for a, b in pairwise(ends))
    numbers = all(isinstance(v, int | float) for v in factor.values)
    order = np.argsort(np.array(factor.values, np.float64), kind="stable") if factor.values and numbers else None
    least, count = (0.0, len(factor.values)) if factor.values else (factor.low, int(factor.high - factor.low) + 1)
    rank = (place - least).astype(np.int64) if order is None else np.argsort(order)[place.astype(np.int64)]
    firsts = [-(-n * count // bins) for n in range(bins + 1)]
    at = [(a, b - 1) if order is None else (order[a], order[b - 1]) for a, b in pairwise(firsts)]
    return rank * bins // count, tuple(f"{_said(factor, least + a)} to {_said(factor, least + b)}" for a, b in at)


def _said(factor: Factor, place: float) -> str:
    """The value at a position."""
    value = factor.label(factor.values[int(place)]) if factor.values else int(place) if factor.whole else factor.value(place)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
