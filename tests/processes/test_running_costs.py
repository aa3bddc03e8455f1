"""S8 Running costs: overhead, dues, sponsorship, hosts' spending, dividends, by hand."""

import pytest

from sim.ledger import Flow, Outer
from sim.processes import running_costs
from sim.state.networks import DISTRIBUTOR
from tests.small_world import join, small_world, total_money


def quiet_world():
    """Firms whose overhead is nothing, so that only networks move money."""
    return small_world(firm={"overhead": 0.0, "cash_kept": 60.0, "cash_at_entry": 0.0})


def networks_paid(world):
    """Pay the networks alone: without overhead every firm would pay out its cash."""
    running_costs._pay_networks(
        world.partners, world.memberships, world.relations, world.knowledge, world.networks, world.vendors, world.distributors, world.ledger
    )
    return world


@pytest.mark.parametrize(("margin", "ewma", "overhead"), [(24_000.0, 24_000.0, 14_400.0), (6_000.0, 13_200.0, 8_640.0)])
def test_overhead_is_mostly_pay_that_follows_the_average_margin(margin, ewma, overhead):
    """The average moves by a sixth to 24,000 or 12,000; .6 x 24,000 x (.2 + .8 x load) with a load of 1 or 1/2."""
    world = small_world()
    world.partners.margin_month[0], world.partners.margin_ewma[0] = margin, ewma
    world.partners.alive[1:] = False
    running_costs.run(world)
    assert world.ledger.flows[Flow.OVERHEAD] == pytest.approx(overhead)


def test_cash_above_nine_months_of_overhead_is_paid_out():
    """200,000 - 14,400 - 9 x 14,400 = 56,000 go to the owners; a firm with less keeps all."""
    world = small_world()
    world.partners.margin_month[:] = 24_000.0
    world.partners.cash[:] = [200_000.0, 100_000.0, 100_000.0]
    money = total_money(world)
    running_costs.run(world)
    assert world.ledger.flows[Flow.DIVIDEND] == world.ledger.outer[Outer.OWNERS] == pytest.approx(56_000.0)
    assert world.partners.cash.tolist() == pytest.approx([129_600.0, 85_600.0, 85_600.0])
    assert total_money(world) == pytest.approx(money)


def test_every_membership_pays_its_dues():
    """Two members at 100 a month."""
    world = quiet_world()
    world.networks.fee[0] = 100.0
    join(world, 0, 0, 1)
    networks_paid(world)
    assert world.partners.cash.tolist() == [99_900.0, 99_900.0, 100_000.0]
    assert (world.networks.income_month[0], world.networks.cash[0], world.networks.members[0]) == (200.0, 200.0, 2)


def test_a_network_spends_on_each_member_and_has_a_fixed_cost():
    """1,000 + 2 members x (10 tools, 20 education, 30 support)."""
    world = quiet_world()
    networks = world.networks
    networks.fixed_cost[0], networks.tools[0], networks.education[0], networks.support[0] = 1_000.0, 10.0, 20.0, 30.0
    join(world, 0, 0, 1)
    networks_paid(world)
    assert networks.cost_month[0] == -networks.cash[0] == pytest.approx(1_120.0)
    assert world.ledger.flows[Flow.NETWORK_SPEND] == pytest.approx(1_120.0)


def test_a_vendors_community_budget_is_income_of_its_network():
    """2 members x (30 of tools + 20 of education) come from vendor 0 and go out again: the network neither gains nor loses."""
    world = quiet_world()
    world.networks.tools_added[1], world.networks.education_added[1] = 30.0, 20.0
    join(world, 1, 0, 1)
    networks_paid(world)
    assert (world.networks.income_month[1], world.networks.cost_month[1]) == pytest.approx((100.0, 100.0))
    assert (world.vendors.cash[0], world.vendors.spend_month[0]) == pytest.approx((-100.0, 100.0))


def test_sponsors_pay_a_share_of_members_purchases_from_vendors_that_the_host_speaks_of():
    """2 % of the 10,000 that the member bought of vendor 0; vendor 1 is not mentioned, firm 1 is no member."""
    world = quiet_world()
    world.networks.sponsorship[1] = 0.02
    world.relations.bought_month[:2] = 10_000.0
    join(world, 1, 0)
    networks_paid(world)
    assert world.networks.income_month[1] == pytest.approx(200.0)
    assert world.vendors.cash.tolist() == pytest.approx([-200.0, 0.0])
    assert world.vendors.spend_month[0] == pytest.approx(200.0)


def test_a_distributors_network_is_sponsored_by_the_distributor():
    """2 % of the 4,000 that the member bought from the distributor itself, not of the 10,000 bought of vendor 0 in all."""
    world = quiet_world()
    world.networks.kind[1], world.networks.sponsorship[1] = DISTRIBUTOR, 0.02
    world.relations.bought_month[0, 0], world.knowledge.sourced_month[:2, 0] = 10_000.0, 4_000.0
    join(world, 1, 0)
    networks_paid(world)
    assert (world.distributors.cash[0], world.vendors.cash[0]) == pytest.approx((-80.0, 0.0))
    assert world.networks.income_month[1] == pytest.approx(80.0)


def test_a_host_with_a_business_of_its_own_covers_its_networks_deficit():
    """Vendor 0 pays 1,000 - 100 of dues; the network's books still show the loss; a pure P2P network bears its own."""
    world = quiet_world()
    world.networks.fixed_cost[:], world.networks.fee[:] = 1_000.0, 100.0
    join(world, 0, 0), join(world, 1, 0)
    money = total_money(world)
    networks_paid(world)
    assert world.networks.cash.tolist() == pytest.approx([-900.0, 0.0])
    assert world.vendors.cash[0] == pytest.approx(-900.0)
    assert (world.networks.income_month - world.networks.cost_month).tolist() == pytest.approx([-900.0, -900.0])
    assert total_money(world) == pytest.approx(money)


def test_a_distributors_operating_cost_leaves_its_operating_margin():
    """(.05 - .0127) x 100,000 = 3,730."""
    world = small_world()
    world.distributors.sales_month[0] = 100_000.0
    running_costs.run(world)
    assert world.distributors.cash[0] == pytest.approx(-3_730.0)


def test_a_firm_that_left_pays_nothing():
    """Only living firms have overhead."""
    world = small_world()
    world.partners.alive[2] = False
    running_costs.run(world)
    assert world.partners.cash[2] == 100_000.0
