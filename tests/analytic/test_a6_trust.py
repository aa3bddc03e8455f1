"""A6 Trust between partners who succeed with probability q settles at up q / (up q + down (1 - q))."""

import numpy as np
import pytest

from sim.processes.trust import Trust, faded_trust, updated_trust


@pytest.mark.parametrize(("q", "fixed_point"), [(0.8, 0.5714), (0.9, 0.75)])
@pytest.mark.parametrize("prior", [0.01, 0.99])
def test_trust_settles_at_its_fixed_point(q, fixed_point, prior):
    """The mean over many pairs, after 100 signals of +1 or -1, is the fixed point within .01, from any prior."""
    trust = Trust()
    rng = np.random.default_rng(6)
    ends = []
    for _ in range(4_000):
        t = prior
        for success in rng.random(100) < q:
            t = updated_trust(t, 1.0 if success else -1.0, trust.up, trust.down, trust.ceiling)
        ends.append(t)
    assert np.mean(ends) == pytest.approx(fixed_point, abs=0.01)
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
