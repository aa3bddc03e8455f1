"""The economics of one firm, by hand."""

import math

import pytest

from sim.processes import firm
from tests.small_world import FIRM


def test_work_is_services_and_a_part_of_the_product():
    """10,000 + .2 x 5,000."""
    assert firm.work_of(5_000.0, 10_000.0, FIRM) == 11_000.0


def test_capacity_and_reference_margin_are_proportional_to_staff():
    """8 x 10,000 x (.5 + .1) / .75 = 64,000; 8 x 10,000 x (.25 + .05) = 24,000."""
    assert firm.capacity(8.0, FIRM) == pytest.approx(64_000.0)
    assert firm.reference_margin(8.0, FIRM) == pytest.approx(24_000.0)


@pytest.mark.parametrize(("margin", "cost"), [(24_000.0, 14_400.0), (12_000.0, 8_640.0), (-5.0, 2_880.0), (1e6, 16_128.0)])
def test_overhead_is_mostly_pay_that_follows_the_margin(margin, cost):
    """.6 x 24,000 x (.2 + .8 x load), the load between 0 and 1.15."""
    assert firm.overhead(8.0, margin, FIRM) == pytest.approx(cost)


@pytest.mark.parametrize(("utilisation", "d"), [(0.0, 0.0), (0.5, 62.5), (1.0, 250.0), (1.4, 250.0)])
def test_an_idle_firm_gives_up_nothing_and_a_busy_one_nearly_its_margin(utilisation, d):
    """For 1,000 of work d = .5 util^2 x .3 / .6 x 1,000."""
    assert firm.outside_option(1_000.0, utilisation, FIRM) == pytest.approx(d)


@pytest.mark.parametrize(("work", "fits"), [(6_000.0, True), (6_001.0, False)])
def test_a_firm_takes_on_four_months_of_work_ahead(work, fits):
    """250,000 in the backlog leave 6,000 of 256,000."""
    assert firm.room_for(work, 250_000.0, 8.0, FIRM) == fits


def test_the_logistic_turns_log_odds_into_a_probability():
    """Even odds; three to one; one to three."""
    assert [firm.logistic(x) for x in (0.0, math.log(3.0), -math.log(3.0))] == pytest.approx([0.5, 0.75, 0.25])
