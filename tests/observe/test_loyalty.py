"""Loyalty measures on worlds of three to five firms, answers by hand."""

import numpy as np
import pytest

from sim.observe import measures as m
from sim.observe.measures import LATENT, NO_LOYALTY, SPURIOUS, TRUE


def test_wallet_counts_partners_that_buy_nothing_from_the_vendor():
    """Every partner weighs the same, and those that buy nothing from a vendor, or nothing at all, count as zero."""
    bought = np.array([[30.0, 10.0], [0.0, 500.0], [0.0, 0.0], [1.0, 0.0]])
    np.testing.assert_allclose(m.shares_of_wallet(bought), [[0.75, 0.25], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    np.testing.assert_allclose(m.wallet(bought), [1.75 / 4, 1.25 / 4])


def test_wallet_of_nobody_is_undefined():
    """Without partners there is no share of wallet."""
    assert np.isnan(m.wallet(np.empty((0, 3)))).all()


def test_retention_divides_by_the_relations_of_then():
    """A relation taken on since does not count, a vendor that nobody carried then has no retention."""
    then = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 0]], bool)
    still = np.array([[1, 0, 1], [1, 1, 0], [0, 0, 0]], bool)
    np.testing.assert_allclose(m.retention(then, still), [2 / 3, 0.0, np.nan, 2 / 4])


def test_relative_attitude_compares_with_the_other_carried_vendors():
    """The alternative is the mean over the partner's other carried vendors, and a lone vendor beats every alternative."""
    attitude = np.array([[0.6, 0.2, -0.4], [0.5, 0.9, 0.0]])
    carried = np.array([[1, 1, 0], [1, 0, 0]], bool)
    expected = [[0.4, -0.4, -0.8], [np.inf, 0.4, -0.5]]
    np.testing.assert_allclose(m.relative_attitude(attitude, carried), expected)


def test_dick_basu_has_all_four_cells():
    """High relative attitude and patronage is true loyalty, attitude alone latent, patronage alone spurious, else none."""
    attitude = np.array([[0.6, 0.1, 0.5, -0.2]])
    shares = np.array([[0.4, 0.35, 0.05, 0.2]])
    cells = m.dick_basu(attitude, shares, np.ones((1, 4), bool))
    assert cells.tolist() == [[TRUE, SPURIOUS, LATENT, NO_LOYALTY]]
    np.testing.assert_allclose(m.dick_basu_shares(cells.ravel()), [0.25, 0.25, 0.25, 0.25])


def test_the_least_disliked_vendor_is_not_loved():
    """A relative attitude is high only when the attitude itself is favourable."""
    cells = m.dick_basu(np.array([[-0.1, -0.5]]), np.array([[0.9, 0.1]]), np.ones((1, 2), bool))
    assert cells.tolist() == [[SPURIOUS, NO_LOYALTY]]


def test_the_cut_of_patronage_is_reached_at_its_own_value():
    """A share equal to the cut point is high, and the cut points can be chosen."""
    attitude, carried = np.array([[0.5]]), np.ones((1, 1), bool)
    assert m.dick_basu(attitude, np.array([[0.25]]), carried) == TRUE
    assert m.dick_basu(attitude, np.array([[0.25]]), carried, cut_share=0.3) == LATENT
    assert m.dick_basu(attitude, np.array([[0.25]]), carried, cut_attitude=0.6) == SPURIOUS


def test_shares_of_no_cells_are_undefined():
    """An empty table has no shares."""
    assert np.isnan(m.dick_basu_shares(np.empty(0, np.int64))).all()


def test_satisfied_looks_at_the_carried_vendor_bought_most():
    """Partners without a primary vendor are left out, and a dropped vendor cannot be primary."""
    attitude = np.array([[0.3, -0.5], [-0.2, 0.9], [0.8, 0.8], [0.4, -0.4]])
    bought = np.array([[10.0, 5.0], [10.0, 5.0], [0.0, 0.0], [1.0, 9.0]])
    carried = np.array([[1, 1], [1, 1], [1, 1], [1, 0]], bool)
    assert m.satisfied_share(attitude, bought, carried) == pytest.approx(2 / 3)


def test_active_vendors_counts_twelve_months_with_this_one():
    """With the month 20 the window is 9 to 20."""
    last = np.array([[20, 9, 8], [-(10**6), 8, 8]])
    assert m.active_vendors(last, 20).tolist() == [2, 0]
