"""Sensitivity: how much of an outcome goes with each factor, by the method that the design serves, with intervals.

==================== ==========================================================================================
design               method
==================== ==========================================================================================
saltelli             Sobol' indices of first and total order (SALib, Saltelli 2010), of pairs with second_order
morris               elementary effects mu* and sigma (Morris 1991, Campolongo 2007), a factor's whole range as unit
any other, >= 40     PAWN, median over 10 slices of the factor or over its values where it has no more (Pianosi & Wagener 2018)
==================== ==========================================================================================

SALib refuses missing values.  What is done about missing points, here called *repair*: a Saltelli sample or a Morris
trajectory with a missing point is left out whole, which keeps the estimators as they are; elsewhere the point is left out.
The analysis says how many.

Indices are estimated from the points' means over replications.  Chance that is left in them adds its share of the variance
to the total order of every factor, lowers first and second order by that share, and adds to mu*.  ``Index.chance`` says how
much a factor that does nothing gets from it; less, where paired runs of such a factor are the same in every detail.  From a
single replication it cannot be told.  PAWN is above 0 for any factor when points are few, since a slice never is spread
exactly as the whole: there ``Index.chance`` is what, with the study's confidence, none of the factors would reach if the
outcomes were dealt to the points anew (permutations).  PAWN has no interval here: its bootstrap is biased upwards.
"""

import functools
import math
import warnings
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps import designs
from experiments.sweeps.factors import Factor
from experiments.sweeps.means import Means
from experiments.sweeps.regime_map import positions
from experiments.sweeps.study import Study

SLICES = 10  # of PAWN
FEWEST = 40  # points for PAWN
FEWEST_SAMPLES = 8  # Saltelli samples
FEWEST_PATHS = 4  # Morris trajectories
SEED = 1  # of the bootstrap and of permutations
PERMUTATIONS = 200, 5_000  # at least, and at most
WORK = 20_000_000  # points times permutations

Numbers = NDArray[np.float64]


class Index(NamedTuple):
    """One measure of one factor, or of two."""

    factor: str
    measure: str  # first, total, second, mu_star, sigma, pawn
    value: float
    low: float = math.nan
    high: float = math.nan
    other: str = ""  # the second factor of a pair; for PAWN the column of a factor that is a file of rows
    chance: float = math.nan  # what a factor that does nothing gets; NaN when not known

    @property
    def label(self) -> str:
        """What the measure is of."""
        return f"{self.factor}: {self.other}" if self.other else self.factor

    @property
    def told(self) -> bool:
        """Whether it is above what chance gives, with its whole interval where it has one."""
        least = self.low if np.isfinite(self.low) else self.value
        return bool(least > (self.chance if np.isfinite(self.chance) else 0.0))


class Sensitivity(NamedTuple):
    """What drives one outcome."""

    outcome: str
    method: str
    indices: tuple[Index, ...]
    used: int  # points
    left_out: int  # points, for want of values
    note: str  # why there are no indices, or what to know of them
    waiting: int = 0  # points of samples or trajectories that are not run whole yet

    def ranked(self) -> list[Index]:
        """One index a factor, the largest first: total, mu* or PAWN."""
        main = [i for i in self.indices if i.measure in ("total", "mu_star", "pawn")]
        return sorted(main, key=lambda i: (-i.value if np.isfinite(i.value) else np.inf, i.label))


