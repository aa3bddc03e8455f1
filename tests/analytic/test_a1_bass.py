"""A1 Awareness alone follows the curve of Bass (1969): F(t) = (1 - e^{-(p+q)t}) / (1 + q/p e^{-(p+q)t}).

p and q a year are p/12 and q/12 a month; whoever has heard is made a member, so that the share of a firm's contacts
who are members estimates F without bias. Months are discrete, the curve is not: at these p and q that alone makes
a difference of .006.
"""

import numpy as np
import pytest

from sim.plan import NetworkGroup
from sim.policy import POLICIES
from sim.processes.acquaintance import neighbours
from sim.processes.directory import look_up
from sim.processes.membership import _hear
from sim.state.networks import COMMUNITY
from tests.analytic.plans import SIZE, built, small_plan, with_parameters

P, Q, MONTHS = 0.03, 0.38, 180


def bass(months, p=P, q=Q):
    """F at the end of each month."""
    e = np.exp(-(p + q) * months / 12.0)
    return (1.0 - e) / (1.0 + q / p * e)


def bass_world(n, contacts=3):
    """One region, one open network that nobody belongs to, and no reason to join."""
    policy = POLICIES[COMMUNITY]._replace(marketing=P / 12.0, founding_members=0, broadcast=0.0, fee_per_month_usd=0.0)
    size = SIZE._replace(regions=1, vendors=1, skills=2, distributors=0, marketplaces=0)
    plan = small_plan(n, size=size, networks=(NetworkGroup(COMMUNITY, 1, policy),))
    world = built(with_parameters(plan, membership={"imitation": Q / 12.0, "contacts": contacts}))
    world.networks.reach[:] = 1.0
    return world


def share_aware(world, seed, months=MONTHS, imitation_on=True):
    """The share of firms that have heard of the network, at the end of each month."""
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


def test_one_run_follows_the_curve():
    """With 5,000 firms the largest distance of one run from the Bass curve is below .05."""
    aware = share_aware(bass_world(5_000), seed=1)
    expected = bass(np.arange(1, MONTHS + 1))
    assert np.abs(aware - expected).max() < 0.05
    assert aware[-1] > 0.95


@pytest.mark.slow
def test_the_mean_of_a_hundred_runs_follows_the_curve():
    """Over 100 seeds the mean is within .012 of the Bass curve everywhere, and steepest after 6.19 years."""
    world = bass_world(2_000)
    mean = np.mean([share_aware(world, seed) for seed in range(100)], axis=0)
    assert np.abs(mean - bass(np.arange(1, MONTHS + 1))).max() < 0.012
    steps = np.diff(mean, prepend=0.0)
    near_top = np.flatnonzero(steps > 0.8 * steps.max())
    a, b, _ = np.polyfit((near_top + 0.5) / 12.0, steps[near_top], 2)
    assert np.log(Q / P) / (P + Q) == pytest.approx(6.19, abs=0.005)
    assert -b / (2.0 * a) == pytest.approx(6.19, abs=0.25)


@pytest.mark.parametrize("contacts", [1, 10])
def test_how_many_are_met_does_not_matter(contacts):
    """The hazard takes the share of contacts who are members, so their number changes the noise only."""
    aware = share_aware(bass_world(5_000, contacts), seed=2, months=120)
    assert np.abs(aware - bass(np.arange(1, 121))).max() < 0.05


def test_without_imitation_awareness_is_exponential():
    """With imitation switched off only p is left: F = 1 - e^{-pt}, far from the Bass curve."""
    aware = share_aware(bass_world(5_000), seed=3, imitation_on=False)
    months = np.arange(1, MONTHS + 1)
    assert np.abs(aware - (1.0 - np.exp(-P * months / 12.0))).max() < 0.02
    assert np.abs(aware - bass(months)).max() > 0.3
