"""S10 Continuation: which alliances go on, by hand."""

import numpy as np
import pytest

from sim.events import AllianceEnd
from sim.ledger import Flow
from sim.processes import continuation
from sim.rules.dissolution import Goodwill
from sim.rules.form import HighestValue
from sim.state.ties import ACQUAINTANCE, FORMAL, OCCASIONAL, PROJECT
from tests.small_world import Spy, chance_of, directory_of, join, small_world, tie

STATED = {
    "hazard_per_month": 0.0, "goodwill_kept": 0.9, "failure_cost": 0.5, "rate_memory": 0.25, "look_outside": 0.0, "forget_months": 3,
}  # fmt: skip
FORMS = {"form": HighestValue(setup_occasional=600.0, setup_formal=4_000.0, upkeep_occasional=8.0, upkeep_formal=60.0)}
ONLY_FIRM_2 = directory_of((2,), (), (), (), (), ())  # whom one meets in region 0


def world_with(form, *, rules=None, off=(), trust=0.4, parameters=STATED, **columns):
    """Firms 0 and 1 in an alliance of that form, of uid 99."""
    world = small_world(continuation=parameters, trust={"prior": 0.4}, rules=FORMS | (rules or {}), off=off, month=12)
    t = tie(world, 0, 1, form=form, alliance=99, trust_ab=trust, trust_ba=trust, until=20, **columns)
    return world, t


def pass_month(world, failures=0.0, directory=ONLY_FIRM_2):
    failed = np.zeros(world.ties.used.size)
    failed[0] = failures
    continuation.run(world, directory, failed, chance_of(world))


def reason(world):
    return world.log.table("alliance_ended").get("reason", np.array([])).tolist()


def test_goodwill_keeps_a_part_gains_the_surplus_and_pays_the_upkeep():
    """B = .9 x 1,000 + (200 - .5 x 1 failure x 100) - 8 = 1,042."""
    world, t = world_with(OCCASIONAL, goodwill=1_000.0, excess_month=200.0, value=100.0)
    pass_month(world, failures=1.0)
    assert world.ties.goodwill[t] == pytest.approx(1_042.0)
    assert world.ties.excess_month[t] == 0.0


@pytest.mark.parametrize(("goodwill", "after"), [(5_000.0, 1_896.0), (-5_000.0, -1_896.0)])
def test_goodwill_stays_within_three_set_ups_and_a_year_of_upkeep(goodwill, after):
    """Cap = 3 x 600 + 12 x 8 on both sides."""
    world, t = world_with(OCCASIONAL, goodwill=goodwill, rules={"dissolution": Spy(0)})
    pass_month(world)
    assert world.ties.goodwill[t] == pytest.approx(after)


def test_the_rate_of_joint_deals_is_a_running_average():
    """.1 + .25 x (2 - .1) = .575, for acquaintances too."""
    world, t = world_with(ACQUAINTANCE, rate=0.1, deals_month=2.0)
    pass_month(world)
    assert world.ties.rate[t] == pytest.approx(0.575)
    assert world.ties.deals_month[t] == 0.0


def test_both_sides_pay_half_of_the_upkeep():
    """A formal alliance costs 60 a month."""
    world, _ = world_with(FORMAL, goodwill=9_000.0)
    pass_month(world)
    assert world.partners.cash.tolist() == pytest.approx([99_970.0, 99_970.0, 100_000.0])
    assert world.ledger.flows[Flow.FORM_COST] == pytest.approx(60.0)


@pytest.mark.parametrize(("goodwill", "goes_on"), [(70.0, True), (50.0, False)])
def test_an_alliance_ends_when_goodwill_and_value_no_longer_carry_the_upkeep(goodwill, goes_on):
    """After the month .9 x 70 - 8 = 55 carries 6 x 8 = 48 of upkeep ahead, .9 x 50 - 8 = 37 does not."""
    world, t = world_with(OCCASIONAL, goodwill=goodwill, rules={"dissolution": Goodwill(months_ahead=6.0)})
    pass_month(world)
    assert (world.ties.form[t] == OCCASIONAL) == goes_on
    assert reason(world) == ([] if goes_on else [AllianceEnd.VALUE])
    assert (bool(world.ties.used[t]), world.ties.alliance[t]) == (True, 99 if goes_on else -1)  # they remain acquainted


@pytest.mark.parametrize(("volume", "goes_on"), [(12_000.0, True), (8_000.0, False)])
def test_a_form_is_worth_the_coordination_that_it_saves(volume, goes_on):
    """At a rate of .75 x .05 deals, .02 less coordination, 1 - .5 x .4 with trust: 12,000 saves 7.2 a month, and 6 x 7.2 + 12 carries 48."""
    world, t = world_with(OCCASIONAL, goodwill=20.0 / 0.9, rate=0.05, volume=volume, value=1e6, rules={"dissolution": Goodwill(months_ahead=6.0)})
    world.parameters["consent"] = world.parameters["consent"]._replace(trust_saves=0.5)
    pass_month(world)
    assert (world.ties.form[t] == OCCASIONAL) == goes_on


@pytest.mark.parametrize(("term_end", "form"), [(13, FORMAL), (12, ACQUAINTANCE)])
def test_a_formal_alliance_cannot_end_within_its_minimum_term(term_end, form):
    """Without any goodwill it ends in month 12 only if its term is over by then."""
    world, t = world_with(FORMAL, term_end=term_end)
    pass_month(world)
    assert world.ties.form[t] == form


