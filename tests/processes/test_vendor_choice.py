"""S4 Vendor choice: which vendor's product goes into a deal, by hand."""

import pytest

from sim.processes import vendor_choice
from sim.rules.vendor_choice import Argmax
from sim.state.suppliers import CO_SELL, REFERRAL, RESALE, SERVICE_LED
from tests.small_world import VENDOR_1, Spy, bids, chance_of, deals, refresh, small_world


def choose(world, rule, *team, needs=0b0011):
    """Let this team choose the vendor of a deal; returns its bid."""
    world.rules["vendor_choice"] = rule
    asked = deals(world, needs)
    placed = bids(world, asked, team or ((0, 0b0001), (1, 0b0010)))
    vendor_choice.run(world, asked, placed, chance_of(world))
    return placed


def world_with_two_vendors():
    """Firm 0 carries vendor 0, firm 1 both."""
    world = small_world()
    world.relations.carried[1, 1] = True
    refresh(world)
    return world


@pytest.mark.parametrize(
    ("model", "tier", "margin"),
    [(RESALE, 0, 0.1), (RESALE, 1, 0.12), (RESALE, 2, 0.14), (REFERRAL, 2, 0.08), (CO_SELL, 0, 0.08), (SERVICE_LED, 2, 0.0)],
)
def test_what_a_partner_earns_on_product(model, tier, margin):
    """Resale: .1 and a rebate of .02 or .04 by tier; referral and co-sell: a fee of .08; service-led: nothing."""
    world = small_world()
    world.vendors.partner_model[0] = model
    assert vendor_choice.product_margin(0, tier, world.vendors, world.programmes) == pytest.approx(margin)


def test_habit_is_the_vendors_share_of_the_last_years_wallet():
    """300 of 400; nothing of nothing."""
    world = small_world()
    world.relations.bought_year[0] = [100.0, 300.0]
    assert vendor_choice.wallet_share(0, 1, world.relations) == 0.75
    assert vendor_choice.wallet_share(1, 1, world.relations) == 0.0


def test_the_rule_is_told_of_the_member_who_would_buy_and_of_the_teams_best_certificate():
    """Vendor 0 would be bought by the owner, vendor 1 by the ally, and the ally's certificate of vendor 0 counts."""
    world, spy = world_with_two_vendors(), Spy(1)
    world.relations.attitude[:2] = [[0.3, 0.9], [0.7, -0.2]]
    world.relations.certification[:2, 0] = 0.1, 0.6
    world.relations.bought_year[:2] = [[50.0, 0.0], [25.0, 75.0]]
    world.relations.tier[1, 1] = 2
    bid = choose(world, spy)
    told = spy.tables[0]
    assert told.margin[0].tolist() == pytest.approx([0.1, 0.24])
    assert told.attitude[0].tolist() == [0.3, -0.2]
    assert told.fit[0].tolist() == pytest.approx([0.9, 0.5])
    assert told.habit[0].tolist() == [1.0, 0.75]
    assert told.certification[0].tolist() == [0.6, 0.0]
    assert (bid.vendor[0], bid.carrier[0]) == (1, 1)


def test_the_better_margin_wins_where_nothing_else_counts():
    """List margins .1 and .2: the rule of highest utility takes vendor 1, which the ally buys."""
    world = world_with_two_vendors()
    bid = choose(world, Argmax(margin=10.0, attitude=0.0, fit=0.0, habit=0.0, certification=0.0))
    assert (bid.vendor[0], bid.carrier[0], bool(bid.ready[0])) == (1, 1, True)


def test_a_vendor_that_the_customer_named_leaves_no_choice():
    """Vendor 1 is named, so vendor 0 is not feasible."""
    world, spy = world_with_two_vendors(), Spy(1)
    choose(world, spy, (0, 0b0001), (1, 0b0010 | VENDOR_1), needs=0b0011 | VENDOR_1)
    assert spy.tables[0].feasible.tolist() == [[False, True]]


def test_a_bid_without_a_vendor_is_not_ready():
    """The only vendor carried has left the market."""
    world = small_world()
    world.vendors.active[0] = False
    bid = choose(world, Argmax())
    assert (bid.vendor[0], bool(bid.ready[0])) == (-1, False)


def test_an_answer_that_is_not_feasible_counts_as_none():
    """Nobody in the team carries vendor 1, whatever a user's rule may say."""
    bid = choose(small_world(), Spy(1))
    assert (bid.vendor[0], bool(bid.ready[0])) == (-1, False)


def test_habit_off_means_that_the_wallet_has_no_weight():
    """Switch habit: W is 0 for every vendor."""
    world, spy = small_world(off=("habit",)), Spy(0)
    world.relations.bought_year[0] = [100.0, 300.0]
    choose(world, spy)
    assert spy.tables[0].habit.tolist() == [[0.0, 0.0]]
