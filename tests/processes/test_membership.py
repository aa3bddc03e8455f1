"""S14 Membership: who hears of a network, who joins, who leaves, by hand."""

import numpy as np
import pytest

from sim.chance import Purpose, uniform
from sim.events import LeaveReason
from sim.processes import membership
from sim.processes.acquaintance import neighbours
from sim.processes.directory import look_up
from sim.processes.membership import Membership
from sim.state.networks import BUYS_ABOVE, CARRIES_VENDOR, VERIFIED
from tests.small_world import join, refresh, small_world, stated, tie

SILENT = {
    "imitation": 0.0, "contacts": 0, "consider": 0.0, "join": 0.0, "leave": -20.0, "slope": 0.0, "attention": 0.0, "reach": 0.0,
    "tools": 0.0, "tools_with_capital": 0.0, "education": 0.0, "loss": 0.0, "capital_fade": 0.0, "capital_gain": 0.0,
    "tool_use": 0.0, "value_memory": 0.25, "prior_value": 0.0, "cohorts_per_quarter": 1,
}  # fmt: skip
EAGER = SILENT | {"consider": 1.0, "join": 20.0}  # who considers a network joins it but for a chance of 2e-9


def world_of(parameters=SILENT, firms=3, **options):
    world = small_world(firms, membership=parameters, **options)
    world.networks.fee[:] = 0.0
    return world


def pass_month(world):
    membership.run(world, neighbours(world), look_up(world))


# hearing


def test_a_hosts_marketing_reaches_only_firms_that_may_enter():
    """At a marketing of 1 everybody hears of an open network, of a vendor's only those who carry the vendor."""
    world = world_of()
    world.networks.marketing[:], world.networks.entry_rule[1] = 1.0, CARRIES_VENDOR
    world.relations.carried[2, 0] = False
    pass_month(world)
    assert world.knowledge.aware.tolist() == [[True, True], [True, True], [True, False]]


@pytest.mark.parametrize(("nudge", "hears"), [(1.001, True), (0.999, False)])
def test_word_of_mouth_works_by_the_share_of_contacts_who_are_members(nudge, hears):
    """One of two contacts is a member: the hazard is imitation / 2, just above or below the draw."""
    world = world_of()
    u = uniform(world.key, Purpose.AWARENESS, 10, 100)
    world.parameters["membership"] = stated(world.parameters["membership"], imitation=2.0 * u * nudge)
    tie(world, 0, 1), tie(world, 0, 2)
    join(world, 0, 1)
    pass_month(world)
    assert bool(world.knowledge.aware[0, 0]) is hears


def test_imitation_off_means_awareness_by_marketing_only():
    """Switch imitation: both contacts are members and the contagion is certain, but nobody hears of it."""
    for off, hears in (((), True), (("imitation",), False)):
        world = world_of(SILENT | {"imitation": 2.0}, off=off)
        tie(world, 0, 1), tie(world, 0, 2)
        join(world, 0, 1, 2)
        pass_month(world)
        assert bool(world.knowledge.aware[0, 0]) is hears


# joining


def test_utility_adds_up_what_a_membership_gives_and_takes():
    """.02 + .004 x 1 x ln e + .008 x .5 x (1 + 1 / 2) + .00004 x 100 - .005 - .012 x 1 x 2 = .005."""
    group = stated(Membership(), reach=0.004, tools=0.008, tools_with_capital=1.0, education=0.00004, attention=0.012)
    assert membership.membership_utility(0.02, 1.0, np.e - 1.0, 0.5, 1.0, 100.0, 0.005, 2, 1.0, group) == pytest.approx(0.005)


@pytest.mark.parametrize(("value", "fee", "joins"), [(0.05, 0.0, True), (0.05, 2_400.0, False), (0.0, 0.0, False)])
def test_an_aware_firm_joins_by_utility(value, fee, joins):
    """Dues of 2,400 are .1 of a margin of 24,000: odds 1,000 x (value - dues) - 10 make it all but certain either way."""
    world = world_of(SILENT | {"consider": 1.0, "join": -10.0, "slope": 1_000.0})
    world.knowledge.aware[0, 0] = True
    world.networks.value_member[0], world.networks.fee[0] = value, fee
    pass_month(world)
    assert (world.memberships.network[:, 0] == 0).tolist() == [joins, False, False]
    assert world.memberships.value[0, 0] == pytest.approx(0.05 * 24_000.0 if joins else 0.0)


