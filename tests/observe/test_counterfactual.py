"""The branch in which sampled alliances are forbidden."""

import numpy as np
import pytest

from sim.month import advance
from sim.observe import counterfactual
from sim.observe.counterfactual import Counterfactual
from sim.observe.run import run_replication
from sim.state.ties import ACQUAINTANCE
from tests.analytic.plans import after, built, differing_columns, small_plan


@pytest.fixture(scope="module")
def world():
    return after(built(small_plan(partners=120)), 18)


def test_no_firm_is_in_two_sampled_alliances(world):
    """At most 5 % of 120 partners, so three pairs of six firms, all allied at the time."""
    rows = counterfactual.sample_alliances(world)
    assert rows.size == 3
    assert np.all(world.ties.form[rows] > ACQUAINTANCE)
    ends = np.concatenate([world.ties.a[rows], world.ties.b[rows]])
    assert np.unique(ends).size == 6


def test_a_branch_that_bars_nobody_is_the_run(world):
    """The same numbers are drawn."""
    one, other = world.copy(), world.copy()
    counterfactual.bar(other, np.zeros(0, np.int64))
    for _ in range(6):
        advance(one)
        advance(other)
    assert not differing_columns(one, other)


def test_barred_pairs_never_work_together_again(world):
    """Deals under way at the branch are delivered; none is begun after, though the run goes on with some."""
    compared = Counterfactual(world)
    run, branch = world.copy(), compared.branch
    barred = np.flatnonzero(branch.ties.barred)
    pairs = {(int(branch.ties.uid_a[t]), int(branch.ties.uid_b[t])) for t in barred}
    before = set(world.projects.uid[world.projects.used].tolist())
    again = {"run": 0, "branch": 0}
    for _ in range(24):
        compared.step(run) if not advance(run) else None
        for name, w in (("run", run), ("branch", branch)):
            projects = w.projects
            for p in np.flatnonzero(projects.used):
                owner = int(projects.member_uid[p, 0])
                allies = [int(uid) for uid in projects.member_uid[p, 1:] if uid >= 0]
                if int(projects.uid[p]) not in before:
                    again[name] += sum((min(owner, x), max(owner, x)) in pairs for x in allies)
    assert again["branch"] == 0
    assert again["run"] > 0
    assert np.all(branch.ties.form[branch.ties.barred] == ACQUAINTANCE)


def test_the_run_itself_is_untouched_by_its_branch():
    """Series are equal with and without it, its own aside."""
    plan = small_plan(partners=60, months=26)
    with_branch, without = (run_replication(plan, 0, synergy=s).series for s in (True, False))
    assert np.isnan(without["paired_profit"]).all()
    assert np.isfinite(with_branch["paired_profit"]).sum() == 24
    for name, path in without.items():
        if name not in counterfactual.NAMES:
            np.testing.assert_array_equal(path, with_branch[name])


def test_profit_is_margin_less_overhead(world):
    """A firm that earns 10,000 more a month shows 10,000 more margin and profit; one that left shows nothing."""
    changed = world.copy()
    uid = world.partners.uid[world.partners.alive][:2]
    row = int(np.flatnonzero(world.partners.uid == uid[0])[0])
    changed.partners.margin_month[row] += 10_000.0
    before, now = counterfactual.earned(world, uid), counterfactual.earned(changed, uid)
    assert (now[0] - before[0], now[1] - before[1]) == (pytest.approx(10_000.0), pytest.approx(10_000.0))
    changed.partners.alive[:] = False
    assert counterfactual.earned(changed, uid) == (0.0, 0.0)


def test_the_tables_keep_both_profits_of_each_sampled_alliance():
    """One row an alliance that was sampled, nothing in the others, and their sums are those of the series."""
    result = run_replication(small_plan(partners=80, months=26), 0)
    table = result.tables["alliances"].to_pydict()
    kept = [(a, b) for a, b in zip(table["joint_profit"], table["joint_profit_without"], strict=True) if a is not None]
    assert sorted(kept) == sorted(map(tuple, result.pairs.tolist()))
    assert len(kept) < len(table["joint_profit"])
    late = slice(-counterfactual.MONTHS, None)
    sums = [np.nansum(result.series[name][late]) for name in ("paired_profit", "barred_profit")]
    assert np.sum(kept, axis=0) == pytest.approx(sums, rel=1e-9)
