"""Every coefficient at once: two-level designs in which each is a fifth higher or lower, and what each does by itself.

Changing some 290 coefficients one at a time, each in 30 runs, would take 17,000 runs an arm.  A Plackett-Burman design
changes all of them in every run, so that every run informs about every coefficient: with as many runs as a fold-over of
it has, about 600, the effect of each is known as surely as from 300 runs of it alone, and is free of interactions between
two others.  The verdict under one change is that on the arm's own runs, moved by the change's effect.

References
----------
R. L. Plackett and J. P. Burman, "The design of optimum multifactorial experiments", Biometrika 33 (1946): the designs,
here by Paley's construction.  G. E. P. Box and K. B. Wilson, J. R. Stat. Soc. B 13 (1951): folding over.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.cells import Changes, changes_of, judged, words_of
from experiments.coefficients import Coefficient, assumed, scaled, with_values
from sim.plan import Plan

STEP = 0.2  # the specification: plus or minus 20 %
SURE = 1.96  # standard errors of an effect within which its verdict must not change to be called unmoved


class Screened(NamedTuple):
    """What a design told of one plan."""

    own: Changes  # in the plan's own runs
    together: Changes  # in the runs of the design
    effects: dict[str, Changes]  # by coefficient, of raising it by the step; scalars
    errors: Changes  # standard error of the effects; scalars


class Moved(NamedTuple):
    """A coefficient that takes a verdict elsewhere."""

    key: str
    factor: float
    verdict: tuple[str, ...]
    sure: bool  # also at the near end of the effect's 95 % interval


def two_level(factors: int) -> NDArray[np.int8]:
    """A folded-over Plackett-Burman design.

    Parameters
    ----------
    factors
        Number of coefficients.

    Returns
    -------
    array, 2 (q + 1) x factors
        -1 and +1; columns are orthogonal, and to the products of any two others.  q is the smallest prime of the form
        4 k + 3 that is not below ``factors``.
    """
    q = next(p for p in range(max(3, factors), 4 * factors + 8) if p % 4 == 3 and all(p % d for d in range(2, int(p**0.5) + 1)))
    squares = np.zeros(q, bool)
    squares[np.arange(1, q) ** 2 % q] = True
    first = np.where(squares, 1, -1)
    first[0] = -1
    rows = first[(np.arange(q)[None, :] - np.arange(q)[:, None]) % q]
    half = np.vstack([rows, -np.ones(q, int)])[:, :factors] * -1
    return np.vstack([half, -half]).astype(np.int8)


def changed(plan: Plan, coefficients: Sequence[Coefficient], signs: NDArray[np.int8], step: float = STEP) -> Plan:
    """The plan with each coefficient higher or lower by a share of itself; zeros and bounds stay."""
    values = {c.key: scaled(c, 1.0 + step * float(sign)) for c, sign in zip(coefficients, signs, strict=True)}
    return with_values(plan, {key: value for key, value in values.items() if value is not None})


def disturbed(plan: Plan, seeds: int) -> tuple[list[Coefficient], NDArray[np.int8], dict[str, Plan], dict[str, list[int]]]:
    """A plan with every assumed coefficient a fifth higher or lower, all in each run.

    Parameters
    ----------
    plan
        The plan.
    seeds
        Replications, each used by about as many runs of the design.

    Returns
    -------
    tuple
        The coefficients, the design (runs x coefficients), a plan a run by name, and the replication of each.
    """
    known = [c for c in assumed(plan) if scaled(c, 1.0 + STEP) is not None or scaled(c, 1.0 - STEP) is not None]
    design = two_level(len(known))
    names = [f"run {n}" for n in range(len(design))]
    plans = {name: changed(plan, known, row) for name, row in zip(names, design, strict=True)}
    return known, design, plans, {name: [n % seeds] for n, name in enumerate(names)}


def screen(name: str, plan: Plan, own: pa.Table, seeds: int, run: Callable[..., pa.Table]) -> Screened:
    """Run the design of one plan.

    Parameters
    ----------
    name
        Of the plan's arm in ``own``.
    plan
        The plan.
    own
        Headline outcomes of the plan itself in replications 0 to ``seeds`` - 1.
    seeds
        Replications.
    run
        Takes plans by name and the replications of each, gives their headline outcomes.

    Returns
    -------
    Screened
        Effects from differences paired by replication.
    """
    known, design, plans, each = disturbed(plan, seeds)
    found = run(plans, each)
    together = changes_of(found.set_column(0, "arm", pa.array([name] * len(found), pa.string())), name)
    base = changes_of(own, name)
    pair = np.arange(len(design)) % seeds
    fitted = [main_effects(design, change - alone[pair]) for change, alone in zip(together, base, strict=True)]
    effects = {c.key: Changes(*(effect[n] for effect, _ in fitted)) for n, c in enumerate(known)}
    return Screened(base, together, effects, Changes(*(error[0] for _, error in fitted)))


def main_effects(signs: NDArray[np.int8], response: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What raising each coefficient by the step does to a response, half the difference between high and low.

    Parameters
    ----------
    signs : array, runs x factors
        The design.
    response : array, runs
        One number a run, best a paired difference; runs in which it is NaN count as its mean, and where all are, so are effects.

    Returns
    -------
    tuple of array, factors
        Effects and their standard error.
    """
    if not np.isfinite(response).any():
        return np.full(signs.shape[1], np.nan), np.full(signs.shape[1], np.nan)
    known = np.where(np.isfinite(response), response, np.nanmean(response))
    centred = known - known.mean()
    effects = signs.T.astype(float) @ centred / len(signs)
    left = centred - signs @ effects
    freedom = max(1, len(signs) - signs.shape[1] - 1)
    return effects, np.full(signs.shape[1], np.sqrt((left**2).sum() / freedom / len(signs)))


