"""Fitting a scenario to what happened before: churn of partners, revenue a head.  Method of moments.

Short runs of the scenario itself give what it makes of its parameters: of exit, the part that is bankruptcy; of
revenue, what a person brings in a year.

- Exit a year is 1 - (1 - retirement)(1 - bankruptcy), so retirement = 1 - (1 - churn) / (1 - bankruptcy).
- Revenue a head is nearly proportional to the price of work, ``firm.revenue_per_staff_usd``, which is scaled by
  given / simulated.

Neither is quite so, and each has some effect on the other, so both are repeated, ``ROUNDS`` times in all.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sim.plan import Plan

FIRST, MONTHS = 12, 36  # months that are simulated, and the first that counts: firms begin with cash to live on
REPLICATIONS = 3
ROUNDS = 3
MOST_PARTNERS = 400  # of a larger scenario the first ones are simulated
RETIREMENT, PRICE = "turnover.retirement_per_year", "firm.revenue_per_staff_usd"
BOUNDS = {RETIREMENT: (0.0, 0.9), PRICE: (1_000.0, 100_000.0)}  # as the parameters declare

PlanOf = Callable[[Mapping[str, Any]], Plan]  # the scenario's plan with these settings


class Past(NamedTuple):
    """What a scenario makes of a year."""

    churn: float  # share of partners that leave
    bankruptcy: float  # share of partners that go bankrupt
    revenue_a_head: float  # US dollars, net of subcontracting


class Fit(NamedTuple):
    """One figure of the past, and what the scenario makes of it."""

    what: str
    given: float
    before: float  # with default parameters
    after: float  # with fitted parameters
    parameter: str
    value: float
    note: str = ""  # why it does not fit, when it does not

    def line(self) -> str:
        """One line of a table."""
        style = ".1%" if self.what.startswith("churn") else ",.0f"
        set_to = f"{self.value:.4f}" if self.what.startswith("churn") else f"{self.value:,.0f}"
        cells = f"{self.given:>14{style}}{self.before:>14{style}}{self.after:>14{style}}"
        return f"{self.what:<24}{cells}  {self.parameter} = {set_to}{'; ' + self.note if self.note else ''}"


HEADER = f"{'':<24}{'given':>14}{'by default':>14}{'fitted':>14}"


def simulate_past(plan: Plan) -> Past:
    """Mean of a few short runs."""
    import numpy as np

    from sim.engine import advance, build
    from sim.events import EventLog, PartnerExit

    partner_months = left = bankrupt = revenue = staff = 0.0
    for replication in range(REPLICATIONS):
        log = EventLog()
        world = build(plan, replication, log)
        for month in range(MONTHS):
            advance(world)
            if month < FIRST:
                continue
            alive = world.partners.alive
            partner_months += float(alive.sum())
            revenue += float(world.partners.revenue_month[alive].sum())
            staff += float(world.partners.staff[alive].sum())
        exits = log.table("partner_left")
        late = exits["month"] >= FIRST if exits else np.zeros(0, bool)
        left += float(late.sum())
        bankrupt += float((exits["reason"][late] == int(PartnerExit.BANKRUPTCY)).sum()) if exits else 0.0
    yearly = [1.0 - (1.0 - count / partner_months) ** 12 for count in (left, bankrupt)]
    return Past(yearly[0], yearly[1], 12.0 * revenue / staff)


def retirement_for(churn: float, bankruptcy: float) -> float:
    """Retirement a year with which churn comes out, given bankruptcy a year; 0 where bankruptcy alone exceeds it."""
    if bankruptcy >= 1.0:
        return 0.0
    low, high = BOUNDS[RETIREMENT]
    return min(high, max(low, 1.0 - (1.0 - churn) / (1.0 - bankruptcy)))


def fit(plan_of: PlanOf, churn: float = math.nan, revenue_a_head: float = math.nan) -> tuple[dict[str, float], list[Fit]]:
    """Parameters with which the past comes out, and how well it does.

    Parameters
    ----------
    plan_of
        The scenario's plan under given settings.
    churn
        Share of partners that left a year; NaN where not given.
    revenue_a_head
        US dollars a year; NaN where not given.

    Returns
    -------
    settings, fits
        What to set, and a row for each figure given.
    """
    now = default = simulate_past(plan_of({}))
    settings: dict[str, float] = {}
    price = _price(plan_of({}))
    for _ in range(ROUNDS):
        if not math.isnan(revenue_a_head):
            low, high = BOUNDS[PRICE]
            settings[PRICE] = price = round(min(high, max(low, price * revenue_a_head / now.revenue_a_head)), 1)
        if not math.isnan(churn):
            settings[RETIREMENT] = round(retirement_for(churn, now.bankruptcy), 4)
        now = simulate_past(plan_of(settings))
    fits = []
    if not math.isnan(churn):
        at = settings[RETIREMENT]
        why = "" if BOUNDS[RETIREMENT][0] < at < BOUNDS[RETIREMENT][1] else "at its bound: bankruptcy is not fitted"
        fits.append(Fit("churn a year", churn, default.churn, now.churn, RETIREMENT, at, why))
    if not math.isnan(revenue_a_head):
        at = settings[PRICE]
        why = "at its bound" if at in BOUNDS[PRICE] else ""
        fits.append(Fit("revenue a head, US $", revenue_a_head, default.revenue_a_head, now.revenue_a_head, PRICE, at, why))
    return settings, fits


def _price(plan: Plan) -> float:
    return float(plan.parameters["firm"].revenue_per_staff_usd)
