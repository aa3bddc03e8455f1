"""Looks and levels: stopping early and comparing many keeps the promise of 95 %."""

import numpy as np
import pytest

from experiments.comparison.looks import correlation_of, nominal_level, planned
from sim.observe.evidence import half_width

ALONE = np.eye(1)


def test_looks_are_a_quarter_half_and_all_of_the_pairs_from_four_on():
    assert planned(32) == (8, 16, 32)
    assert planned(12) == (6, 12)
    assert planned(3) == (3,)


def test_one_look_at_one_difference_is_an_ordinary_t_interval():
    assert nominal_level((20,), ALONE, 0.05) == 0.05


def test_three_looks_need_a_level_between_bonferroni_and_one_look():
    assert 0.05 / 3 < nominal_level((8, 16, 32), ALONE, 0.05) < 0.05


def test_many_scenarios_need_a_stricter_level_and_correlation_relaxes_it():
    apart = nominal_level((16,), np.eye(3), 0.05)
    together = nominal_level((16,), np.full((3, 3), 0.9) + 0.1 * np.eye(3), 0.05)
    assert 0.05 / 3 - 0.003 < apart < together < 0.05
    assert apart == pytest.approx(1 - 0.95 ** (1 / 3), rel=0.1)  # Sidak's, exact where differences are independent


def test_the_interval_at_any_look_misses_at_most_as_often_as_promised():
    looks, generator, times = (4, 8, 16), np.random.default_rng(5), 4_000
    level = nominal_level(looks, ALONE, 0.05)
    drawn = generator.standard_normal((times, looks[-1]))
    missed = np.zeros(times, bool)
    naive = np.zeros(times, bool)
    for n in looks:
        part = drawn[:, :n]
        mean, sd = np.abs(part.mean(axis=1)), part.std(axis=1, ddof=1)
        missed |= mean > half_width(1.0, n, 1 - level) * sd
        naive |= mean > half_width(1.0, n) * sd
    assert 0.04 < missed.mean() < 0.06
    assert naive.mean() > 0.08  # what looking three times at an ordinary interval costs


def test_a_difference_that_does_not_vary_counts_as_uncorrelated():
    rows = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 4.0]])
    assert correlation_of(rows).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_looks_at_very_many_pairs_need_the_level_of_looks_in_the_same_proportion():
    """Else ten thousand pairs of five scenarios would need gigabytes."""
    assert nominal_level((2_500, 5_000, 10_000), ALONE, 0.05) == nominal_level((200, 400, 800), ALONE, 0.05)
    assert nominal_level((200, 400, 800), ALONE, 0.05) == pytest.approx(nominal_level((100, 200, 400), ALONE, 0.05), rel=0.05)