def moved(screened: Screened, headlines: int, step: float = STEP) -> list[Moved]:
    """The coefficients whose change by the step takes one of the first verdicts elsewhere.

    Parameters
    ----------
    screened
        What the design told.
    headlines
        How many of the verdicts count.
    step
        Share by which coefficients are changed.

    Returns
    -------
    list of Moved
        In the order of the coefficients, lower before higher.
    """
    found = []
    own = screened.own
    base = words_of(judged(own))[:headlines]
    for key, effect in screened.effects.items():
        for way in (-1.0, 1.0):
            there = words_of(judged(Changes(*(v + way * e for v, e in zip(own, effect, strict=True)))))[:headlines]
            if there != base:
                near = near_end(effect, screened.errors)
                surely = words_of(judged(Changes(*(v + way * e for v, e in zip(own, near, strict=True)))))[:headlines]
                found.append(Moved(key, 1.0 + way * step, there, surely != base))
    return found


def near_end(effect: Changes, errors: Changes) -> Changes:
    """The end of each effect's 95 % interval that is nearer to zero; zero where the interval holds it."""
    return Changes(*(np.sign(e) * max(0.0, abs(e) - SURE * s) for e, s in zip(effect, errors, strict=True)))


def first_flips(screened: Screened, headlines: int, most: float = 3.0, step: float = STEP) -> list[tuple[float, str, bool, int]]:
    """Where each verdict is foreseen to flip when one coefficient is multiplied or divided, the nearest first.

    Effects are taken at the near end of their intervals, else chance alone would put dozens of coefficients first, and
    carried on in proportion to the logarithm of the factor, which holds near 1 only: a foresight that says which
    coefficients to run, not a result.

    Parameters
    ----------
    screened
        What the design told.
    headlines
        How many verdicts count.
    most
        Largest factor looked at.
    step
        Share by which the design changed coefficients.

    Returns
    -------
    list of tuple
        Factor above 1, coefficient, whether it is raised, index of the verdict.
    """
    base = words_of(judged(screened.own))
    found = []
    for key, whole in screened.effects.items():
        effect = near_end(whole, screened.errors)
        for up in (True, False):
            left = set(range(headlines))
            for factor in np.geomspace(1.02, most, 60):
                by = (1.0 if up else -1.0) * np.log(factor) / np.log(1.0 + step)
                there = words_of(judged(Changes(*(v + by * e for v, e in zip(screened.own, effect, strict=True)))))
                flipped = {n for n in left if there[n] != base[n]}
                found += [(float(factor), key, up, n) for n in flipped]
                left -= flipped
    return sorted(found)
