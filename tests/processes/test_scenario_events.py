"""S1 Events: what a scenario makes happen at the start of a month, by hand."""

import numpy as np
import pytest

from sim.events import Dropped, TakenOn
from sim.ledger import Outer
from sim.plan import Event, NetworkGroup
from sim.policy import MIX_MARGIN, POLICIES
from sim.processes import agreements, scenario_events
from sim.state.networks import COMMUNITY, DISTRIBUTOR, MARKETPLACE, VENDOR
from sim.state.ties import LINE_CARD, LISTING, TECHNOLOGY_ALLIANCE
from tests.small_world import VENDOR_0, VENDOR_1, join, refresh, small_world, total_money


def happen(kind, world=None, **event):
    """Let one event happen in the first month after burn-in; returns the world."""
    world = world or small_world()
    world.schedule = [Event(0, kind, **event)]
    scenario_events.run(world)
    return world


@pytest.mark.parametrize(("how", "after"), [("set", 3.0), ("add", 13.0), ("multiply", 30.0)])
def test_a_value_is_set_increased_or_multiplied(how, after):
    """10 and 3."""
    assert scenario_events.changed(10.0, 3.0, how) == after


@pytest.mark.parametrize(("month", "happens"), [(11, False), (12, True), (13, False)])
def test_events_happen_in_their_month_counted_after_burn_in(month, happens):
    """Month 2 after a burn-in of 10 is month 12."""
    world = small_world(month=month, burn_in=10)
    world.schedule = [Event(2, "set_switch", "switches.habit", value=0.0)]
    scenario_events.run(world)
    assert world.switches.habit is not happens


def test_a_parameter_changes_and_keeps_its_type():
    """Prior trust from .4 to .6; a whole number stays whole, as kernels expect."""
    world = happen("set_parameter", small_world(trust={"prior": 0.4}), target="trust.prior", value=0.2, how="add")
    assert world.parameters["trust"].prior == pytest.approx(0.6)
    happen("set_parameter", world, target="consent.rejections", value=2.0)
    assert world.parameters["consent"].rejections == 2
    assert isinstance(world.parameters["consent"].rejections, int)


def test_a_vendor_changes_its_policy_or_the_division_of_its_budget():
    """Only vendor 1's margin; all vendors' MDF arm."""
    world = happen("change_vendor", target="1", field="list_margin", value=0.05, how="add")
    assert world.vendors.list_margin.tolist() == pytest.approx([0.1, 0.25])
    happen("change_vendor", world, target="all", field="arm_mdf", value=0.7)
    assert world.vendors.arms[:, 1].tolist() == [0.7, 0.7]
    assert world.vendors.arms[:, 0].tolist() == [0.2, 0.2]


def test_a_change_stays_within_the_fields_range():
    """.1 x 9 stops at the field's .5."""
    world = happen("change_vendor", target="0", field="list_margin", value=9.0, how="multiply", low=0.0, high=0.5)
    assert world.vendors.list_margin[0] == 0.5


def test_a_distributor_and_a_marketplace_change_their_terms():
    """The marketplace's own network takes the new rate, other networks do not."""
    world = small_world()
    world.networks.kind[1], world.networks.host[1] = MARKETPLACE, 0
    happen("change_distributor", world, target="all", field="margin", value=0.07)
    happen("change_marketplace", world, target="0", field="take_rate", value=0.15)
    assert world.distributors.margin[0] == 0.07
    assert world.networks.take_rate.tolist() == [0.0, 0.15]


@pytest.mark.parametrize(("target", "fees"), [("all", [9.0, 9.0]), ("vendor", [0.0, 9.0]), ("100", [9.0, 0.0])])
def test_networks_are_named_by_number_by_kind_or_all(target, fees):
    """Network 100 is pure P2P, 101 a vendor's; the change is put on record."""
    world = happen("change_network", target=target, field="fee", value=9.0)
    assert world.networks.fee.tolist() == fees
    assert world.log.table("network_policy")["status"].tolist() == [1] * fees.count(9.0)


def test_networks_open_as_far_as_hosts_are_free():
    """Of three further vendor networks only vendor 1 can host one; communities need no host."""
    world = happen("open_network", group=NetworkGroup(VENDOR, 3, POLICIES[VENDOR]._replace(founding_members=0)))
    assert (world.networks.open & (world.networks.kind == VENDOR)).sum() == 2
    world = happen("open_network", group=NetworkGroup(COMMUNITY, 3, POLICIES[COMMUNITY]._replace(founding_members=0)))
    assert (world.networks.open & (world.networks.kind == COMMUNITY)).sum() == 3


def test_a_network_closes():
    """Its member has left it."""
    world = small_world()
    join(world, 0, 2)
    happen("close_network", world, target="100")
    assert world.networks.open.tolist() == [False, True]
    assert world.memberships.network[2, 0] == -1


def test_when_a_vendor_leaves_everybody_drops_it_and_its_network_and_agreements_end():
    """Vendor 0: three partners drop it, network 101 closes, its line card and technology alliance end, vendor 1's stands."""
    world = small_world()
    agreements.sign(world, LINE_CARD, 0, 0, (0, 0))
    agreements.sign(world, TECHNOLOGY_ALLIANCE, 0, 1, (0, 1))
    agreements.sign(world, LINE_CARD, 1, 0, (1, 0))
    happen("vendor_leaves", world, target="0")
    assert world.vendors.active.tolist() == [False, True]
    assert not world.relations.carried[:, 0].any()
    assert np.all(world.knowledge.can & VENDOR_0 == 0)
    assert world.networks.open.tolist() == [True, False]
    assert world.agreements.used[:3].tolist() == [False, False, True]
    assert world.distributors.line_card.tolist() == [[False, True]]
    assert world.log.table("vendor_dropped")["reason"].tolist() == [Dropped.VENDOR_LEFT] * 3


