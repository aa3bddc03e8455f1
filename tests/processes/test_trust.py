"""S9 Trust: what partners who work together learn of each other, by hand."""

import pytest

from sim.processes import trust
from tests.small_world import delivered, project, small_world, tie

STATED = {"prior": 0.4, "up": 0.1, "down": 0.3, "ceiling": 1.0, "half_life": 1.0, "own_part": 0.0}


def pair(own_part=0.0, owner=0, ally=1, **columns):
    """Firms 0 (level .8) and 1 (level .6) in a tie in which 0 trusts 1 by .4 and 1 trusts 0 by .6."""
    world = small_world(trust=STATED | {"own_part": own_part})
    world.knowledge.skills[0, [0, 3]] = 0.8, 0.1  # skill 3 is not asked for
    world.knowledge.can[0] |= 0b1000
    t = tie(world, 0, 1, trust_ab=0.4, trust_ba=0.6, **columns)
    return world, project(world, owner, ally, ties=(t,), needs=0b0011)


def test_success_closes_a_part_of_the_distance_to_the_ceiling():
    """T += .1 x .5 x (1 - T): .4 -> .43 and .6 -> .62."""
    world, p = pair()
    trust.run(world, delivered(p, signal=0.5))
    assert (world.ties.trust_ab[0], world.ties.trust_ba[0]) == pytest.approx((0.43, 0.62))
    assert world.ties.successes[0] == 1


def test_failure_costs_a_part_of_what_trust_there_was():
    """T -= .3 x .5 x T: .4 -> .34 and .6 -> .51."""
    world, p = pair()
    trust.run(world, delivered(p, success=False, signal=-0.5))
    assert (world.ties.trust_ab[0], world.ties.trust_ba[0]) == pytest.approx((0.34, 0.51))
    assert world.ties.successes[0] == 0


@pytest.mark.parametrize(("owner", "ally"), [(0, 1), (1, 0)])
def test_who_did_its_part_better_gains_more_trust_whoever_owned_the_deal(owner, ally):
    """Tilt .5 x (.6 - .8) = -.1: firm 0 sees .4 in firm 1, firm 1 sees .6 in firm 0."""
    world, p = pair(own_part=0.5, owner=owner, ally=ally)
    trust.run(world, delivered(p, signal=0.5))
    assert world.ties.trust_ab[0] == pytest.approx(0.4 + 0.1 * 0.4 * 0.6)
    assert world.ties.trust_ba[0] == pytest.approx(0.6 + 0.1 * 0.6 * 0.4)


def test_an_idle_tie_loses_half_its_distance_from_the_prior_in_a_half_life():
    """.8 -> .6 and .2 -> .3 around a prior of .4; a tie that delivered does not fade."""
    world, p = pair()
    idle = tie(world, 1, 2, trust_ab=0.8, trust_ba=0.2)
    trust.run(world, delivered(p, signal=0.5))
    assert (world.ties.trust_ab[idle], world.ties.trust_ba[idle]) == pytest.approx((0.6, 0.3))
    assert world.ties.trust_ab[0] == pytest.approx(0.43)


def test_a_half_life_of_24_months_halves_in_24_months():
    """.4 + .4 x .5 after 24 months without a deal."""
    t = 0.8
    for _ in range(24):
        t = trust.faded_trust(t, 0.4, 24.0)
    assert t == pytest.approx(0.6)


@pytest.mark.parametrize(("q", "fixed"), [(0.8, 0.5714), (0.9, 0.75)])
def test_mean_trust_rests_where_gains_and_losses_balance(q, fixed):
    """A6: up q / (up q + down (1 - q)) = .5714 at q = .8 and .75 at q = .9."""
    up = trust.updated_trust(fixed, 1.0, 0.1, 0.3, 1.0) - fixed
    down = trust.updated_trust(fixed, -1.0, 0.1, 0.3, 1.0) - fixed
    assert q * up + (1 - q) * down == pytest.approx(0.0, abs=1e-5)


def test_what_a_side_sees_of_the_other_stays_within_a_full_signal():
    """At a tilt of 2 x -.2 a signal of .9 is .5 to the owner and 1, not 1.3, to the ally; after a failure -1 and -.5."""
    world, p = pair(own_part=2.0)
    trust.run(world, delivered(p, signal=0.9))
    assert (world.ties.trust_ab[0], world.ties.trust_ba[0]) == pytest.approx((0.4 + 0.05 * 0.6, 0.6 + 0.1 * 0.4))
    world, p = pair(own_part=2.0)
    trust.run(world, delivered(p, success=False, signal=-0.9))
    assert (world.ties.trust_ab[0], world.ties.trust_ba[0]) == pytest.approx((0.4 - 0.3 * 0.4, 0.6 - 0.15 * 0.6))
