"""What the studies measure, on tables made by hand and on small runs."""

import numpy as np
import pyarrow as pa
import pytest

from experiments.studies import lot, panel, synergy
from experiments.studies.growth_curve import CURVES, aicc, fitted
from experiments.studies.joint_work import embedded_growth_gap, marketplace_gaps, pairs_of, repeat_share
from experiments.studies.ladder import climb_after_success, rungs_of, transitions
from experiments.studies.leaving import Leaving, utilities
from experiments.studies.small_world import graph_at, quotient
from experiments.studies.watching import run_watched
from sim.observe.run import run_replication
from sim.scenario import load


@pytest.fixture(scope="module")
def plan():
    return load("baseline", {"population.partners": 60, "months": 14, "burn_in_months": 6}).plan


def deals_of(rows):
    """Deals: owner, ally or None, month, success, posted, complexity, region, trust."""
    names = ("owner", "member_1", "delivered", "success", "market", "complexity", "region", "trust")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    whole = {n: pa.array(columns[n], pa.int64()) for n in ("owner", "member_1", "delivered", "market", "region")}
    rest = {"success": pa.array(columns["success"], pa.bool_())}
    rest |= {n: pa.array(columns[n], pa.float64()) for n in ("complexity", "trust")}
    none = pa.nulls(len(rows), pa.int64())
    return pa.table(whole | rest | {"member_2": none, "member_3": none})


DEALS = deals_of(
    [
        (1, 2, 10, True, None, 0.5, 0, 0.6),
        (2, 1, 12, True, None, 0.5, 0, 0.7),
        (3, 4, 12, False, 0, 0.1, 1, 0.4),
        (1, None, 13, True, 0, 0.1, 1, 1.0),
        (1, 3, 13, True, None, 0.7, 0, 0.4),
    ]
)


def test_pairs_know_how_often_they_worked_together_before():
    pairs = pairs_of(DEALS)
    assert list(zip(pairs.low, pairs.high, pairs.earlier, strict=True)) == [(1, 2, 0), (1, 2, 1), (3, 4, 0), (1, 3, 0)]
    assert repeat_share(pairs, 11) == pytest.approx(1 / 3)


def test_what_marketplaces_carry_is_compared_with_the_rest():
    partners = pa.table({"partner": [1, 2, 3, 4], "region": [0, 0, 0, 0]})
    gaps = marketplace_gaps(DEALS, partners, pairs_of(DEALS), 11)
    assert gaps["posted_complexity_gap"] == pytest.approx(0.1 - 0.6)
    assert gaps["posted_far_gap"] == pytest.approx(1.0)
    assert gaps["posted_trust_gap"] == pytest.approx(0.4 - 0.55)
    assert gaps["posted_repeat_gap"] == pytest.approx(0.0 - 0.5)


def alliances_of(rows):
    names = ("uid_a", "uid_b", "form", "start", "end")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return pa.table({n: pa.array(columns[n], pa.string() if n == "form" else pa.int64()) for n in names})


LADDER = alliances_of(
    [
        (1, 2, "project", 10, 14), (1, 2, "occasional", 14, 20), (1, 2, "formal", 20, None), (3, 4, "project", 10, 12),
        (3, 4, "formal", 15, 30), (5, 6, "project", 10, None),
    ]
)  # fmt: skip


def test_the_ladder_counts_steps_that_follow_at_once():
    found = transitions(rungs_of(LADDER), 0)
    assert found["project_to_occasional"] == pytest.approx(1 / 2)  # two projects ended, one went on
    assert found["project_to_occasional_months"] == 4.0
    assert found["occasional_to_formal"] == 1.0
    assert found["project_to_formal"] == 0.0
    assert found["formal_from_below"] == pytest.approx(1 / 2)


def test_climbing_is_counted_within_two_years_of_a_first_deal_and_only_from_below():
    deals = deals_of(
        [
            (1, 2, 12, True, None, 0.5, 0, 0.5),
            (3, 4, 12, False, None, 0.5, 0, 0.5),
            (5, 6, 12, False, None, 0.5, 0, 0.5),
            (1, 2, 16, False, None, 0.5, 0, 0.5),
        ]
    )
    found = climb_after_success(pairs_of(deals), rungs_of(LADDER), 0, 60)
    assert found["climb_after_success"] == 1.0
    assert found["climb_after_failure"] == pytest.approx(1 / 2)
    assert found["climb_after_success_gap"] == pytest.approx(1 / 2)
    assert np.isnan(climb_after_success(pairs_of(deals), rungs_of(LADDER), 0, 30)["climb_after_success"])  # too late to know