def sensitivity(study: Study, found: Means) -> Sensitivity:
    """What drives an outcome.

    Parameters
    ----------
    study
        Gives design, factors, the policy on missing runs and the confidence of intervals.
    found
        The outcome's means by point.

    Returns
    -------
    Sensitivity
        Without indices where they cannot be had; ``note`` says why.
    """
    kind = study.design.kind
    method = {"saltelli": "Sobol' indices", "morris": "Elementary effects"}.get(kind, "PAWN")
    size = designs.block(study.design, study.factors)
    whole = ~found.missing.reshape(-1, size).any(axis=1)
    kept = np.repeat(whole, size)
    open_ = (~whole & found.waiting.reshape(-1, size).any(axis=1)) if len(found.waiting) else np.zeros_like(whole)
    used, waiting = int(kept.sum()), size * int(open_.sum())
    left_out = len(kept) - used - waiting

    def without(why: str) -> Sensitivity:
        return Sensitivity(found.outcome, method, (), used, left_out, why, waiting)

    if not whole.all() and study.analysis.missing == "refuse":
        return without(f"{int(found.missing.sum()):,} points have no value, and the study's policy is to refuse")
    if kind in ("grid", "one_at_a_time"):
        return without("a design on a grid serves figures, not indices; use saltelli, morris, sobol or lhs")
    fewest = {"saltelli": FEWEST_SAMPLES * size, "morris": FEWEST_PATHS * size}.get(kind, FEWEST)
    if used < fewest:
        return without(f"{used:,} points with values are too few; at least {fewest:,} are needed")
    y = found.mean[kept]
    if not np.ptp(y) > 1e-12 * max(1.0, float(np.abs(y).max())):
        return without("it does not vary over the design")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        indices = {"saltelli": _sobol, "morris": _morris}.get(kind, _pawn)(study, y, _blur(found, kept), coordinates(study)[kept])
    return Sensitivity(found.outcome, method, tuple(indices), used, left_out, "", waiting)


def _blur(found: Means, kept: NDArray[np.bool_]) -> Numbers:
    """Variance of the mean of each point that is chance; where a point has one replication, by what the others show."""
    within = found.within[kept]
    return np.where(np.isfinite(within), within, np.nanmean(within)) / found.runs[kept]


def coordinates(study: Study) -> NDArray[np.float64]:
    """Coordinates of all points, P x factors."""
    return designs.points(study.design, study.factors)


