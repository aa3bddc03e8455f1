"""A2 Mutual consent on the connections utility ends in the networks of Jackson and Wolinsky (1996)."""

from functools import partial
from itertools import combinations

import numpy as np
import pytest

from sim import chance
from sim.rules.connections import connections_utility, degree_sequence, is_pairwise_stable, meet_at_random
from sim.rules.registry import make_rule

DELTA, N = 0.5, 5
STABLE = {
    0.15: {(4, 4, 4, 4, 4)},
    0.35: {(1, 1, 1, 1, 4), (2, 2, 2, 2, 2), (2, 2, 2, 3, 3)},
    0.6: {(0, 0, 0, 0, 0)},
    1.3: {(0, 0, 0, 0, 0)},
}
KNOWN = make_rule("consent", "known_surplus", {})


def drawn(seed):
    """The chance that a run with this seed gives a rule."""
    return partial(chance.uniforms_at, np.uint64(chance.month_key(seed, 0, 0)))


def every_graph(n):
    """All graphs of n firms."""
    pairs = list(combinations(range(n), 2))
    for mask in range(1 << len(pairs)):
        links = np.zeros((n, n), bool)
        for k, (i, j) in enumerate(pairs):
            links[i, j] = links[j, i] = mask >> k & 1
        yield links


def test_the_utility_of_a_star_is_as_by_hand():
    """In a star of five the centre has 4 (delta - c), a leaf delta + 3 delta^2 - c."""
    star = np.zeros((5, 5), bool)
    star[0, 1:] = star[1:, 0] = True
    assert connections_utility(star, 0.5, 0.1) == pytest.approx([1.6] + 4 * [1.15])


@pytest.mark.parametrize("cost", STABLE)
def test_all_pairwise_stable_networks_are_those_of_the_table(cost):
    """Of all 1,024 graphs exactly those with the degrees of the table are pairwise stable."""
    stable = {degree_sequence(links) for links in every_graph(N) if is_pairwise_stable(links, DELTA, cost, KNOWN, drawn(0))}
    assert stable == STABLE[cost]


@pytest.mark.parametrize("cost", STABLE)
def test_random_meetings_end_in_a_pairwise_stable_network(cost):
    """Whatever the order of meetings, a path that comes to rest does so in a network of the table."""
    ends = [meet_at_random(N, DELTA, cost, KNOWN, drawn(seed)) for seed in range(40)]
    rested = {degree_sequence(links) for links, stable in ends if stable}
    assert rested <= STABLE[cost]
    assert len(rested) >= min(2, len(STABLE[cost]))
    assert sum(stable for _, stable in ends) > 30


def test_a_rule_that_looks_at_the_joint_surplus_ends_elsewhere():
    """Consent by the sum of both sides' gains keeps links that one side loses by, so the check can fail."""

    class Joint:
        def decide(self, table, chance):
            return table.surplus >= 0.0

    stable = {degree_sequence(links) for links in every_graph(4) if is_pairwise_stable(links, DELTA, 0.6, Joint(), drawn(0))}
    assert stable != {(0, 0, 0, 0)}
