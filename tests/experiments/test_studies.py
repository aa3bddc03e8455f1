"""The studies' own arithmetic: predictions, cells, flips, calibration, worlds, burn-in, the log of looks."""

import csv

import numpy as np
import pyarrow as pa
import pytest

from experiments import looks
from experiments.calibrate import FREE, acceptable, design, distance, loss, medoid, point_of, unit_of
from experiments.cells import cell_of
from experiments.checks import Statement
from experiments.coefficients import assumed, coefficients, scaled, with_values
from experiments.console import plan_of
from experiments.flips import LADDER, ranked, search
from experiments.invariance import clock_rows, settled, weekly_error
from experiments.outcomes import COLUMNS, FROM_SERIES, HEADLINE, JUDGED, WITHOUT_BRANCH, headline
from experiments.pool import StudyError
from experiments.predictions import Prediction, compare, differences, read
from experiments.regimes import LOYALTY, NETWORKS, keys_of
from experiments.regimes import read as read_regimes
from experiments.shipped import ALONE, bases
from experiments.shipped import FILE as FORESEEN
from experiments.worlds import rank_of, variance_shares, with_world
from sim.observe.run import run_replication
from sim.population import build
from sim.scenario import load, shipped_names
from sim.switches import Switches

TINY = {"population.partners": 60, "months": 6, "burn_in_months": 0}


@pytest.fixture(scope="module")
def plan():
    return load("baseline", TINY).plan


def table_of(**arms: dict[str, list[float]]) -> pa.Table:
    """A table of headline outcomes in which what is not said is 1."""
    size = len(next(iter(next(iter(arms.values())).values())))
    columns: dict[str, list] = {"arm": [], "replication": [], **{c.name: [] for c in COLUMNS}}
    for arm, values in arms.items():
        columns["arm"] += [arm] * size
        columns["replication"] += list(range(size))
        for c in COLUMNS:
            columns[c.name] += values.get(c.name, [1.0] * size)
    return pa.table(columns)


@pytest.mark.parametrize(
    ("sign", "size", "values", "said"),
    [
        ("+", 0.1, [0.2, 0.21, 0.19], "agrees"),
        ("+", 0.1, [0.05, 0.051, 0.049], "disagrees"),  # surely there, but too small
        ("+", 0.1, [-0.2, -0.21, -0.19], "disagrees"),
        ("+", 0.1, [-0.3, 0.1, 0.5], "undecided"),
        ("-", 0.1, [-0.2, -0.21, -0.19], "agrees"),
        ("=", 0.1, [0.01, -0.01, 0.0], "agrees"),
        ("=", 0.1, [0.0, 0.0, 0.0], "agrees"),
        ("=", 0.1, [0.3, 0.31, 0.29], "disagrees"),
        ("=", 0.1, [-0.5, 0.0, 0.5], "undecided"),
    ],
)
def test_a_prediction_agrees_by_sign_and_size_or_by_equivalence(sign, size, values, said):
    assert compare(Prediction("a", "attitude", sign, size, ""), np.array(values)).said == said


def test_differences_are_paired_and_relative_where_the_outcome_is():
    table = table_of(
        baseline={"revenue": [10.0, 30.0], "attitude": [0.1, 0.3]}, arm={"revenue": [12.0, 36.0], "attitude": [0.2, 0.4]}
    )
    assert differences(table, "arm", "revenue").mean() == pytest.approx(0.2)
    assert differences(table, "arm", "attitude") == pytest.approx([0.1, 0.1])


def test_the_shipped_predictions_name_every_switch_and_every_arm_can_be_run():
    arms, predictions = read()
    said = {key.removeprefix("switches.") for settings in arms.values() for key in settings if key.startswith("switches.")}
    assert said == set(Switches._fields)
    assert all(sum(p.arm == arm for p in predictions) >= 3 for arm in arms)
    for settings in arms.values():
        plan_of({"population.partners": 60}, settings)


@pytest.mark.parametrize("text", ["memberships up 0.1: why", "nonsense + 0.1: why", "memberships + 0.1"])
def test_a_prediction_that_cannot_be_read_is_refused_by_name(tmp_path, text):
    path = tmp_path / "p.toml"
    path.write_text(f'[[arm]]\nname = "x"\npredictions = ["{text}", "staff + 1: y", "exits + 1: y"]\n')
    with pytest.raises(StudyError, match=r"p.toml: arm 'x'"):
        read(path)


def test_the_shipped_regimes_fill_the_nine_cells_with_at_most_three_keys():
    arms = read_regimes()
    assert {tuple(a["cell"]) for a in arms.values()} == {(n, x) for n in NETWORKS for x in LOYALTY}
    assert max(len(keys_of(a)) for a in arms.values()) <= 3
    for arm in arms.values():
        plan_of({"population.partners": 60}, {**arm.get("settings", {}), "events": arm["events"]})


