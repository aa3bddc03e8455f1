"""Money and movement over pairs of paths."""

import numpy as np
import pytest

from experiments.comparison.money import dollars, for_good, months_words, return_of
from experiments.comparison.moved import first_month, moves


def test_cash_that_is_put_up_front_is_paid_back_when_the_sum_is_no_longer_below_zero():
    base = np.zeros((3, 30))
    other = np.cumsum(np.where(np.arange(30) < 10, -1.0, 2.0), axis=0) * np.ones((3, 1))
    found = return_of(base, other, "vendor_cash_0", 0)
    assert found.lowest == -10.0
    assert found.payback == 14  # ten months of 1 out, five of 2 in: back at zero with the fifteenth
    assert found.breaking_even == 3
    discount = 1.1 ** (-(np.arange(30) + 1) / 12)
    assert found.worth.mean == pytest.approx((np.where(np.arange(30) < 10, -1.0, 2.0) * discount).sum())


def test_the_median_partners_profit_is_a_flow_and_is_not_differenced():
    found = return_of(np.zeros((2, 12)), np.full((2, 12), 5.0), "partner_profit_median", 6)
    assert found.cumulated[0].tolist() == [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]


def test_times_are_said_in_words():
    assert [for_good(x) for x in ([1.0, 2.0], [-1.0, 0.5], [1.0, -1.0])] == [0, 1, None]
    assert [months_words(x) for x in (0, 7, None)] == ["at once", "after 7 months", "not within the run"]
    assert [dollars(x) for x in (1_500.0, -2_340_000.0, 12.0)] == ["+1.5 k", "-2.34 m", "+12"]


def test_a_group_has_moved_when_the_difference_is_clear_six_months_in_a_row():
    generator = np.random.default_rng(2)
    noise = generator.normal(0.0, 0.01, (8, 30))
    step = np.where(np.arange(30) >= 12, 0.1, 0.0)
    assert first_month(noise + step, 0.02) == 12
    assert first_month(noise, 0.02) is None
    flicker = np.where((np.arange(30) >= 12) & (np.arange(30) < 16), 0.1, 0.0)
    assert first_month(noise + flicker, 0.02) is None


def test_those_that_moved_first_stand_first():
    noise = np.random.default_rng(4).normal(0.0, 0.001, (6, 40))
    base = {"wallet@size:small": noise + 0.2, "wallet@size:large": noise + 0.2, "wallet_0": noise}
    late, early = (np.where(np.arange(40) >= m, 0.05, 0.0) for m in (20, 10))
    other = {"wallet@size:small": base["wallet@size:small"] + late, "wallet@size:large": base["wallet@size:large"] + early, "wallet_0": noise}
    found = moves(base, other, 0)
    assert [(m.group, m.first) for m in found] == [("large", 10), ("small", 20)]
    assert found[0].late == pytest.approx(0.05)
