"""Which vendor to use in a deal: multinomial logit, or its limit."""

import numpy as np

from sim.chance import Purpose
from sim.rules.tables import VendorOptions

_NEVER = -np.inf


def utility(
    options: VendorOptions, margin: float, attitude: float, fit: float, habit: float, certification: float
) -> np.ndarray:
    """Linear utility of each vendor, D x V, minus infinity where it cannot be used."""
    return np.where(options.feasible, worth(options, margin, attitude, fit, habit, certification), _NEVER)


def worth(
    options: VendorOptions, margin: float, attitude: float, fit: float, habit: float, certification: float
) -> np.ndarray:
    """Linear utility of each vendor, whether it can be used or not."""
    value = margin * options.margin + attitude * options.attitude + fit * options.fit
    return value + habit * options.habit + certification * options.certification


def _feasible(options: VendorOptions, row: np.ndarray, vendor: np.ndarray) -> VendorOptions:
    """Only the vendors that can be used, one after the other."""
    return options._replace(
        margin=options.margin[row, vendor], attitude=options.attitude[row, vendor], fit=options.fit[row, vendor],
        habit=options.habit[row, vendor], certification=options.certification[row, vendor],
    )  # fmt: skip


class Argmax:
    """The vendor of highest utility; the null of a choice without noise."""

    def __init__(
        self, margin: float = 6.0, attitude: float = 1.0, fit: float = 1.2, habit: float = 2.0, certification: float = 0.5
    ) -> None:
        self.weights = (margin, attitude, fit, habit, certification)

    def decide(self, table: VendorOptions, chance) -> np.ndarray:
        """Row of the vendor, -1 where none is feasible."""
        value = utility(table, *self.weights)
        return np.where(table.feasible.any(axis=1), value.argmax(axis=1), -1)


class Softmax(Argmax):
    """Multinomial logit (McFadden 1974): the highest of ``slope`` x utility + Gumbel noise.

    ``margin`` is per unit of margin: 6 means that one margin point weighs .06, which after years of habit and
    attitude moves about 1-2 points of share (the assumed range of the elasticity; the trial's 10 moved 2.2).  Other
    defaults are assumed (trial values); a slope of 0 is uniform, an infinite one is ``Argmax``.
    """

    def __init__(
        self,
        margin: float = 6.0,
        attitude: float = 1.0,
        fit: float = 1.2,
        habit: float = 2.0,
        certification: float = 0.5,
        slope: float = 1.0,
    ) -> None:
        super().__init__(margin, attitude, fit, habit, certification)
        self.slope = slope

    def decide(self, table: VendorOptions, chance) -> np.ndarray:
        """Row of the vendor, -1 where none is feasible."""
        if self.slope == np.inf:
            return super().decide(table, chance)
        row, vendor = np.nonzero(table.feasible)
        noise = _gumbel(chance(Purpose.VENDOR_CHOICE, table.deal[row], vendor))
        noisy = np.full(table.feasible.shape, _NEVER)
        noisy[row, vendor] = self.slope * worth(_feasible(table, row, vendor), *self.weights) + noise
        return np.where(table.feasible.any(axis=1), noisy.argmax(axis=1), -1)


def _gumbel(u: np.ndarray) -> np.ndarray:
    return -np.log(-np.log(u + 1e-300))