def test_a_cell_is_judged_by_level_slope_wallet_and_attitude():
    same = {name: [1.0, 1.0, 1.0] for name in ("memberships_early", "memberships_slope_level")}
    grown = {
        **same, "memberships": [1.5, 1.5, 1.51], "memberships_slope": [0.0, 0.0, 0.001],
        "focal_wallet_early": [0.1] * 3, "focal_wallet": [0.05, 0.05, 0.051], "focal_attitude_early": [0.2] * 3, "focal_attitude": [0.1, 0.1, 0.11],
        "one_plus_one": [2.0, 2.01, 1.99],
    }  # fmt: skip
    cell = cell_of(table_of(arm=grown), "arm")
    assert cell[:4] == ("grow", "erodes", "holds", "about 2")
    still = cell_of(table_of(arm=grown | {"memberships": [1.0, 1.01, 1.0]}), "arm")
    assert still.networks == "stabilise"


def test_scaled_coefficients_stay_within_range_and_whole(plan):
    by_key = {c.key: c for c in coefficients(plan)}
    assert scaled(by_key["membership.attention"], 1.2) == pytest.approx(0.0144)
    assert scaled(by_key["membership.contacts"], 1.1) is None  # 3 -> 3
    assert scaled(by_key["membership.contacts"], 2.0) == 6.0
    assert scaled(by_key["hosts.adaptive"], 2.0) is None
    assert scaled(by_key["trust.prior"], 3.0) == 0.99
    assert "trust.up" not in {c.key for c in assumed(plan)}


def test_every_assumed_coefficient_can_be_changed_and_only_it_changes(plan):
    for c in assumed(plan):
        value = scaled(c, 1.25)
        if value is not None:
            now = {d.key: d.value for d in coefficients(with_values(plan, {c.key: value}))}
            before = {d.key: d.value for d in coefficients(plan)}
            if not c.key.startswith("rules."):
                assert {k for k in now if now[k] != before[k]} == {c.key}
    with pytest.raises(ValueError, match=r"membership\.nonsense: there is no such coefficient"):
        with_values(plan, {"membership.nonsense": 1.0})


def test_rules_take_the_options_that_are_named(plan):
    assert with_values(plan, {"rules.form.setup_formal": 9.0, "rules.form.horizon": 3.0}).rules["form"].setup[3] == 9.0


def test_flips_finds_the_smallest_step_with_few_runs():
    threshold = {("a", True): 1.4, ("a", False): 9.0, ("b", True): 1.05, ("b", False): 2.5}
    asked = []

    def verdicts(wanted):
        asked.extend(wanted.items())
        return {way: ("flipped" if step >= threshold[way] else "base", "base") for way, step in wanted.items()}

    found = search(threshold, verdicts, ("base", "base"))
    assert found == {(("a", True), 0): 1.5, (("b", True), 0): 1.1, (("b", False), 0): 3.0}
    rows = ranked(found, {(("a", False), 0): 4.0, (("b", True), 0): 1.2, (("c", True), 0): 2.0}, threshold, 0)
    assert [(way, step) for way, step, _ in rows] == [(("b", True), 1.1), (("a", True), 1.5), (("b", False), 3.0), (("a", False), np.inf)]
    assert [factor for *_, factor in rows if factor == factor] == [1.2, 4.0]
    assert ranked(found, {}, threshold, 1) == []
    assert len(asked) == len(set(asked)) < len(threshold) * len(LADDER)


def test_a_point_is_acceptable_within_two_standard_errors_and_costs_its_distance():
    statements = [Statement("E", "", "", "attitude", 0.2, 0.4), Statement("E", "", "", "staff", low=3)]
    table = table_of(
        good={"attitude": [0.41, 0.43, 0.39], "staff": [5.0] * 3}, bad={"attitude": [0.5, 0.5, 0.5], "staff": [1.5] * 3}
    )
    assert distance(statements[0], 0.3) == pytest.approx(0.0)
    assert distance(statements[0], 0.4) == pytest.approx(1.0)
    assert loss(table, "bad", statements) == pytest.approx(2.0**2 + 1.5**2)
    assert acceptable(table, "good", statements)
    assert not acceptable(table, "bad", statements)


def test_points_of_the_cube_are_values_in_range_and_back(plan):
    for unit in design(8, len(FREE), 1):
        point = point_of(unit)
        assert all(f.low <= point[f.key] <= f.high for f in FREE)
        assert unit_of(point) == pytest.approx(unit, abs=1e-4)
        with_values(plan, point)
    assert medoid(np.array([[0.0], [0.4], [0.5], [1.0]])) in (1, 2)


