"""One month: the processes in order, one line each."""

from functools import partial
from typing import Any

from sim import chance
from sim.processes import (
    agreements,
    close_of_month,
    consent,
    continuation,
    delivery,
    demand,
    discovery,
    feasibility,
    form,
    growth,
    hosts,
    influence,
    membership,
    novelty,
    payment,
    policies,
    posting,
    programme,
    running_costs,
    satisfaction,
    search,
    skills,
    sourcing,
    trust,
    turnover,
    vendor_choice,
    winning,
)
from sim.processes.acquaintance import neighbours
from sim.processes.directory import Directory, look_up
from sim.state.market import Opportunities
from sim.world import World

KNOWN, REOFFERED = 0, 1  # attempt: the first round of bidding in a month, the second for what was re-offered


def month(world: World) -> None:
    """Let one month pass."""
    draw = partial(chance.uniforms_at, world.key)
    policies.run(world)  # S1
    world.passed("policies")
    turnover.run(world)  # S2
    world.passed("turnover")
    novelty.run(world)  # S3
    directory = look_up(world)
    deals = demand.run(world)
    posting.run(world, deals, directory)
    bid(world, deals, directory, KNOWN, draw)  # S4-S6
    demand.reoffer(world, deals, directory)
    bid(world, deals, directory, REOFFERED, draw)
    demand.close(world, deals)
    delivered = delivery.run(world)  # S7
    world.passed("delivery")
    failures = delivery.failures_by_tie(world, delivered)
    payment.run(world, delivered)  # S8
    programme.run(world)
    running_costs.run(world)
    trust.run(world, delivered)  # S9
    continuation.run(world, directory, failures, draw)  # S10
    world.passed("continuation")
    satisfaction.run(world)  # S11
    world.passed("satisfaction")
    influence.run(world, directory, draw)  # S12
    world.passed("influence")
    discovery.run(world, delivered, deals)
    world.passed("discovery")
    skills.run(world, delivered)  # S13
    membership.run(world, neighbours(world), directory)  # S14
    agreements.run(world)  # S15
    hosts.run(world)  # S16
    growth.run(world)  # S17


def bid(world: World, deals: Opportunities, directory: Directory, attempt: int, draw: Any) -> None:
    """Every open opportunity is bid for: alone, or with a team that is searched for and consents."""
    near = neighbours(world)
    bids = feasibility.run(world, deals)
    pool, scores = search.run(world, deals, bids, near, directory, draw)
    consent.run(world, deals, bids, pool, scores, draw)
    vendor_choice.run(world, deals, bids, draw)
    sourcing.run(world, deals, bids)
    winning.run(world, deals, bids, attempt)
    form.run(world, deals, bids, near, attempt, draw)
    feasibility.release(world, deals, bids)


def advance(world: World) -> None:
    """Let one month pass and move on to the next; sums of the month stay readable until then."""
    close_of_month.open_books(world)
    month(world)
    world.month += 1


__all__ = ["advance", "bid", "month"]
