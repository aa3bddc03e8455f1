"""A5 With 4 of 20 skills held, drawn evenly, what one firm and what two firms together cover."""

import pytest

from experiments.validation.coverage import EXPECTED, check_shares, covered
from sim.bits import count
from sim.processes.feasibility import coverage


@pytest.mark.parametrize("required", EXPECTED)
def test_a_pair_covers_more_than_twice_what_one_does(required):
    """Shares of requirements covered by one and by two are those of the hypergeometric law, within three standard errors."""
    alone, together = covered(required)
    assert check_shares(required, alone, together).holds
    assert not check_shares(required, alone, alone).holds
    assert together[alone].all()


def test_coverage_is_the_common_part():
    """A firm that holds skills 0, 2 and 5 covers 2 and 5 of what needs 2, 3 and 5."""
    assert coverage(0b100101, 0b101100) == 0b100100
    assert count(coverage(0b100101, 0b101100)) == 2
