"""The graph of alliances and what working together brings, answers by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sim.observe import measures as m

PATH_AND_PAIR = (np.array([3, 1, 0]), np.array([2, 2, 4]))  # 3-2-1 and 0-4, firm 5 alone


def test_degrees_count_both_ends():
    """A firm in the middle of a path has two allies."""
    assert m.degrees(*PATH_AND_PAIR, 6).tolist() == [1, 1, 2, 1, 1, 0]


def test_components_are_named_by_their_lowest_firm():
    """Firms connected by any chain of alliances share a component."""
    assert m.component_labels(*PATH_AND_PAIR, 6).tolist() == [0, 1, 1, 1, 0, 5]
    assert m.largest_component_share(*PATH_AND_PAIR, 6) == 0.5
    none = np.empty(0, np.int64)
    assert m.largest_component_share(none, none, 4) == 0.25
    assert math.isnan(m.largest_component_share(none, none, 0))


@given(st.integers(1, 40), st.data())
def test_components_agree_with_scipy(n, data):
    """On any graph the components are those that scipy finds."""
    vertex = st.integers(0, n - 1)
    edges = data.draw(st.lists(st.tuples(vertex, vertex), max_size=60))
    a, b = np.array(edges, np.int64).reshape(-1, 2).T
    labels = m.component_labels(a, b, n)
    _, theirs = connected_components(coo_array((np.ones(a.size), (a, b)), shape=(n, n)), directed=False)
    assert np.array_equal(labels[:, None] == labels, theirs[:, None] == theirs)
    assert all(labels[label] == label for label in labels)


def test_alliances_by_form():
    """Every form is counted, also one that does not occur."""
    assert m.alliances_by_form(np.array([1, 3, 1, 0]), 4).tolist() == [1, 2, 0, 1]


def test_reach_is_what_allies_have_and_the_firm_has_not():
    """A thing that two allies have counts once, one that the firm has itself not at all, and allies of allies do not count."""
    own = np.array([0b0011, 0b0110, 0b1100, 0b1111])
    a, b = np.array([0, 0]), np.array([1, 2])
    assert m.reach_gained(a, b, own).tolist() == [2, 1, 2, 0]


def test_surplus_ratio_is_a_ratio_of_sums():
    """A deal with next to no outside option does not dominate: 30 over 100, not the mean of 10 and .2."""
    surplus, outside = np.array([10.0, 20.0]), np.array([1.0, 99.0])
    assert m.surplus_ratio(surplus, outside) == pytest.approx(0.3)
    assert math.isnan(m.surplus_ratio(surplus, np.zeros(2)))


def test_one_plus_one_is_two_when_an_alliance_adds_nothing():
    """Twice a ratio of sums: 2 x 130 / 100; 2 when both earn the same; none when they earn nothing alone."""
    assert m.one_plus_one(np.array([30.0, 100.0]), np.array([50.0, 50.0])) == pytest.approx(2.6)
    assert m.one_plus_one(50.0, 50.0) == 2.0
    assert math.isnan(m.one_plus_one(5.0, -1.0))
