"""A2 Mutual consent on the connections utility ends in the networks of Jackson and Wolinsky (1996)."""

import numpy as np
import pytest

from experiments.validation.connections import STABLE, check_graphs, check_paths, stable_sequences
from sim.rules.connections import connections_utility


def test_the_utility_of_a_star_is_as_by_hand():
    """In a star of five the centre has 4 (delta - c), a leaf delta + 3 delta^2 - c."""
    star = np.zeros((5, 5), bool)
    star[0, 1:] = star[1:, 0] = True
    assert connections_utility(star, 0.5, 0.1) == pytest.approx([1.6] + 4 * [1.15])


@pytest.mark.parametrize("cost", STABLE)
def test_all_pairwise_stable_networks_are_those_of_the_table(cost):
    """Of all 1,024 graphs exactly those with the degrees of the table are pairwise stable."""
    assert check_graphs(cost).holds


@pytest.mark.parametrize("cost", STABLE)
def test_random_meetings_end_in_a_pairwise_stable_network(cost):
    """Whatever the order of meetings, a path that comes to rest does so in a network of the table."""
    assert check_paths(cost).holds


def test_a_rule_that_looks_at_the_joint_surplus_ends_elsewhere():
    """Consent by the sum of both sides' gains keeps links that one side loses by, so the check can fail."""

    class Joint:
        def decide(self, table, chance):
            return table.surplus >= 0.0

    assert stable_sequences(0.6, 4, Joint()) != {(0, 0, 0, 0)}
