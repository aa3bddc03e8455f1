"""S7 Delivery: work is done, and projects that fall due succeed or fail.

A month's work is the backlog up to capacity.  P(success) = logistic(base + quality (q - .6) + trust T -
complexity c); the quality signal is uniform on [.3, 1] after success, on [-1, -.3] after failure, and each
ally's own level tilts what the owner sees.

Reads projects, partners; writes partners (backlog, utilisation, reputation, rating), returns Deliveries.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.chance import Purpose, uniform
from sim.compiled import kernel, leaf
from sim.parameters import Par
from sim.processes.firm import capacity, logistic
from sim.state.table import Bools, Floats, Ints
from sim.state.ties import TEAM_SIZE
from sim.world import World


class Delivery(NamedTuple):
    """Parameters of delivery."""

    base: Annotated[float, Par("log odds", -5, 10, "assumed; trial 1.2", "a simple deal of quality .6 without trust")] = 1.2
    quality: Annotated[float, Par("log odds", 0, 20, "assumed; trial 3", "weight of quality around .6")] = 3.0
    trust: Annotated[float, Par("log odds", 0, 10, "assumed; trial 1", "weight of mean trust in the team")] = 1.0
    complexity: Annotated[float, Par("log odds", 0, 10, "assumed; trial 1.5", "weight of complexity")] = 1.5
    refund: Annotated[float, Par("share of services", 0, 1, "assumed", "refunded to the customer when a deal fails")] = 0.20
    memory: Annotated[float, Par("share", 0.001, 1, "assumed; trial .03", "weight of a deal in a firm's reputation")] = 0.03
    rating_memory: Annotated[float, Par("share", 0.001, 1, "assumed", "least weight of a task in a marketplace rating")] = 0.10


class Deliveries(NamedTuple):
    """Projects that fell due, in the order of their uids."""

    project: Ints  # rows of projects
    success: Bools  # whether the work came out well
    signal: Floats  # -1..1


@leaf
def success_probability(quality, trust, complexity, delivery):
    """P(success) of a deal, 0..1."""
    odds = delivery.base + delivery.quality * (quality - 0.6) + delivery.trust * trust - delivery.complexity * complexity
    return logistic(odds)


@leaf
def signal_of(success, u):
    """The quality signal: uniform on [.3, 1], negative after a failure."""
    return (0.3 + 0.7 * u) * (1.0 if success else -1.0)


@kernel
def _work(partners, firm):
    for r in range(partners.uid.size):
        if partners.alive[r]:
            limit = capacity(partners.staff[r], firm)
            done = min(partners.backlog[r], limit)
            partners.backlog[r] -= done
            partners.utilisation[r] += (done / limit - partners.utilisation[r]) / 3.0


@kernel
def _deliver(due, projects, partners, delivery, key, trust_on, prior, success, signal):
    """Fill ``success`` and ``signal`` of each project due."""
    for n in range(due.size):
        p = due[n]
        uid = projects.uid[p]
        alone = projects.size[p] == 1
        trust = projects.trust[p] if trust_on or alone else prior
        chance = success_probability(projects.quality[p], trust, projects.complexity[p], delivery)
        success[n] = uniform(key, Purpose.DELIVERY, uid) < chance
        signal[n] = signal_of(success[n], uniform(key, Purpose.SIGNAL, uid))
        seen = 1.0 if success[n] else 0.0
        for m in range(TEAM_SIZE):
            r = projects.member[p, m]
            if r >= 0:
                partners.reputation[r] += delivery.memory * (seen - partners.reputation[r])
        if projects.market[p] >= 0:
            r = projects.member[p, 0]
            partners.rated[r] += 1
            weight = max(delivery.rating_memory, 1.0 / (1.0 + partners.rated[r]))
            partners.rating[r] += weight * (0.5 + 0.5 * signal[n] - partners.rating[r])


def run(world: World) -> Deliveries:
    """Do the month's work and deliver what is due."""
    _work(world.partners, world.parameters["firm"])
    projects = world.projects
    due = np.flatnonzero(projects.used & (projects.due <= world.month))
    due = due[np.argsort(projects.uid[due])]
    success, signal = np.empty(due.size, bool), np.empty(due.size)
    _deliver(
        due, projects, world.partners, world.parameters["delivery"], world.key, world.switches.trust, world.parameters["trust"].prior,
        success, signal,
    )  # fmt: skip
    return Deliveries(due, success, signal)


def failures_by_tie(world: World, deliveries: Deliveries) -> np.ndarray:
    """How many failed deals each tie has seen this month; one float a row of ties."""
    failed = deliveries.project[~deliveries.success]
    tie = world.projects.tie[failed, 1:].ravel()
    return np.bincount(tie[tie >= 0], minlength=world.ties.used.size).astype(float)
