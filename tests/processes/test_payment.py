"""S8 Payment: who pays whom for a delivered deal, by hand."""

import numpy as np
import pytest

from sim.ledger import Flow
from sim.processes import payment
from sim.state.suppliers import REFERRAL, SERVICE_LED
from tests.small_world import delivered, join, project, small_world, tie, total_money

STATED = {"consent": {"finder": 0.1}, "delivery": {"refund": 0.2}, "payment": {"credit_half_life": 12.0}}

BROKERED = {"brokerage": (0.0, 800.0, 0.0, 0.0), "broker": (-1, 0, -1, -1)}


def pair_world(**columns):
    """Owner 0 (60 % of the work, outside option 300) and ally 1 (40 %, 200); working together costs 500."""
    world = small_world(**STATED)
    t = tie(world, 0, 1, met=0, met_month=0)
    p = project(world, 0, 1, work=(0.6, 0.4), ties=(t,), outside=(300.0, 200.0, 0.0, 0.0), coordination=500.0, **columns)
    return world, delivered(p)


def test_each_member_earns_its_outside_option_and_its_part_of_the_surplus():
    """share_i = d_i + beta_i (margin - sum d), beta by work, with a finder's share for the owner."""
    world, done = pair_world()
    out = payment.run(world, done)
    # margin = .1 x 10,000 + .5 x 10,000 - 500 = 5,500; surplus over d = 5,500 - 500 = 5,000
    # beta = .1 + .9 x .6 = .64 and .9 x .4 = .36; shares 300 + 3,200 and 200 + 1,800
    assert out.margin.tolist() == [5_500.0]
    assert out.share[0].tolist() == pytest.approx([3_500.0, 2_000.0, 0.0, 0.0])


def test_a_delivered_deal_leaves_each_members_cash_higher_by_its_share():
    """What is left of the gross margin is split as agreed; each member pays its own wages, the owner passes on the rest."""
    world, done = pair_world()
    before, money = world.partners.cash.copy(), total_money(world)
    payment.run(world, done)
    # owner 20,000 - 500 - 9,000 product - 3,000 wages - 4,000 to the ally; ally 4,000 - 2,000 wages
    assert (world.partners.cash - before).tolist() == pytest.approx([3_500.0, 2_000.0, 0.0])
    assert world.partners.margin_month.tolist() == pytest.approx([3_500.0, 2_000.0, 0.0])
    assert total_money(world) == pytest.approx(money)
    assert world.ledger.flows[Flow.SUBCONTRACT] == pytest.approx(4_000.0)
    assert not world.projects.used.any()


def test_the_member_who_carries_the_vendor_buys_and_is_reimbursed():
    """The buyer pays the supplier list price less margin; the split does not depend on who buys."""
    world, done = pair_world(carrier=1)
    before = world.partners.cash.copy()
    payment.run(world, done)
    assert (world.partners.cash - before).tolist() == pytest.approx([3_500.0, 2_000.0, 0.0])
    assert world.relations.bought_month[:, 0].tolist() == [0.0, 10_000.0, 0.0]
    assert world.relations.margin_month[1, 0] == pytest.approx(1_000.0)


def test_revenue_is_booked_net_of_subcontracting():
    """Each member books the part of the price that is its work; a joint deal counts as allied revenue."""
    world, done = pair_world()
    payment.run(world, done)
    assert world.partners.revenue_month.tolist() == pytest.approx([12_000.0, 8_000.0, 0.0])
    assert world.partners.allied_year.tolist() == pytest.approx([12_000.0, 8_000.0, 0.0])
    assert world.market.solo_profit.tolist() == pytest.approx([5_000.0, 500.0])


def test_a_vendor_gets_list_price_less_margin_and_pays_for_its_goods():
    """A direct purchase pays the vendor 9,000 of 10,000 at list; goods cost it 40 % of list."""
    world = small_world(**STATED)
    payment.run(world, delivered(project(world, 0)))
    assert world.vendors.cash.tolist() == pytest.approx([9_000.0 - 4_000.0, 0.0])
    assert world.vendors.channel_month.tolist() == [10_000.0, 0.0]


def test_a_distributor_keeps_its_margin_of_what_it_resells():
    """The partner pays the distributor 9,000; 5 % of that stays there, 8,550 goes to the vendor."""
    world = small_world(**STATED)
    payment.run(world, delivered(project(world, 0, source=0)))
    assert world.distributors.cash.tolist() == pytest.approx([450.0])
    assert world.vendors.cash[0] == pytest.approx(8_550.0 - 4_000.0)
    assert world.distributors.sold_month.tolist() == world.distributors.sold.tolist() == [[9_000.0, 0.0]]
    assert world.distributors.sales_month.tolist() == world.distributors.sales_year.tolist() == [9_000.0]
    assert world.knowledge.sourced[:, 0].tolist() == world.knowledge.sourced_month[:, 0].tolist() == [9_000.0, 0.0, 0.0]


