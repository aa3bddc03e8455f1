"""Running a plan without any face: build the world, let months pass, hand back the log."""

from collections.abc import Callable

from sim.events import EventLog
from sim.month import advance
from sim.plan import Plan
from sim.population import build
from sim.world import World

__all__ = ["advance", "build", "simulate"]


def simulate(plan: Plan, replication: int = 0, observe: Callable[[World], None] | None = None) -> World:
    """Run one replication from start to end; ``observe`` is called after each month."""
    world = build(plan, replication, EventLog())
    for _ in range(plan.burn_in + plan.months):
        advance(world)
        if observe is not None:
            observe(world)
    return world
