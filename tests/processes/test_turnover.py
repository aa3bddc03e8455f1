"""S2 Turnover: who leaves, what becomes of what was theirs, who comes in their place, by hand."""

import numpy as np
import pytest
from scipy.stats import poisson

from sim.chance import Purpose, uniform
from sim.events import AllianceEnd, Dropped, LeaveReason, PartnerExit
from sim.ledger import Flow, Outer
from sim.processes import payment, turnover
from sim.state.ties import FORMAL
from tests.small_world import delivered, join, project, small_world, stated, tie, total_money

QUIET = {"retirement_per_year": 0.0, "months_to_bankruptcy": 3, "succession": 1.0, "extra_entry_per_year": 0.0}
NOBODY_FOLLOWS = QUIET | {"succession": 0.0}


def bankrupt(world, r):
    """Let firm r have been below zero for two months, and be below zero now."""
    world.partners.months_negative[r], world.partners.cash[r] = 2, -1_000.0
    return world


@pytest.mark.parametrize(("months", "cash", "leaves", "counted"), [(1, -1.0, False, 2), (2, -1.0, True, 3), (2, 1.0, False, 0)])
def test_three_months_in_a_row_below_zero_are_bankruptcy(months, cash, leaves, counted):
    """A month above zero starts the count again."""
    world = small_world(turnover=QUIET)
    world.partners.months_negative[0], world.partners.cash[0] = months, cash
    why = turnover.leavers(world.partners, world.parameters["turnover"], world.key)
    assert why.tolist() == [PartnerExit.BANKRUPTCY if leaves else -1, -1, -1]
    assert world.partners.months_negative[0] == counted


@pytest.mark.parametrize(("nudge", "leaves"), [(1.001, True), (0.999, False)])
def test_retirement_of_x_a_year_is_a_monthly_hazard_that_compounds_to_x(nudge, leaves):
    """With h just above or below the draw of firm 0, x = 1 - (1 - h)^12."""
    world = small_world()
    hazard = uniform(world.key, Purpose.BASE_EXIT, 10) * nudge
    parameters = stated(world.parameters["turnover"], **QUIET)._replace(retirement_per_year=1.0 - (1.0 - hazard) ** 12)
    why = turnover.leavers(world.partners, parameters, world.key)
    assert (why[0] == PartnerExit.RETIREMENT) == leaves


def test_what_a_leaver_has_or_owes_is_its_owners():
    """A debt of 1,000 is borne by the owners; no money appears or vanishes."""
    world = bankrupt(small_world(turnover=NOBODY_FOLLOWS), 0)
    money = total_money(world)
    turnover.run(world)
    assert world.partners.cash[0] == 0.0
    assert world.ledger.outer[Outer.OWNERS] == -1_000.0
    assert world.ledger.flows[Flow.LIQUIDATION] == -1_000.0
    assert total_money(world) == money


def test_a_successor_takes_over_the_client_base_and_nothing_else():
    """Clients of 20 make the entrant a firm of 20 with a uid of its own, without ties or memberships."""
    world = bankrupt(small_world(turnover=QUIET), 0)
    world.partners.clients[0], world.partners.staff[0] = 20.0, 12.0
    join(world, 0, 0)
    tie(world, 0, 1)
    turnover.run(world)
    assert (world.partners.uid[0], world.partners.staff[0], world.partners.clients[0]) == (10 + 2**32, 20.0, 20.0)
    assert bool(world.partners.alive[0])
    assert np.all(world.memberships.network[0] == -1)
    assert not world.ties.used.any()
    entered = world.log.table("partner_entered")
    assert (entered["succeeds"].tolist(), entered["partner"].tolist()) == ([10], [10 + 2**32])


def test_without_succession_nobody_comes():
    """At a succession of 0 the row stays empty and its firm can do nothing."""
    world = bankrupt(small_world(turnover=NOBODY_FOLLOWS), 0)
    turnover.run(world)
    assert world.partners.alive.tolist() == [False, True, True]
    assert world.knowledge.can[0] == 0
    assert not world.relations.carried[0].any()


def test_memberships_and_alliances_of_a_leaver_end_on_record():
    """A formal alliance of uid 99 ends because the partner left, the membership likewise."""
    world = bankrupt(small_world(turnover=NOBODY_FOLLOWS), 0)
    join(world, 1, 0, 1)
    tie(world, 0, 1, form=FORMAL, alliance=99)
    kept = tie(world, 1, 2, form=FORMAL, alliance=98)
    turnover.run(world)
    ended, left = world.log.table("alliance_ended"), world.log.table("membership_left")
    assert (ended["alliance"].tolist(), ended["reason"].tolist()) == ([99], [AllianceEnd.PARTNER_LEFT])
    assert (left["partner"].tolist(), left["network"].tolist(), left["reason"].tolist()) == ([10], [101], [LeaveReason.PARTNER_LEFT])
    assert np.flatnonzero(world.ties.used).tolist() == [kept]
    dropped = world.log.table("vendor_dropped")
    assert (dropped["partner"].tolist(), dropped["vendor"].tolist(), dropped["reason"].tolist()) == ([10], [0], [Dropped.PARTNER_LEFT])


