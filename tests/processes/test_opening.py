"""S16 Opening a network: its policy written into a row, its host found, its first members invited, by hand."""

import pytest

from sim.plan import NetworkGroup
from sim.policy import MIX_HOST, MIX_MARGIN, Policy
from sim.processes import opening
from sim.state.networks import BUYS_ABOVE, CARRIES_VENDOR, COMMUNITY, DISTRIBUTOR, MARKETPLACE, PURE_P2P, VENDOR
from sim.state.ties import LISTING
from tests.small_world import small_world


def open_one(world, kind, **policy):
    return opening.open_network(world, NetworkGroup(kind, 1, Policy(**{"founding_members": 0} | policy)))


def test_a_network_is_opened_with_its_policy_and_a_uid_of_its_own():
    """The third network of the world gets uid 102, dues, density, six months of tools, and the prior value of membership."""
    world = small_world(membership={"prior_value": 0.03}, month=4)
    m = open_one(world, COMMUNITY, fee_per_month_usd=150.0, density=0.8, tools_per_member_usd=60.0, take_rate=0.05)
    networks = world.networks
    assert (networks.uid[m], bool(networks.open[m]), networks.kind[m], networks.host[m], networks.founded[m]) == (102, True, COMMUNITY, -1, 4)
    policy = [networks.fee[m], networks.density[m], networks.tools[m], networks.take_rate[m], networks.tool_stock[m], networks.value_member[m]]
    assert policy == [150.0, 0.8, 60.0, 0.05, 360.0, 0.03]
    assert world.knowledge.aware.shape[1] == networks.uid.size


def test_the_tools_of_a_new_network_are_as_good_as_its_first_six_months_of_spend():
    """360 / (360 + 1,000 x 1.1), the art having risen by 10 % in a year."""
    world = small_world(hosts={"stock_half_usd": 1_000.0, "art_per_year": 0.1}, month=12)
    m = open_one(world, COMMUNITY, tools_per_member_usd=60.0)
    assert world.networks.tool_quality[m] == pytest.approx(360.0 / 1_460.0)


def test_a_vendor_hosts_one_network_and_speaks_of_itself():
    """Vendor 0 hosts one already, so vendor 1 opens the next, and then nobody is free."""
    world = small_world()
    m = open_one(world, VENDOR, mix=MIX_HOST)
    assert (world.networks.host[m], world.networks.mix[m].tolist()) == (1, [0.0, 1.0])
    assert opening.free_host(world, VENDOR) is None
    with pytest.raises(ValueError, match="no host is free"):
        open_one(world, VENDOR)


def test_a_distributor_speaks_of_its_line_card_by_margin():
    """Cards of both vendors weigh by the cost of a dollar of product: .9 and .8 of 1.7."""
    world = small_world()
    world.distributors.line_card[0] = True
    m = open_one(world, DISTRIBUTOR, mix=MIX_MARGIN)
    assert world.networks.mix[m].tolist() == pytest.approx([0.9 / 1.7, 0.8 / 1.7])


def test_a_marketplace_takes_the_networks_rate_and_a_further_one_enters_by_itself():
    """Marketplace 0 opens its network at 12 %; when it is busy, a marketplace of row 1 enters."""
    world = small_world()
    first, second = open_one(world, MARKETPLACE, take_rate=0.12), open_one(world, MARKETPLACE, take_rate=0.08)
    assert world.networks.host[[first, second]].tolist() == [0, 1]
    assert world.marketplaces.take_rate.tolist() == [0.12, 0.08]
    assert world.marketplaces.active.tolist() == [True, True]


def test_every_vendor_in_the_market_lists_with_a_new_marketplace():
    """Vendor 1 has left; vendor 0's listing with marketplace 1 is an agreement like others, on record."""
    world = small_world()
    world.vendors.active[1] = False
    open_one(world, MARKETPLACE), open_one(world, MARKETPLACE)
    assert world.marketplaces.listed[1].tolist() == [True, False]
    signed = world.log.table("agreement_signed")
    assert (signed["kind"].tolist(), signed["first"].tolist(), signed["second"].tolist()) == ([LISTING], [0], [1])


@pytest.mark.parametrize(("count", "members"), [(0, 0), (2, 2), (9, 3)])
def test_the_first_members_are_invited(count, members):
    """As many as asked for, or as there are firms."""
    world = small_world(membership={"prior_value": 0.03})
    m = open_one(world, PURE_P2P, founding_members=count)
    inside = (world.memberships.network == m).any(axis=1)
    assert inside.sum() == members
    assert world.knowledge.aware[:, m].tolist() == inside.tolist()
    assert len(world.log.table("membership_joined").get("partner", [])) == members
    assert world.memberships.value[inside, 0].tolist() == pytest.approx([0.03 * 24_000.0] * members)


def test_only_who_may_enter_is_invited():
    """Firm 1 alone carries vendor 1; firm 2 alone bought of the distributor."""
    world = small_world()
    world.relations.carried[1, 1], world.knowledge.sourced[2, 0] = True, 900.0
    m = open_one(world, VENDOR, mix=MIX_HOST, entry_rule=CARRIES_VENDOR, founding_members=9)
    assert (world.memberships.network == m).any(axis=1).tolist() == [False, True, False]
    m = open_one(world, DISTRIBUTOR, entry_rule=BUYS_ABOVE, entry_threshold=500.0, founding_members=9)
    assert (world.memberships.network == m).any(axis=1).tolist() == [False, False, True]


def test_founding_cohorts_do_not_compete():
    """Three rivals of one region and vertical: the one founding cohort takes one."""
    world = small_world()
    m = open_one(world, PURE_P2P, cohort_size=12, non_compete=True, founding_members=9)
    assert (world.memberships.network == m).sum() == 1
    assert world.networks.cohorts[m] == 1
