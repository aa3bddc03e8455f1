"""The diary: what some partners thought of every vendor, month by month, what made it so, and what they weighed."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.events import EventLog
from sim.observe.account.causes import OWN
from sim.observe.account.decisions import Decisions
from sim.observe.account.posting import Ledger
from sim.observe.account.running import groupings
from sim.observe.account.witness import HEARD, Witness
from sim.plan import Plan
from sim.world import World


class Page(NamedTuple):
    """One partner at the end of a month."""

    carried: NDArray[np.bool_]  # V
    attitude: NDArray[np.float64]  # V, what it says
    parts: dict[str, NDArray[np.float64]]  # what the attitude is made of, V each; they sum to it
    share: NDArray[np.float64]  # V, of its wallet
    memberships: int
    staff: float


class Diary(NamedTuple):
    """What some partners thought, and what they weighed."""

    pages: dict[tuple[int, int], Page]  # by uid and month
    decisions: Decisions | None  # None where the replication was not run again


EMPTY = Diary({}, None)


def diary_of(
    plan: Plan, replication: int, partners: Collection[int], progress: Callable[[int, int], None] | None = None
) -> Diary:
    """Run one replication of a plan again and note what some partners thought.

    Parameters
    ----------
    plan
        What was run.
    replication
        Its number.
    partners
        Uids.
    progress
        Called with months done and months in all.

    Returns
    -------
    Diary
        A page for every month in which a partner lived, and the figures behind their decisions.
    """
    from sim.engine import advance, build

    wanted = np.array(sorted(partners), np.int64)
    groups, group_of = groupings(plan)["size"]
    world = build(plan, replication, EventLog())
    ledger = Ledger(tuple(groups), group_of)
    witness = Witness(world, ledger)
    decisions = Decisions(world, partners)
    world.witness = _both(witness, decisions)
    pages: dict[tuple[int, int], Page] = {}
    total = plan.burn_in + plan.months
    for month in range(total):
        advance(world)
        witness.month_ended(world)
        decisions.month_ended(world)
        ledger.forget()
        for r in np.flatnonzero(world.partners.alive & np.isin(world.partners.uid, wanted)):
            pages[int(world.partners.uid[r]), month] = _page(world, witness, int(r))
        if progress is not None:
            progress(month + 1, total)
    return Diary(pages, decisions)


def _both(*observers: Callable[[str, World], None]) -> Callable[[str, World], None]:
    """Several witnesses as one."""

    def passed(process: str, world: World) -> None:
        for observer in observers:
            observer(process, world)

    return passed


def _page(world: World, witness: Witness, r: int) -> Page:
    relations, share = world.relations, witness.before.share[r]
    return Page(
        relations.carried[r].copy(), relations.attitude[r].copy(),
        {name: witness.said[name][r].copy() for name in (*OWN, *HEARD)}, share.copy(),
        int((world.memberships.network[r] >= 0).sum()), float(world.partners.staff[r]),
    )  # fmt: skip
