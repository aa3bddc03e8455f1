"""What partners say of vendors, between own experience and what they hear."""

import numpy as np

from sim.rules.tables import Voices


class FriedkinJohnsen:
    """Anchored to own experience: A = (1 - l) X + l x heard (Friedkin and Johnsen 1990)."""

    def decide(self, table: Voices, chance) -> np.ndarray:
        """Expressed attitude, N x V."""
        weight = table.openness[:, None]
        return (1.0 - weight) * table.experience + weight * table.heard


class DeGroot:
    """Plain averaging (DeGroot 1974): A moves from last month's A, own experience is heard of only at first.

    The null of anchoring: in a connected network opinions become one.
    """

    def decide(self, table: Voices, chance) -> np.ndarray:
        """Expressed attitude, N x V."""
        weight = table.openness[:, None]
        return (1.0 - weight) * table.attitude + weight * table.heard