def test_every_further_membership_costs_more_attention():
    """Attention .01 x memberships: worth .015 the first is joined, with one already held the second is not."""
    world = world_of(SILENT | {"consider": 1.0, "slope": 10_000.0, "attention": 0.01})
    world.knowledge.aware[:2, 0], world.networks.value_member[0] = True, 0.015
    join(world, 1, 1, value=24_000.0)
    pass_month(world)
    assert (world.memberships.network == 0).any(axis=1).tolist() == [True, False, False]


def test_who_has_not_heard_of_a_network_or_does_not_consider_does_not_join():
    """Awareness and a moment to consider both come before joining."""
    unaware, unhurried = world_of(EAGER), world_of(EAGER | {"consider": 0.0})
    unhurried.knowledge.aware[:] = True
    for world in (unaware, unhurried):
        pass_month(world)
        assert np.all(world.memberships.network == -1)


@pytest.mark.parametrize(
    ("rule", "threshold", "admitted"),
    [(CARRIES_VENDOR, 1.0, [True, False, False]), (BUYS_ABOVE, 500.0, [False, True, False]), (VERIFIED, 0.7, [False, False, True])],
)
def test_entry_rules(rule, threshold, admitted):
    """Firm 0 carries the vendor in tier 1, firm 1 bought 500 of the distributor, firm 2 is rated .7."""
    world = world_of(EAGER)
    world.relations.tier[0, 0], world.knowledge.sourced[1, 0], world.partners.rating[2] = 1, 500.0, 0.7
    world.networks.entry_rule[1], world.networks.entry_threshold[1] = rule, threshold
    world.knowledge.aware[:, 1] = True
    pass_month(world)
    assert (world.memberships.network[:, 0] == 1).tolist() == admitted


def test_a_network_with_a_vertical_in_focus_admits_only_firms_that_serve_it():
    """Vertical 1 in focus: firm 1 serves it, the others do not."""
    world = world_of(EAGER)
    world.networks.vertical[0], world.partners.verticals[1], world.knowledge.aware[:, 0] = 1, 0b10, True
    pass_month(world)
    assert (world.memberships.network[:, 0] == 0).tolist() == [False, True, False]


def test_a_cohort_admits_no_second_firm_of_the_same_region_and_vertical():
    """Three rivals of one region and vertical: the one cohort that opens in a quarter takes one of them."""
    world = world_of(EAGER)
    world.networks.cohort_size[0], world.networks.non_compete[0], world.knowledge.aware[:, 0] = 12, True, True
    pass_month(world)
    assert (world.memberships.network == 0).sum() == 1
    world = world_of(EAGER)
    world.networks.cohort_size[0], world.networks.non_compete[0], world.knowledge.aware[:, 0] = 12, True, True
    world.partners.verticals[1], world.partners.region[2] = 0b10, 1
    pass_month(world)
    assert (world.memberships.network == 0).sum() == 3


@pytest.mark.parametrize("network", [0, 1])
def test_a_full_cohort_admits_nobody_and_a_quarter_opens_only_so_many(network):
    """Cohorts of 2, one a quarter: of three who do not compete, two get in; in the next quarter the third."""
    world = world_of(EAGER)
    world.networks.cohort_size[network], world.knowledge.aware[:, network] = 2, True
    join(world, 1 - network, 0, 1, 2)
    for month, members, cohorts in ((0, 2, 1), (1, 2, 1), (3, 3, 2)):
        world.month = month
        pass_month(world)
        assert ((world.memberships.network == network).sum(), world.networks.cohorts[network]) == (members, cohorts)
    assert sorted(world.memberships.cohort[world.memberships.network == network].tolist()) == [0, 0, 1]


