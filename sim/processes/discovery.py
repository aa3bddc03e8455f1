"""S12 Discovery: how partners come to carry a vendor that they did not.

Three ways in: a successful joint deal that used an ally's vendor, by its perceived advantage; a customer who
asked for it; the vendor's own recruiting.  Each is the less likely the longer the line card is already
(attention): room = 2 / (1 + e^{(n - typical) / 2}).  So erosion of loyalty comes from what peers use and
how they fare.

Reads deliveries, projects, opportunities, relations, vendors; writes relations, knowledge.can, events.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, uniform
from sim.compiled import kernel, leaf, part
from sim.events import TakenOn
from sim.parameters import Par
from sim.processes.delivery import Deliveries
from sim.processes.firm import logistic
from sim.processes.founding import fit_with, pick
from sim.state.market import Opportunities
from sim.state.ties import TEAM_SIZE
from sim.world import World


class Discovery(NamedTuple):
    """Parameters of discovery."""

    co_delivery: Annotated[float, Par("probability a deal", 0, 1, "assumed; trial .10, range .05-.30", "after a successful joint deal with an ally's vendor")] = 0.10
    advantage: Annotated[float, Par("1", 0, 10, "assumed; trial 1.5", "slope on the ally's attitude less the own to its primary vendor")] = 1.5
    specified: Annotated[float, Par("probability a deal", 0, 1, "assumed; trial .10", "after a customer asked for a vendor that the firm lacks")] = 0.03
    recruited: Annotated[float, Par("1/month", 0, 1, "assumed; trial .02", "by a vendor's recruiting; its name, openness and fit decide which vendor")] = 0.02
    typical: Annotated[float, Par("vendors", 0.5, 60, "assumed; trial 4", "line card at which a further vendor is half as welcome")] = 4.0
    first_experience: Annotated[float, Par("attitude", -1, 1, "assumed", "own experience when a vendor is taken on")] = 0.1


@leaf
def room_on_line_card(n, typical):
    """How welcome a further vendor is to a firm that carries ``n``, 0..2."""
    return 2.0 / (1.0 + np.exp(0.5 * (n - typical)))


@leaf
def primary_attitude(r, relations):
    """A partner's attitude to the vendor that it buys most from, 0 where it carries none."""
    best, attitude = -1.0, 0.0
    for v in range(relations.carried.shape[1]):
        if relations.carried[r, v] and relations.bought_year[r, v] > best:
            best, attitude = relations.bought_year[r, v], relations.attitude[r, v]
    return attitude


@part
def carried_count(r, relations):
    """How many vendors a partner carries."""
    n = 0
    for v in range(relations.carried.shape[1]):
        n += 1 if relations.carried[r, v] else 0
    return n


@leaf
def take_on(r, v, month, partners, relations, knowledge, market, first, skills):
    """Put a vendor on a partner's line card."""
    relations.carried[r, v], relations.since[r, v], relations.last_bought[r, v] = True, month, month
    relations.experience[r, v] = max(first, relations.experience[r, v])
    relations.expectation[r, v] = market.norm[0]
    relations.tier[r, v] = 0
    knowledge.can[r] |= 1 << (skills + v)


@kernel
def _discover(
    due, success, deals, projects, partners, relations, knowledge, vendors, market, discovery, key, month, skills, joint_on, rows, taken, why, weights
):  # fmt: skip
    """Write who took on which vendor and why, and return how many did; ``weights`` is room for V numbers."""
    n, most = 0, rows.size
    if joint_on:
        for d in range(due.size):
            p = due[d]
            v, buyer = projects.vendor[p], projects.member[p, projects.carrier[p]]
            if not success[d] or projects.size[p] < 2 or not vendors.active[v]:
                continue
            for m in range(TEAM_SIZE):
                r = projects.member[p, m]
                if r < 0 or r == buyer or relations.carried[r, v] or n == most:
                    continue
                gap = relations.attitude[buyer, v] - primary_attitude(r, relations)
                likely = discovery.co_delivery * logistic(discovery.advantage * gap) * room_on_line_card(carried_count(r, relations), discovery.typical)
                if uniform(key, Purpose.CO_DELIVERY, projects.uid[p], m) < likely:
                    take_on(r, v, month, partners, relations, knowledge, market, discovery.first_experience, skills)
                    rows[n], taken[n], why[n] = r, v, TakenOn.CO_DELIVERY
                    n += 1
    for o in range(deals.uid.size):
        named, r = deals.needs[o] >> skills, deals.known[o]
        if named == 0 or n == most:
            continue
        for v in range(vendors.uid.size):
            if bits.has(named, v) and not relations.carried[r, v] and vendors.active[v]:
                likely = discovery.specified * room_on_line_card(carried_count(r, relations), discovery.typical)
                if uniform(key, Purpose.SPECIFIED_TAKE_ON, deals.uid[o], v) < likely and n < most:
                    take_on(r, v, month, partners, relations, knowledge, market, discovery.first_experience, skills)
                    rows[n], taken[n], why[n] = r, v, TakenOn.SPECIFIED
                    n += 1
    for r in range(partners.uid.size):
        if not partners.alive[r] or n == most:
            continue
        likely = discovery.recruited * room_on_line_card(carried_count(r, relations), discovery.typical)
        if uniform(key, Purpose.RECRUITMENT, partners.uid[r]) >= likely:
            continue
        for v in range(vendors.uid.size):
            open_to = vendors.active[v] and not relations.carried[r, v]
            liking = (1.0 + relations.attitude[r, v]) * vendors.openness[v] * fit_with(vendors.fit[v], knowledge.can[r] & bits.low_bits(skills))
            weights[v] = vendors.size[v] * liking if open_to else 0.0
        v = pick(uniform(key, Purpose.RECRUIT_VENDOR, partners.uid[r]), weights, 0)
        if v >= 0:
            take_on(r, v, month, partners, relations, knowledge, market, discovery.first_experience, skills)
            rows[n], taken[n], why[n] = r, v, TakenOn.RECRUITED
            n += 1
    return n


def run(world: World, deliveries: Deliveries, deals: Opportunities) -> None:
    """Let partners take on vendors."""
    most = deliveries.project.size * TEAM_SIZE + deals.uid.size + world.partners.uid.size
    rows, taken, why = (np.empty(most, np.int64) for _ in range(3))
    n = _discover(
        deliveries.project, deliveries.success, deals, world.projects, world.partners, world.relations, world.knowledge,
        world.vendors, world.market, world.parameters["discovery"], world.key, world.month, world.size.skills,
        world.switches.discovery, rows, taken, why, np.empty(world.size.vendors),
    )  # fmt: skip
    rows, taken, why = rows[:n], taken[:n], why[:n]
    world.record("vendor_taken", month=world.month, partner=world.partners.uid[rows], vendor=world.vendors.uid[taken], reason=why)
