"""A3 Ties that are born and end at fixed rates without feedback follow k(t); see ``experiments.validation.tie_formation``."""

import pytest

from experiments.validation.tie_formation import BIRTH, DEATH, check_path, mean_degrees, monthly


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mean_degree_rises_and_stabilises_as_the_formula_says(seed):
    """In months 1, 6, 12, 24, 60 and 120 the mean degree is within three standard errors of k(t)."""
    assert check_path(mean_degrees(seed), seed).holds


def test_another_hazard_would_be_noticed():
    """Ties that end half as often leave the band."""
    assert not check_path(mean_degrees(1, death=0.5 * monthly(DEATH, BIRTH)), 1).holds
