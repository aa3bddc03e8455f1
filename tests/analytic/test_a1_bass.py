"""A1 Awareness alone follows the curve of Bass (1969); ``experiments.validation.awareness`` says how it is measured."""

import numpy as np
import pytest

from experiments.validation.awareness import (
    MONTHS,
    ONE_RUN,
    PEAK,
    P,
    Q,
    bass,
    bass_world,
    check_one_run,
    checks_of_the_mean,
    distance,
    mean_path,
    share_aware,
)


def test_one_run_follows_the_curve():
    """With 5,000 firms the largest distance of one run from the Bass curve is below .05."""
    aware = share_aware(bass_world(5_000), seed=1)
    assert check_one_run(aware).holds
    assert aware[-1] > 0.95


@pytest.mark.slow
def test_the_mean_of_a_hundred_runs_follows_the_curve():
    """Over 100 seeds the mean is within .012 of the Bass curve everywhere, and steepest after 6.19 years."""
    assert all(c.holds for c in checks_of_the_mean(mean_path()))


def test_the_curve_is_steepest_where_bass_says():
    """The t* of the specification is ln(q/p) / (p + q)."""
    assert np.log(Q / P) / (P + Q) == pytest.approx(PEAK, abs=0.005)


def test_a_curve_with_twice_the_imitation_would_be_noticed():
    """Neither the distance nor the peak of another curve passes."""
    other = bass(np.arange(1, MONTHS + 1), q=2 * Q)
    assert not check_one_run(other).holds
    assert not any(c.holds for c in checks_of_the_mean(other))


@pytest.mark.parametrize("contacts", [1, 10])
def test_how_many_are_met_does_not_matter(contacts):
    """The hazard takes the share of contacts who are members, so their number changes the noise only."""
    assert distance(share_aware(bass_world(5_000, contacts), seed=2, months=120)) < ONE_RUN


def test_without_imitation_awareness_is_exponential():
    """With imitation switched off only p is left: F = 1 - e^{-pt}, far from the Bass curve."""
    aware = share_aware(bass_world(5_000), seed=3, imitation_on=False)
    months = np.arange(1, MONTHS + 1)
    assert np.abs(aware - (1.0 - np.exp(-P * months / 12.0))).max() < 0.02
    assert distance(aware) > 0.3
