"""The books of a month, by hand."""

import numpy as np
import pytest

from sim.processes import close_of_month
from tests.small_world import join, small_world, tie


def test_sums_of_a_month_begin_at_zero():
    """Purchases, income, sales and flows of last month are gone; what is not a sum of the month stays."""
    world = small_world(month=1)
    world.partners.margin_month[:], world.relations.bought_month[:], world.networks.income_month[:] = 1.0, 2.0, 3.0
    world.vendors.direct_month[:], world.distributors.sold_month[:], world.marketplaces.jobs_month[:] = 4.0, 5.0, 6.0
    world.ledger.flows[:], world.ledger.outer[0] = 7.0, -8.0
    close_of_month.open_books(world)
    tables = (world.partners.margin_month, world.relations.bought_month, world.networks.income_month, world.vendors.direct_month)
    others = (world.distributors.sold_month, world.marketplaces.jobs_month, world.ledger.flows)
    assert all(np.all(column == 0.0) for column in tables + others)
    assert (world.partners.cash[0], world.ledger.outer[0]) == (100_000.0, -8.0)


def test_running_years_fade_by_a_twelfth():
    """1,200 -> 1,100 for every figure of the last 12 months."""
    world = small_world(month=1)
    for column in close_of_month.running_years(world):
        column[:] = 1_200.0
    close_of_month.open_books(world)
    years = (world.partners.revenue_year, world.partners.allied_year, world.relations.bought_year, world.vendors.channel_year)
    others = (world.distributors.sales_year, world.distributors.sold, world.knowledge.sourced)
    assert all(column.ravel().tolist() == pytest.approx([1_100.0] * column.size) for column in years + others)


@pytest.mark.parametrize(("month", "bought"), [(1, 500.0), (2, 500.0), (3, 0.0)])
def test_a_quarters_purchases_begin_at_zero_with_the_quarter(month, bought):
    """Month 2 ends the first quarter; in month 3 they start again."""
    world = small_world(month=month)
    world.relations.bought_quarter[:] = 500.0
    close_of_month.open_books(world)
    assert np.all(world.relations.bought_quarter == bought)


def test_what_a_month_of_members_and_ties_collects_is_left_to_those_who_use_it():
    """Membership and continuation read the value and the deals of a month before they start again."""
    world = small_world(month=1)
    join(world, 0, 0, value_month=5.0)
    t = tie(world, 0, 1, deals_month=2.0, met_month=7)
    close_of_month.open_books(world)
    assert (world.memberships.value_month[0, 0], world.ties.deals_month[t], world.ties.met_month[t]) == (5.0, 2.0, 7)
