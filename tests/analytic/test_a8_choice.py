"""A8 The logit choice of vendor: uniform at slope 0, the best at a steep slope, McFadden's shares in between."""

from functools import partial

import numpy as np
import pytest

from sim import chance
from sim.rules.registry import make_rule
from sim.rules.tables import VendorOptions
from sim.rules.vendor_choice import utility

D, V = 40_000, 5


@pytest.fixture
def options():
    """Many deals with the same five vendors to choose from; the last vendor is never feasible."""
    rng = np.random.default_rng(8)
    shape = (D, V)
    feasible = np.ones(shape, bool)
    feasible[:, -1] = False
    one = rng.uniform(-1.0, 1.0, V)
    scales = ((0.02, 6), (0.5, 0), (0.3, 1), (0.2, 1), (0.5, 1))  # of margin, attitude, fit, habit, certification
    columns = [np.broadcast_to(scale * (one + shift), shape).copy() for scale, shift in scales]
    return VendorOptions(np.arange(D) * 7919, np.zeros(D, np.int64), *columns, feasible)


def chosen(options, name, **given):
    """What a rule decides in month 0 of a run."""
    draw = partial(chance.uniforms_at, np.uint64(chance.month_key(8, 0, 0)))
    return make_rule("vendor_choice", name, given).decide(options, draw)


def assert_shares(choice, expected):
    """Each vendor is chosen in its expected share of the deals, within three standard errors."""
    shares = np.bincount(choice, minlength=V) / D
    assert (np.abs(shares - expected) <= 3.0 * np.sqrt(expected * (1.0 - expected) / D) + 1e-12).all()


def test_at_slope_zero_the_choice_is_uniform(options):
    """Every feasible vendor is chosen equally often, within three standard errors."""
    assert_shares(chosen(options, "softmax", slope=0.0), np.array([0.25] * 4 + [0.0]))


def test_at_a_steep_slope_the_choice_is_the_best(options):
    """The choice is exactly that of argmax."""
    rng = np.random.default_rng(9)
    mixed = options._replace(attitude=rng.uniform(-1.0, 1.0, (D, V)))
    best = chosen(mixed, "argmax")
    assert len(set(best.tolist())) == 4
    np.testing.assert_array_equal(chosen(mixed, "softmax", slope=1e9), best)


@pytest.mark.parametrize("slope", [0.5, 1.0, 3.0])
def test_in_between_the_shares_are_those_of_the_logit(options, slope):
    """P(v) = e^{slope u_v} / sum, within three standard errors."""
    weights = {"margin": 10.0, "attitude": 1.0, "fit": 1.2, "habit": 2.0, "certification": 0.5}
    value = slope * utility(options, **weights)[0]
    weight = np.exp(value - value.max())
    assert_shares(chosen(options, "softmax", slope=slope, **weights), weight / weight.sum())


def test_where_nothing_is_feasible_nothing_is_chosen(options):
    """A team without any of the vendors gets -1 from either rule."""
    none = options._replace(feasible=np.zeros((D, V), bool))
    assert (chosen(none, "softmax") == -1).all()
    assert (chosen(none, "argmax") == -1).all()
