"""S6 Consent and split: who joins a deal, on what share, by hand."""

import numpy as np
import pytest

from sim.processes import consent, feasibility, payment
from sim.rules.consent import KnownSurplus
from sim.rules.form import HighestValue
from sim.state.suppliers import CO_SELL, REFERRAL, RESALE, SERVICE_LED
from tests.small_world import Spy, chance_of, deals, delivered, pool_of, project, small_world, tie

STATED = {"consent": {"rejections": 1, "finder": 0.1, "trust_saves": 0.6}, "search": {"look_around": 0.0}}
COSTS = HighestValue(coordination_project=0.06, coordination_occasional=0.04, coordination_formal=0.02)


def ask(world, pool, needs=(0b0011,), scores=None):
    """Open bids, ask the candidates of the pool in order of score (else of their place), and hand back the bids."""
    opportunities = deals(world, *needs)
    open_bids = feasibility.run(world, opportunities)
    scores = -np.arange(pool.row.size, dtype=float).reshape(pool.row.shape) if scores is None else scores
    consent.run(world, opportunities, open_bids, pool, scores, chance_of(world))
    return open_bids


def test_coordination_costs_a_share_of_value_that_trust_lowers():
    """c_form (1 - .6 T) V = .06 x (1 - .3) x 10,000."""
    assert consent.coordination_cost(0.06, 0.5, 10_000.0, 0.6) == pytest.approx(420.0)


def test_shares_of_members_whose_work_is_all_the_work_sum_to_the_surplus():
    """Betas .1 + .9 x .6 and .9 x .4 sum to one, so 300 + .64 x 500 and 200 + .36 x 500 sum to 1,000."""
    betas = [consent.bargaining_weight(60.0, 100.0, 0.1, True), consent.bargaining_weight(40.0, 100.0, 0.1, False)]
    shares = [consent.nash_share(d, beta, 1_000.0, 500.0) for d, beta in zip((300.0, 200.0), betas, strict=True)]
    assert shares == pytest.approx([620.0, 380.0])


def test_both_sides_are_offered_their_nash_share():
    """Owner and candidate each do half of 12,000 of work on a deal whose margin is .1 x 10,000 + .5 x 10,000."""
    spy = Spy(True)
    world = small_world(rules={"consent": spy, "form": COSTS}, **STATED)
    ask(world, pool_of((1,), trust=0.5))
    theirs, ours = spy.tables
    # d = .25 x .5^2 x 6,000 = 375 each; coordination .06 x .7 x 20,000 = 840; Pi - sum d = 6,000 - 840 - 750 = 4,410
    assert theirs.outside.tolist() == ours.outside.tolist() == pytest.approx([375.0])
    assert theirs.surplus.tolist() == pytest.approx([4_410.0])
    assert theirs.share.tolist() == pytest.approx([375.0 + 0.45 * 4_410.0])
    assert ours.share.tolist() == pytest.approx([375.0 + 0.55 * 4_410.0])
    assert (theirs.party[0], theirs.other[0], ours.party[0], ours.other[0]) == (11, 10, 10, 11)


def test_a_candidate_who_consents_joins_and_reserves_its_work():
    """The ally takes the missing task, its half of 12,000 of work, and the bid is ready."""
    world = small_world(rules={"consent": KnownSurplus(), "form": COSTS}, **STATED)
    bid = ask(world, pool_of((1,), trust=0.5, met=0))
    assert (bid.size[0], bid.member[0, 1], bid.task[0, 1], bid.met[0, 1]) == (2, 1, 0b0010, 0)
    assert (bool(bid.ready[0]), bid.missing[0], bid.trust[0]) == (True, 0, 0.5)
    assert world.partners.backlog.tolist() == pytest.approx([6_000.0, 6_000.0, 0.0])
    assert bid.coordination[0] == pytest.approx(840.0)


@pytest.mark.parametrize("answers", [(True, False), (False, True)])
def test_one_side_that_refuses_is_enough(answers):
    """Owner and candidate must both consent."""
    world = small_world(rules={"consent": Spy(*answers, False)}, **STATED)
    bid = ask(world, pool_of((1,)))
    assert (bid.size[0], bid.refused[0], bool(bid.ready[0])) == (1, 1, False)


def test_after_a_refusal_the_next_best_candidate_is_asked():
    """Candidates 1 and 2 both hold what is missing; the better scored refuses, the other joins."""
    spy = Spy(False, False, True)
    world = small_world(rules={"consent": spy}, **STATED)
    world.knowledge.can[2] |= 0b0010
    scores = np.full((1, 20), -np.inf)
    scores[0, :2] = 0.3, 0.8
    bid = ask(world, pool_of((2, 1)), scores=scores)
    assert [int(table.party[0]) for table in spy.tables[::2]] == [11, 12]
    assert bid.member[0].tolist() == [0, 2, -1, -1]


def test_a_firm_puts_up_with_so_many_refusals_and_no_more():
    """With one rejection put up with, two candidates are asked and the third is not."""
    spy = Spy(False)
    world = small_world(firms=4, rules={"consent": spy}, **STATED)
    world.knowledge.can[1:] |= 0b0010
    bid = ask(world, pool_of((1, 2, 3)))
    assert [int(table.party[0]) for table in spy.tables[::2]] == [11, 12]
    assert bid.refused[0] == 2


def test_a_candidate_scored_minus_infinity_is_never_asked():
    """A score of minus infinity means never."""
    spy = Spy(True)
    world = small_world(rules={"consent": spy}, **STATED)
    ask(world, pool_of((1,)), scores=np.full((1, 20), -np.inf))
    assert not spy.tables


