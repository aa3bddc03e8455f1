"""S17 Growth: client bases follow work won, staff follow the client base and utilisation, by hand."""

import math

import pytest

from sim.processes import growth
from sim.processes.growth import Growth
from tests.small_world import small_world, stated

STATED = {"hire": 0.1, "target": 0.8, "revert": 0.02, "follow": 0.01, "capture": 0.5}
GROUP = stated(Growth(), **STATED)
STILL = {"growth_per_year": 0.0, "load": 1.0}


@pytest.mark.parametrize(
    ("staff", "utilisation", "index", "after"),
    [
        (8.0, 0.9, 1.0, 8.0 * math.exp(0.01)),  # .1 x (.9 - .8)
        (8.0, 0.7, 1.0, 8.0 * math.exp(-0.01)),
        (16.0, 0.8, 1.0, 16.0 * 2**-0.02),  # revert: -.02 x ln(16 / 8)
        (8.0, 0.8, 2.0, 8.0 * 2**0.02),  # demand has doubled: +.02 x ln 2
        (1.0, 0.0, 0.1, 1.0),  # nobody shrinks below one
    ],
)
def test_staff_follow_utilisation_and_the_client_base(staff, utilisation, index, after):
    """Ln staff moves by hire x (utilisation - target) - revert x ln(staff / (clients x growth)), clients being 8."""
    assert growth.staff_after(staff, 8.0, utilisation, True, index, GROUP) == pytest.approx(after)


def test_a_firm_without_cash_hires_nobody_but_may_shed():
    """At a utilisation of .9 it stays at 8, at .7 it shrinks."""
    assert growth.staff_after(8.0, 8.0, 0.9, False, 1.0, GROUP) == 8.0
    assert growth.staff_after(8.0, 8.0, 0.7, False, 1.0, GROUP) == pytest.approx(8.0 * math.exp(-0.01))


@pytest.mark.parametrize(("won", "change"), [(100.0, 0.0), (200.0, 0.01), (0.0, -0.01), (900.0, 0.03)])
def test_clients_follow_the_work_won(won, change):
    """Ln clients moves by .01 x (won / 100 - 1), won counting at most 4 times the usual."""
    assert growth.clients_after(8.0, won, 100.0, GROUP) == pytest.approx(8.0 * math.exp(change))


def test_a_month_of_growth():
    """Usual work is .5 x 10,000 x .6 x 8 = 24,000: firm 0 won twice that, firm 1 just that, firm 2 nothing."""
    world = small_world(growth=STATED, demand=STILL)
    world.partners.won_month[:], world.partners.utilisation[:] = [48_000.0, 24_000.0, 0.0], 0.8
    growth.run(world)
    assert world.partners.clients.tolist() == pytest.approx([8 * math.exp(0.01), 8.0, 8 * math.exp(-0.01)])
    assert world.partners.staff.tolist() == pytest.approx([8 * math.exp(0.0002), 8.0, 8 * math.exp(-0.0002)])


def test_growth_off_means_that_staff_is_fixed():
    """Switch growth: neither staff nor clients move."""
    world = small_world(growth=STATED, demand=STILL, off=("growth",))
    world.partners.won_month[:], world.partners.utilisation[:] = 48_000.0, 1.0
    growth.run(world)
    assert world.partners.staff.tolist() == world.partners.clients.tolist() == [8.0, 8.0, 8.0]


def test_each_years_end_puts_living_firms_on_record():
    """In month 11, and not in month 10, with staff and revenue."""
    for month, recorded in ((10, []), (11, [10, 11])):
        world = small_world(month=month, off=("growth",))
        world.partners.alive[2] = False
        growth.run(world)
        assert world.log.table("partner_year").get("partner", world.partners.uid[:0]).tolist() == recorded


def test_what_is_usual_grows_with_demand():
    """A year on at 10 % a year usual work is 26,400, and staff are drawn to 1.1 times the client base."""
    world = small_world(growth=STATED, demand=STILL)
    world.market.volume[0] = 1.1
    world.partners.won_month[:], world.partners.utilisation[:] = 26_400.0, 0.8
    growth.run(world)
    assert world.partners.clients.tolist() == pytest.approx([8.0] * 3)
    assert world.partners.staff.tolist() == pytest.approx([8.0 * 1.1**0.02] * 3)


def test_a_client_base_never_falls_below_one_half():
    """.5 and no work won."""
    assert growth.clients_after(0.5, 0.0, 100.0, GROUP) == 0.5
