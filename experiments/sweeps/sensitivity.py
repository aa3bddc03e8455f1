"""Sensitivity: how much of an outcome goes with each factor, by the method that the design serves, with intervals.

==================== ==========================================================================================
design               method
==================== ==========================================================================================
saltelli             Sobol' indices of first and total order (SALib, Saltelli 2010), of pairs with second_order
morris               elementary effects mu* and sigma (SALib, Morris 1991, Campolongo 2007), a factor's whole range as unit
any other, >= 40     PAWN, median over 10 slices of the factor (SALib, Pianosi & Wagener 2018), percentile bootstrap
==================== ==========================================================================================

SALib refuses missing values.  What is done about missing points, here called *repair*: a Saltelli sample or a Morris
trajectory with a missing point is left out whole, which keeps the estimators as they are; elsewhere the point is left out.
The analysis says how many.  Indices are estimated from the points' means over replications, so chance that is left in the
means lowers them; ``Means.by_chance`` says how much that may be.
"""

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps import designs
from experiments.sweeps.means import Means
from experiments.sweeps.study import Study

SLICES = 10  # of PAWN
FEWEST = 40  # points for PAWN
FEWEST_SAMPLES = 8  # Saltelli samples
FEWEST_PATHS = 4  # Morris trajectories
SEED = 1  # of the bootstrap


class Index(NamedTuple):
    """One measure of one factor, or of two."""

    factor: str
    measure: str  # first, total, second, mu_star, sigma, pawn
    value: float
    low: float
    high: float
    other: str = ""  # the second factor of a pair


class Sensitivity(NamedTuple):
    """What drives one outcome."""

    outcome: str
    method: str
    indices: tuple[Index, ...]
    used: int  # points
    left_out: int  # points, for want of values
    note: str  # why there are no indices, or what to know of them

    def ranked(self) -> list[Index]:
        """One index a factor, the largest first: total, mu* or PAWN."""
        main = [i for i in self.indices if i.measure in ("total", "mu_star", "pawn")]
        return sorted(main, key=lambda i: (-i.value if np.isfinite(i.value) else np.inf, i.factor))


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
    used, left_out = int(kept.sum()), int((~kept).sum())

    def without(why: str) -> Sensitivity:
        return Sensitivity(found.outcome, method, (), used, left_out, why)

    if left_out and study.analysis.missing == "refuse":
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
        indices = {"saltelli": _sobol, "morris": _morris}.get(kind, _pawn)(study, y, kept)
    return Sensitivity(found.outcome, method, tuple(indices), used, left_out, "")


def coordinates(study: Study) -> NDArray[np.float64]:
    """Coordinates of all points, P x factors."""
    return designs.points(study.design, study.factors)


def _problem(study: Study) -> dict[str, Any]:
    names = [f.name for f in study.factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _sobol(study: Study, y: NDArray[np.float64], kept: NDArray[np.bool_]) -> list[Index]:
    from SALib.analyze import sobol

    rules = study.analysis
    found = sobol.analyze(
        _problem(study), y, calc_second_order=study.design.second_order, num_resamples=rules.resamples,
        conf_level=rules.confidence, seed=SEED,
    )  # fmt: skip
    out = []
    for n, factor in enumerate(study.factors):
        for measure, key in (("first", "S1"), ("total", "ST")):
            value, half = float(found[key][n]), float(found[f"{key}_conf"][n])
            out.append(Index(factor.name, measure, value, value - half, value + half))
    if study.design.second_order:
        for a in range(len(study.factors)):
            for b in range(a + 1, len(study.factors)):
                value, half = float(found["S2"][a, b]), float(found["S2_conf"][a, b])
                names = study.factors[a].name, study.factors[b].name
                out.append(Index(names[0], "second", value, value - half, value + half, names[1]))
    return out


def _morris(study: Study, y: NDArray[np.float64], kept: NDArray[np.bool_]) -> list[Index]:
    from SALib.analyze import morris

    rules = study.analysis
    found = morris.analyze(
        _problem(study), coordinates(study)[kept], y, num_levels=study.design.levels, num_resamples=rules.resamples,
        conf_level=rules.confidence, seed=SEED,
    )  # fmt: skip
    out = []
    for n, factor in enumerate(study.factors):
        value, half = float(found["mu_star"][n]), float(found["mu_star_conf"][n])
        out.append(Index(factor.name, "mu_star", value, max(0.0, value - half), value + half))
        out.append(Index(factor.name, "mu", float(found["mu"][n]), np.nan, np.nan))
        out.append(Index(factor.name, "sigma", float(found["sigma"][n]), np.nan, np.nan))
    return out


def _pawn(study: Study, y: NDArray[np.float64], kept: NDArray[np.bool_]) -> list[Index]:
    from SALib.analyze import pawn

    problem, x = _problem(study), coordinates(study)[kept]

    def median(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(pawn.analyze(problem, x[rows], y[rows], S=SLICES, seed=SEED)["median"], np.float64)

    chance = np.random.default_rng(SEED)
    value = median(np.arange(len(y)))
    resamples = min(study.analysis.resamples, 100)
    again = np.array([median(chance.integers(0, len(y), len(y))) for _ in range(resamples)])
    tail = (1.0 - study.analysis.confidence) / 2
    low, high = np.nanquantile(again, [tail, 1.0 - tail], axis=0)
    return [
        Index(f.name, "pawn", float(v), float(min(v, a)), float(max(v, b)))
        for f, v, a, b in zip(study.factors, value, low, high, strict=True)
    ]


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

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        said = rsa.analyze(_problem(study), coordinates(study)[known], y, bins=4, target="Y")
    names = tuple(f.name for f in study.factors)
    return Regional(found.outcome, names, np.column_stack([np.asarray(said[n], np.float64) for n in names]))
