"""Whether an occasional or formal alliance goes on."""

import numpy as np

from sim.chance import Purpose
from sim.events import AllianceEnd
from sim.rules.tables import Standing


class Goodwill:
    """End when goodwill plus what the form saves no longer carries its upkeep, or a better partner beats it.

    goodwill + h x (saved - upkeep) < 0, or better x h - switching > goodwill + h x flow; h = 6 months
    (assumed).  Two firms can do the same deals project by project, so the form is worth what it saves of them,
    as when it was chosen; the surplus itself is at stake only with another partner.  A formal alliance cannot end
    so within its minimum term.  No hazard depends on age: what age does must emerge.
    """

    def __init__(self, months_ahead: float = 6.0) -> None:
        self.months_ahead = months_ahead

    def decide(self, table: Standing, chance) -> np.ndarray:
        """0 goes on, else an AllianceEnd reason."""
        worth = table.goodwill + self.months_ahead * table.flow
        carried = table.goodwill + self.months_ahead * table.saved
        out = np.zeros(table.alliance.shape, np.int64)
        out[self.months_ahead * table.better - table.switching > worth] = AllianceEnd.OUTSIDE
        out[carried < self.months_ahead * table.upkeep] = AllianceEnd.VALUE
        out[table.bound] = 0
        return out


class FixedHazard:
    """End with a fixed probability a month, whatever happens: the null of dissolution."""

    def __init__(self, per_month: float = 0.02) -> None:
        self.per_month = per_month

    def decide(self, table: Standing, chance) -> np.ndarray:
        """0 goes on, else AllianceEnd.HAZARD."""
        ends = chance(Purpose.EXOGENOUS_END, table.alliance, 1) < self.per_month
        return np.where(ends, int(AllianceEnd.HAZARD), 0)
