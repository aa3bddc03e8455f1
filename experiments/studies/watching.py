"""A run with somebody watching: a look at the world after each month, and now and then a hand on it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.engine import advance, build
from sim.events import EventLog
from sim.observe.counterfactual import NAMES
from sim.observe.series import Memory, observe
from sim.observe.tables import public_tables
from sim.plan import Plan
from sim.world import World


class Watcher(Protocol):
    """Looks at the world at the end of each month and has something to say in the end."""

    def look(self, world: World, month: int) -> None:
        """Called when ``month`` has just ended."""

    def found(self) -> Mapping[str, float]:
        """Outcomes by name."""


class Watched(NamedTuple):
    """What a run left."""

    series: dict[str, NDArray[np.float64]]
    tables: dict[str, pa.Table]


def run_watched(
    plan: Plan, replication: int, watchers: Sequence[Watcher] = (), hand: Callable[[World], None] | None = None
) -> Watched:
    """Run a plan month by month as ``sim.observe.run`` does, without the branch that says what 1 + 1 makes.

    Parameters
    ----------
    plan, replication
        As for any run.
    watchers
        Each looks at the end of every month.
    hand
        Called at the end of every month before anybody looks; may change the world.

    Returns
    -------
    Watched
        The same series and tables as an undisturbed run gives; those of the branch are NaN.
    """
    log = EventLog()
    world = build(plan, replication, log)
    memory = Memory()
    total = plan.burn_in + plan.months
    columns: dict[str, NDArray[np.float64]] = {name: np.full(total, np.nan) for name in NAMES}
    for month in range(total):
        advance(world)
        if hand is not None:
            hand(world)
        for name, value in observe(world, memory, month).items():
            columns.setdefault(name, np.full(total, np.nan))[month] = value
        for watcher in watchers:
            watcher.look(world, month)
    return Watched(columns, public_tables(log))
