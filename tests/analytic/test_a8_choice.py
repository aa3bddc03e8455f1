"""A8 The logit choice of vendor: uniform at slope 0, the best at a steep slope, McFadden's shares in between."""

import numpy as np
import pytest

from experiments.validation.choice import SLOPES, WEIGHTS, D, V, check_shares, chosen, same_options, steep


@pytest.fixture
def options():
    return same_options()


def test_at_slope_zero_the_choice_is_uniform(options):
    """Every feasible vendor is chosen equally often, within three standard errors."""
    assert check_shares(0.0, chosen(options, "softmax", slope=0.0)).holds


def test_at_a_steep_slope_the_choice_is_the_best(options):
    """The choice is exactly that of argmax."""
    _, best, found = steep(options)
    assert len(set(best.tolist())) == 4
    np.testing.assert_array_equal(found, best)


@pytest.mark.parametrize("slope", SLOPES)
def test_in_between_the_shares_are_those_of_the_logit(options, slope):
    """P(v) = e^{slope u_v} / sum, within three standard errors."""
    choice = chosen(options, "softmax", slope=slope, **WEIGHTS)
    assert check_shares(slope, choice).holds
    assert not check_shares(slope * 1.2, choice).holds


def test_where_nothing_is_feasible_nothing_is_chosen(options):
    """A team without any of the vendors gets -1 from either rule."""
    none = options._replace(feasible=np.zeros((D, V), bool))
    assert (chosen(none, "softmax") == -1).all()
    assert (chosen(none, "argmax") == -1).all()
