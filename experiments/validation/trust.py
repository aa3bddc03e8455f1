"""A6 Trust between partners who succeed with probability q settles at up q / (up q + down (1 - q))."""

import numpy as np

from experiments.validation.check import Check, check
from sim.processes.trust import Trust, updated_trust

FIXED_POINTS = {0.8: 0.5714, 0.9: 0.75}
PRIORS = (0.01, 0.99)
WITHIN = 0.01
SOURCE = "Pant and Yu"


def settled(q: float, prior: float, pairs: int = 4_000, signals: int = 100) -> float:
    """Mean trust over many pairs after so many signals of +1 or -1."""
    trust = Trust()
    rng = np.random.default_rng(6)
    ends = []
    for _ in range(pairs):
        t = prior
        for success in rng.random(signals) < q:
            t = updated_trust(t, 1.0 if success else -1.0, trust.up, trust.down, trust.ceiling)
        ends.append(t)
    return float(np.mean(ends))


def check_fixed_point(q: float, prior: float, found: float) -> Check:
    """Where trust settles, from any prior."""
    text = f"trust, success with probability {q:g}, from {prior:g}: where it settles"
    return check("A6", text, SOURCE, f"{FIXED_POINTS[q]} +- {WITHIN}", f"{found:.4f}", abs(found - FIXED_POINTS[q]) <= WITHIN)


def checks() -> list[Check]:
    """All of A6."""
    return [check_fixed_point(q, prior, settled(q, prior)) for q in FIXED_POINTS for prior in PRIORS]
