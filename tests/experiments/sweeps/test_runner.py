"""The runner: through faults and interruptions to the same table; folders that exclude, resume, refuse and grow."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from experiments import sweep
from experiments.known_answers import with_columns
from experiments.outcomes import Outcome
from experiments.pool import StudyError
from experiments.sweep_faults import trial
from experiments.sweeps.batch import job_of, run_batch
from experiments.sweeps.lock import locked
from experiments.sweeps.record import read_record
from experiments.sweeps.store import Store, schema_of
from experiments.sweeps.study import study_of
from experiments.sweeps.subjects import FunctionSubject
from experiments.sweeps.sweeping import collect, run_study, status, table_of
from experiments.sweeps.tasks import Caps, Result, Task

HERE = "tests.experiments.sweeps.test_runner"


@with_columns(Outcome("level", "1", "a level"), Outcome("spread", "1", "unknown where x is 0"))
def pretend(settings, replication, seed):
    """A run that costs nothing, and now and then what a setting asks for."""
    x = settings["x"]
    if settings.get("say"):
        print("a run may print what it likes", flush=True)
    if settings.get("greed") == x:
        bytearray(3_000_000_000)
    if settings.get("fatal") == x:
        os._exit(7)
    if settings.get("wrong") == x:
        raise ArithmeticError("nothing\nadds up")
    return {"level": x + 10.0 * replication + (seed % 7) / 1000, "spread": math.nan if x == 0 else 1.0}


@with_columns(Outcome("level", "1", "a level"))
def scatter(settings, replication, seed):
    """Spread grows with x, and the fifth replication is an outlier."""
    return {"level": 10.0 + settings["x"] * math.sin(12.0 * replication) + (replication == 4) * settings["x"]}


def tree(function="pretend", values=(0, 1, 2, 3), count=3, settings=None, **sections):
    return {
        "schema_version": 1, "title": "Pretended", "function": f"{HERE}:{function}", "settings": settings or {},
        "levers": {"x": {"values": list(values)}}, "design": {"kind": "grid"}, "replications": {"count": count}, **sections,
    }  # fmt: skip


def study(*args, **kwargs):
    return study_of(tree(*args, **kwargs), Path("pretended.toml"))


def test_the_table_has_a_row_a_run_with_factors_and_outcomes(tmp_path):
    swept = sweep(tree(), tmp_path, workers=1)
    table = swept.pandas()
    assert table[["point", "replication", "x"]].values.tolist() == [[p, r, p] for p in range(4) for r in range(3)]
    assert table["level"].tolist() == [p + 10.0 * r for p in range(4) for r in range(3)]
    assert table["spread"].isna().tolist() == [True] * 3 + [False] * 9
    assert table["run"].nunique() == 12
    assert swept.table.schema.field("x").type == "int64"


def test_what_is_there_is_not_run_again_and_more_replications_are_added(tmp_path):
    run_study(study(count=2), tmp_path, workers=1)
    before = {p.name: p.read_bytes() for p in tmp_path.glob("*.parquet")}
    run_study(study(count=2), tmp_path, workers=1)
    assert {p.name: p.read_bytes() for p in tmp_path.glob("*.parquet")} == before
    grown = sweep(tree(count=3), tmp_path, workers=1)
    assert before.items() <= {p.name: p.read_bytes() for p in tmp_path.glob("*.parquet")}.items()
    whole = sweep(tree(count=3), tmp_path / "whole", workers=2)
    assert same(grown.table, whole.table)


def same(one, other):
    """Whether two tables are equal, values that are not known included."""
    return one.schema.equals(other.schema) and one.to_pandas().equals(other.to_pandas())


def test_a_sequence_is_extended_and_the_folder_remembers(tmp_path):
    small = {**tree(), "levers": {"x": {"low": 0.0, "high": 1.0}}, "design": {"kind": "sobol", "samples": 3}}
    sweep(small, tmp_path / "a", workers=1)
    grown = sweep(small, tmp_path / "a", workers=1, extend=4)
    assert grown.study.points == 7
    assert sweep(small, tmp_path / "a", workers=1).table.num_rows == 21
    whole = sweep({**small, "design": {"kind": "sobol", "samples": 7}}, tmp_path / "b", workers=1)
    assert whole.table.equals(grown.table)
    with pytest.raises(StudyError, match="--extend: a grid design has a fixed number of points"):
        run_study(study(), tmp_path / "c", extend=1)


def interrupt(progress):
    raise KeyboardInterrupt


def test_an_extension_that_was_interrupted_is_gone_on_with_and_a_finished_one_is_followed_by_another(tmp_path):
    small = {**tree(count=1), "levers": {"x": {"low": 0.0, "high": 1.0}}, "design": {"kind": "sobol", "samples": 3}}
    sweep(small, tmp_path, workers=1)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            sweep(small, tmp_path, workers=1, extend=4, tell=interrupt)
    with pytest.raises(StudyError, match=f"--extend 2: {tmp_path}: an extension by 4 samples is under way; finish it without"):
        sweep(small, tmp_path, workers=1, extend=2)
    assert sweep(small, tmp_path, workers=1, extend=4).study.points == 7
    assert sweep(small, tmp_path, workers=1, extend=4).study.points == 11
    with pytest.raises(KeyboardInterrupt):
        sweep(small, tmp_path, workers=1, extend=1, tell=interrupt)
    assert sweep(small, tmp_path, workers=1).study.points == 12
    assert sweep(small, tmp_path, workers=1, extend=1).study.points == 13


def test_runs_beyond_a_count_that_was_lowered_are_kept_and_count_nowhere(tmp_path):
    many, few = study(count=3), study(count=2)
    run_study(many, tmp_path / "a", workers=1)
    files = sorted(tmp_path.glob("a/*.parquet"))
    whole = status(many, tmp_path / "a")
    run_study(few, tmp_path / "a", workers=1)
    found = status(few, tmp_path / "a")
    assert (found.done, found.total, found.beyond) == (8, 8, 4)
    assert found.seconds == pytest.approx(whole.seconds * 8 / 12)
    run_study(few, tmp_path / "b", workers=1)
    for name in "ab":
        assert collect(few, tmp_path / f"{name}.parquet", tmp_path / name) == 8
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert same(table_of(few, tmp_path / "a"), table_of(few, tmp_path / "b"))
    assert sorted(tmp_path.glob("a/*.parquet")) == files
    assert status(many, tmp_path / "a")._replace(study=None) == whole._replace(study=None)


def test_a_folder_of_an_older_version_says_nothing_of_extensions_and_goes_on(tmp_path):
    run_study(study(), tmp_path, workers=1)
    kept = json.loads((tmp_path / "study.json").read_text())
    del kept["extending"]
    (tmp_path / "study.json").write_text(json.dumps(kept))
    assert status(run_study(study(count=4), tmp_path, workers=1), tmp_path).done == 16


def test_runs_that_raise_die_or_take_too_much_are_named_and_the_rest_is_run(tmp_path):
    limits = {"memory_mb_per_run": 500, "seconds_per_run": 60.0}
    settings = {"wrong": 1, "fatal": 2, "greed": 3, "say": True}
    swept = sweep(tree(values=range(6), count=1, settings=settings, limits=limits), tmp_path, workers=2)
    assert swept.table["x"].to_pylist() == [0, 4, 5]
    raised, died, greedy = swept.failed
    assert (raised.point, raised.kind, raised.stage, raised.reason) == (1, "raised", "run", "ArithmeticError: nothing adds up")
    assert 'raise ArithmeticError("nothing\\nadds up")' in raised.traceback
    assert (died.point, died.kind, died.stage) == (2, "killed its worker", "run")
    assert "exit status 7" in died.reason
    assert (greedy.point, greedy.kind) == (3, "took too much memory")
    assert greedy.reason == "MemoryError (memory_mb_per_run = 500)"
    assert "bytearray" in greedy.traceback


def test_failed_runs_stay_failed_until_they_are_to_be_retried(tmp_path):
    bad = tmp_path / "bad"
    bad.touch()
    asked = tree("moody", settings={"bad": str(bad)}, count=1)
    assert len(sweep(asked, tmp_path / "a", workers=1).failed) == 4
    bad.unlink()
    assert len(sweep(asked, tmp_path / "a", workers=1).failed) == 4
    again = sweep(asked, tmp_path / "a", workers=1, retry_failed=True)
    assert again.failed == []
    assert again.table.num_rows == 4


@with_columns(Outcome("level", "1", "a level"))
def moody(settings, replication, seed):
    if Path(settings["bad"]).exists():
        raise OSError("today not")
    return {"level": settings["x"]}


def test_a_function_that_cannot_be_loaded_by_a_worker_is_one_message(tmp_path):
    from experiments.sweeps.batch import BrokenSubjectError

    job = job_of(FunctionSubject("tests.nowhere:f"), "d", Caps())
    with pytest.raises(BrokenSubjectError, match="nowhere"):
        run_batch(job, [Task(0, 0, {"x": 1}, None)])


def test_a_folder_of_another_study_is_refused_and_what_differs_is_said(tmp_path):
    run_study(study(settings={"say": False}), tmp_path, workers=1)
    with pytest.raises(StudyError, match=r"holds runs of another study: settings\.say was false, is true"):
        run_study(study(settings={"say": True}), tmp_path, workers=1)
    kept = json.loads((tmp_path / "study.json").read_text())
    kept["versions"]["numpy"] = "1.0"
    (tmp_path / "study.json").write_text(json.dumps(kept))
    with pytest.raises(StudyError, match=r"version.numpy was \"1.0\", is"):
        run_study(study(settings={"say": False}), tmp_path, workers=1)


def test_two_sweeps_exclude_each_other_and_a_lock_ends_with_its_holder(tmp_path):
    hold = "import sys, time; from pathlib import Path; from experiments.sweeps.lock import locked\nwith locked(Path(sys.argv[1])): print(1, flush=True); time.sleep(60)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    other = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, env=environment)
    assert other.stdout.readline() == b"1\n"
    with pytest.raises(StudyError, match=f"another sweep is at work here \\(process {other.pid} on"):
        run_study(study(), tmp_path, workers=1)
    other.kill()
    other.wait()
    with locked(tmp_path):
        pass
    assert run_study(study(), tmp_path, workers=1)


def test_the_collected_file_is_the_same_whatever_the_chunks(tmp_path):
    sweep(tree(count=2), tmp_path / "a", workers=1)
    sweep(tree(count=4), tmp_path / "a", workers=2)
    sweep(tree(count=4), tmp_path / "b", workers=1)
    for name in "ab":
        assert collect(study(count=4), tmp_path / f"{name}.parquet", tmp_path / name) == 16
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert pq.read_schema(tmp_path / "a.parquet").field("level").metadata[b"unit"] == b"1"


def test_a_table_may_be_csv_and_a_name_that_says_neither_is_refused(tmp_path):
    sweep(tree(count=1), tmp_path / "a", workers=1)
    assert collect(study(count=1), tmp_path / "a.csv", tmp_path / "a") == 4
    head, first, *rest = (tmp_path / "a.csv").read_text().splitlines()
    assert head == '"point","replication","run","x","level","spread"'
    assert first.startswith('0,0,"')
    assert len(rest) == 3
    with pytest.raises(StudyError, match=r"a\.xlsx: expected a name that ends in \.parquet or \.csv"):
        collect(study(count=1), tmp_path / "a.xlsx", tmp_path / "a")


def test_studies_given_as_dicts_have_folders_and_messages_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one, other = (
        {**tree(count=1, settings={"say": say}), "title": title} for say, title in ((True, "One study!"), (False, "Another"))
    )
    assert sweep(one, workers=1).folder == Path("results/sweeps/one-study")
    assert sweep(other, workers=1).folder == Path("results/sweeps/another")
    assert read_record(Path("results/sweeps/another")).path == ""
    with pytest.raises(StudyError, match=r"^study: design\.kind: expected one of these names"):
        sweep({**one, "design": {"kind": "gird"}})


def test_drafts_and_series_without_their_chunk_do_not_count(tmp_path):
    swept = sweep(tree(), tmp_path, workers=1)
    (tmp_path / ".runs-000002.parquet.7.tmp").write_bytes(b"PAR1")
    (tmp_path / "series-000009.parquet").write_bytes(b"PAR1")
    assert swept.table.num_rows == 12
    run_study(study(), tmp_path, workers=1)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", "runs-000001.parquet", "study.json"]


def test_series_stand_beside_the_runs_by_month(tmp_path):
    store = Store(tmp_path, schema_of(study().factors, pretend.columns, "d"))
    store.append([Result(Task(p, 0, {}, None, (p,)), "r", (1.0, 2.0), {"staff": [p, p + 0.5]}, None, 0.1) for p in (1, 0)])
    assert store.rows(0, 2, series=True).to_pydict() == {
        "point": [0, 0, 1, 1], "replication": [0] * 4, "month": [0, 1, 0, 1], "staff": [0.0, 0.5, 1.0, 1.5],
    }  # fmt: skip


ADAPTIVE = {"replications": {"least": 4, "most": 20, "half_width": {"level": 0.6}}}


def test_replications_are_added_until_the_interval_is_narrow_or_there_are_most(tmp_path):
    swept = sweep({**tree("scatter", values=(0, 1, 30)), **ADAPTIVE}, tmp_path / "a", workers=2)
    counts = swept.pandas().groupby("x").size().to_dict()
    assert counts[0] == 4
    assert 4 < counts[1] < 20
    assert counts[30] == 20
    assert status(swept.study, tmp_path / "a").total == sum(counts.values())
    looser = {"replications": {"least": 4, "most": 20, "half_width": {"level": 5.0}}}
    sweep({**tree("scatter", values=(0, 1, 30)), **looser}, tmp_path / "b", workers=1)
    resumed = sweep({**tree("scatter", values=(0, 1, 30)), **ADAPTIVE}, tmp_path / "b", workers=1)
    assert resumed.table.equals(swept.table)


def test_a_disturbed_sweep_gives_the_table_of_one_left_in_peace(tmp_path):
    found = trial(tmp_path, runs=160, seconds=0.03, coordinators=1, workers=4)
    assert found.passed, found
    assert (found.coordinators_killed, found.full_disks) == (1, 1)
    assert found.workers_killed >= 2


@pytest.mark.slow
def test_real_runs_are_the_same_on_one_worker_and_on_two(tmp_path):
    real = {
        "schema_version": 1, "title": "Real", "scenario": "baseline", "settings": {"population": {"partners": 60}, "months": 6},
        "uncertainties": {"demand": {"load": {"low": 0.7, "high": 1.1}}}, "levers": {"switches": {"habit": [True, False]}},
        "design": {"kind": "sobol", "samples": 3}, "replications": {"count": 2}, "series": ["memberships_per_partner"],
    }  # fmt: skip
    one, two = (sweep(real, tmp_path / str(n), workers=n) for n in (1, 2))
    assert same(one.table, two.table)
    assert one.series.equals(two.series)
    assert one.series.num_rows == 6 * 42


def test_a_process_that_was_ended_is_not_ended_again_and_a_new_one_takes_its_place():
    from experiments.sweeps import batch

    job, task = job_of(FunctionSubject(f"{HERE}:pretend"), "d", Caps()), Task(0, 0, {"x": 1}, None)
    assert run_batch(job, [task])[0].values == (1.0, 1.0)
    batch.begin_all()
    first = os.open(os.devnull, os.O_RDONLY)  # takes a number that the process had
    second = os.open(os.devnull, os.O_RDONLY)
    assert run_batch(job, [task])[0].values == (1.0, 1.0)
    batch.begin_all()
    os.close(first)
    os.close(second)
