"""S6 Form: a won deal becomes a project, partners become allies, by hand."""

import numpy as np
import pytest

from sim.chance import Purpose, pair_uid, uniform
from sim.ledger import Flow
from sim.processes import form, payment
from sim.processes.acquaintance import neighbours
from sim.rules.form import FixedForm
from sim.state.networks import MARKETPLACE
from sim.state.suppliers import SERVICE_LED
from sim.state.ties import FORMAL, OCCASIONAL, PROJECT
from tests.small_world import FIRM, Spy, bids, chance_of, deals, delivered, small_world, tie

STATED = {
    "minimum_term": 12, "goodwill_months": 12.0, "rate_noise": 0.0, "first_rate": 0.04, "longest_project": 12, "service_led_uplift": 0.1,
}  # fmt: skip
OWNER, ALLY = (0, 0b0001), (1, 0b0010)


def win(world, *teams, market=-1, attempt=0, **columns):
    """Let these teams have won a deal each; returns the world."""
    won = deals(world, *[0b0011 if len(team) > 1 else 0b0001 for team in teams], market=market)
    placed = bids(world, won, *teams, won=True, **columns)
    form.run(world, won, placed, neighbours(world), attempt, chance_of(world))
    return world


def world_with(rule=None, off=(), **parameters):
    world = small_world(form=STATED | parameters, trust={"prior": 0.4}, rules={"form": rule or Spy(PROJECT)}, off=off, month=5)
    world.ties.alliance[:] = -1
    return world


@pytest.mark.parametrize(("backlog", "months"), [(0.0, 1), (64_000.0, 1), (64_001.0, 2), (10e6, 12)])
def test_a_deal_is_delivered_when_the_backlog_is_worked_off(backlog, months):
    """A firm of 8 works off 64,000 a month; at least 1 month, at most 12."""
    assert form.lead_time(backlog, 8.0, FIRM, 12) == months


def test_a_won_deal_becomes_a_project_with_the_work_as_it_was_bid():
    """Each of two members does half of the work; delivery is due a month later; the tie is a project until then."""
    world = win(world_with(), (OWNER, ALLY), outside=[[300.0, 200.0, 0.0, 0.0]], coordination=840.0)
    assert world.projects.member[0].tolist() == [0, 1, -1, -1]
    assert world.projects.work[0].tolist() == [0.5, 0.5, 0.0, 0.0]
    assert world.projects.outside[0].tolist() == [300.0, 200.0, 0.0, 0.0]
    assert (world.projects.due[0], world.projects.signed[0], world.projects.coordination[0]) == (6, 5, 840.0)
    assert world.partners.won_month.tolist() == [6_000.0, 6_000.0, 0.0]
    t = world.projects.tie[0, 1]
    assert (world.ties.form[t], world.ties.until[t], world.ties.last[t], world.ties.met_uid[t]) == (PROJECT, 6, 5, -1)
    assert world.log.table("alliance_ended") == {}


def test_the_busiest_member_decides_when_a_deal_is_delivered():
    """The ally's backlog of 122,000 + 6,000 takes two months at 64,000."""
    world = world_with()
    world.partners.backlog[1] = 122_000.0
    assert win(world, (OWNER, ALLY)).projects.due[0] == 7


def test_a_new_tie_begins_at_the_prior_and_is_ordered_by_uid_whoever_owns_the_deal():
    """Firm 1 owns, firm 0 helps: a is firm 0, b firm 1; both trust at .4 and expect .04 deals a month."""
    world = win(world_with(), (ALLY, OWNER), met=[[-1, 0, -1, -1]])
    ties = world.ties
    assert (ties.a[0], ties.b[0], ties.uid_a[0], ties.uid_b[0]) == (0, 1, 10, 11)
    assert (ties.trust_ab[0], ties.trust_ba[0], ties.rate[0]) == (0.4, 0.4, 0.04)
    assert (ties.met[0], ties.met_uid[0], ties.met_month[0]) == (0, 100, 5)


def test_a_pair_with_a_tie_gets_no_second_one_even_when_it_wins_two_deals_at_once():
    """Two deals of a new pair make one tie, two of an old pair none."""
    assert win(world_with(), (OWNER, ALLY), (OWNER, ALLY)).ties.used.sum() == 1
    world = world_with()
    tie(world, 0, 1)
    assert win(world, (OWNER, ALLY), (OWNER, ALLY)).ties.used.sum() == 1
    assert win(world_with(), (OWNER, ALLY), (OWNER, (2, 0b0010))).ties.used.sum() == 2