@pytest.mark.parametrize(("until", "form"), [(13, PROJECT), (12, ACQUAINTANCE)])
def test_projects_end_on_schedule(until, form):
    """A project alliance ends in the month of its last delivery, and not before."""
    world, t = world_with(PROJECT)
    world.ties.until[t] = until
    pass_month(world)
    assert world.ties.form[t] == form
    assert reason(world) == ([] if form == PROJECT else [AllianceEnd.COMPLETED])


def test_a_hazard_ends_what_would_go_on():
    """At a hazard of .5 about half of them end, as the rule keeps all; a project is not touched."""
    world, _ = world_with(OCCASIONAL, goodwill=1_000.0, parameters=STATED | {"hazard_per_month": 0.5})
    for t in range(200):
        world.ties.alliance[0], world.ties.form[0], world.ties.goodwill[0] = t, OCCASIONAL, 1_000.0
        pass_month(world)
    assert set(reason(world)) == {AllianceEnd.HAZARD}
    assert 70 < len(reason(world)) < 130  # 100 +- 4 standard errors


def looks_elsewhere(off=(), quality=0.9, trust=0.4):
    """A pair of rate 1, value 100, goodwill -500 + 8 and much coordination saved, that meets firm 2, who holds both their skills."""
    parameters = STATED | {"goodwill_kept": 1.0, "look_outside": 1.0}
    world, _ = world_with(
        OCCASIONAL, goodwill=-492.0, rate=1.0, deals_month=1.0, value=100.0, volume=20_000.0, off=off, trust=trust, parameters=parameters,
        rules={"dissolution": Goodwill(months_ahead=6.0)},
    )  # fmt: skip
    world.knowledge.skills[2, :2] = quality
    world.knowledge.can[2] = 0b0011
    pass_month(world)
    return reason(world)


def test_an_alliance_ends_for_a_firm_that_is_better_by_more_than_switching_costs():
    """Firm 2 at .9 instead of .6 is worth 150 a month: 6 x 150 - 600 = 300 against -500 + 6 x 100 = 100."""
    assert looks_elsewhere() == [AllianceEnd.OUTSIDE]


def test_an_alliance_goes_on_when_the_other_firm_is_no_better_or_less_trusted():
    """At equal level 6 x 100 - 600 = 0; at trust 1 the .9 is worth 150 x (.6 + .24) / 1.2 = 105 and 6 x 105 - 600 = 30."""
    assert looks_elsewhere(quality=0.6) == []
    assert looks_elsewhere(trust=1.0) == []


def test_outside_options_off_means_that_nobody_leaves_for_a_better_partner():
    """Switch outside_options: the same pair and the same better firm, and the alliance goes on."""
    assert looks_elsewhere(off=("outside_options",)) == []


def test_a_better_firm_is_worth_what_it_would_do_of_the_part_at_its_level_and_trust():
    """Rate 2 x value 50 x half of the part x .9 / .6 x (.6 + .24) / (.6 + .48) = 58.33 a month."""
    spy = Spy(0)
    parameters = STATED | {"look_outside": 1.0}
    world, _ = world_with(OCCASIONAL, rate=2.0, deals_month=2.0, value=50.0, trust=0.8, parameters=parameters, rules={"dissolution": spy})
    world.knowledge.can[:2], world.knowledge.can[2] = [0b0011, 0b1100], 0b0101
    world.knowledge.skills[:2], world.knowledge.skills[2] = 0.6, 0.9
    pass_month(world)
    assert spy.tables[0].better.tolist() == pytest.approx([2 * 50 * 0.5 * 1.5 * 0.84 / 1.08])
    assert (spy.tables[0].flow.tolist(), spy.tables[0].switching.tolist(), spy.tables[0].upkeep.tolist()) == ([100.0], [600.0], [8.0])


@pytest.mark.parametrize(("u", "segment"), [(0.1, 2), (0.5, 3), (0.9, 0)])
def test_one_looks_in_one_of_ones_networks_or_in_the_region(u, segment):
    """Two networks (segments 2 and 3) and region 0, a third each."""
    world = small_world()
    join(world, 0, 0), join(world, 1, 0)
    found = continuation._where_to_look(0, world.partners, world.memberships, ONLY_FIRM_2, u)
    assert found == segment


def test_trust_off_means_that_other_firms_are_compared_at_the_prior():
    """Switch trust: a pair of trust 1 is left for firm 2 as one at the prior of .4 is."""
    assert looks_elsewhere(trust=1.0, off=("trust",)) == [AllianceEnd.OUTSIDE]


def test_failures_count_against_goodwill_only_where_there_was_value():
    """A tie of negative value loses nothing more by a failure: .9 x 1,000 - 8."""
    world, t = world_with(OCCASIONAL, goodwill=1_000.0, value=-100.0)
    pass_month(world, failures=1.0)
    assert world.ties.goodwill[t] == pytest.approx(892.0)


@pytest.mark.parametrize(("last", "remembered"), [(9, True), (8, False)])
def test_acquaintances_idle_for_long_are_forgotten(last, remembered):
    """In month 12 a last joint deal in month 9 is remembered at 3 months of memory, one in month 8 is not."""
    world, t = world_with(ACQUAINTANCE)
    world.ties.last[t], world.ties.until[t] = last, last
    pass_month(world)
    assert bool(world.ties.used[t]) is remembered
