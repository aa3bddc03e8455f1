"""Own experience as a sum of stocks, one a component of what makes a month good or bad."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.chance import Purpose, normal
from sim.observe.account.causes import OWN
from sim.processes.satisfaction import performance, updated_experience
from sim.world import World

Stocks = dict[str, NDArray[np.float64]]


def interpreted(leaf: Any) -> Any:
    """A process's own scalar function as Python: it takes arrays where it only calculates, and costs no dispatch."""
    return getattr(leaf, "py_func", leaf)


def in_business(world: World, carried: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and vendors of the relations that had business this month."""
    relations = world.relations
    busy = carried & world.partners.alive[:, None] & ((relations.bought_month > 0.0) | (relations.bids_month > 0.0))
    rows, vendors = np.nonzero(busy)
    return rows, vendors


def gap_components(
    world: World, rows: NDArray[np.int64], vendors: NDArray[np.int64], expectation: NDArray, at_first: NDArray
) -> dict[str, NDArray[np.float64]]:
    """What the gap between performance and expectation is made of, for each relation with business.

    Parameters
    ----------
    world
        After satisfaction has passed: the sums of the month stand.
    rows, vendors
        The relations.
    expectation, at_first
        N x V: expectation at the start of the month, and when the relation began.

    Returns
    -------
    dict of str to array
        By component; the sum is the gap.
    """
    p, relations = world.parameters["satisfaction"], world.relations
    bought, bids = relations.bought_month[rows, vendors], relations.bids_month[rows, vendors]
    margin = _rate(relations.margin_month[rows, vendors], bought, p.reference_margin)
    benefit = _rate(relations.benefit_month[rows, vendors], bought, p.reference_benefit)
    conflict = _rate(relations.conflicts_month[rows, vendors], bids, p.reference_conflict)
    key, purpose = world.key, int(Purpose.PERFORMANCE_NOISE)
    noise = np.array(
        [normal(key, purpose, u, v) for u, v in zip(world.partners.uid[rows].tolist(), vendors.tolist(), strict=True)]
    )
    of = interpreted(performance)
    neutral = {
        "margin": p.reference_margin,
        "support": 0.5,
        "conflict": p.reference_conflict,
        "benefit": p.reference_benefit,
        "noise": 0.0,
    }

    def beyond(name: str, value: NDArray) -> NDArray:
        return of(*{**neutral, name: value}.values(), p) - of(*neutral.values(), p)

    begun, now = at_first[rows, vendors], expectation[rows, vendors]
    return {
        "margin": beyond("margin", margin),
        "support": beyond("support", world.vendors.support[vendors]),
        "conflict": beyond("conflict", conflict),
        "benefits": beyond("benefit", benefit),
        "month_chance": beyond("noise", noise) if noise.size else noise,
        "standing": of(*neutral.values(), p) + p.tolerance - begun,
        "treadmill": begun - now,
    }


def _rate(part: NDArray, whole: NDArray, neutral: float) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(part.shape, neutral), where=whole > 0.0)


def learn(
    stocks: Stocks, rows: NDArray[np.int64], vendors: NDArray[np.int64], parts: dict[str, NDArray], satisfaction: Any
) -> None:
    """Let each stock of some relations fade and gain its part of the month.

    X' = rho X + u with u = f(0, gap) and rho = f(1, gap) - u, f the process's own update.

    Parameters
    ----------
    stocks
        N x V by component; changed.
    rows, vendors
        The relations.
    parts
        Components of the gap.
    satisfaction
        Parameters of the process.
    """
    gap, after = sum(parts.values(), np.zeros(rows.size)), interpreted(updated_experience)
    gained = np.array([after(0.0, g, satisfaction) for g in gap.tolist()])
    kept = np.array([after(1.0, g, satisfaction) for g in gap.tolist()]) - gained
    for name in OWN:
        stocks[name][rows, vendors] *= kept
    each = np.divide(gained, gap, out=np.zeros_like(gap), where=gap != 0.0)
    for name, part in parts.items():
        stocks[name][rows, vendors] += each * part


def total(stocks: Stocks) -> NDArray[np.float64]:
    """Sum of all stocks."""
    return np.sum(list(stocks.values()), axis=0)