def _problem(study: Study) -> dict[str, Any]:
    names = [f.name for f in study.factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _sobol(study: Study, y: Numbers, blur: Numbers, u: Numbers) -> list[Index]:
    from SALib.analyze import sobol

    rules = study.analysis
    found = sobol.analyze(
        _problem(study), y, calc_second_order=study.design.second_order, num_resamples=rules.resamples,
        conf_level=rules.confidence, seed=SEED,
    )  # fmt: skip
    size = designs.block(study.design, study.factors)
    by_sample, variance = blur.reshape(-1, size), float(np.var(y.reshape(-1, size)[:, [0, -1]]))
    out = []
    for n, factor in enumerate(study.factors):
        for measure, key in (("first", "S1"), ("total", "ST")):
            value, half = float(found[key][n]), float(found[f"{key}_conf"][n])
            chance = float(by_sample[:, [0, 1 + n]].mean()) / variance if measure == "total" else math.nan
            out.append(Index(factor.name, measure, value, value - half, value + half, chance=chance))
    if study.design.second_order:
        for a in range(len(study.factors)):
            for b in range(a + 1, len(study.factors)):
                value, half = float(found["S2"][a, b]), float(found["S2_conf"][a, b])
                names = study.factors[a].name, study.factors[b].name
                out.append(Index(names[0], "second", value, value - half, value + half, names[1]))
    return out


def _morris(study: Study, y: Numbers, blur: Numbers, u: Numbers) -> list[Index]:
    d, rules = len(study.factors), study.analysis
    y, blur, u = y.reshape(-1, d + 1), blur.reshape(-1, d + 1), u.reshape(-1, d + 1, d)
    paths = np.arange(len(y))
    again = np.random.default_rng(SEED).integers(0, len(y), (rules.resamples, len(y)))
    out = []
    for n, factor in enumerate(study.factors):
        at = np.abs(np.diff(u[:, :, n], axis=1)).argmax(axis=1)
        step = _step(factor, u[paths, at, n], u[paths, at + 1, n])
        effect = (y[paths, at + 1] - y[paths, at]) / step
        value = float(np.abs(effect).mean())
        half = NormalDist().inv_cdf(0.5 + rules.confidence / 2) * float(np.abs(effect)[again].mean(axis=1).std(ddof=1))
        noise = math.sqrt(float(np.mean(blur[paths, at] + blur[paths, at + 1])))
        chance = math.sqrt(2 / math.pi) * noise * float(np.mean(1 / np.abs(step)))  # of normal differences
        out.append(Index(factor.name, "mu_star", value, max(0.0, value - half), value + half, chance=chance))
        out.append(Index(factor.name, "mu", float(effect.mean())))
        out.append(Index(factor.name, "sigma", float(effect.std(ddof=1))))
    return out


def _step(factor: Factor, before: Numbers, after: Numbers) -> Numbers:
    """Steps as shares of a whole range: values of a list are equally far apart; words and rows have no order, each step is 1."""
    if factor.values and (len(factor.values) == 1 or not all(isinstance(v, int | float) for v in factor.values)):
        return np.ones(len(before))
    whole = len(factor.values) - 1 if factor.values else factor.high - factor.low if factor.whole else 1.0
    return (positions(factor, after) - positions(factor, before)) / whole


def _pawn(study: Study, y: Numbers, blur: Numbers, u: Numbers) -> list[Index]:
    order = np.argsort(y, kind="stable")
    ends = np.flatnonzero(np.diff(y[order], append=np.inf) > 0)  # of ties
    dimensions = _dimensions(study, u)
    level = study.analysis.confidence ** (1 / len(dimensions))
    out = []
    for name, column, values in dimensions:
        slices = _slices(values)
        floor = _dealt_anew(tuple(sorted(np.bincount(slices).tolist())), ends.tobytes(), level)
        out.append(Index(name, "pawn", _distance(slices[order], ends), other=column, chance=floor))
    return out


def _dimensions(study: Study, u: Numbers) -> list[tuple[str, str, Numbers]]:
    """Factors with a number for each point that orders it; of a file of rows each column, since a row's number says nothing."""
    out: list[tuple[str, str, Numbers]] = []
    for n, factor in enumerate(study.factors):
        place = positions(factor, u[:, n])
        if not factor.values or not isinstance(factor.values[0], Mapping):
            out.append((factor.name, "", place))
            continue
        for column in factor.values[0]:
            cells = [row[column] for row in factor.values]
            numbers = all(isinstance(c, int | float) for c in cells)
            ranks = np.unique(np.array(cells, np.float64 if numbers else np.str_), return_inverse=True)[1]
            out.append((factor.name, column, ranks[place.astype(np.int64)].astype(np.float64)))
    return out


def _slices(values: Numbers) -> NDArray[np.int64]:
    """The slice of each point: a value each, or about equally many points."""
    distinct, place = np.unique(values, return_inverse=True)
    if len(distinct) > SLICES:
        place = np.searchsorted(np.quantile(values, np.arange(1, SLICES) / SLICES), values, side="right")
    return np.unique(place, return_inverse=True)[1]


def _distance(slices: NDArray[np.int64], ends: NDArray[np.int64]) -> float:
    """Median over slices of the Kolmogorov-Smirnov distance between a slice's outcomes and all; slices by rising outcome."""
    below = np.cumsum(slices[:, None] == np.arange(slices.max() + 1), axis=0)
    return float(np.median(np.abs(below[ends] / below[-1] - (ends[:, None] + 1) / len(slices)).max(axis=0)))


@functools.lru_cache(maxsize=64)
def _dealt_anew(sizes: tuple[int, ...], ends_of_ties: bytes, level: float) -> float:
    """What the distance of a factor that does nothing stays under with a probability, given the slices' sizes."""
    slices, ends = np.repeat(np.arange(len(sizes)), sizes), np.frombuffer(ends_of_ties, np.int64)
    chance = np.random.default_rng(SEED)
    often = int(np.clip(WORK // len(slices), *PERMUTATIONS))
    return float(np.quantile([_distance(chance.permutation(slices), ends) for _ in range(often)], level))


class Regional(NamedTuple):
    """Which factors tell points with a low, middling or high outcome from the rest."""

    outcome: str
    factors: tuple[str, ...]
    quarters: NDArray[np.float64]  # 4 x factors, Cramer-von Mises criterion; lowest quarter of the outcome first


def regional(study: Study, found: Means) -> Regional | None:
    """Regional sensitivity (Spear & Hornberger 1980; SALib's RSA) over the quarters of an outcome; None when it cannot be had."""
    known = ~found.missing
    y = found.mean[known]
    if len(y) < FEWEST or not np.ptp(y) > 0.0 or study.design.kind in ("grid", "one_at_a_time"):
        return None
    from SALib.analyze import rsa

    dimensions = _dimensions(study, coordinates(study)[known])
    names = tuple(Index(name, "", math.nan, other=column).label for name, column, _ in dimensions)
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        said = rsa.analyze(problem, np.column_stack([values for _, _, values in dimensions]), y, bins=4, target="Y")
    return Regional(found.outcome, names, np.column_stack([np.asarray(said[n], np.float64) for n in names]))
