"""S4 Winning: which bids win, by hand."""

import numpy as np
import pytest

from sim.ledger import Flow, Outer
from sim.processes import winning
from sim.processes.winning import Winning
from tests.small_world import bids, deals, small_world, stated, total_money

PLAIN = {
    "base": 0.0, "quality": 0.0, "region": 0.0, "vertical": 0.0, "rivalry": 0.0, "co_selling": 0.0, "certified": 0.1, "bid_cost": 0.01,
    "direct_rivals": 2.0,
}  # fmt: skip
WINS, LOSES = PLAIN | {"base": 50.0}, PLAIN | {"base": -50.0}


def contest(world, conflict=0.0, **columns):
    """Let firm 0 bid for one deal."""
    world.programmes.conflict[0] = conflict
    asked = deals(world, 0b0001, **columns)
    placed = bids(world, asked, ((0, 0b0001),))
    winning.run(world, asked, placed, 0)
    return asked, placed


def test_the_chance_of_a_bid_adds_up_what_speaks_for_it():
    """.3 + 3 x (.7 - .6) + .4 + .3 - .5 x ln(1 + 1.718282) + .2 = 1; 1 / (1 + e^-1) = .731059."""
    group = stated(Winning(), base=0.3, quality=3.0, region=0.4, vertical=0.3, rivalry=0.5, co_selling=0.2)
    assert winning.win_probability(0.7, True, True, np.e - 1.0, True, group) == pytest.approx(0.731059, abs=1e-6)
    assert winning.win_probability(0.6, False, False, 0.0, False, group) == pytest.approx(1 / (1 + np.exp(-0.3)))


def test_a_bid_that_wins_closes_the_deal_and_costs_a_little():
    """1 % of 20,000 is spent on the bid."""
    world = small_world(winning=WINS)
    asked, placed = contest(world)
    assert (bool(placed.won[0]), bool(asked.won[0]), bool(asked.open[0]), bool(asked.offered[0])) == (True, True, False, True)
    assert world.partners.cash[0] == pytest.approx(99_800.0)
    assert world.ledger.flows[Flow.BID_COST] == world.ledger.outer[Outer.HOUSEHOLDS] == pytest.approx(200.0)
    assert world.relations.bids_month.tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]


def test_a_lost_bid_leaves_the_deal_open_for_others():
    """Rivals beat it, but the customer turns to somebody else before it is gone."""
    asked, placed = contest(small_world(winning=LOSES))
    assert (bool(placed.won[0]), bool(asked.open[0]), bool(asked.offered[0])) == (False, True, True)


def test_a_bid_lost_in_conflict_is_the_vendors_own_sale():
    """The vendor sells 10,000 of product past its partners, at a cost of goods of 4,000."""
    world = small_world(winning=LOSES)
    money = total_money(world)
    asked, _ = contest(world, conflict=1.0)
    assert not asked.open[0]
    assert (world.vendors.direct_month[0], world.vendors.cash[0]) == pytest.approx((10_000.0, 6_000.0))
    assert world.relations.conflicts_month[0, 0] == 1.0
    assert total_money(world) == pytest.approx(money)


def test_the_vendors_direct_sales_count_as_further_rivals():
    """Rivalry 1 against 1 rival: 1 / (1 + e^ln 2) = 1/3; in conflict against 3: 1 / (1 + 4) = 1/5."""
    for conflict, chance in ((0.0, 1 / 3), (1.0, 1 / 5)):
        _, placed = contest(small_world(winning=PLAIN | {"rivalry": 1.0}), conflict=conflict, rivals=1)
        assert placed.chance[0] == pytest.approx(chance)


@pytest.mark.parametrize(("region", "vertical", "odds"), [(0, 0, 1.4), (1, 0, 0.4), (0, 1, 1.0), (1, 1, 0.0)])
def test_to_serve_the_region_and_to_know_the_vertical_help(region, vertical, odds):
    """Firm 0 serves region 0 and vertical 0: log odds 1 and .4."""
    _, placed = contest(small_world(winning=PLAIN | {"region": 1.0, "vertical": 0.4}), region=region, vertical=vertical)
    assert placed.chance[0] == pytest.approx(1 / (1 + np.exp(-odds)))


def test_a_task_posted_on_a_marketplace_was_awarded_already():
    """It is won for certain, free of bid cost and of conflict."""
    world = small_world(winning=LOSES)
    asked, placed = contest(world, conflict=1.0, market=0)
    assert (placed.chance[0], bool(placed.won[0]), bool(asked.won[0])) == (1.0, True, True)
    assert world.partners.cash[0] == 100_000.0
    assert world.relations.conflicts_month[0, 0] == 0.0


def test_quality_is_the_mean_level_of_who_does_each_task_and_the_buyers_certificate():
    """(.8 + .6) / 2 + .1 x .5, the first member's skill 1 being none of its tasks; at most 1."""
    world = small_world(winning=PLAIN)
    world.knowledge.skills[:2, :2] = [[0.8, 0.9], [0.0, 0.6]]
    world.relations.certification[1, 0] = 0.5
    asked = deals(world, 0b0011)
    placed = bids(world, asked, ((0, 0b0001), (1, 0b0010)), carrier=1)
    winning.run(world, asked, placed, 0)
    assert placed.quality[0] == pytest.approx(0.75)
    world.knowledge.skills[:2, :2] = 0.99
    winning.run(world, asked, placed, 0)
    assert placed.quality[0] == 1.0
    assert world.relations.bids_month[:, 0].tolist() == [0.0, 2.0, 0.0]
