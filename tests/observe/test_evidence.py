"""Evidence across replications: intervals, bands and how many more runs."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.observe.evidence import Figure, figure, half_width, judge_band, more_runs, relative_change, theil_sen


def test_the_interval_is_students():
    """Of 1, 2, 3, 6 the mean is 3 and the half width t(.975, 3) sd / 2."""
    found = figure(np.array([1.0, 2.0, 3.0, 6.0]))
    low, high = stats.t.interval(0.95, 3, 3.0, stats.sem([1, 2, 3, 6]))
    assert found == pytest.approx(Figure(3.0, low, high, math.sqrt(14 / 3), 4))


def test_replications_without_the_figure_are_left_out():
    """NaN is unknown, not zero; one known value has a mean and no interval, none has nothing."""
    assert figure(np.array([np.nan, 1.0, 3.0])).mean == 2.0
    assert figure(np.array([np.nan, 1.0, 3.0])).n == 2
    one = figure(np.array([5.0, np.nan]))
    assert (one.mean, one.n) == (5.0, 1)
    assert math.isnan(one.low)
    none = figure(np.array([np.nan]))
    assert none.n == 0
    assert math.isnan(none.mean)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ([0.19, 0.21, 0.20], "above"),
        ([-0.19, -0.21, -0.20], "below"),
        ([0.01, -0.01, 0.0], "within"),
        ([0.04, 0.05, 0.045], "within"),  # surely positive and surely too small to matter
        ([0.2, -0.2, 0.0], "undecided"),
        ([0.0, 0.4, 0.2], "undecided"),
        ([0.08, 0.095, 0.11], "undecided"),  # surely positive, on the margin
        ([0.0, 0.0, 0.0], "within"),
        ([0.3, 0.3], "above"),
        ([0.3], "undecided"),
        ([math.nan, math.nan], "undecided"),
    ],
)
def test_the_band_is_decided_on_the_interval(values, place):
    """Beyond the margin and surely not zero is outside, an equivalence test inside the margin is within, else undecided."""
    assert judge_band(np.array(values), 0.1).place == place


def test_within_is_two_one_sided_tests():
    """At the edge where the two one-sided tests pass at 5 %, and not before, the verdict is within."""
    values = np.array([-1.0, 0.0, 1.0])
    edge = stats.t.ppf(0.95, 2) / math.sqrt(3)
    assert half_width(1.0, 3, 0.9) == pytest.approx(edge)
    assert judge_band(values, edge * 1.001).place == "within"
    assert judge_band(values, edge * 0.999).place == "undecided"


def test_a_real_effect_on_the_margin_is_rarely_called_stable():
    """When the truth lies on the margin, the equivalence test passes at most 5 % of the time."""
    rng = np.random.default_rng(5)
    called = [judge_band(0.1 + 0.05 * rng.normal(size=10), 0.1).place for _ in range(1000)]
    assert called.count("within") / 1000 < 0.07


def test_nothing_is_called_change_too_often():
    """Without any effect each side is called at most 2.5 % of the time, whatever the margin."""
    rng = np.random.default_rng(6)
    called = [judge_band(rng.normal(size=8), 1e-9).place for _ in range(2000)]
    assert 0.015 < called.count("above") / 2000 < 0.035
    assert 0.015 < called.count("below") / 2000 < 0.035


@pytest.mark.parametrize("truth", [0.0, 0.05, 0.2])
def test_so_many_more_runs_do_decide(truth):
    """With as many more runs as were asked for, about 80 % of undecided questions are decided, and with a third far fewer."""
    asked = figure(np.array([truth - 0.3, truth + 0.3, truth, truth - 0.3, truth + 0.3]))
    more = judge_band(np.array([truth - 0.3, truth + 0.3, truth, truth - 0.3, truth + 0.3]), 0.1).more_runs
    assert more is not None
    assert 5 < more < 1000
    rng = np.random.default_rng(7)

    def decided(n):
        return np.mean([judge_band(truth + asked.sd * rng.normal(size=n), 0.1).place != "undecided" for _ in range(400)])

    assert 0.7 < decided(5 + more) < 0.9
    assert decided((5 + more) // 3) < 0.55


def test_what_lies_on_the_margin_is_not_promised_a_number():
    """On the margin no number of runs decides, and with one run the spread is unknown."""
    assert more_runs(Figure(0.1 - 1e-9, 0.0, 0.2, 0.1, 5), 0.1) is None
    assert judge_band(np.array([0.3]), 0.1).more_runs is None
    assert judge_band(np.array([0.3, 0.3]), 0.1).more_runs == 0


def test_theil_sen_is_the_median_of_pairwise_slopes():
    """One wild month does not move the slope, missing months keep their places, and scipy agrees."""
    line = 2.0 + 0.5 * np.arange(9.0)
    line[4] = 100.0
    assert theil_sen(line) == 0.5
    line[2] = np.nan
    assert theil_sen(line) == 0.5
    path = np.random.default_rng(1).normal(size=24).cumsum()
    assert theil_sen(path) == pytest.approx(stats.theilslopes(path).slope)
    assert math.isnan(theil_sen(np.array([1.0])))


def test_relative_change_is_a_ratio_of_means():
    """Levels 10 and 30 that become 20 and 40 grew by one half, although the mean of their ratios says two thirds."""
    values = relative_change(np.array([20.0, 40.0]), np.array([10.0, 30.0]))
    assert values.mean() == pytest.approx(0.5)
    np.testing.assert_allclose(values, [0.5 + (20 - 15) / 20, 0.5 + (40 - 45) / 20])


def test_a_change_that_only_one_of_several_replications_knows_has_no_interval():
    """The others are 0 throughout and say nothing of its spread; where nothing changed there is none."""
    one = np.array([0.0, 30.0, 0.0])
    assert judge_band(relative_change(0.5 * one, one), 0.1).place == "undecided"
    assert figure(relative_change(0.5 * one, one)).mean == -0.5
    assert judge_band(relative_change(one, one), 0.1).place == "within"


def test_relative_change_from_nothing():
    """Nothing that stays nothing did not change, and what began at nothing grew by all it has."""
    zeros = np.zeros(2)
    assert relative_change(zeros, zeros).tolist() == [0.0, 0.0]
    assert relative_change(np.array([3.0, 5.0]), zeros).tolist() == [0.75, 1.25]
    assert np.isnan(relative_change(np.array([np.nan, 2.0]), np.array([1.0, 1.0]))).tolist() == [True, False]
