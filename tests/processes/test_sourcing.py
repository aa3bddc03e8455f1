"""S4 Sourcing: from whom the product is bought, by hand."""

import pytest

from sim.processes import sourcing
from sim.processes.sourcing import Sourcing
from sim.state.suppliers import empty_distributors
from sim.world import extend
from tests.small_world import bids, deals, small_world, stated

STATED = {"direct": 0.0, "direct_per_tier": 0.0, "price": 40.0, "credit": 1.0, "service": 2.0, "habit": 3.0, "focus": 0.5}
DISTRIBUTOR, DIRECT = 0, -1


def source(world, vendor=0):
    """From whom firm 0 buys the product of one deal."""
    asked = deals(world, 0b0001)
    placed = bids(world, asked, ((0, 0b0001),), vendor=vendor)
    sourcing.run(world, asked, placed)
    return placed.source[0]


@pytest.mark.parametrize(("short", "utility"), [(True, 0.75), (False, 0.4)])
def test_what_a_partner_sees_in_a_distributor(short, utility):
    """2 x .5 + 3 x .25 + .5 x 1 - 40 x .05 + 1 x .5 for a firm short of cash, .3 of the credit for another."""
    group = stated(Sourcing(), **STATED)
    assert sourcing.distributor_utility(0.05, 0.5, 0.5, 0.25, 1.0, short, group) == pytest.approx(utility)


def test_a_product_on_a_line_card_is_bought_from_the_distributor():
    """Distributor 0 has vendor 0 on its card and not vendor 1, which is bought direct."""
    assert source(small_world(sourcing=STATED), vendor=0) == DISTRIBUTOR
    assert source(small_world(sourcing=STATED), vendor=1) == DIRECT


@pytest.mark.parametrize(("column", "value"), [("active", False), ("regions", 0b10)])
def test_a_distributor_that_left_or_does_not_serve_the_region_is_no_source(column, value):
    """Without a distributor the partner buys direct."""
    world = small_world(sourcing=STATED)
    getattr(world.distributors, column)[0] = value
    assert source(world) == DIRECT


@pytest.mark.parametrize(("tier", "expected"), [(0, DISTRIBUTOR), (2, DIRECT)])
def test_higher_tiers_buy_direct_more_often(tier, expected):
    """0 + .5 x tier: never in tier 0, always in tier 2."""
    world = small_world(sourcing=STATED | {"direct_per_tier": 0.5})
    world.relations.tier[0, 0] = tier
    assert source(world) == expected


@pytest.mark.parametrize(("column", "better", "worse"), [("margin", 0.0, 1.0), ("service", 20.0, 0.0), ("credit", 40.0, 0.0)])
def test_the_distributor_with_the_better_terms_is_chosen(column, better, worse):
    """Two distributors that differ by at least 12 in utility: the noise does not matter."""
    for winner in (0, 1):
        world = with_a_second_distributor(credit=2.0)
        getattr(world.distributors, column)[:] = worse
        getattr(world.distributors, column)[winner] = better
        assert source(world) == winner


def with_a_second_distributor(**parameters):
    """Distributor 1 is at first the same as distributor 0."""
    world = small_world(sourcing=STATED | parameters)
    world.distributors = extend(world.distributors, 1, lambda n: empty_distributors(n, 2))
    for column in world.distributors:
        column[1] = column[0]
    world.knowledge = world.knowledge._replace(sourced=world.knowledge.sourced.repeat(2, axis=1))
    return world


@pytest.mark.parametrize(("cash", "chosen"), [(23_999.0, 1), (24_001.0, 0)])
def test_a_firm_with_less_cash_than_a_months_margin_looks_for_credit(cash, chosen):
    """Service 40 against a credit of 60 for a firm short of cash and of .3 x 60 for another."""
    world = with_a_second_distributor(service=40.0, credit=60.0)
    world.distributors.service[:], world.distributors.credit[:] = [1.0, 0.0], [0.0, 1.0]
    world.partners.cash[0] = cash
    assert source(world) == chosen


def test_a_distributor_of_the_own_vertical_is_preferred():
    """Distributor 0 looks after vertical 1, distributor 1 after firm 0's."""
    world = with_a_second_distributor(focus=20.0)
    world.distributors.verticals[:] = [0b10, 0b01]
    assert source(world) == 1


def test_habit_prefers_the_distributor_where_most_was_bought():
    """All of last year's purchases at distributor 1, and a weight of 20."""
    world = with_a_second_distributor(habit=20.0)
    world.knowledge.sourced[0, 1] = 5_000.0
    assert source(world) == 1


def test_the_member_who_carries_the_vendor_is_the_one_who_buys():
    """Firm 1, of tier 2, buys for the team of firm 0."""
    world = small_world(sourcing=STATED | {"direct_per_tier": 0.5})
    world.relations.tier[1, 0] = 2
    asked = deals(world, 0b0011)
    placed = bids(world, asked, ((0, 0b0001), (1, 0b0010)), carrier=1)
    sourcing.run(world, asked, placed)
    assert placed.source[0] == DIRECT
