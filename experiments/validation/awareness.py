"""A1 Awareness alone follows the curve of Bass (1969): F(t) = (1 - e^{-(p+q)t}) / (1 + q/p e^{-(p+q)t}).

p and q a year are p/12 and q/12 a month; whoever has heard is made a member, so that the share of a firm's contacts
who are members estimates F without bias. Months are discrete, the curve is not: at these p and q that alone makes
a difference of .006.
"""

import numpy as np
from numpy.typing import NDArray

from experiments.validation.check import Check, check
from experiments.validation.plans import SIZE, built, small_plan, with_parameters
from sim.plan import NetworkGroup
from sim.policy import POLICIES
from sim.processes.acquaintance import neighbours
from sim.processes.directory import look_up
from sim.processes.membership import _hear
from sim.state.networks import COMMUNITY
from sim.world import World

P, Q, MONTHS = 0.03, 0.38, 180
ONE_RUN, MEAN, PEAK, PEAK_WITHIN = 0.05, 0.012, 6.19, 0.25
SOURCE = "Bass 1969"


def bass(months: NDArray, p: float = P, q: float = Q) -> NDArray[np.float64]:
    """F after so many months; ``p`` and ``q`` are a year."""
    e = np.exp(-(p + q) * months / 12.0)
    return (1.0 - e) / (1.0 + q / p * e)


def bass_world(n: int, contacts: int = 3, p: float = P, q: float = Q) -> World:
    """One region, one open network that nobody belongs to, and no reason to join."""
    policy = POLICIES[COMMUNITY]._replace(marketing=p / 12.0, founding_members=0, broadcast=0.0, fee_per_month_usd=0.0)
    size = SIZE._replace(regions=1, vendors=1, skills=2, distributors=0, marketplaces=0)
    plan = small_plan(n, size=size, networks=(NetworkGroup(COMMUNITY, 1, policy),))
    world = built(with_parameters(plan, membership={"imitation": q / 12.0, "contacts": contacts}))
    world.networks.reach[:] = 1.0
    return world


def share_aware(world: World, seed: int, months: int = MONTHS, imitation_on: bool = True) -> NDArray[np.float64]:
    """The share of firms that have heard of the network, at the end of each month, by the process of the month itself."""
    world.seed, near = seed, neighbours(world)
    world.knowledge.aware[:] = False
    world.memberships.network[:] = -1
    out = np.empty(months)
    for world.month in range(months):
        _hear(
            world.partners, world.relations, world.knowledge, world.memberships, world.networks, near, look_up(world),
            world.parameters["membership"], world.key, imitation_on, np.zeros(world.networks.uid.size, np.int64),
        )  # fmt: skip
        heard = world.knowledge.aware[:, 0] & world.partners.alive
        world.memberships.network[heard, 0] = 0
        out[world.month] = heard.sum() / world.partners.alive.sum()
    return out


def distance(aware: NDArray) -> float:
    """Largest distance of a path from the curve."""
    return float(np.abs(aware - bass(np.arange(1, aware.size + 1))).max())


def peak(aware: NDArray) -> float:
    """Years until a path is steepest, by a parabola through the upper fifth of its steps."""
    steps = np.diff(aware, prepend=0.0)
    near_top = np.flatnonzero(steps > 0.8 * steps.max())
    a, b, _ = np.polyfit((near_top + 0.5) / 12.0, steps[near_top], 2)
    return float(-b / (2.0 * a))


def check_one_run(aware: NDArray) -> Check:
    """A single run of 5,000 firms."""
    apart = distance(aware)
    return check(
        "A1", "awareness alone, one run: largest distance from F(t)", SOURCE, f"below {ONE_RUN}", f"{apart:.4f}", apart < ONE_RUN
    )


def mean_path(seeds: int = 100, n: int = 2_000) -> NDArray[np.float64]:
    """Mean share aware over seeds."""
    world = bass_world(n)
    return np.mean([share_aware(world, seed) for seed in range(seeds)], axis=0)


def checks_of_the_mean(mean: NDArray) -> list[Check]:
    """The mean over 100 seeds: its distance, and when it is steepest."""
    apart, top = distance(mean), peak(mean)
    return [
        check("A1", "  the mean of 100 seeds", SOURCE, f"below {MEAN}", f"{apart:.4f}", apart < MEAN),
        check(
            "A1", "  years until it is steepest", SOURCE, f"{PEAK} +- {PEAK_WITHIN}", f"{top:.2f}", abs(top - PEAK) <= PEAK_WITHIN
        ),
    ]


def checks() -> list[Check]:
    """All of A1."""
    return [check_one_run(share_aware(bass_world(5_000), seed=1)), *checks_of_the_mean(mean_path())]
