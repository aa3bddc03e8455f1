"""A7 Influence with experience frozen converges to A* = (I - L W)^-1 (I - L) X (Friedkin and Johnsen 1990)."""

from experiments.validation.influence import check_distance, process_distance, rule_distance
from sim.rules.influence import DeGroot, FriedkinJohnsen


def test_the_rule_iterated_gives_the_fixed_point():
    """Attitudes end within 1e-6 of the solution of the linear system, whatever they were at first."""
    assert check_distance("", rule_distance(FriedkinJohnsen())).holds


def test_plain_averaging_ends_elsewhere():
    """The null of anchoring forgets experience: the same society comes to one opinion, so the check can fail."""
    assert rule_distance(DeGroot()) > 0.1
    assert not check_distance("", rule_distance(DeGroot())).holds


def test_the_process_iterated_gives_the_fixed_point_of_who_hears_whom():
    """In a world whose month does not change, and so who hears whom, attitudes end within 1e-6 of the fixed point."""
    found = process_distance()
    assert found.hear_several
    assert check_distance("", found.distance).holds
    assert found.moved > 0.05
