"""Whether a party agrees to work together on a deal."""

import numpy as np

from sim.chance import Purpose
from sim.compiled import kernel, leaf
from sim.rules.tables import Offers


@leaf
def private_estimate(share, trust, error, floor):
    """What a party thinks that its share will be: off by a private error, discounted by trust."""
    return share * (1.0 + error) * (floor + (1.2 - floor) * trust)


@kernel
def _accept(share, outside, surplus, trust, u, spread, floor, accepts):
    for d in range(share.size):
        estimate = private_estimate(share[d], trust[d], spread * (2.0 * u[d] - 1.0), floor)
        accepts[d] = surplus[d] > 0.0 and estimate >= outside[d]


class PrivateEstimate:
    """Accept when a private, noisy estimate of the own share, discounted by trust, beats the outside option.

    estimate = share x (1 + noise x e) x (floor + (1.2 - floor) x T), e uniform on [-sqrt 3, sqrt 3]
    (mean 0, variance 1).  On the true surplus nobody would ever refuse a positive one.  ``noise`` and
    ``floor`` are assumed (trial: .25 and .6 + .6 T).
    """

    def __init__(self, noise: float = 0.25, floor: float = 0.6) -> None:
        self.noise = noise
        self.floor = floor

    def decide(self, table: Offers, chance) -> np.ndarray:
        """Accepts, one boolean a row."""
        u = chance(Purpose.CONSENT_NOISE, table.deal ^ table.party, 0)
        accepts = np.empty(table.share.size, bool)
        spread = float(self.noise * np.sqrt(3.0))
        _accept(table.share, table.outside, table.surplus, table.trust, u, spread, float(self.floor), accepts)
        return accepts


class KnownSurplus:
    """Accept when the true share is no less than the outside option: the plain rule without private judgement.

    With zero outside options and a share that is the change of a utility, this is the consent of
    Jackson and Wolinsky (1996): a link forms when neither loses.
    """

    def decide(self, table: Offers, chance) -> np.ndarray:
        """Accepts, one boolean a row."""
        return table.share >= table.outside