def test_a_project_without_its_owner_is_abandoned():
    """The owner's exit ends it, the ally's does not."""
    world = bankrupt(small_world(turnover=NOBODY_FOLLOWS), 0)
    owned, helped = project(world, 0, 1), project(world, 1, 0)
    turnover.run(world)
    assert (bool(world.projects.used[owned]), bool(world.projects.used[helped])) == (False, True)


def test_the_work_of_an_ally_who_left_falls_to_the_owner():
    """Work .5 + .3 + .2 becomes .8 and .2; the ally's share of the surplus and its purchase are the owner's."""
    world = bankrupt(small_world(turnover=NOBODY_FOLLOWS), 1)
    tied = (tie(world, 0, 1), tie(world, 0, 2))
    p = project(world, 0, 1, 2, work=(0.5, 0.3, 0.2), carrier=1, outside=(1.0, 2.0, 3.0, 0.0), ties=tied)
    turnover.run(world)
    assert world.projects.member[p].tolist() == [0, -1, 2, -1]
    assert world.projects.work[p].tolist() == pytest.approx([0.8, 0.0, 0.2, 0.0])
    assert world.projects.outside[p].tolist() == [1.0, 0.0, 3.0, 0.0]
    assert world.projects.carrier[p] == 0
    assert world.projects.tie[p].tolist() == [-1, -1, 1, -1]  # whoever gets the free tie has no part in this deal
    assert world.projects.size[p] == 2


@pytest.mark.parametrize(("month", "left"), [(4, 4 / 5), (5, 3 / 5), (7, 1 / 5)])
def test_work_is_done_evenly_from_signing_to_delivery(month, left):
    """Signed in month 3 and due in month 7 it is worked on in five months; at the start of month 5 three are left."""
    assert turnover.work_left(1_000.0, 3, 7, month) == pytest.approx(1_000.0 * left)


def leave(r, **columns):
    """Firms 0, 1, 2 do .5, .3 and .2 of 12,000 of work, signed in month 3 and due in 7; firm r leaves in month 5."""
    world = bankrupt(small_world(turnover=NOBODY_FOLLOWS, month=5), r)
    world.partners.backlog[:] = [20_000.0, 5_000.0, 1_000.0]
    p = project(world, 0, 1, 2, work=(0.5, 0.3, 0.2), ties=(tie(world, 0, 1), tie(world, 0, 2)), signed=3, due=7, **columns)
    turnover.run(world)
    return world, p


def test_what_is_left_of_a_leavers_work_goes_into_the_owners_backlog():
    """Of the ally's 3,600 three fifths are left: 20,000 + 2,160; the other ally's backlog stays."""
    world, p = leave(1)
    assert world.partners.backlog[[0, 2]].tolist() == pytest.approx([22_160.0, 1_000.0])
    assert (bool(world.projects.used[p]), world.projects.size[p]) == (True, 2)


def test_an_abandoned_project_leaves_its_allies_nothing_to_do():
    """Three fifths of 3,600 and of 2,400 are struck off: 5,000 - 2,160, and no less than nothing of 1,000 - 1,440."""
    world, p = leave(0)
    assert world.partners.backlog[1:].tolist() == pytest.approx([2_840.0, 0.0])
    assert not world.projects.used[p]


def test_an_owner_whose_only_ally_left_delivers_alone_and_owes_nobody_for_finding_it():
    """The deal is no joint one any more: no allied revenue, and the 800 for brokering the ally lapse."""
    world = bankrupt(small_world(turnover=NOBODY_FOLLOWS), 1)
    p = project(world, 0, 1, ties=(tie(world, 0, 1),), network=0, brokerage=(0.0, 800.0, 0.0, 0.0), broker=(-1, 0, -1, -1))
    turnover.run(world)
    settled = payment.run(world, delivered(p))
    assert settled.margin.tolist() == pytest.approx([6_000.0])
    assert (world.partners.revenue_year[0], world.partners.allied_year[0]) == pytest.approx((20_000.0, 0.0))
    assert world.networks.cash.tolist() == [0.0, 0.0]


def test_further_entrants_are_a_poisson_number_and_tables_grow_for_them():
    """An extra 100 % a year of 3 firms is Poisson(.25) a month; they have uids of their own beyond the founders'."""
    world = small_world(turnover=QUIET | {"extra_entry_per_year": 1.0})
    while poisson.ppf(uniform(world.key, Purpose.EXTRA_ENTRY, 0), 0.25) == 0:
        world.month += 1
    expected = int(poisson.ppf(uniform(world.key, Purpose.EXTRA_ENTRY, 0), 0.25))
    turnover.run(world)
    uids = world.partners.uid[world.partners.alive].tolist()
    assert uids == [10, 11, 12] + [2**31 + world.month * 2**14 + k for k in range(expected)]
    assert world.relations.carried.shape[0] == world.knowledge.can.size == world.partners.uid.size


def test_a_newcomer_is_as_large_as_somebodys_client_base_but_no_giant():
    """Everybody's client base is 80, at most 50 of which a newcomer has."""
    world = small_world(turnover=QUIET | {"extra_entry_per_year": 1.0})
    world.partners.clients[:] = 80.0
    while poisson.ppf(uniform(world.key, Purpose.EXTRA_ENTRY, 0), 0.25) == 0:
        world.month += 1
    turnover.run(world)
    new = world.partners.alive & (world.partners.uid >= 2**31)
    assert set(world.partners.clients[new].tolist()) == {50.0}
