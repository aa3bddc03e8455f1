"""Paired differences and their verdicts."""

import math

import numpy as np
import pytest
from scipy import stats

from experiments.comparison.differences import (
    benjamini_hochberg,
    compare_pairs,
    decided,
    pair_correlation,
    runs_unpaired,
)
from experiments.comparison.indicators import indicators
from experiments.outcomes import COLUMNS
from sim.scenario import ScenarioError

WORLD = np.random.default_rng(3).normal(0.0, 0.02, 16)  # what both scenarios of a pair share


def sample(**changed):
    """A baseline and one scenario, 16 pairs; every outcome is 1 + the world, plus what is changed."""
    base = {c.name: 1.0 + WORLD for c in COLUMNS}
    return {"base": base, "other": base | {name: base[name] + amount for name, amount in changed.items()}}


def verdicts(found):
    return {d.indicator.name: d.verdict for d in found}


def test_two_identical_scenarios_do_not_differ_with_correlation_one_and_width_zero():
    found = compare_pairs(sample(), indicators(), (8, 16))
    assert {d.verdict for d in found} == {"no material difference"}
    assert {d.correlation for d in found} == {1.0}
    assert {d.judgement.figure.high - d.judgement.figure.low for d in found} == {0.0}
    assert decided(found)


def test_a_difference_is_judged_within_pairs_so_the_shared_world_does_not_hide_it():
    noise = np.tile([-0.001, 0.001], 8)
    found = verdicts(compare_pairs(sample(focal_wallet=-0.03 + noise, focal_attitude=0.06 + noise, retention=0.001 + noise), indicators(), (8, 16)))
    assert (found["focal_wallet"], found["focal_attitude"], found["retention"]) == ("less", "more", "no material difference")


def test_a_noisy_difference_is_undecided_and_says_how_many_more_pairs():
    found = compare_pairs(sample(focal_wallet=np.tile([-0.09, 0.1], 8)), indicators(), (16, 32))
    wallet = next(d for d in found if d.indicator.name == "focal_wallet")
    assert wallet.verdict == "undecided"
    assert wallet.judgement.more_runs > 50
    assert not decided(found)


def test_relative_outcomes_are_read_as_shares_of_the_baseline():
    found = compare_pairs(sample(memberships=0.2), indicators(), (16,))[0]
    assert found.judgement.figure.mean == pytest.approx(0.2 / (1.0 + WORLD.mean()))
    assert found.unit.mean == pytest.approx(0.2)
    assert (found.verdict, found.agreeing) == ("more", 16)


def test_pairing_is_measured_by_its_correlation_and_by_the_runs_that_it_saves():
    generator = np.random.default_rng(1)
    a, noise = generator.normal(0, 1, 2000), generator.normal(0, 0.1, 2000)
    assert pair_correlation(a, a + noise) == pytest.approx(1 / math.sqrt(1.01), abs=0.002)
    assert runs_unpaired(a, a + noise) == pytest.approx(2000 * 2.01 / 0.01, rel=0.1)
    assert runs_unpaired(a, a) is None
    assert math.isnan(pair_correlation(np.array([1.0, 2.0]), np.array([1.0, 3.0])))  # two points always lie on a line
    assert pair_correlation(a[:2], a[:2]) == 1.0


def test_benjamini_and_hochberg_as_scipy_has_it():
    p = np.array([0.01, 0.049, np.nan, 0.05, 0.5, 0.048, 0.001])
    known = np.isfinite(p)
    assert benjamini_hochberg(p)[known] == pytest.approx(stats.false_discovery_control(p[known]))
    assert np.isnan(benjamini_hochberg(p)[2])


def test_of_many_indicators_a_lone_weak_difference_is_not_called_one():
    weak = np.array([0.002, 0.11] * 8)  # p of about .001 before looks, mean above its margin of .02
    found = verdicts(compare_pairs(sample(satisfied=np.where(np.arange(16) % 4 == 0, -0.05, 0.06)), indicators(), (16, 32, 64)))
    assert found["satisfied"] == "undecided"
    assert verdicts(compare_pairs(sample(satisfied=weak), indicators(), (16,)))["satisfied"] == "more"


def test_an_unknown_indicator_is_answered_with_the_nearest_name():
    with pytest.raises(ScenarioError, match='"focal_walet"; did you mean "focal_wallet"'):
        indicators(["focal_walet"])
    with pytest.raises(ScenarioError, match="positive"):
        indicators(matters={"focal_wallet": 0.0})
