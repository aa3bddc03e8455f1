"""S16 Hosts: tools age, networks close and open, marketplace pairs go direct, by hand."""

import pytest

from sim.chance import Purpose, pair_uid, uniform
from sim.events import LeaveReason
from sim.policy import MIX_MARGIN, MIX_NONE
from sim.processes import agreements, hosts
from sim.state.networks import COMMUNITY, DISTRIBUTOR
from sim.state.ties import AFFILIATION, LISTING
from tests.small_world import join, project, small_world, stated, tie

STILL = {
    "entry": 0.0, "courage": 0.0, "grace": 24, "patience": 2, "stock_fade": 0.05, "stock_half_usd": 1_000.0, "art_per_year": 0.0,
    "leakage": 0.0, "adaptive": 0, "fee_step": 0.1,
}  # fmt: skip


def test_tools_are_worth_half_at_a_stock_of_half_and_less_as_the_art_rises():
    """1,000 / (1,000 + 1,000 x 1); against an art of 3 a quarter."""
    assert hosts.tool_quality(1_000.0, 1.0, 1_000.0) == 0.5
    assert hosts.tool_quality(1_000.0, 3.0, 1_000.0) == 0.25


def test_tools_age_and_are_renewed_by_what_is_spent():
    """.95 x 1,000 + 40 + 10 of the host's budget = 1,000, of quality 1 / (1 + 1.1) when the art rose by 10 % in a year."""
    world = small_world(hosts=STILL | {"art_per_year": 0.1}, month=12)
    world.networks.tool_stock[0], world.networks.tools[0], world.networks.tools_added[0] = 1_000.0, 40.0, 10.0
    hosts.run(world)
    assert world.networks.tool_stock[0] == pytest.approx(1_000.0)
    assert world.networks.tool_quality[0] == pytest.approx(1 / 2.1)


def test_profit_is_a_six_month_average_of_income_less_cost():
    """60 + (600 - 1,200 - 60) / 6 = -50."""
    world = small_world(hosts=STILL)
    world.networks.profit[0], world.networks.income_month[0], world.networks.cost_month[0] = 60.0, 600.0, 1_200.0
    hosts.run(world)
    assert world.networks.profit[0] == pytest.approx(-50.0)


@pytest.mark.parametrize(("founded", "cost", "is_open"), [(0, 1.0, [True, False]), (10, 1.0, [True, True]), (0, 0.0, [True, True])])
def test_a_network_closes_after_sustained_loss_from_its_third_year(founded, cost, is_open):
    """Two months in a row at a loss; a network founded in month 10 is in its grace until month 34."""
    world = small_world(hosts=STILL)
    seen = []
    for world.month in (24, 25):
        world.networks.founded[0], world.networks.cost_month[0] = founded, cost
        hosts.run(world)
        seen.append(bool(world.networks.open[0]))
    assert seen == is_open
    assert world.networks.open[1]


def test_when_a_network_closes_its_members_leave_and_deals_pay_it_nothing():
    """The membership ends as closed, ties forget where they were met, a pending deal's brokerage lapses."""
    world = small_world(hosts=STILL)
    join(world, 0, 0)
    t = tie(world, 0, 1, met=0)
    p = project(world, 0, 1, 2, ties=(t,), network=0, brokerage=(0.0, 500.0, 300.0, 0.0), broker=(-1, 0, 1, -1))
    hosts.close_network(world, 0)
    assert world.memberships.network[0, 0] == world.ties.met[t] == world.projects.network[p] == -1
    assert world.projects.brokerage[p].tolist() == [0.0, 0.0, 300.0, 0.0]
    assert world.projects.broker[p].tolist() == [-1, -1, 1, -1]
    assert world.log.table("membership_left")["reason"].tolist() == [LeaveReason.NETWORK_CLOSED]
    assert world.log.table("network_policy")["status"].tolist() == [2]


def test_when_a_network_closes_its_affiliations_end():
    """Network 0 loses its sponsor; the affiliation with network 1 and a listing in row 0 stand."""
    world = small_world(hosts=STILL)
    for kind, second in ((AFFILIATION, 0), (AFFILIATION, 1), (LISTING, 0)):
        agreements.sign(world, kind, 0, second, (0, second))
    hosts.close_network(world, 0)
    assert world.agreements.used[:3].tolist() == [False, True, True]
    ended = world.log.table("agreement_ended")
    assert (ended["agreement"].tolist(), ended["reason"].tolist()) == ([world.agreements.uid[0]], [1])
    assert world.networks.mix[0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("month", "mix"), [(1, [1.0, 0.0]), (2, [0.9 / 1.7, 0.8 / 1.7])])