def test_when_a_vendor_leaves_a_distributors_network_speaks_of_the_rest_of_the_line_card():
    """Of .5 and .5 vendor 1 is left with all."""
    world = small_world()
    world.networks.kind[0], world.networks.host[0], world.networks.mix_by[0] = DISTRIBUTOR, 0, MIX_MARGIN
    world.distributors.line_card[0], world.networks.mix[0] = True, 0.5
    happen("vendor_leaves", world, target="0")
    assert world.networks.mix[0].tolist() == pytest.approx([0.0, 1.0])


def test_a_technology_alliance_ends_whichever_vendor_leaves():
    """Vendor 1 is the second party of it; vendor 0's listing stands."""
    world = small_world()
    agreements.sign(world, TECHNOLOGY_ALLIANCE, 0, 1, (0, 1))
    agreements.sign(world, LISTING, 0, 0, (0, 0))
    happen("vendor_leaves", world, target="1")
    assert world.agreements.used[:2].tolist() == [False, True]


def test_a_merger_passes_on_partners_habit_customers_and_the_best_fit():
    """Vendor 0 goes into vendor 1, which firm 2 carries already: purchases 60 + 40, names .6 + .4, the higher fit, tier and certification."""
    world = small_world()
    relations = world.relations
    relations.carried[2, 1] = True
    relations.bought_year[:] = [60.0, 40.0]
    relations.attitude[:] = [0.5, -0.5]
    relations.bought_quarter[:], relations.leads[:] = [6.0, 4.0], [3.0, 2.0]
    relations.tier[:], relations.certification[:] = [[2, 0], [1, 0], [0, 1]], [[0.7, 0.0], [0.0, 0.0], [0.2, 0.3]]
    relations.last_bought[:] = [5, 3]
    world.vendors.channel_year[:], world.distributors.sold[0] = [300.0, 200.0], [30.0, 20.0]
    refresh(world)
    happen("merge_vendors", world, target="0", into="1")
    assert relations.carried.tolist() == [[False, True]] * 3
    assert relations.bought_year.tolist() == [[0.0, 100.0]] * 3
    assert relations.attitude[:, 1].tolist() == [0.5, 0.5, -0.5]
    assert (relations.bought_quarter.tolist(), relations.leads.tolist()) == ([[0.0, 10.0]] * 3, [[0.0, 5.0]] * 3)
    assert relations.tier.tolist() == [[0, 2], [0, 1], [0, 1]]
    assert relations.certification.tolist() == [[0.0, 0.7], [0.0, 0.0], [0.0, 0.3]]
    assert relations.last_bought[:, 1].tolist() == [5, 5, 5]
    assert world.vendors.channel_year.tolist() == [0.0, 500.0]
    assert world.distributors.sold.tolist() == [[0.0, 50.0]]
    assert np.all(world.knowledge.can & (VENDOR_0 | VENDOR_1) == VENDOR_1)
    assert world.vendors.size[1] == pytest.approx(1.0)
    assert world.vendors.fit[1].tolist() == [1.0, 0.8, 0.8, 1.0]
    taken = world.log.table("vendor_taken")
    assert (taken["partner"].tolist(), taken["reason"].tolist()) == ([10, 11], [TakenOn.MERGED] * 2)


def test_when_a_distributor_leaves_its_line_cards_and_its_network_end():
    """The card of vendor 0 ends with its agreement; the network that it hosts closes."""
    world = small_world()
    world.networks.kind[1], world.networks.host[1] = DISTRIBUTOR, 0
    agreements.sign(world, LINE_CARD, 0, 0, (0, 0))
    agreements.sign(world, LISTING, 0, 0, (0, 0))
    happen("distributor_leaves", world, target="0")
    assert (bool(world.distributors.active[0]), world.distributors.line_card.any()) == (False, False)
    assert world.agreements.used[:2].tolist() == [False, True]
    assert world.networks.open.tolist() == [True, False]


def test_a_shock_to_experience_hits_vendors_that_are_carried():
    """-.7 on .5 of vendor 0 for all living firms, at most 1 in size; vendor 1 and the firm that left are spared."""
    world = small_world()
    world.relations.experience[:], world.partners.alive[2] = 0.5, False
    happen("shock", world, field="experience", value=-0.7, how="add")
    assert world.relations.experience[:, 0].tolist() == pytest.approx([-0.2, -0.2, 0.5])
    assert world.relations.experience[:, 1].tolist() == [0.5, 0.5, 0.5]
    happen("shock", world, field="experience", value=-9.0, how="add")
    assert world.relations.experience[0, 0] == -1.0


def test_a_shock_to_cash_is_borne_by_the_owners():
    """Half of 100,000 is taken out of three firms; no money vanishes."""
    world = small_world()
    money = total_money(world)
    happen("shock", world, field="cash", value=0.5, how="multiply")
    assert world.partners.cash.tolist() == [50_000.0] * 3
    assert world.ledger.outer[Outer.OWNERS] == 150_000.0
    assert total_money(world) == money


@pytest.mark.parametrize(("share", "hit"), [(0.0, 0), (1.0, 3)])
def test_a_shock_hits_a_share_of_firms(share, hit):
    """Nobody at 0, everybody at 1; a client base never falls below a half."""
    world = happen("shock", field="clients", value=0.0, share=share)
    assert (world.partners.clients == 0.5).sum() == hit