def test_a_failed_deal_refunds_a_part_of_the_services():
    """Refund = .2 x services, borne by the team: 1,000 + 5,000 - 2,000."""
    world = small_world(**STATED)
    out = payment.run(world, delivered(project(world, 0), success=False))
    assert out.margin.tolist() == pytest.approx([4_000.0])
    assert world.partners.cash[0] == pytest.approx(104_000.0)


@pytest.mark.parametrize(("model", "margin", "vendor"), [(REFERRAL, 5_800.0, 5_200.0), (SERVICE_LED, 5_000.0, 6_000.0)])
def test_where_the_vendor_contracts_the_partner_earns_a_fee_or_nothing_on_product(model, margin, vendor):
    """Referral: the vendor takes 10,000, pays 4,000 for goods and a fee of 8 %; service-led: no fee."""
    world = small_world(**STATED)
    world.vendors.partner_model[0] = model
    out = payment.run(world, delivered(project(world, 0)))
    assert out.margin.tolist() == pytest.approx([margin])
    assert world.partners.cash[0] == pytest.approx(100_000.0 + margin)
    assert world.vendors.cash[0] == pytest.approx(vendor)


def test_a_marketplace_takes_its_rate_of_a_task():
    """A take rate of 10 % of 20,000 goes to the marketplace's network, in which the provider gained 6,000 - 2,000."""
    world = small_world(**STATED)
    join(world, 1, 0)
    world.networks.take_rate[1] = 0.1
    out = payment.run(world, delivered(project(world, 0, market=0, network=1)))
    assert out.margin.tolist() == pytest.approx([4_000.0])
    assert world.networks.cash.tolist() == pytest.approx([0.0, 2_000.0])
    assert (world.marketplaces.jobs_month[0], world.marketplaces.value_month[0]) == (1.0, 20_000.0)
    assert (world.memberships.value_month[0, 0], world.memberships.uses_month[0, 0]) == pytest.approx((4_000.0, 1.0))


def test_brokerage_goes_to_the_network_in_which_the_ally_was_met():
    """What it brokered, and nothing of the rest of the price, is a cost of the deal and an income of the network."""
    world, done = pair_world(network=0, **BROKERED)
    world.networks.take_rate[0] = 0.1
    out = payment.run(world, done)
    assert out.margin.tolist() == pytest.approx([5_500.0 - 800.0])
    assert world.networks.income_month.tolist() == pytest.approx([800.0, 0.0])


def test_a_network_is_credited_with_its_pair_half_as_much_after_each_half_life():
    """Gains of 3,200 and 1,800 count half when the pair met 12 months ago at a half-life of 12."""
    world, done = pair_world()
    world.month = 12
    join(world, 0, 0, 1)
    payment.run(world, done)
    assert world.memberships.value_month[:, 0].tolist() == pytest.approx([1_600.0, 900.0, 0.0])
    assert world.memberships.uses_month[:, 0].tolist() == [1.0, 1.0, 0.0]
    assert world.networks.value_month[0] == pytest.approx(0.4 * 20_000.0)


def test_a_network_is_credited_only_while_both_are_members():
    """When the ally has left, neither side credits the network."""
    world, done = pair_world()
    join(world, 0, 0)
    payment.run(world, done)
    assert np.all(world.memberships.value_month == 0.0)


def test_a_tie_remembers_its_surplus_and_a_running_value():
    """First value = margin before coordination less outside options = 6,000 - 500; then 80 % old, 20 % new."""
    world, done = pair_world()
    payment.run(world, done)
    assert world.ties.excess_month[0] == pytest.approx(5_000.0)
    assert (world.ties.value[0], world.ties.volume[0], world.ties.deals[0]) == pytest.approx((5_500.0, 20_000.0, 1))
    world.projects.used[0], world.ties.value[0], world.ties.volume[0] = True, 500.0, 1_000.0
    payment.run(world, done)
    assert world.ties.value[0] == pytest.approx(0.8 * 500.0 + 0.2 * 5_500.0)
    assert world.ties.volume[0] == pytest.approx(0.8 * 1_000.0 + 0.2 * 20_000.0)
    assert world.ties.deals_month[0] == 2.0


def test_a_deal_is_put_on_record_with_who_did_it_and_what_each_got():
    """Coordination of 500 and brokerage of 800 of the one, a fee of .05 x 20,000 of the other; source -1 is the vendor."""
    world, done = pair_world(network=0, network_uid=100, **BROKERED)
    payment.run(world, done)
    world.networks.take_rate[1] = 0.05
    payment.run(world, delivered(project(world, 2, source=0, market=0, network=1, network_uid=101)))
    deal = world.log.table("deal")
    assert (deal["owner"].tolist(), deal["member_1"].tolist()) == ([10, 12], [11, -1])
    assert (deal["source"].tolist(), deal["market"].tolist(), deal["network"].tolist()) == ([-1, 0], [-1, 0], [100, 101])
    assert deal["coordination"].tolist() == pytest.approx([500.0, 0.0])
    assert deal["brokerage"].tolist() == pytest.approx([800.0, 0.0])
    assert deal["fees"].tolist() == pytest.approx([0.0, 1_000.0])
    assert deal["share_0"].tolist() == pytest.approx([300.0 + 0.64 * 4_200.0, 5_000.0])