def test_the_small_world_quotient_knows_a_ring_with_shortcuts_from_a_random_graph():
    """And agrees with networkx on clustering and path length; what lies outside the largest component does not count."""
    import networkx as nx

    graphs = [nx.watts_strogatz_graph(200, 6, 0.05, seed=1), nx.gnm_random_graph(200, 600, seed=1), nx.gnm_random_graph(60, 70, seed=2)]
    found = [quotient(nx.to_scipy_sparse_array(graph, dtype=float)) for graph in graphs]
    assert found[0] > 5.0
    assert found[1] == pytest.approx(1.0, abs=0.5)
    for graph, ours in zip(graphs, found, strict=True):
        part = graph.subgraph(max(nx.connected_components(graph), key=len))
        n, k = part.number_of_nodes(), 2 * part.number_of_edges() / part.number_of_nodes()
        theirs = nx.average_clustering(part) / (k / n) / (nx.average_shortest_path_length(part) / (np.log(n) / np.log(k)))
        assert ours == pytest.approx(theirs, rel=1e-12)
    assert np.isnan(quotient(nx.to_scipy_sparse_array(nx.path_graph(4), dtype=float)))
    assert np.isnan(quotient(graph_at(LADDER, -1)))


def test_the_graph_of_a_month_holds_the_alliances_in_force():
    """Firms 1, 2, 5 and 6 at both times, allied in two pairs, both ways; a pair allied twice counts once."""
    for alliances, month in ((LADDER, 13), (LADDER, 40), (pa.concat_tables([LADDER, LADDER]), 40)):
        assert graph_at(alliances, month).toarray().tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]


@pytest.mark.parametrize("name", ["line", "saturating", "logistic"])
def test_each_curve_is_chosen_for_a_path_of_its_own(name):
    at = {"line": (1.0, 0.2), "saturating": (0.5, 2.0, 0.6), "logistic": (3.0, 1.2, 6.0)}[name]
    months = np.arange(156)
    noise = 0.01 * np.random.default_rng(1).standard_normal(156)
    found = fitted(CURVES[name]((months + 0.5) / 12.0, *at) + noise)
    assert min(found, key=lambda k: found[k]) == name
    assert aicc(1.0, 5, 4) == np.inf


def test_watching_changes_nothing(plan):
    watched, plain = run_watched(plan, 0, (Leaving(0),)), run_replication(plan, 0, synergy=False)
    assert all(np.array_equal(watched.series[n], plain.series[n], equal_nan=True) for n in plain.series)
    assert watched.tables["deals"].equals(plain.tables["deals"])


def test_those_who_leave_by_choice_are_all_found(plan):
    leaving = Leaving(0)
    tables = run_watched(plan, 1, (leaving,)).tables["memberships"]
    total = plan.burn_in + plan.months
    left = [(w, m) for w, m in zip(tables["why_left"].to_pylist(), tables["left"].to_pylist(), strict=True) if w == "choice"]
    assert 0 < leaving.exits.sum() <= len(left)
    assert leaving.exits.sum() >= 0.9 * sum(m > 0 for _, m in left)
    assert leaving.months.sum() > 20 * total


def test_utility_falls_by_attention_with_every_membership(plan):
    from sim.engine import advance, build

    world = build(plan, 0)
    advance(world)
    before = utilities(world)
    row = int(np.flatnonzero(np.isfinite(before).sum(axis=1) == 1)[0])
    slot = int(np.flatnonzero(np.isfinite(before[row]))[0])
    free = int(np.flatnonzero(world.memberships.network[row] < 0)[0])
    world.memberships.network[row, free] = int(world.memberships.network[row, slot])
    cost = world.parameters["membership"].attention * world.partners.taste[row]
    assert utilities(world)[row, slot] == pytest.approx(before[row, slot] - cost)


