"""Which vendor to use in a deal: multinomial logit, or its limit."""

import numpy as np

from sim.chance import Purpose
from sim.compiled import kernel, leaf
from sim.rules.tables import VendorOptions


@leaf
def worth(margin, attitude, fit, habit, certification, weights):
    """Linear utility of a vendor; ``weights`` in the same order."""
    value = weights[0] * margin + weights[1] * attitude + weights[2] * fit
    return value + weights[3] * habit + weights[4] * certification


@kernel
def _list(margin, attitude, fit, habit, certification, feasible, weights, row, vendor, value):
    """Write the vendors that can be used one after the other, and what each is worth."""
    n = 0
    for d in range(feasible.shape[0]):
        for v in range(feasible.shape[1]):
            if feasible[d, v]:
                row[n], vendor[n] = d, v
                value[n] = worth(margin[d, v], attitude[d, v], fit[d, v], habit[d, v], certification[d, v], weights)
                n += 1


@kernel
def _highest(row, vendor, value, best, chosen):
    """The vendor of highest value in each row, the first of equals."""
    for n in range(row.size):
        d = row[n]
        if value[n] > best[d]:
            best[d], chosen[d] = value[n], vendor[n]


class Argmax:
    """The vendor of highest utility; the null of a choice without noise."""

    def __init__(
        self, margin: float = 6.0, attitude: float = 1.0, fit: float = 1.2, habit: float = 2.0, certification: float = 0.5
    ) -> None:
        self.weights = (float(margin), float(attitude), float(fit), float(habit), float(certification))

    def decide(self, table: VendorOptions, chance) -> np.ndarray:
        """Row of the vendor, -1 where none is feasible."""
        row, vendor, value = self.values(table)
        return self.highest(table, row, vendor, value)

    def values(self, table: VendorOptions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row, vendor and utility of every vendor that can be used."""
        n = int(np.count_nonzero(table.feasible))
        row, vendor, value = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n)
        _list(*(np.ascontiguousarray(column) for column in table[2:]), self.weights, row, vendor, value)
        return row, vendor, value

    def highest(self, table: VendorOptions, row: np.ndarray, vendor: np.ndarray, value: np.ndarray) -> np.ndarray:
        """The vendor of highest value in each row of the table, -1 for none."""
        chosen = np.full(table.deal.size, -1)
        _highest(row, vendor, value, np.full(table.deal.size, -np.inf), chosen)
        return chosen


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
        row, vendor, value = self.values(table)
        noise = _gumbel(chance(Purpose.VENDOR_CHOICE, table.deal[row], vendor))
        return self.highest(table, row, vendor, self.slope * value + noise)


def _gumbel(u: np.ndarray) -> np.ndarray:
    return -np.log(-np.log(u + 1e-300))