def test_setting_up_a_form_is_paid_half_by_each_and_buys_goodwill_and_a_term():
    """Formal: 2,000 each; goodwill (4,000 + 12 x 60) x (.5 + .4); no end for 12 months."""
    world = win(world_with(FixedForm("formal", setup_formal=4_000.0, upkeep_formal=60.0)), (OWNER, ALLY))
    assert world.partners.cash.tolist() == pytest.approx([98_000.0, 98_000.0, 100_000.0])
    assert world.ledger.flows[Flow.FORM_COST] == pytest.approx(4_000.0)
    assert world.ties.goodwill[0] == pytest.approx(4_248.0)
    assert (world.ties.form[0], world.ties.started[0], world.ties.term_end[0]) == (FORMAL, 5, 17)


@pytest.mark.parametrize(("first", "second", "agreed"), [(FORMAL, OCCASIONAL, OCCASIONAL), (PROJECT, FORMAL, PROJECT), (FORMAL, FORMAL, FORMAL)])
def test_the_form_is_the_lower_of_two_wishes(first, second, agreed):
    """Both must consent to a closer form."""
    assert win(world_with(Spy(first, second)), (OWNER, ALLY)).ties.form[0] == agreed


def test_a_pair_never_falls_back_to_a_lower_form_by_a_deal():
    """Occasional partners who would start another project remain occasional and pay nothing again."""
    world = world_with(Spy(PROJECT))
    tie(world, 0, 1, form=OCCASIONAL, alliance=99)
    win(world, (OWNER, ALLY))
    assert (world.ties.form[0], world.ties.alliance[0]) == (OCCASIONAL, 99)
    assert world.partners.cash[0] == 100_000.0


def test_a_closer_form_ends_the_alliance_that_was_and_begins_another():
    """Alliance 99 ended by a change of form, a new uid started as formal in the same month."""
    world = world_with(Spy(FORMAL))
    tie(world, 0, 1, form=OCCASIONAL, alliance=99)
    win(world, (OWNER, ALLY))
    ended, started = world.log.table("alliance_ended"), world.log.table("alliance_started")
    assert (ended["alliance"].tolist(), started["form"].tolist()) == ([99], [FORMAL])
    assert started["alliance"].tolist() == [world.ties.alliance[0]] != [99]


def test_each_side_blurs_the_rate_by_its_own_judgement():
    """Rate x e^(.5 sqrt 3 (2u - 1)), u drawn for the pair and the side."""
    spy = Spy(PROJECT)
    world = win(world_with(spy, rate_noise=0.5), (OWNER, ALLY))
    u = [uniform(world.key, Purpose.FORM_NOISE, pair_uid(10, 11), side) for side in (0, 1)]
    expected = 0.04 * np.exp(0.5 * np.sqrt(3.0) * (2.0 * np.array(u) - 1.0))
    assert [table.rate[0] for table in spy.tables] == pytest.approx(expected.tolist())


@pytest.mark.parametrize(("off", "seen"), [((), 0.3), (("trust",), 0.4)])
def test_trust_off_means_that_the_choice_of_form_sees_the_prior(off, seen):
    """Switch trust: the lower of .9 and .3, or the prior of .4."""
    spy = Spy(PROJECT)
    world = world_with(spy, off=off)
    tie(world, 0, 1, trust_ab=0.9, trust_ba=0.3)
    win(world, (OWNER, ALLY))
    assert spy.tables[0].trust.tolist() == [seen]


@pytest.mark.parametrize(("off", "goodwill"), [((), 4_720.0 * 1.1), (("trust",), 4_720.0 * 0.9)])
def test_trust_off_means_that_goodwill_begins_as_at_the_prior(off, goodwill):
    """Switch trust: (4,000 + 12 x 60) x (.5 + the mean of .9 and .3), or (.5 + .4)."""
    world = world_with(FixedForm("formal", setup_formal=4_000.0, upkeep_formal=60.0), off=off)
    t = tie(world, 0, 1, trust_ab=0.9, trust_ba=0.3)
    win(world, (OWNER, ALLY))
    assert world.ties.goodwill[t] == pytest.approx(goodwill)


def test_service_led_work_adds_services():
    """10,000 of services become 11,000 where the vendor's model is service-led."""
    world = world_with()
    world.vendors.partner_model[0] = SERVICE_LED
    win(world, (OWNER,))
    assert (world.projects.services[0], world.projects.value[0]) == pytest.approx((11_000.0, 21_000.0))