def test_a_capped_run_has_nobody_in_two_networks(plan):
    series = run_watched(plan, 0, hand=panel.cap_at_one).series
    assert (series["multi_homers_share"] == 0.0).all()
    assert (series["members_share"] > 0.1).any()


@pytest.mark.parametrize("outcomes", [panel.PANEL, synergy.SYNERGY, lot.ENROLLED, lot.SECOND], ids=lambda o: o.name)
def test_every_measure_gives_every_column_and_the_same_again(outcomes):
    plan = load("baseline", {"population.partners": 80, "months": 26, "burn_in_months": 3}).plan
    one, again = outcomes.measure(plan, 0), outcomes.measure(plan, 0)
    assert set(one) == {c.name for c in outcomes.columns}
    assert all(np.array_equal(one[k], again[k], equal_nan=True) for k in one)
    assert sum(np.isfinite(v) for v in one.values()) > 0.3 * len(one)


def test_the_lot_enrols_whom_it_draws_and_nobody_else():
    plan = load("baseline", {"population.partners": 120, "months": 30, "burn_in_months": 3}).plan
    world = lot.until_the_lot(plan, 0)
    before = (world.memberships.network >= 0).sum()
    own = lot.hosts_network(world)
    firms = lot.population(world, lambda rows, first: own[first] >= 0)
    drawn = lot.draw_lots(world, firms, 4, 0.1)
    assert 0.2 < (drawn >= 0).mean() < 0.6
    some = lot.follow(
        world, firms, 0.1, lambda r, v: [lot.open_to(world, r, np.array([own[v]]))], lambda rows: np.zeros((rows.size, 1)), 0
    )
    after = (world.memberships.network >= 0).sum()
    assert after - before == some[0].enrolled > 0


def test_the_effect_of_a_lot_is_what_it_moves_over_what_it_adds():
    yes, no = np.array([True, True, False, False]), np.array([False, False, True, True])
    change, warmer = np.array([0.3, 0.1, 0.1, -0.1]), np.array([0.4, np.nan, 0.1, 0.1])
    found = lot._effect(yes, no, change, warmer, np.array([1.0, 0.6, 0.4, 0.2]))
    assert found == pytest.approx((0.2 / 0.5, 0.3 / 0.5, 0.2, 0.5, 2.0))
    assert np.isnan(lot._effect(yes, no, change, warmer, np.zeros(4)).wallet)  # the lot moved nobody into anything
    assert np.isnan(lot._effect(yes, ~yes & False, change, warmer, np.ones(4)).moved)


def test_wallets_count_those_who_bought_nothing_as_zero(plan):
    from sim.engine import build

    world = build(plan, 0)
    rows = np.array([0, 1])
    world.relations.bought_year[rows] = 0.0
    world.relations.bought_year[0, 2:4] = (3.0, 1.0)
    assert lot.wallets(world, rows, np.array([2, 2])).tolist() == [0.75, 0.0]


def test_halves_split_at_the_median_and_yes_no_at_the_middle():
    high, low = synergy.halves(np.array([1.0, 2.0, 3.0, np.nan]))
    assert high.tolist() == [False, False, True, False]
    assert low.tolist() == [True, True, False, False]
    yes, no = synergy.halves(np.array([0.0, 1.0, 1.0]))
    assert (yes.sum(), no.sum()) == (2, 1)


def test_embedded_firms_are_those_above_the_median_of_repeat_work():
    firms = range(10, 34)
    rows = []
    for n, a in enumerate(firms):
        partners = [1000 + a] * 3 if n % 2 else [2000 + 3 * a + k for k in range(3)]
        rows += [(a, p, 30 + k, True, None, 0.5, 0, 0.5) for k, p in enumerate(partners)]
    years = pa.table(
        {
            "month": [35] * 24 + [59] * 24,
            "partner": list(firms) * 2,
            "revenue": [100.0] * 24 + [80.0 if n % 2 else 110.0 for n in range(24)],
        }
    )
    deals = deals_of(rows)
    assert embedded_growth_gap(deals, pairs_of(deals), years, 60) == pytest.approx(np.log(0.8) - np.log(1.1))
