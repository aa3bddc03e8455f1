"""What the facts measure, on tables made by hand: dropping, margins, survival, growth of networks, encouragement."""

import numpy as np
import pyarrow as pa
import pytest

from experiments.checks import AGES, CALIBRATION, HELD_OUT_STATEMENTS, Statement, hazard_line, verdict_on
from experiments.encouragement import Encouraged, effect, encourage, enrol, members_of
from experiments.facts import COLUMNS, blended_margin, dropped_within
from experiments.growth import growth_between, lives, turnover
from experiments.held_out import COLUMNS as HELD_OUT_COLUMNS
from experiments.held_out import HELD_OUT, P2P, members_at
from experiments.outcomes import drop_rate
from experiments.survival import Spells, alliance_spells, hazard_by_age, median_life, survival
from sim.population import build
from sim.scenario import load


def spells(*lives_: tuple[int, bool]) -> Spells:
    return Spells(np.array([m for m, _ in lives_]), np.array([e for _, e in lives_]))


def test_every_statement_has_its_column():
    assert {s.column for s in CALIBRATION} <= {c.name for c in COLUMNS}
    assert {s.column for s in HELD_OUT_STATEMENTS} <= {c.name for c in HELD_OUT_COLUMNS}


def test_dropped_counts_the_unhappy_among_those_who_lived_through_the_window():
    partners = pa.table({"partner": [1, 2, 3, 4], "entered": [0, 0, 5, 0], "left": [None, None, None, 20]})
    relations = pa.table(
        {
            "partner": [1, 1, 2, 4],
            "dropped": [10, 11, 12, 13],
            "why_dropped": ["dissatisfied", "dissatisfied", "vendor_left", "dissatisfied"],
        }
    )
    assert dropped_within(relations, partners, 0, 24) == 0.5  # of 1 and 2: 3 came later, 4 left; 2 lost its vendor
    assert dropped_within(relations, partners, 12, 24) == 0.0


def test_drop_rate_is_per_relation_and_month():
    relations = pa.table({"dropped": [3, 5, 5, None], "why_dropped": ["dissatisfied", "dissatisfied", "partner_left", None]})
    assert drop_rate(relations, 100.0, (4, 14)) == pytest.approx(1 / 10 / 100)


def test_the_margin_line_is_that_of_the_two_gross_margins():
    share, value = np.array([0.0, 0.25, 0.5, 1.0]), np.array([1e4, 2e4, 5e4, 1e4])
    deals = pa.table(
        {
            "delivered": [5, 5, 6, 7],
            "value": value,
            "services": share * value,
            "product_margin": 0.12 * (1 - share) * value,
            "services_margin": 0.60 * share * value,
        }
    )
    assert blended_margin(deals, 0) == pytest.approx((0.48, 0.12))
    assert np.isnan(blended_margin(deals, 6)[0])


def test_kaplan_meier_of_five_lives():
    s = spells((2, True), (3, False), (4, True), (5, True), (9, False))
    assert survival(s, 3) == pytest.approx(4 / 5)
    assert survival(s, 4) == pytest.approx(4 / 5 * 2 / 3)
    assert median_life(s) == 5.0
    assert np.isnan(survival(s, 12))  # nobody was watched for so long
    assert median_life(spells((3, False), (4, False))) == np.inf


def test_exit_of_a_partner_and_change_of_form_censor():
    alliances = pa.table(
        {
            "form": ["formal", "formal", "formal", "formal", "project", "formal"],
            "start": [10, 10, 10, 10, 10, 2],
            "end": [20, 22, 24, None, 12, 30],
            "why_ended": ["value", "partner_left", "changed_form", None, "completed", "value"],
        }
    )
    found = alliance_spells(alliances, "formal", 5, 50)
    assert found.months.tolist() == [10, 12, 14, 40]
    assert found.ended.tolist() == [True, False, False, False]


def test_hazard_by_age_is_ends_over_months_at_risk():
    ends, risk = hazard_by_age(spells((5, True), (10, False), (20, True)), np.array([0, 6, 12]))
    assert ends.tolist() == [1, 0]
    assert risk.tolist() == [17, 10]


