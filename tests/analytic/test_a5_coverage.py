"""A5 With 4 of 20 skills held, drawn evenly, what one firm and what two firms together cover."""

import numpy as np
import pytest

from sim.bits import count
from sim.processes.feasibility import coverage

K, HELD, DRAWS = 20, 4, 100_000


def masks(rng, n, bits):
    """So many sets of so many bits out of K."""
    picks = np.argsort(rng.random((n, K)), axis=1)[:, :bits]
    return (1 << picks).sum(axis=1)


@pytest.mark.parametrize(("required", "solo", "pair"), [(1, 0.2, 0.36), (2, 0.0316, 0.1189), (3, 0.0035, 0.0354)])
def test_a_pair_covers_more_than_twice_what_one_does(required, solo, pair):
    """Shares of requirements covered by one and by two are those of the hypergeometric law, within three standard errors."""
    rng = np.random.default_rng(required)
    one, other, needs = masks(rng, DRAWS, HELD), masks(rng, DRAWS, HELD), masks(rng, DRAWS, required)
    alone = np.array([coverage(int(a), int(n)) == n for a, n in zip(one, needs, strict=True)])
    left = [int(n) & ~coverage(int(a), int(n)) for a, n in zip(one, needs, strict=True)]
    together = np.array([coverage(int(b), missing) == missing for b, missing in zip(other, left, strict=True)])
    for share, expected in ((alone.mean(), solo), (together.mean(), pair)):
        rounding = 5e-5
        assert abs(share - expected) < 3.0 * np.sqrt(expected * (1.0 - expected) / DRAWS) + rounding
    assert together[alone].all()


def test_coverage_is_the_common_part():
    """A firm that holds skills 0, 2 and 5 covers 2 and 5 of what needs 2, 3 and 5."""
    assert coverage(0b100101, 0b101100) == 0b100100
    assert count(coverage(0b100101, 0b101100)) == 2