def test_a_task_from_a_marketplace_belongs_to_its_network():
    """The network that marketplace 0 hosts is remembered; a deal done alone from elsewhere has none."""
    world = world_with()
    world.networks.kind[0], world.networks.host[0] = MARKETPLACE, 0  # network 1 is hosted by vendor 0
    win(world, (OWNER,), market=0)
    win(world, (OWNER,))
    assert world.projects.network[:2].tolist() == [0, -1]
    assert world.projects.network_uid[:2].tolist() == [100, -1]


def test_tables_grow_when_there_are_more_deals_than_rows():
    """Six won deals in four rows of projects: every one is under way."""
    world = win(world_with(), *[(OWNER, ALLY)] * 6)
    assert world.projects.used.sum() == 6
    assert sorted(world.projects.uid[world.projects.used].tolist()) == [700, 701, 702, 703, 704, 705]


@pytest.mark.parametrize(("market", "off"), [(0, ()), (0, ("leakage",)), (-1, ("leakage",))])
def test_leakage_governs_who_goes_direct_and_not_what_counts_as_work_won(market, off):
    """Switch leakage: 12,000 of work count towards the client base wherever the customer came from."""
    world = win(world_with(off=off), (OWNER,), market=market)
    assert world.partners.won_month[0] == pytest.approx(12_000.0)


TEAM = ((0, 0b0001), (1, 0b0010), (2, 0b0100))


def sign_and_pay(world, market=-1, **columns):
    """Let a team of three win and deliver a deal; returns how much cash rose, and the settlement."""
    won = deals(world, 0b0111, market=market)
    placed = bids(world, won, TEAM, won=True, **columns)
    form.run(world, won, placed, neighbours(world), 0, chance_of(world))
    before = world.partners.cash.copy()
    settled = payment.run(world, delivered(0))
    return (world.partners.cash - before).tolist(), settled


def test_brokerage_is_paid_to_the_network_that_brokered_whichever_ally_was_met_there():
    """Ally 1 is an old friend, ally 2 was met in network 0: its 1,000 leave the owner, whose cash rises by its share."""
    world = world_with()
    rose, settled = sign_and_pay(world, brokerage=[[0.0, 0.0, 1_000.0, 0.0]], met=[[-1, -1, 0, -1]])
    assert rose == pytest.approx(settled.share[0, :3].tolist())
    assert world.networks.cash.tolist() == pytest.approx([1_000.0, 0.0])


def test_each_network_is_paid_for_the_ally_that_it_brokered_and_nobody_for_a_direct_pair():
    """300 to network 0 and 700 to network 1; of a pair that met in network 0 and went direct nothing is owed to it."""
    world = world_with()
    world.networks.take_rate[:] = 0.1
    rose, settled = sign_and_pay(world, brokerage=[[0.0, 300.0, 700.0, 0.0]], met=[[-1, 0, 1, -1]])
    assert rose == pytest.approx(settled.share[0, :3].tolist())
    assert world.networks.cash.tolist() == world.networks.income_month.tolist() == pytest.approx([300.0, 700.0])
    world = world_with()
    world.networks.take_rate[:] = 0.1
    sign_and_pay(world, brokerage=[[0.0, 0.0, 700.0, 0.0]], met=[[-1, 0, 1, -1]])
    assert world.networks.cash.tolist() == pytest.approx([0.0, 700.0])
    assert world.projects.broker[0].tolist() == [-1, -1, 1, -1]


def test_a_posted_deal_pays_its_marketplace_and_the_network_that_brokered_an_ally():
    """A fee of .1 x 20,000 to the marketplace's network 1, 700 of brokerage to network 0, both before the split."""
    world = world_with()
    world.networks.kind[1], world.networks.host[1], world.networks.take_rate[1] = MARKETPLACE, 0, 0.1
    rose, settled = sign_and_pay(world, market=0, brokerage=[[0.0, 0.0, 700.0, 0.0]], met=[[-1, -1, 0, -1]])
    assert (settled.fees[0], settled.brokerage[0], settled.margin[0]) == pytest.approx((2_000.0, 700.0, 6_000.0 - 2_700.0))
    assert rose == pytest.approx(settled.share[0, :3].tolist())
    assert world.networks.cash.tolist() == pytest.approx([700.0, 2_000.0])