def test_a_later_cohort_is_closed_to_rivals_as_the_first_is():
    """Firm 0 is in cohort 0 and firm 1 in cohort 1 of the network: their rival, firm 2, finds no place."""
    world = world_of(EAGER | {"cohorts_per_quarter": 0})
    world.networks.cohort_size[0], world.networks.non_compete[0], world.networks.cohorts[0] = 12, True, 2
    join(world, 0, 0, cohort=0), join(world, 0, 1, cohort=1)
    world.knowledge.aware[2, 0] = True
    pass_month(world)
    assert world.memberships.network[2, 0] == -1


@pytest.mark.parametrize("column", ["education", "education_added", "support"])
def test_education_and_support_whoever_pays_for_them_make_a_network_worth_joining(column):
    """100 US dollars x .001 = .1 of margin, log odds of 100 - 10."""
    world = world_of(SILENT | {"consider": 1.0, "join": -10.0, "slope": 1_000.0, "education": 0.001})
    world.knowledge.aware[0, 0] = True
    getattr(world.networks, column)[0] = 100.0
    pass_month(world)
    assert world.memberships.network[0, 0] == 0
    world.parameters["membership"] = world.parameters["membership"]._replace(leave=50.0)  # but for the same gain it would leave
    pass_month(world)
    assert world.memberships.network[0, 0] == 0


# staying and leaving


def test_capital_is_built_by_use_and_fades():
    """Z = .95 x 1 + .08 x (3 + 1 x .5) = 1.23."""
    world = world_of(SILENT | {"capital_fade": 0.05, "capital_gain": 0.08, "tool_use": 1.0})
    world.networks.tool_quality[0] = 0.5
    join(world, 0, 0, capital=1.0, uses_month=3.0)
    pass_month(world)
    assert world.memberships.capital[0, 0] == pytest.approx(1.23)


def test_the_value_of_a_membership_is_a_running_average_that_members_report():
    """100 + .25 x (300 - 100) = 150, of a margin of 1,000 = .15; the report moves by .25 x (.15 - .03)."""
    world = world_of()
    world.partners.margin_ewma[0], world.networks.value_member[0] = 1_000.0, 0.03
    join(world, 0, 0, value=100.0, value_month=300.0)
    pass_month(world)
    assert world.memberships.value[0, 0] == pytest.approx(150.0)
    assert world.networks.value_member[0] == pytest.approx(0.06)
    assert world.memberships.value_month[0, 0] == 0.0


@pytest.mark.parametrize(("capital", "off", "stays"), [(0.0, (), False), (1.0, (), True), (1.0, ("stickiness",), False)])
def test_members_leave_by_utility_but_for_what_they_would_lose(capital, off, stays):
    """Dues of .02 of margin give log odds of 1,000 x .02 = 20 to leave; a capital of 1 outweighs them by 40.

    Switch stickiness: off means that Z stays 0.
    """
    world = world_of(SILENT | {"leave": 0.0, "slope": 1_000.0, "loss": 40.0}, off=off)
    world.networks.fee[0] = 480.0
    join(world, 0, 0, capital=capital)
    pass_month(world)
    assert bool(world.memberships.network[0, 0] == 0) is stays
    assert world.memberships.capital[0, 0] == (1.0 if stays else 0.0)


def test_a_member_with_a_good_network_stays():
    """A utility of +.05 gives log odds of -50 to leave."""
    world = world_of(SILENT | {"leave": 0.0, "slope": 1_000.0})
    join(world, 0, 0, value=1_600.0, value_month=0.0)  # 1,600 x .75 / 24,000 = .05
    pass_month(world)
    assert world.memberships.network[0, 0] == 0


def test_who_no_longer_carries_the_vendor_must_leave_its_network():
    """Firm 0 dropped vendor 0 and leaves as no longer eligible; firm 1 stays."""
    world = world_of()
    world.networks.entry_rule[1] = CARRIES_VENDOR
    join(world, 1, 0, 1)
    world.relations.carried[0, 0] = False
    refresh(world)
    pass_month(world)
    assert world.memberships.network[:2, 0].tolist() == [-1, 1]
    left = world.log.table("membership_left")
    assert (left["partner"].tolist(), left["reason"].tolist()) == ([10], [LeaveReason.NO_LONGER_ELIGIBLE])
