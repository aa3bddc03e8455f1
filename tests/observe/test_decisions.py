"""The figures behind decisions: each decision follows from the figures that are told, and looking changes nothing."""

import numpy as np
import pytest

from sim.chance import Purpose, month_key, pair_key, uniform
from sim.engine import advance, build
from sim.events import EventLog, LeaveReason
from sim.observe.account.decisions import Decisions
from sim.observe.account.weighing import staying
from sim.observe.run import run_replication
from sim.observe.tables import public_tables
from sim.scenario import load
from sim.state.ties import FORMS, PROJECT

SETTINGS = {
    "population.partners": 60, "months": 12, "burn_in_months": 3, "satisfaction.drop_per_month": 0.03, "discovery.specified": 0.3,
    "membership.consider": 0.5, "continuation.look_outside": 1.0, "form.first_rate": 0.3,
}  # fmt: skip


def key_of(plan, month):
    return np.uint64(month_key(plan.seed, 0, month))


class Seen:
    """A run whose decisions were noted, of every partner, and of every membership whether it was left and how likely that was."""

    def __init__(self):
        self.plan = load("quick", SETTINGS).plan
        world = build(self.plan, 0, EventLog())
        self.noted, self.stays = Decisions(world, range(60)), []
        world.witness = self.noted
        for _ in range(self.plan.burn_in + self.plan.months):
            advance(world)
            before = self.noted._members
            self.noted.month_ended(world)
            self._compare(world, before)
        self.log, self.tables = world.log, public_tables(world.log)

    def _compare(self, world, before):
        month, log = world.month - 1, world.log.table("membership_left")
        gone = {(int(p), int(n)): int(w) for m, p, n, w in zip(*(log[c] for c in ("month", "partner", "network", "reason")), strict=True) if m == month}
        for uid, kept in before.items():
            for m in kept["my_network"][kept["my_network"] >= 0]:
                network = int(kept["uid"][m])
                draw = uniform(key_of(self.plan, month), Purpose.LEAVE, pair_key(uid, network))
                self.stays.append((gone.get((uid, network), -1), draw, staying(kept, network, world)))


@pytest.fixture(scope="module")
def seen():
    return Seen()


def draw(seen, month, purpose, uid, j=0):
    return uniform(key_of(seen.plan, month), purpose, uid, j)


def test_noting_what_is_weighed_changes_nothing(seen):
    alone = run_replication(seen.plan, 0, synergy=False).tables
    assert all(alone[name].equals(table) for name, table in seen.tables.items())


def test_a_membership_ends_by_choice_exactly_where_its_draw_is_below_the_chance_that_is_told(seen):
    judged = [(why == LeaveReason.CHOICE, draw < worth.chance) for why, draw, worth in seen.stays if why in (-1, LeaveReason.CHOICE)]
    assert len(judged) > 500
    assert sum(left for left, _ in judged) > 5
    assert all(left == below for left, below in judged)
    kept = {key for key in seen.noted.left}
    rows = [r for r in seen.tables["memberships"].to_pylist() if r["why_left"] == "choice" and r["partner"] < 60]
    assert kept == {(r["partner"], r["network"], r["left"]) for r in rows}


def test_what_was_expected_of_a_network_that_was_joined_makes_joining_as_likely_as_the_draw_says(seen):
    rows = [r for r in seen.tables["memberships"].to_pylist() if r["why_joined"] == "choice" and r["partner"] < 60]
    assert len(rows) > 10
    for row in rows:
        worth = seen.noted.joined[row["partner"], row["network"], row["joined"]]
        assert draw(seen, row["joined"], Purpose.JOIN, pair_key(row["partner"], row["network"])) < worth.chance
        assert worth.chance == pytest.approx(1 / (1 + np.exp(2.0 - 60.0 * worth.total)))
        assert worth.attention <= 0.0 <= worth.reach


def test_a_vendor_is_dropped_where_the_draw_is_below_the_chance_that_is_told(seen):
    rows = [r for r in seen.tables["vendor_relations"].to_pylist() if r["why_dropped"] == "dissatisfied" and r["partner"] < 60]
    assert len(rows) > 5
    for row in rows:
        found = seen.noted.dropped[row["partner"], row["vendor"], row["dropped"]]
        assert draw(seen, row["dropped"], Purpose.DROP_VENDOR, row["partner"], row["vendor"]) < found.chance
        assert found.chance == pytest.approx(0.03 * np.exp(-1.6 * found.attitude - 1.5 * (found.share - 0.2)))


def test_a_vendor_is_taken_on_with_the_figures_of_the_way_in_which_it_came(seen):
    rows = [r for r in seen.tables["vendor_relations"].to_pylist() if r["taken_on"] > 0 and r["partner"] < 60]
    found = {way: [seen.noted.taken[r["partner"], r["vendor"], r["taken_on"]] for r in rows if r["why_taken_on"] == way] for way in ("recruited", "specified", "co_delivery")}
    assert all(found.values())
    assert all(0.0 < x.share <= 1.0 for x in found["recruited"])
    for row in rows:
        taking = seen.noted.taken[row["partner"], row["vendor"], row["taken_on"]]
        if row["why_taken_on"] == "recruited":
            assert draw(seen, row["taken_on"], Purpose.RECRUITMENT, row["partner"]) < taking.chance
        if row["why_taken_on"] == "co_delivery":
            assert taking.chance == pytest.approx(0.1 / (1 + np.exp(-1.5 * (taking.ally - taking.own))) * 2 / (1 + np.exp(0.5 * (taking.carried - 4))))


def test_an_alliance_ends_on_the_comparison_that_is_told(seen):
    ended = {r["alliance"]: r["why_ended"] for r in seen.tables["alliances"].to_pylist() if r["why_ended"] in ("value", "outside")}
    assert {"value", "outside"} <= set(ended.values())
    for alliance, why in ended.items():
        p = seen.noted.parted[alliance]
        if why == "value":
            assert p.goodwill + 6 * p.saved < 6 * p.upkeep
        else:
            assert 6 * p.better - p.switching > p.goodwill + 6 * p.flow


def test_an_alliance_takes_the_form_that_was_worth_most_to_the_more_cautious_side(seen):
    begun = [r for r in seen.tables["alliances"].to_pylist() if r["start"] > 0]
    assert {r["form"] for r in begun} >= {"project", "occasional"}
    for row in begun:
        worth = seen.noted.allied[row["alliance"]].worth
        assert FORMS[PROJECT + int(np.argmax(worth))] == row["form"]
