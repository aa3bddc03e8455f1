"""A6 Trust between partners who succeed with probability q settles at up q / (up q + down (1 - q))."""

import pytest

from experiments.validation.trust import FIXED_POINTS, PRIORS, check_fixed_point, settled
from sim.processes.trust import Trust, faded_trust, updated_trust


@pytest.mark.parametrize("q", FIXED_POINTS)
@pytest.mark.parametrize("prior", PRIORS)
def test_trust_settles_at_its_fixed_point(q, prior):
    """The mean over many pairs, after 100 signals of +1 or -1, is the fixed point within .01, from any prior."""
    assert check_fixed_point(q, prior, settled(q, prior)).holds
    assert not check_fixed_point(q, prior, settled(q - 0.05, prior)).holds


@pytest.mark.parametrize(("q", "fixed_point"), FIXED_POINTS.items())
def test_the_table_of_fixed_points_is_that_of_the_defaults(q, fixed_point):
    """The gains and losses of the defaults give the figures of the specification."""
    trust = Trust()
    assert trust.up * q / (trust.up * q + trust.down * (1 - q)) == pytest.approx(fixed_point, abs=5e-5)


def test_without_losses_trust_settles_at_its_ceiling():
    """Success upon success brings trust to the ceiling and not above."""
    t = 0.4
    for _ in range(500):
        t = updated_trust(t, 1.0, 0.1, 0.3, 0.9)
        assert t <= 0.9
    assert t == pytest.approx(0.9)


def test_an_idle_tie_is_halfway_back_after_its_half_life():
    """After 24 months without a deal half of the distance from the prior is gone."""
    t = 0.9
    for _ in range(24):
        t = faded_trust(t, 0.4, 24.0)
    assert t == pytest.approx(0.65)
