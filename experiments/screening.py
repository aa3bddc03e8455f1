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

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.cells import Changes, judged, words_of
from experiments.coefficients import Coefficient, scaled, with_values
from sim.plan import Plan

STEP = 0.2  # the specification: plus or minus 20 %
SURE = 1.96  # standard errors of an effect within which its verdict must not change to be called unmoved


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


def main_effects(signs: NDArray[np.int8], response: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What raising each coefficient by the step does to a response, half the difference between high and low.

    Parameters
    ----------
    signs : array, runs x factors
        The design.
    response : array, runs
        One number a run, best a paired difference; runs in which it is NaN count as its mean.

    Returns
    -------
    tuple of array, factors
        Effects and their standard error.
    """
    known = np.where(np.isfinite(response), response, np.nanmean(response))
    centred = known - known.mean()
    effects = signs.T.astype(float) @ centred / len(signs)
    left = centred - signs @ effects
    freedom = max(1, len(signs) - signs.shape[1] - 1)
    return effects, np.full(signs.shape[1], np.sqrt((left**2).sum() / freedom / len(signs)))


def moved(
    own: Changes, effects: Mapping[str, Changes], errors: Changes, headlines: int, step: float = STEP
) -> list[Moved]:
    """The coefficients whose change by the step takes one of the first verdicts elsewhere.

    Parameters
    ----------
    own
        Changes in the arm's own runs.
    effects
        By coefficient, the effect on each change, scalars.
    errors
        Standard error of the effects on each change, scalars.
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
    base = words_of(judged(own))[:headlines]
    for key, effect in effects.items():
        for way in (-1.0, 1.0):
            there = words_of(judged(Changes(*(v + way * e for v, e in zip(own, effect, strict=True)))))[:headlines]
            if there != base:
                near = (np.sign(e) * max(0.0, abs(e) - SURE * s) for e, s in zip(effect, errors, strict=True))
                surely = words_of(judged(Changes(*(v + way * e for v, e in zip(own, near, strict=True)))))[:headlines]
                found.append(Moved(key, 1.0 + way * step, there, surely != base))
    return found
