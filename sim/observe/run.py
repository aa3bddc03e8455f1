"""One replication from its plan to its results, on disk or in memory."""

import os
import platform
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.events import EventLog
from sim.observe import counterfactual
from sim.observe.counterfactual import Counterfactual
from sim.observe.series import Memory, observe
from sim.observe.store import write_replication
from sim.observe.tables import TablesOnDemand
from sim.plan import Plan
from sim.world import World

Progress = Callable[[int, int], None]
Watch = Callable[[World], None]  # is shown the world after each month; must change nothing in it


class ReplicationResult(NamedTuple):
    """What one replication gave."""

    replication: int
    series: dict[str, NDArray[np.float64]]  # T = burn_in + months entries each, entry t = month t
    tables: Mapping[str, pa.Table]  # the public tables
    folder: Path | None  # where they were written
    pairs: NDArray[np.float64] | None = None  # n x 2, 24 months' joint profit of sampled pairs, and without their alliance


def provenance(plan: Plan, replication: int) -> dict[str, Any]:
    """What made a replication: enough to run it again, and no time or place, so equal runs give equal files.

    Parameters
    ----------
    plan : Plan
        The resolved scenario.
    replication : int
        The replication's number.

    Returns
    -------
    dict
        JSON.
    """
    import sim

    return {
        "model_version": sim.__version__,
        "title": plan.title,
        "seed": plan.seed,
        "replication": replication,
        "partners": plan.partners,
        "months": plan.months,
        "burn_in": plan.burn_in,
        "names": {field: list(names) for field, names in plan.names._asdict().items()},
        "switches": plan.switches._asdict(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def run_replication(
    plan: Plan,
    replication: int,
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    replace: bool = False,
    synergy: bool = True,
    watch: Watch | None = None,
    events: bool = True,
    observed: Container[int] | None = None,
) -> ReplicationResult:
    """Build the world of a plan, run all its months, observe each and write the results.

    Parameters
    ----------
    plan : Plan
        The resolved scenario.
    replication : int
        The replication's number, from 0.
    folder : path, optional
        Where to write; nothing is written when left out.
    progress : callable, optional
        Called after each month with the months done and the months in all, burn-in included.
    replace : bool
        Whether a folder already there gives way; else FileExistsError is raised before the run.
    synergy : bool
        Whether to run the branch beside the last 24 months that says what 1 + 1 makes (``sim.observe.counterfactual``).
    watch : callable, optional
        Shown the world after each month.
    events : bool
        Whether to keep events; without them there are no tables, and nothing can be written.
    observed : container of int, optional
        Months to observe, burn-in counted; the series of the others are NaN.  All when left out.

    Returns
    -------
    ReplicationResult
        Series from the first month of burn-in on, and all tables.
    """
    from sim.engine import advance, build

    if folder is not None and not replace and Path(folder).exists():
        raise FileExistsError(f"{folder} is already there")
    if folder is not None and not events:
        raise ValueError("a run without events cannot be written")
    log = EventLog() if events else None
    world = build(plan, replication, log)
    memory = Memory()
    total = plan.burn_in + plan.months
    columns: dict[str, NDArray[np.float64]] = {name: np.full(total, np.nan) for name in counterfactual.NAMES}
    branch: Counterfactual | None = None
    for month in range(total):
        if synergy and month == counterfactual.first_month(plan):
            branch = Counterfactual(world)
        advance(world)
        compared = branch.step(world) if branch is not None else {}
        if watch is not None:
            watch(world)
        if observed is None or month in observed:
            for name, value in (observe(world, memory, month) | compared).items():
                columns.setdefault(name, np.full(total, np.nan))[month] = value
        else:
            memory.remember(world)
        if progress is not None:
            progress(month + 1, total)
    pairs = branch.pairs() if branch is not None else None
    if log is not None and branch is not None and pairs is not None and pairs.size:
        log.add("alliance_compared", alliance=branch.alliances, joint_profit=pairs[:, 0], joint_profit_without=pairs[:, 1])
    tables: Mapping[str, pa.Table] = TablesOnDemand(log) if log is not None else {}
    written = write_replication(folder, tables, columns, provenance(plan, replication), replace) if folder is not None else None
    return ReplicationResult(replication, columns, tables, written, pairs)
