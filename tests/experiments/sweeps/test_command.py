"""The commands sweep and collect: what they say, what they return, and what they leave behind."""

import signal

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from experiments.known_answers import with_columns
from experiments.outcomes import Outcome
from experiments.pool import StudyError
from run_sim import app

STUDY = """\
schema_version = 1
title = "Waves"
function = "experiments.sweep_cluster:wave"

[settings]
seconds = 0.0

[uncertainties]
x = { low = 0.0, high = 6.0 }

[design]
kind = "sobol"
samples = 4

[replications]
count = 2
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waves")
    (folder / "waves.toml").write_text(STUDY, encoding="utf-8")
    assert call("sweep", folder / "waves.toml", "--out", folder / "out", "--workers", 1).exit_code == 0
    return folder


def call(*words):
    return CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=True)


def test_a_sweep_ends_with_what_was_done_and_where_the_report_is(place):
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    done = call("sweep", place / "waves.toml", "--out", place / "out")
    assert signal.signal(signal.SIGTERM, before) is signal.SIG_DFL  # nothing of the sweep is left in the process
    assert "8 of 8 runs done, 0 failed." in done.output
    assert f"Report: {place / 'out' / 'report.html'}" in done.output
    assert "\ny: no indices: " in done.output  # the report's answer
    assert (place / "out" / "report.html").stat().st_size > 4_000_000


def test_status_and_collect_also_take_the_folder(place):
    assert "8 of 8 runs done" in call("sweep", place / "out", "--status").output
    said = call("collect", place / "out", "-o", place / "t.parquet").output
    assert said == f"{place / 't.parquet'}: 8 rows; 8 of 8 runs done, 0 failed.\n"
    assert pq.read_table(place / "t.parquet").column_names == ["point", "replication", "run", "x", "y"]


def test_one_run_can_be_done_again_and_gives_the_value_of_the_table(place):
    shown = call("sweep", place / "out", "--run", "3:1").output
    row = pq.read_table(place / "out" / "runs-000001.parquet").to_pylist()[7]
    assert (row["point"], row["replication"]) == (3, 1)
    assert f"y: {row['y']:.6g}" in shown
    assert isinstance(call("sweep", place / "out", "--run", "4:0").exception, StudyError)


def test_a_dry_run_says_runs_time_disk_and_memory_and_writes_nothing(place):
    said = call("sweep", place / "waves.toml", "--out", place / "dry", "--dry-run").output
    for word in ("Runs:   8: 4 points (sobol, 1 factors) x 2 replications", "Time:   about", "Disk:   about", "Memory: about"):
        assert word in said
    assert not (place / "dry").exists()


def test_an_extension_is_foreseen_and_said_before_it_runs(place):
    out = ("--out", place / "out", "--workers", 1)
    assert "Runs:   none: all 8 were run" in call("sweep", place / "waves.toml", *out, "--dry-run").output
    said = call("sweep", place / "waves.toml", *out, "--extend", 3, "--dry-run").output
    assert "Runs:   6 more, 8 are there: 7 points (sobol, 1 factors) x 2 replications" in said
    (place / "grown").mkdir()
    for file in (place / "out").glob("*.*"):
        (place / "grown" / file.name).write_bytes(file.read_bytes())
    out = ("--out", place / "grown", "--workers", 1, "--no-report")
    kept = (place / "grown" / "study.json").read_text()
    (place / "grown" / "study.json").write_text(
        kept.replace('"samples": 4', '"samples": 7').replace('"extending": 0', '"extending": 3')
    )
    said = call("sweep", place / "waves.toml", *out, "--extend", 3).output
    assert "Waves: 7 points in" in said
    assert "The extension by 3 samples that was begun goes on; no more are added." in said
    assert "Waves: 9 points in" in call("sweep", place / "waves.toml", *out, "--extend", 2).output
    assert "y: " in call("sweep", place / "waves.toml", *out, "--run", "8:0").output


@with_columns(Outcome("y", "1", "a text where x is 1, nothing where it is 2"))
def moody(settings, replication, seed):
    if settings["x"] >= settings["most"]:
        raise MemoryError
    return {"y": "high" if settings["x"] == 1 else 3.0}


def test_what_failed_is_said_last_by_collect_and_by_the_run_itself(tmp_path):
    path = tmp_path / "moody.toml"
    text = STUDY.split("[settings]")[0].replace("experiments.sweep_cluster:wave", f"{__name__}:moody")
    text += '[settings]\nmost = 2\n[levers]\nx = [0, 1, 2]\n[design]\nkind = "grid"\n[replications]\ncount = 2\n'
    path.write_text(text, encoding="utf-8")
    out = ("--out", tmp_path / "out")
    done = call("sweep", path, *out, "--workers", 1)
    assert done.exit_code == 0
    again = f"channel-sim sweep {path} --out {tmp_path / 'out'} --retry-failed"
    assert done.output.splitlines()[-1] == f"4 of 6 runs failed and are in no table; run them again: {again}"
    assert "point 2, replication 1 took too much memory at run: MemoryError\n" in done.output
    assert call("collect", path, *out, "-o", tmp_path / "t.parquet").output.endswith(": 2 rows; 2 of 6 runs done, 4 failed.\n")
    reason = "point 1, replication 0 raised at run: ValueError: could not convert string to float: 'high'"
    assert reason in done.output
    alone = call("sweep", path, *out, "--run", "1:0")
    assert isinstance(alone.exception, StudyError)
    assert str(alone.exception) == reason
    path.write_text(text.replace("most = 2", "most = 0"), encoding="utf-8")
    failed = call("sweep", path, "--out", tmp_path / "none", "--workers", 1)
    assert "all 6 runs failed, so there is nothing to report" in str(failed.exception)


def test_a_mistake_leaves_nothing_behind(place):
    (place / "wrong.toml").write_text(STUDY.replace("samples = 4", "sampels = 4"), encoding="utf-8")
    failed = call("sweep", place / "wrong.toml", "--out", place / "wrong")
    assert isinstance(failed.exception, StudyError)
    assert 'design.sampels: unknown key, did you mean "samples"' in str(failed.exception)
    assert not (place / "wrong").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--status", "--report"), "--status and --report: each is done instead of running; give one at a time"),
        (("--point", 0, "--run", "0:0"), "--run and --point: each is done instead of running; give one at a time"),
        (("--status", "--extend", 3), "--extend beside --status: nothing would be run, so leave one of them out"),
        (("--report", "--retry-failed"), "--retry-failed beside --report: nothing would be run, so leave one of them out"),
    ],
)
def test_what_would_be_ignored_is_refused(words, says, place):
    assert str(call("sweep", place / "out", *words).exception) == says


def test_point_0_is_a_point_and_a_dry_run_may_foresee_an_extension(place):
    """A point is asked for by its number, of which 0 is one."""
    assert "of a study of a scenario" in str(call("sweep", place / "out", "--point", 0).exception)
    assert call("sweep", place / "out", "--dry-run", "--extend", 3).exit_code == 0