@pytest.mark.parametrize(
    ("hazards", "said"),
    [([1, 3, 1], "holds"), ([1, 2, 3], "misses: rises"), ([3, 2, 1], "misses: falls"), ([2, 2, 2], "misses: flat")],
)
def test_a_hazard_is_not_monotone_when_it_rises_and_falls(hazards, said):
    ends = np.array([*hazards, 0, 0, 0]) * 1000
    risk = np.array([100_000] * 3 + [0] * (AGES.size - 4))
    assert hazard_line(ends, risk)[1] == said


def network_tables():
    policies = pa.table(
        {
            "network": [7, 7, 8],
            "kind": ["pure_p2p", "pure_p2p", "vendor"],
            "start": [0, 3, 0],
            "end": [3, None, None],
            "why_ended": ["changed", None, None],
        }
    )
    memberships = pa.table(
        {
            "partner": [1, 2, 3, 4],
            "network": [7, 7, 7, 8],
            "joined": [0, 0, 2, 0],
            "left": [None, 3, None, None],
            "why_left": [None, "choice", None, None],
        }
    )
    return memberships, policies


def test_members_by_age_of_a_network():
    pure = lives(*network_tables(), "pure_p2p", 24)
    assert pure.members.shape == (1, 24)
    assert pure.members[0, :5].tolist() == [2, 2, 3, 2, 2]
    assert growth_between(pure.members, 0, 2) == pytest.approx(np.log(3 / 2) * 6)
    assert turnover(pure.members, pure.chose, 0) == pytest.approx(12 / pure.members.sum())
    assert np.isnan(growth_between(pure.members, 0, 24))


def test_members_at_a_month_are_those_of_the_kinds_asked_for():
    assert members_at(*network_tables(), P2P, 2).tolist() == [1, 2, 3]
    assert members_at(*network_tables(), P2P, 3).tolist() == [1, 3]


def test_the_wald_estimate_undoes_selection():
    drawn = np.array([True] * 4 + [False] * 4)
    member = np.array([1, 1, 1, 0, 1, 0, 0, 0], float)  # the lot moves half
    able = np.array([1, 0, 0, 1, 1, 0, 0, 1])  # alike on both sides
    share = 0.1 + 0.2 * member + 0.3 * able
    assert effect(Encouraged(drawn, member, share, np.ones(8))) == pytest.approx((0.5, 0.2))
    assert np.isnan(effect(Encouraged(drawn, np.zeros(8), share, np.ones(8)))[1])


def test_the_lot_enrols_about_half_of_those_outside_and_nobody_else():
    plan = load("baseline", {"population.partners": 60, "months": 14, "burn_in_months": 0}).plan
    world = build(plan, 0)
    before = members_of(world, P2P)
    uids, drawn = enrol(world, P2P)
    inside = members_of(world, P2P)
    rows = np.array([int(np.flatnonzero(world.partners.uid == u)[0]) for u in uids])
    assert not before[rows].any()
    assert inside[rows[drawn]].mean() > 0.9
    assert not inside[rows[~drawn]].any()
    assert (inside[before]).all()
    assert world.networks.admitted_quarter.max() < 5


@pytest.mark.slow
def test_a_run_too_short_for_what_is_held_out_says_so_column_by_column():
    plan = load("baseline", {"population.partners": 60, "months": 24, "burn_in_months": 0}).plan
    found = HELD_OUT.measure(plan, 0)
    assert set(found) == {c.name for c in HELD_OUT_COLUMNS}
    assert np.isnan([found["later_growth"], found["formal_60"]]).all()
    assert found["selected"] == pytest.approx(found["member_gap"] - found["caused"])
    assert 0.0 < found["first_stage"] <= 1.0


@pytest.mark.slow
def test_encouragement_follows_those_who_were_outside_and_repeats():
    plan = load("baseline", {"population.partners": 60, "months": 14, "burn_in_months": 0}).plan
    first, second = (encourage(plan, 1, P2P, 2, 12) for _ in range(2))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True))
    assert first.member[first.drawn].mean() > first.member[~first.drawn].mean()


@pytest.mark.parametrize(
    ("values", "said"),
    [([0.4, 0.5, 0.6], "holds, at the edge"), ([0.49, 0.5, 0.51], "holds"), ([0.8, 0.8, 0.8], "misses"), ([np.nan], "unknown")],
)
def test_a_statement_holds_when_the_whole_interval_lies_in_its_band(values, said):
    assert verdict_on(Statement("E0", "", "", "x", 0.4, 0.6), np.array(values)) == said
