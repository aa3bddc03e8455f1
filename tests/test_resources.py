"""What happens when memory, disk or patience run short: one message, nothing half-written, what is finished is kept."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from experiments import memory, runner
from experiments.memory import fitting_workers, needed
from experiments.progress import PlainProgress
from experiments.runner import RunError, run_replications, write_file
from sim.observe import store
from sim.population import build
from sim.scenario import load
from sim.world import TABLES
from tests.test_command_line import ROOT

SMALL = {"population.partners": 30, "months": 3, "burn_in_months": 1}


def test_the_estimate_of_memory_covers_the_tables_and_grows_with_partners_months_and_workers():
    """The estimate is at least the tables of a new world, and proportional to what is asked."""
    plan = load("baseline", {"population.partners": 400, "months": 12}).plan
    world = build(plan, 0)
    tables = sum(column.nbytes for name in TABLES for column in getattr(world, name))
    alone = needed(plan) - memory.PROCESS
    assert tables < alone
    assert needed(plan, 3) == 3 * needed(plan)
    assert np.isclose(needed(plan._replace(partners=800)) - memory.PROCESS, 2 * alone)
    assert needed(plan._replace(months=24)) - needed(plan) == 12 * 400 * memory.RECORDING


def test_the_peak_of_a_process_is_its_own():
    """A small program begun by a large one reports its own peak; the large one reports at least what it holds."""
    held = np.ones(50_000_000)
    call = [sys.executable, "-c", "from experiments.memory import peak; print(peak())"]
    small = int(subprocess.run(call, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert held.nbytes < memory.peak()
    assert 10**6 < small < held.nbytes


MEASURE = """
import sys
from experiments.memory import peak
from sim.observe.run import run_replication
from sim.scenario import load
run_replication(load("baseline", {"population.partners": 3000, "months": 30, "burn_in_months": 6}).plan, 0, sys.argv[1])
print(peak())
"""


@pytest.mark.slow
def test_the_estimate_of_memory_is_near_what_a_run_takes(tmp_path):
    """The peak of a run of 3,000 partners over 36 months, written to disk, is within a fifth of the estimate."""
    calls = [[sys.executable, "-c", MEASURE, str(tmp_path / name)] for name in ("first", "second")]
    done = [subprocess.run(call, cwd=ROOT, check=True, capture_output=True, text=True) for call in calls]
    measured = min(int(one.stdout) for one in done)  # compiling, which the first may have to do, takes more
    plan = load("baseline", {"population.partners": 3000, "months": 30, "burn_in_months": 6}).plan
    assert 0.8 < needed(plan) / measured < 1.2


def test_as_many_workers_as_fit_and_no_more(monkeypatch):
    """Without a wish as many workers as fit; a wish or a scenario that does not fit is refused with a remedy."""
    plan = load("baseline").plan
    one = needed(plan)
    for free, asked, workers in ((10 * one, None, 4), (2.5 * one, None, 2), (3.5 * one, 3, 3), (None, None, 4), (None, 9, 9)):
        monkeypatch.setattr(memory, "available", lambda free=free: None if free is None else int(free))
        assert fitting_workers(plan, asked, 4) == workers
    monkeypatch.setattr(memory, "available", lambda: int(2.5 * one))
    with pytest.raises(RunError, match="--workers 2"):
        fitting_workers(plan, 3, 4)
    monkeypatch.setattr(memory, "available", lambda: int(0.6 * one))
    with pytest.raises(RunError, match=r"1,000 partners over 156 months need about .* GB .*population\.partners=") as refused:
        fitting_workers(plan, None, 4)
    most = int(str(refused.value).partition("population.partners=")[2].partition(")")[0])
    assert needed(plan._replace(partners=most)) <= 0.6 * one


def test_this_machine_says_how_much_memory_there_is():
    """The memory of this machine is a positive number of bytes."""
    assert memory.available() > 10**8


def full(*arguments, **more):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("above", ["there", "new/there"])
def test_a_full_disk_at_the_start_leaves_nothing(tmp_path, monkeypatch, above):
    """When not even the head of the results can be written, no file or folder is left."""
    scenario = load("quick", SMALL)
    monkeypatch.setattr(runner.os, "replace", full)
    with pytest.raises(RunError, match="No space left"):
        run_replications(scenario.plan, scenario.digest(), 1, tmp_path / above, scenario=scenario.as_json())
    with pytest.raises(RunError, match="No space left"):
        write_file(tmp_path / "schema.json", "text")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_during_the_run_keeps_what_is_finished(tmp_path, monkeypatch):
    """When a replication cannot be written, those before it stay, nothing of it is left, and the run goes on later."""
    scenario = load("quick", SMALL)
    run_replications(scenario.plan, scenario.digest(), 1, tmp_path / "there", scenario=scenario.as_json())
    with monkeypatch.context() as patch:
        patch.setattr(store.pq, "write_table", full)
        with pytest.raises(RunError, match=r"replication 1 .*No space left.*finished is kept"):
            run_replications(scenario.plan, scenario.digest(), 2, tmp_path / "there")
    assert sorted(p.name for p in (tmp_path / "there").iterdir()) == ["provenance.json", "replication-000", "scenario.json"]
    assert len(run_replications(scenario.plan, scenario.digest(), 2, tmp_path / "there")) == 2


def test_a_start_that_was_killed_between_two_files_does_not_block_the_folder(tmp_path):
    """A folder with scenario.json and a draft only, as a killed start leaves it, is used."""
    scenario = load("quick", SMALL)
    (tmp_path / "scenario.json").write_text("{}")
    (tmp_path / ".provenance.json.1.tmp").write_text("{")
    run_replications(scenario.plan, scenario.digest(), 1, tmp_path, scenario=scenario.as_json())
    assert '"written"' in (tmp_path / "scenario.json").read_text()


def test_output_that_cannot_be_printed_ends_without_a_traceback(tmp_path):
    """A full device as standard output ends with one message; a reader that goes away ends quietly."""
    call = [sys.executable, str(ROOT / "run_sim.py"), "show", "baseline"]
    with open("/dev/full", "w") as stream:
        done = subprocess.run(call, cwd=tmp_path, stdout=stream, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "No space left" in done.stderr
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(call, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode != 0
    assert done.stderr == ""


def test_plain_progress_says_the_time_left_from_what_this_run_did(capsys):
    """Each tenth is a line; the time left follows from the months done in this run, not from those found."""
    now = [0.0]
    progress = PlainProgress(clock=lambda: now[0])
    progress(50, 100)
    now[0] = 10.0
    progress(55, 100)
    progress(60, 100)
    assert capsys.readouterr().err == "simulating\n60 of 100 months in 10 s, about 40 s left\n"


def test_progress_begins_anew_when_there_is_more_to_do_than_was_known(capsys):
    """A second stage is told from its own start on."""
    now = 0.0
    progress = PlainProgress("runs", clock=lambda: now)
    for done in (0, 5, 10):
        now += 1.0
        progress(done, 10)
    for done in (10, 20, 30):
        now += 5.0
        progress(done, 30)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2:] == ["20 of 30 runs in 5 s, about 5 s left", "30 of 30 runs in 10 s, about 0 s left"]
