"""Concentration and diversity, answers by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.observe import measures as m


def test_hhi_is_the_sum_of_squared_shares():
    """Shares of one half, three tenths and one fifth give .38."""
    assert m.hhi(np.array([5.0, 3.0, 2.0])) == pytest.approx(0.25 + 0.09 + 0.04)
    assert m.hhi(np.array([7.0, 0.0])) == 1.0
    assert math.isnan(m.hhi(np.zeros(3)))


def test_row_hhi_leaves_out_partners_that_buy_nothing():
    """The mean is over partners with a wallet."""
    assert m.row_hhi(np.array([[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]])) == pytest.approx(0.75)
    assert math.isnan(m.row_hhi(np.zeros((2, 2))))


def test_shannon_of_equal_kinds_is_the_logarithm_of_their_number():
    """Four equally frequent kinds give ln 4, a kind that does not occur adds nothing, one kind gives 0."""
    assert m.shannon(np.array([3, 3, 3, 3, 0])) == pytest.approx(math.log(4))
    assert m.shannon(np.array([0, 9])) == 0.0
    assert m.shannon(np.array([1, 3])) == pytest.approx(0.25 * math.log(4) + 0.75 * math.log(4 / 3))
    assert math.isnan(m.shannon(np.zeros(5)))


def test_top_share_takes_the_largest_fifth():
    """Of five firms the top fifth is the largest one."""
    revenue = np.array([1.0, 60.0, 4.0, 5.0, 30.0])
    assert m.top_share(revenue) == pytest.approx(0.6)
    assert m.top_share(revenue, 0.4) == pytest.approx(0.9)
    assert m.top_share(revenue[:2]) == pytest.approx(60 / 61)
    assert math.isnan(m.top_share(np.zeros(5)))


@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(0.01, 1e6)))
def test_concentration_does_not_depend_on_the_order_or_the_currency(amounts):
    """Relabelled firms and another currency give the same concentration, within its bounds."""
    again = 3.0 * amounts[::-1]
    for measure in (m.hhi, m.shannon, m.top_share):
        assert measure(again) == pytest.approx(measure(amounts))
    assert 1 / amounts.size - 1e-12 <= m.hhi(amounts) <= 1 + 1e-12
    assert m.shannon(amounts) <= math.log(amounts.size) + 1e-12