def test_a_distributors_network_follows_the_line_card_at_the_end_of_a_quarter(month, mix):
    """Vendor 1 came onto the card: .9 and .8 of 1.7 from month 2; a network that does not speak by margin stays."""
    world = small_world(hosts=STILL, month=month)
    networks = world.networks
    networks.kind[:], networks.host[:], networks.mix[:] = DISTRIBUTOR, 0, [1.0, 0.0]
    networks.mix_by[:] = [MIX_MARGIN, MIX_NONE]
    world.distributors.line_card[0] = True
    hosts.run(world)
    assert networks.mix[0].tolist() == pytest.approx(mix)
    assert networks.mix[1].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("successes", "take_rate", "trust", "off", "direct"),
    [(2, 0.1, 1.0, (), True), (1, 0.1, 1.0, (), False), (2, 0.0, 1.0, (), False), (2, 0.1, 0.0, (), False), (2, 0.1, 1.0, ("leakage",), False)],
)
def test_a_pair_that_succeeded_repeatedly_may_bypass_the_network_that_takes_a_rate(successes, take_rate, trust, off, direct):
    """Certain at full trust and a leakage of 1, never without trust, a take rate or two successes.

    Switch leakage: off means that pairs never go direct.
    """
    world = small_world(hosts=STILL | {"leakage": 1.0}, off=off)
    world.networks.take_rate[0] = take_rate
    t = tie(world, 0, 1, met=0, successes=successes, trust_ab=trust, trust_ba=trust)
    hosts.run(world)
    assert bool(world.ties.direct[t]) is direct


def test_hosts_enter_where_networks_of_the_kind_earn():
    """At a hazard of 1 x the share of earning networks, a community enters beside one that earns, not beside one that does not."""
    for profit, opened in ((600.0, True), (-600.0, False)):
        world = small_world(hosts=STILL | {"entry": 1.0})
        world.networks.kind[0], world.networks.profit[0] = COMMUNITY, profit
        hosts.run(world)
        policies = world.log.table("network_policy").get("kind", world.networks.kind[:0])
        assert (COMMUNITY in policies.tolist()) is opened
        assert (world.networks.open & (world.networks.kind == COMMUNITY)).sum() == 1 + opened


def test_host_entry_off_means_that_there_are_no_new_hosts():
    """Switch host_entry: at a hazard of 1 for every kind nobody enters."""
    for off, entered in (((), True), (("host_entry",), False)):
        world = small_world(hosts=STILL | {"entry": 1.0, "courage": 1.0}, off=off)
        hosts.run(world)
        assert (world.networks.open.sum() > 2) == entered


@pytest.mark.parametrize(("last", "profit", "fee"), [(0.1, 60.0, 110.0), (0.1, 40.0, 90.0), (-0.1, 60.0, 90.0), (0.0, 60.0, 110.0)])
def test_adaptive_fees_climb_the_hill_of_profit(last, profit, fee):
    """On as the last step if profit rose above 50, back if it fell, up at first; steps of 10 % at the end of a quarter."""
    world = small_world(hosts=STILL | {"adaptive": 1}, month=2)
    networks = world.networks
    networks.fee[0], networks.last_change[0], networks.last_profit[0] = 100.0, last, 50.0
    networks.profit[0] = networks.income_month[0] = profit
    hosts.run(world)
    assert networks.fee[0] == pytest.approx(fee)
    assert networks.fee[1] == 0.0


@pytest.mark.parametrize(("nudge", "direct"), [(1.001, True), (0.999, False)])
def test_the_chance_to_go_direct_is_in_proportion_to_the_mean_of_both_trusts(nudge, direct):
    """Leakage x (.5 + .7) / 2, just above or below the draw of the pair."""
    world = small_world()
    u = uniform(world.key, Purpose.LEAKAGE, pair_uid(10, 11))
    world.parameters["hosts"] = stated(world.parameters["hosts"], **STILL)._replace(leakage=u / 0.6 * nudge)
    world.networks.take_rate[0] = 0.1
    t = tie(world, 0, 1, met=0, successes=2, trust_ab=0.5, trust_ba=0.7)
    hosts.run(world)
    assert bool(world.ties.direct[t]) is direct


def test_trust_off_means_that_pairs_go_direct_as_at_the_prior():
    """Switch trust: at a prior of .99 and a leakage of 1 even a pair without trust goes direct, but for a draw above .99."""
    world = small_world(hosts=STILL | {"leakage": 1.0}, trust={"prior": 0.99}, off=("trust",))
    world.networks.take_rate[0] = 0.1
    t = tie(world, 0, 1, met=0, successes=2, trust_ab=0.0, trust_ba=0.0)
    hosts.run(world)
    assert world.ties.direct[t]
