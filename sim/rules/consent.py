"""Whether a party agrees to work together on a deal."""

import numpy as np

from sim.chance import Purpose
from sim.rules.tables import Offers


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
        error = self.noise * np.sqrt(3.0) * (2.0 * u - 1.0)
        estimate = table.share * (1.0 + error) * (self.floor + (1.2 - self.floor) * table.trust)
        return (table.surplus > 0.0) & (estimate >= table.outside)


class KnownSurplus:
    """Accept when the true share is no less than the outside option: the plain rule without private judgement.

    With zero outside options and a share that is the change of a utility, this is the consent of
    Jackson and Wolinsky (1996): a link forms when neither loses.
    """

    def decide(self, table: Offers, chance) -> np.ndarray:
        """Accepts, one boolean a row."""
        return table.share >= table.outside
