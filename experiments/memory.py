"""How much memory a run will need, estimated before it starts."""

import os
import sys
from pathlib import Path

from experiments.runner import RunError
from sim.plan import Plan
from sim.state.partners import empty_knowledge, empty_memberships, empty_partners, empty_relations

# Peak of one process on the baseline, 5,000 partners, 24 and 60 months; tests/test_resources.py measures a smaller one.
PROCESS = 320_000_000  # bytes of Python and its libraries
TIES = 6_000  # bytes a partner: alliances and projects
LATE_TIES = 12_500  # the same after 20 years, with what a month makes and enlarging takes for a moment; 50,000 partners
RECORDING = 2_100  # bytes a partner and month: events, and the tables made of them at the end
_ROWS = 64


def needed(plan: Plan, workers: int = 1, recording: bool = True) -> int:
    """Bytes that a run will need at its peak.

    Parameters
    ----------
    plan
        What will be run.
    workers
        Replications under way at the same time.
    recording
        Whether events and tables are recorded; without them the series alone are, and the run may be longer.
    """
    size = plan.size
    tables = (
        empty_partners(_ROWS),
        empty_memberships(_ROWS),
        empty_relations(_ROWS, size.vendors),
        empty_knowledge(_ROWS, size.skills, sum(group.count for group in plan.networks), size.distributors),
    )
    state = sum(column.nbytes for table in tables for column in table) / _ROWS
    months = plan.burn_in + plan.months
    a_partner = state + (TIES + RECORDING * months if recording else LATE_TIES)
    return round(workers * (PROCESS + plan.partners * a_partner))


def available() -> int | None:
    """Bytes of memory that processes may still take; None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def peak() -> int:
    """The most bytes of memory that this process has held so far.

    Read from the system's account of this program where there is one: ``ru_maxrss`` is not reset when a program
    starts, so a small one begun by a large one would report the large one's memory (measured: 964 MB against 11 MB).
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def fitting_workers(plan: Plan, asked: int | None, most: int) -> int:
    """How many workers to use: as many as asked for, or else as fit into memory, at most ``most``.

    Raises
    ------
    RunError
        When one does not fit, or those asked for do not.
    """
    free = available()
    if free is None:
        return asked or most
    fit = int(free // needed(plan))
    if fit < (asked or 1):
        raise RunError(_too_big(plan, asked or 1, fit, free))
    return asked or max(1, min(most, fit))


def _too_big(plan: Plan, workers: int, fit: int, free: int) -> str:
    months = plan.burn_in + plan.months
    what = f"{plan.partners:,} partners over {months:,} months need about {gb(needed(plan, workers))} of memory"
    with_workers = f" with {workers} workers" if workers > 1 else ""
    if fit >= 1:
        remedy = f"use --workers {fit}"
    else:
        most = max(2, int((free - PROCESS) * plan.partners / max(1, needed(plan) - PROCESS)))
        remedy = f"use at most about {most:,} partners (--set population.partners={most}) or fewer months"
    return f"{what}{with_workers}, {gb(free)} are available; {remedy}"


def gb(size: float) -> str:
    """Bytes in words."""
    return f"{size / 1e9:,.1f} GB"
