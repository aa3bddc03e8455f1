"""A4 Little's law: projects under way = projects won a month x months from winning to delivery."""

import numpy as np
import pytest

from sim.engine import advance
from tests.analytic.plans import built, small_plan

BEFORE, MONTHS = 36, 240


@pytest.mark.slow
def test_active_projects_are_arrivals_times_duration():
    """Over 20 years L / (lambda W) is 1 within .02, with W from the log of deals and L counted at each month's end."""
    world = built(small_plan(200))
    active, known, won = [], {}, 0
    abandoned = 0.0
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
    months_in_work = (deals["month"] - deals["signed"])[late].sum() + abandoned
    assert won > 5_000
    arrivals, duration = won / MONTHS, months_in_work / won
    assert np.mean(active) / (arrivals * duration) == pytest.approx(1.0, abs=0.02)
