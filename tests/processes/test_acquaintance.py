"""Who knows whom, and what two partners trust each other, by hand."""

import pytest

from sim.chance import pair_uid
from sim.processes import acquaintance
from tests.small_world import small_world, tie


def triangle_without_a_side():
    """Ties 0 (firms 0 and 1) and 2 (firms 1 and 2); tie 1 (firms 0 and 2) has been forgotten."""
    world = small_world()
    tie(world, 0, 1, trust_ab=0.7, trust_ba=0.3), tie(world, 0, 2), tie(world, 1, 2)
    world.ties.used[1] = False
    return world


def test_each_firm_lists_its_ties():
    """Firm 0 has tie 0, firm 1 ties 0 and 2, firm 2 tie 2."""
    near = acquaintance.neighbours(triangle_without_a_side())
    assert near.start.tolist() == [0, 1, 3, 4]
    assert near.tie.tolist() == [0, 0, 2, 2]
    assert near.other.tolist() == [1, 0, 2, 1]
    assert near.pair.tolist() == [pair_uid(10, 11)] * 2 + [pair_uid(11, 12)] * 2


@pytest.mark.parametrize(("r", "other", "t"), [(0, 1, 0), (1, 0, 0), (1, 2, 2), (0, 2, -1)])
def test_two_firms_have_one_tie_or_none(r, other, t):
    """The same seen from either end."""
    world = triangle_without_a_side()
    assert acquaintance.tie_between(r, other, acquaintance.neighbours(world)) == t


def test_a_tie_has_two_ends():
    """Tie 2 joins firms 1 and 2."""
    world = triangle_without_a_side()
    assert (acquaintance.other_end(2, 1, world.ties), acquaintance.other_end(2, 2, world.ties)) == (2, 1)


@pytest.mark.parametrize(("r", "on", "trust"), [(0, True, 0.7), (1, True, 0.3), (0, False, 0.4), (1, False, 0.4)])
def test_each_end_trusts_the_other_by_its_own_measure(r, on, trust):
    """Firm 0 trusts .7, firm 1 .3; where trust is off both trust at the prior of .4."""
    assert acquaintance.trust_of(0, r, triangle_without_a_side().ties, on, 0.4) == trust


def test_living_ties_come_in_the_order_of_their_pairs():
    """Whatever their rows: (10, 11), (10, 12), (11, 12)."""
    world = small_world()
    for a, b in ((1, 2), (0, 2), (0, 1)):
        tie(world, a, b)
    assert acquaintance.living_ties(world.ties).tolist() == [2, 1, 0]