def test_two_deals_that_want_the_same_last_room_are_settled_in_order():
    """Candidate 1 has room for 6,000 of 256,000; the first deal takes it and the second is not refused but left out."""
    world = small_world(rules={"consent": Spy(True)}, **STATED)
    world.partners.backlog[1] = 4 * 64_000.0 - 6_000.0
    bid = ask(world, pool_of((1,), (1,)), needs=(0b0011, 0b0011))
    assert bid.ready.tolist() == [True, False]
    assert bid.refused.tolist() == [0, 0]
    assert world.partners.backlog[1] == pytest.approx(256_000.0)


def test_a_third_member_joins_when_two_do_not_cover_the_deal():
    """Three tasks, three firms: each takes a third of the work, and the team's trust is the mean over its allies."""
    world = small_world(rules={"consent": Spy(True), "form": COSTS}, **STATED)
    pool = pool_of((1, 2), trust=0.5)
    pool.trust[0, 1] = pool.trust_back[0, 1] = 0.9
    bid = ask(world, pool, needs=(0b0111,))
    assert bid.member[0].tolist() == [0, 1, 2, -1]
    assert bid.trust[0] == pytest.approx(0.7)
    assert bid.coordination[0] == pytest.approx(840.0 + 0.06 * (1 - 0.6 * 0.9) * 20_000.0)


def test_a_network_brokers_the_work_of_an_ally_met_there():
    """Take rate .1 on the ally's half of 20,000 = 1,000, but not when the pair goes direct."""
    for direct, owed in ((False, 1_000.0), (True, 0.0)):
        world = small_world(rules={"consent": Spy(True)}, **STATED)
        world.networks.take_rate[0] = 0.1
        t = tie(world, 0, 1, direct=direct)
        bid = ask(world, pool_of((1,), met=0, tie=t))
        assert bid.brokerage[0].tolist() == pytest.approx([0.0, owed, 0.0, 0.0])


def test_allies_in_a_closer_form_coordinate_more_cheaply():
    """A formal alliance coordinates at .02 instead of .06 of the value: .02 x .7 x 20,000."""
    world = small_world(rules={"consent": Spy(True), "form": COSTS}, **STATED)
    t = tie(world, 0, 1, form=3)
    bid = ask(world, pool_of((1,), trust=0.5, tie=t))
    assert bid.coordination[0] == pytest.approx(280.0)


def test_outside_options_off_means_that_nobody_has_one():
    """Switch outside_options: d = 0, so shares are .45 and .55 of 6,000 - 840."""
    spy = Spy(True)
    world = small_world(rules={"consent": spy, "form": COSTS}, off=("outside_options",), **STATED)
    ask(world, pool_of((1,), trust=0.5))
    assert spy.tables[0].outside.tolist() == spy.tables[1].outside.tolist() == [0.0]
    assert spy.tables[0].share.tolist() == pytest.approx([0.45 * 5_160.0])


def test_the_margin_expected_is_that_of_the_named_vendor():
    """A customer who names vendor 1 (margin .2) makes the deal worth 1,000 more than one at vendor 0's .1."""
    spy = Spy(True)
    world = small_world(rules={"consent": spy, "form": COSTS}, off=("outside_options",), **STATED)
    ask(world, pool_of((1,), trust=0.5), needs=(0b10_0011,))
    assert spy.tables[0].surplus.tolist() == pytest.approx([2_000.0 + 5_000.0 - 840.0])


def test_what_earlier_allies_cost_lowers_the_surplus_that_later_ones_share():
    """Second ask: 6,000 - 840 - 552 of coordination and twice .1 x 20,000 / 3 of brokerage, outside options off."""
    spy = Spy(True)
    world = small_world(rules={"consent": spy, "form": COSTS}, off=("outside_options",), **STATED)
    world.networks.take_rate[0] = 0.1
    pool = pool_of((1, 2), trust=0.5, met=0)
    pool.trust[0, 1] = pool.trust_back[0, 1] = 0.9
    ask(world, pool, needs=(0b0111,))
    assert spy.tables[2].surplus.tolist() == pytest.approx([6_000.0 - 840.0 - 552.0 - 2 * 2_000.0 / 3])


@pytest.mark.parametrize(
    ("model", "needs", "product"),
    [
        (RESALE, 0b0011, 1_000.0), (REFERRAL, 0b0011, 800.0), (CO_SELL, 0b0011, 800.0), (SERVICE_LED, 0b0011, 0.0),
        (REFERRAL, 0b11_0011, 1_400.0),
    ],
)  # fmt: skip
def test_a_team_expects_of_the_product_what_the_vendors_model_pays(model, needs, product):
    """Margin .1 under resale, a fee of .08, or nothing, of 10,000; with vendor 1 (resale at .2) named beside, the mean of .08 and .2.

    Services bring 5,000, and coordination costs 840.
    """
    spy = Spy(True)
    world = small_world(rules={"consent": spy, "form": COSTS}, off=("outside_options",), **STATED)
    world.vendors.partner_model[0] = model
    ask(world, pool_of((1,), trust=0.5), needs=(needs,))
    assert spy.tables[0].surplus.tolist() == pytest.approx([product + 5_000.0 - 840.0])


def test_a_deal_is_expected_to_earn_what_it_is_settled_at():
    """Under each partner model the surplus expected and coordination paid make up the margin that payment splits."""
    for model in (RESALE, REFERRAL, CO_SELL, SERVICE_LED):
        spy = Spy(True)
        world = small_world(rules={"consent": spy, "form": COSTS}, off=("outside_options",), **STATED)
        world.vendors.partner_model[0] = model
        ask(world, pool_of((1,), trust=0.5))
        settled = payment.run(world, delivered(project(world, 0, 1, coordination=840.0)))
        assert settled.margin.tolist() == pytest.approx(spy.tables[0].surplus.tolist())
