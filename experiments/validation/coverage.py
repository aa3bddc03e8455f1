"""A5 With 4 of 20 skills held, drawn evenly, what one firm and what two firms together cover."""

import numpy as np
from numpy.typing import NDArray

from experiments.validation.check import Check, check
from sim.processes.feasibility import coverage

K, HELD, DRAWS = 20, 4, 100_000
EXPECTED = {1: (0.2, 0.36), 2: (0.0316, 0.1189), 3: (0.0035, 0.0354)}  # skills required: alone, together
ROUNDING = 5e-5  # of the table
SOURCE = "hypergeometric"


def masks(rng: np.random.Generator, n: int, bits: int) -> NDArray[np.int64]:
    """So many sets of so many bits out of K."""
    picks = np.argsort(rng.random((n, K)), axis=1)[:, :bits]
    return (1 << picks).sum(axis=1)


def covered(required: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each of many requirements is covered by one firm, and by two."""
    rng = np.random.default_rng(required)
    one, other, needs = masks(rng, DRAWS, HELD), masks(rng, DRAWS, HELD), masks(rng, DRAWS, required)
    alone = np.array([coverage(int(a), int(n)) == n for a, n in zip(one, needs, strict=True)])
    left = [int(n) & ~coverage(int(a), int(n)) for a, n in zip(one, needs, strict=True)]
    together = np.array([coverage(int(b), missing) == missing for b, missing in zip(other, left, strict=True)])
    return alone, together


def check_shares(required: int, alone: NDArray, together: NDArray) -> Check:
    """Shares covered by one and by two are those of the law, within three standard errors."""
    solo, pair = EXPECTED[required]
    holds = all(
        abs(share - expected) < 3.0 * np.sqrt(expected * (1.0 - expected) / DRAWS) + ROUNDING
        for share, expected in ((alone.mean(), solo), (together.mean(), pair))
    )
    text = f"coverage, {required} of {K} skills required: one firm / two firms"
    return check("A5", text, SOURCE, f"{solo} / {pair} +- 3 SE", f"{alone.mean():.4f} / {together.mean():.4f}", holds)


def checks() -> list[Check]:
    """All of A5."""
    return [check_shares(required, *covered(required)) for required in EXPECTED]