def test_variance_shares_of_worlds_draws_and_both():
    world, draw = np.arange(5.0)[:, None], np.arange(4.0)[None, :]
    assert variance_shares(world + 0 * draw) == pytest.approx((1.0, 0.0, 0.0))
    assert variance_shares(0 * world + draw) == pytest.approx((0.0, 1.0, 0.0))
    mixed = variance_shares(world + draw)
    assert mixed.world == pytest.approx(2.5 / (2.5 + 5 / 3))
    assert rank_of(np.array([2.0, 1.0, 3.0, 2.0]), 0) == 0.5


def test_the_first_world_given_is_the_world_that_replication_draws(plan):
    drawn, given = (run_replication(p, 0).series for p in (plan, with_world(plan, 0)))
    other = run_replication(with_world(plan, 1), 0).series
    assert all(np.array_equal(drawn[name], given[name], equal_nan=True) for name in drawn)
    assert not np.array_equal(drawn["wallet_0"], other["wallet_0"])
    founders, others = (build(p, 0).partners for p in (plan, with_world(plan, 1)))
    assert np.array_equal(founders.clients, others.clients)  # the partners are the same
    assert np.array_equal(founders.region, others.region)


def test_the_headline_of_a_run_has_every_column_and_reads_the_right_series(plan):
    result = run_replication(plan, 0)
    found = headline(result.series, result.tables, plan)
    assert list(found) == [c.name for c in HEADLINE.columns]
    assert found["memberships"] == pytest.approx(result.series["memberships_per_partner"][3:].mean())
    assert found["memberships_early"] == pytest.approx(result.series["memberships_per_partner"][:3].mean())
    assert 0.0 < found["distributor_share"] < 1.0


def test_what_is_judged_is_the_same_without_events_branch_and_the_months_between():
    """120 months, of which what is judged reads few: retention and exits look back over months that are not observed."""
    plan = load("baseline", {"population.partners": 60, "months": 100, "burn_in_months": 20}).plan
    whole = HEADLINE.measure(plan, 1)
    for outcomes in (JUDGED, FROM_SERIES, WITHOUT_BRANCH):
        lean = outcomes.measure(plan, 1)
        assert {c.name for c in outcomes.columns} == set(lean)
        np.testing.assert_equal(lean, {name: whole[name] for name in lean})
    assert set(whole) - {c.name for c in FROM_SERIES.columns} == {"drops"}
    assert set(whole) - {c.name for c in WITHOUT_BRANCH.columns} == {"drops", "one_plus_one"}
    with pytest.raises(ValueError, match="without events"):
        run_replication(plan, 1, "anywhere", events=False)


def test_a_path_settles_when_it_stays_near_its_last_years():
    assert settled(np.array([5.0, 2.0, 1.05, 1.0, 1.0, np.nan])) == 2
    assert settled(np.ones(5)) == 0


def test_every_look_is_logged_with_what_changed_since(plan, tmp_path):
    log = tmp_path / "looks.csv"
    looks.log_look(plan, "first", log)
    looks.log_look(plan, "second", log)
    looks.log_look(with_values(plan, {"membership.attention": 0.02}), "third", log)
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["changed"] for r in rows] == ["unknown", "nothing", "membership.attention: 0.012 -> 0.02"]
    assert rows[0]["defaults"] == rows[1]["defaults"] != rows[2]["defaults"]
    assert "third" in looks.read_log(log)


def test_the_shipped_log_of_looks_holds_the_first_look():
    assert "E4" in looks.read_log()


def test_every_shipped_what_if_is_foreseen_and_has_a_base():
    arms, predictions = read(FORESEEN)
    assert set(arms) == set(bases()) == set(shipped_names()) - {"baseline", *ALONE}
    assert all(any(p.sign != "=" for p in predictions if p.arm == arm) for arm in arms)


def test_a_what_if_that_is_not_shipped_is_refused(tmp_path):
    path = tmp_path / "f.toml"
    path.write_text('[[arm]]\nname = "vendor_cut_margin"\n')
    with pytest.raises(StudyError, match="'vendor_cut_margin' is no shipped scenario"):
        bases(path)


def test_weeks_in_place_of_months_change_a_rate_by_the_order_of_its_square():
    """At 10 % a month, a year of months decays .7176 of a stock, one of weeks .7030: 2 % more."""
    assert weekly_error(0.1) == pytest.approx(0.71757 / 0.70301 - 1.0, abs=1e-3)
    assert weekly_error(0.0) == 0.0
    rates = clock_rows(load("baseline", TINY).plan)
    assert rates[0][1] == max(row[1] for row in rates)
    assert "continuation.hazard_per_month" in [row[0] for row in rates]
