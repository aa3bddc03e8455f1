"""Running arms: kept, resumed, shared between studies, and the same whatever the workers and the order."""

import math
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from experiments import arms as arms_module
from experiments.arms import code_of, plan_digest, run_arms, values_of
from experiments.chunks import MANY, ChunkStore
from experiments.coefficients import with_values
from experiments.outcomes import Outcome, Outcomes
from sim.scenario import load

TINY = {"population.partners": 60, "months": 6, "burn_in_months": 0}
RAN: list[tuple[float, int]] = []


@pytest.fixture(scope="module")
def plan():
    return load("baseline", TINY).plan


@pytest.fixture(autouse=True)
def _nothing_ran_and_nothing_compiles(monkeypatch):
    RAN.clear()
    monkeypatch.setattr(arms_module, "compile_once", lambda plan, say: None)


def pretend(plan, replication):
    """A run that costs nothing: attention and replication, and a value that is not known."""
    RAN.append((plan.parameters["membership"].attention, replication))
    return {"level": plan.parameters["membership"].attention + 10.0 * replication, "unknown": math.nan}


def break_down(plan, replication):
    if replication == 2:
        raise ArithmeticError("nothing adds up")
    return pretend(plan, replication)


COLUMNS = (Outcome("level", "1", "a level"), Outcome("unknown", "1", "not known"))
PRETENDED = Outcomes("pretended", COLUMNS, pretend)
BREAKING = Outcomes("breaking", COLUMNS, break_down)


def two(plan):
    return {"base": plan, "double": with_values(plan, {"membership.attention": 2.0 * plan.parameters["membership"].attention})}


def test_the_table_holds_arms_in_their_order_and_replications_within(plan, tmp_path):
    table = run_arms(two(plan), range(3), PRETENDED, tmp_path)
    assert table.column("arm").to_pylist() == ["base"] * 3 + ["double"] * 3
    assert table.column("replication").to_pylist() == [0, 1, 2, 0, 1, 2]
    assert values_of(table, "double", "level").tolist() == [0.024, 10.024, 20.024]


def test_what_has_been_run_is_not_run_again_and_other_studies_share_it(plan, tmp_path):
    first = run_arms({"base": plan}, range(2), PRETENDED, tmp_path)
    RAN.clear()
    table = run_arms({"same thing": plan._replace(title="another name"), **two(plan)}, range(3), PRETENDED, tmp_path)
    assert sorted(RAN) == [(0.012, 2), (0.024, 0), (0.024, 1), (0.024, 2)]
    assert values_of(table, "same thing", "level").tolist()[:2] == values_of(first, "base", "level").tolist()


def test_a_failed_run_is_named_and_what_was_finished_is_kept(plan, tmp_path):
    with pytest.raises(arms_module.RunFailedError, match="arm 'base', replication 2: ArithmeticError: nothing adds up"):
        run_arms({"base": plan}, range(4), BREAKING, tmp_path)
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    RAN.clear()
    run_arms({"base": plan}, range(2), BREAKING, tmp_path)
    assert RAN == []


def test_progress_counts_what_was_there_already(plan, tmp_path):
    run_arms({"base": plan}, range(2), PRETENDED, tmp_path)
    told = []
    run_arms(two(plan), range(2), PRETENDED, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 4), (3, 4), (4, 4)]


def test_every_part_of_a_plan_but_its_title_is_in_its_digest(plan):
    others = [
        plan._replace(seed=2),
        plan._replace(months=7),
        plan._replace(switches=plan.switches._replace(habit=False)),
        with_values(plan, {"rules.form.setup_formal": 4001.0}),
        with_values(plan, {"policy.vendor.fee_per_month_usd": 1.0}),
        load("baseline", {**TINY, "events": [{"month": 1, "kind": "set_switch", "target": "habit", "value": False}]}).plan,
    ]
    assert len({plan_digest(p) for p in [plan, *others]}) == 1 + len(others)
    assert plan_digest(plan._replace(title="x")) == plan_digest(load("baseline", TINY).plan)


def test_rows_of_other_code_are_not_read(plan, tmp_path):
    run_arms({"base": plan}, range(1), PRETENDED, tmp_path)
    assert code_of(PRETENDED) in next(tmp_path.iterdir()).name
    next(tmp_path.iterdir()).rename(tmp_path / "pretended-0000000000000000")
    RAN.clear()
    run_arms({"base": plan}, range(1), PRETENDED, tmp_path)
    assert len(RAN) == 1


def test_a_chunk_says_units_and_a_torn_draft_is_never_read(tmp_path):
    store = ChunkStore(tmp_path, COLUMNS)
    store.append([("a", 0, {"level": 1.5, "unknown": math.nan})])
    (tmp_path / "torn.7.tmp").write_bytes(b"PAR1")
    assert store.read()["a", 0]["level"] == 1.5
    schema = pq.read_schema(next(tmp_path.glob("*.parquet")))
    assert schema.field("level").metadata[b"unit"] == b"1"


def filled(folder, chunks):
    store = ChunkStore(folder, COLUMNS)
    for n in range(chunks):
        store.append([("d", n, {"level": 0.1 * n, "unknown": math.nan})])
    return store


def test_many_chunks_are_merged_and_nothing_changes_or_is_lost(tmp_path):
    store = filled(tmp_path, MANY - 1)
    few = store.read()
    assert len(list(tmp_path.glob("*.parquet"))) == MANY - 1
    store = filled(tmp_path, MANY)
    assert len(list(tmp_path.glob("*.parquet"))) == MANY
    many = store.read()
    assert len(list(tmp_path.glob("*"))) == 1
    again = store.read()
    assert len(again) == MANY
    assert repr(sorted(again.items())) == repr(sorted(many.items()))
    assert repr(sorted(again.items())[: MANY - 1]) == repr(sorted(few.items()))


def test_a_kill_between_merging_and_removing_loses_and_doubles_nothing(tmp_path, monkeypatch):
    def killed(self, missing_ok=False):
        raise KeyboardInterrupt

    store = filled(tmp_path, MANY)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            store.read()
    assert len(list(tmp_path.glob("*.parquet"))) == MANY + 1
    assert sorted(store.read()) == [("d", n) for n in range(MANY)]
    assert len(list(tmp_path.glob("*.parquet"))) == 1


def test_a_chunk_that_another_writer_merged_meanwhile_is_read_from_the_merged_one(tmp_path, monkeypatch):
    store, other = filled(tmp_path, MANY), ChunkStore(tmp_path, COLUMNS)
    read_table, calls = pq.read_table, []

    def slow(path, schema):
        calls.append(path)
        if len(calls) == 3:
            other.read()
        return read_table(path, schema=schema)

    monkeypatch.setattr(pq, "read_table", slow)
    assert sorted(store.read()) == [("d", n) for n in range(MANY)]


@pytest.mark.slow
def test_real_runs_are_the_same_on_one_process_and_on_two_in_whatever_order(plan, tmp_path):
    from experiments.outcomes import HEADLINE

    here = run_arms(two(plan), range(2), HEADLINE, tmp_path / "one")
    there = run_arms(dict(reversed(two(plan).items())), [1, 0], HEADLINE, tmp_path / "two", workers=2)
    for arm in ("base", "double"):
        for outcome in HEADLINE.columns:
            assert repr(values_of(here, arm, outcome.name)[::-1].tolist()) == repr(values_of(there, arm, outcome.name).tolist())
