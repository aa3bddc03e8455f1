"""A4 Little's law: projects under way = projects won a month x months from winning to delivery."""

from typing import NamedTuple

import numpy as np

from experiments.validation.check import Check, check
from experiments.validation.plans import built, small_plan
from sim.engine import advance

BEFORE, MONTHS, PARTNERS = 36, 240, 200
WITHIN = 0.02
SOURCE = "Little 1961"


class Queue(NamedTuple):
    """What was counted."""

    active: float  # mean number of projects at the end of a month
    won: int
    months_in_work: float  # of all projects

    @property
    def ratio(self) -> float:
        """L / (lambda W)."""
        arrivals, duration = self.won / MONTHS, self.months_in_work / self.won
        return self.active / (arrivals * duration)


def counted(partners: int = PARTNERS) -> Queue:
    """Twenty years after burn-in, with durations from the log of deals and projects counted at each month's end."""
    world = built(small_plan(partners))
    assert world.log is not None
    active: list[int] = []
    known: dict[int, int] = {}
    won, abandoned = 0, 0.0
    for month in range(BEFORE + MONTHS):
        advance(world)
        rows = np.flatnonzero(world.projects.used)
        now = dict(zip(world.projects.uid[rows].tolist(), world.projects.signed[rows].tolist(), strict=True))
        if month >= BEFORE:
            active.append(len(now))
            won += sum(1 for uid in now if uid not in known)
            ended = known.keys() - now.keys()
            deals = world.log.table("deal")
            delivered = set(deals["deal"][deals["month"] == month].tolist())
            abandoned += sum(month - known[uid] for uid in ended - delivered)  # their owner left the market
        known = now
    deals = world.log.table("deal")
    late = deals["month"] >= BEFORE
    return Queue(float(np.mean(active)), won, float((deals["month"] - deals["signed"])[late].sum() + abandoned))


def check_ratio(queue: Queue) -> Check:
    """The law."""
    text = "Little's law on projects under way: L / (lambda W)"
    return check("A4", text, SOURCE, f"1 +- {WITHIN}", f"{queue.ratio:.4f}", abs(queue.ratio - 1.0) <= WITHIN)


def checks() -> list[Check]:
    """All of A4."""
    return [check_ratio(counted())]
