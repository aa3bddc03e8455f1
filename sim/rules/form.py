"""Which form a pair gives its alliance: project, occasional or formal."""

from typing import Any, NamedTuple

import numpy as np

from sim.compiled import kernel, leaf
from sim.rules.tables import Prospects
from sim.state.table import Floats
from sim.state.ties import FORMS, PROJECT


class FormCosts(NamedTuple):
    """What alliances cost, one number a form."""

    setup: Floats  # US dollars
    coordination: Floats  # share of a deal's value
    upkeep: Floats  # US dollars a month


@leaf
def value_of_form(rate, surplus, volume, trust, horizon, setup, coordination, upkeep):
    """What a form is worth over a horizon in months, US dollars; ``coordination`` is a share of a deal's volume."""
    cost = coordination * (1.0 - 0.6 * trust) * volume
    return horizon * (rate * (surplus - cost) - upkeep) - setup


@kernel
def _choose(present, rate, surplus, volume, trust, horizon, setup, coordination, upkeep, best):
    for d in range(present.size):
        best[d], best_value = PROJECT, -np.inf
        for form in range(PROJECT, setup.size):
            due = 0.0 if form == present[d] else setup[form]
            value = value_of_form(rate[d], surplus[d], volume[d], trust[d], horizon, due, coordination[form], upkeep[form])
            if value > best_value:
                best[d], best_value = form, value


class HighestValue:
    """The form of highest value over a horizon, forms as an inventory of coordination cost.

    value_form = H x (r x (surplus - c_form x (1 - .6 T) x volume) - upkeep_form) - F_form, with F = 0,
    600, 4,000 US dollars, coordination .06, .04, .02 of the volume, upkeep 0, 8, 60 US dollars a month,
    H = 24 months (all assumed; trial values).  What decides is r x H x difference in coordination
    against F.  A pair that is already in a form does not pay its F again.
    """

    def __init__(
        self,
        horizon: float = 24.0,
        setup_occasional: float = 600.0,
        setup_formal: float = 4000.0,
        coordination_project: float = 0.06,
        coordination_occasional: float = 0.04,
        coordination_formal: float = 0.02,
        upkeep_occasional: float = 8.0,
        upkeep_formal: float = 60.0,
    ) -> None:
        self.horizon = horizon
        self.setup = np.array([0.0, 0.0, setup_occasional, setup_formal])
        self.coordination = np.array([coordination_project, coordination_project, coordination_occasional, coordination_formal])
        self.upkeep = np.array([0.0, 0.0, upkeep_occasional, upkeep_formal])

    def decide(self, table: Prospects, chance) -> np.ndarray:
        """Index into FORMS, at least PROJECT."""
        best = np.empty(table.pair.size, np.int64)
        _choose(
            table.form, table.rate, table.surplus, table.volume, table.trust, float(self.horizon), self.setup, self.coordination,
            self.upkeep, best,
        )  # fmt: skip
        return best


class FixedForm(HighestValue):
    """Always the same form; the null of the ladder from project to formal.  Costs are as in HighestValue."""

    def __init__(self, form: str = "project", **costs: float) -> None:
        super().__init__(**costs)
        if form not in FORMS[PROJECT:]:
            raise ValueError(f"form must be one of {', '.join(FORMS[PROJECT:])}, not {form!r}")
        self.only = FORMS.index(form)

    def decide(self, table: Prospects, chance) -> np.ndarray:
        """Index into FORMS."""
        return np.full(table.pair.shape, self.only)


_USUAL = HighestValue()


def costs_of(rule: Any) -> FormCosts:
    """What forms cost as a form rule states it; what it leaves unsaid is as in HighestValue."""
    return FormCosts(*(np.asarray(getattr(rule, name, getattr(_USUAL, name)), dtype=float) for name in FormCosts._fields))
