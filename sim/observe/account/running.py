"""Running a plan for its account."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.events import EventLog
from sim.observe.account.books import ATTITUDE, WALLET, Account
from sim.observe.account.posting import Ledger
from sim.observe.account.witness import Witness
from sim.plan import Plan
from sim.state.partners import BUSINESS_TYPES
from sim.world import World

SIZES = ("under 5 staff", "5 to 19 staff", "20 staff and more")
_BOUNDS = (5.0, 20.0)
Grouping = tuple[tuple[str, ...], Callable[[World], NDArray[np.int64]]]


def size_class(staff: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index into ``SIZES``."""
    return np.searchsorted(_BOUNDS, staff, side="right")


def groupings(plan: Plan) -> dict[str, Grouping]:
    """How partners may be grouped: names of the groups, and the group of each row."""
    return {
        "size": (SIZES, lambda world: size_class(world.partners.staff)),
        "region": (plan.names.regions, lambda world: world.partners.region),
        "type": (BUSINESS_TYPES, lambda world: world.partners.business_type),
    }


def account_of(
    plan: Plan, replication: int = 0, group_by: str = "size", progress: Callable[[int, int], None] | None = None
) -> Account:
    """Run one replication of a plan and book every month after burn-in.

    The witness watches from the first month, so that what partners brought along has faded by the end of burn-in.

    Parameters
    ----------
    plan
        What to run.
    replication
        Its number.
    group_by
        "size", "region" or "type" of partners.
    progress
        Called with months done and months in all.

    Returns
    -------
    Account
        Of the months after burn-in.

    Raises
    ------
    KeyError
        When there is no such grouping.
    """
    from sim.engine import advance, build

    groups, group_of = groupings(plan)[group_by]
    world = build(plan, replication, EventLog())
    ledger = Ledger(tuple(groups), group_of)
    witness = Witness(world, ledger)
    total = plan.burn_in + plan.months
    for month in range(total):
        advance(world)
        witness.month_ended(world)
        if progress is not None:
            progress(month + 1, total)
    first = plan.burn_in
    return Account(
        first, plan.names.vendors, tuple(groups),
        {q: np.array(ledger.posted[q][first:]) for q in (ATTITUDE, WALLET)},
        {q: np.array(ledger.levels[q][first:]) for q in (ATTITUDE, WALLET)},
        {q: np.array(ledger.made[q][first:]) for q in (ATTITUDE, WALLET)},
    )  # fmt: skip
