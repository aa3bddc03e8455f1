"""Results in Python: what the README shows works, and agrees with what runs leave on disk."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.runner import run_replications
from sim import ChannelModel, Results, Scenario, ScenarioError, simulate

ROOT = Path(__file__).resolve().parent.parent.parent
SMALL = {"population.partners": 30, "months": 3, "burn_in_months": 1}


def test_results_in_memory_are_those_on_disk(tmp_path):
    """Tables, verdict and screen of ``simulate`` are those of the folder that a run of the same scenario leaves."""
    scenario = Scenario.load("quick", SMALL)
    told: list[tuple[int, int]] = []
    results = simulate(scenario, replications=2, progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 8) for n in range(1, 9)]
    run_replications(scenario.plan, scenario.digest(), 2, tmp_path / "there", scenario=scenario.as_json())
    kept = Results.read(tmp_path / "there")
    for name in ("series", "deals", "memberships"):
        assert results.pandas(name).equals(kept.pandas(name))
        assert results.table(name).schema.equals(kept.table(name).schema, check_metadata=True)
    assert set(results.table("deals").column("replication").to_pylist()) == {0, 1}
    assert str(kept) == str(results) + f"Results: {tmp_path / 'there'}\n"
    assert results.verdict.replications == 2
    assert repr(results) == "<Results of 'Quick look', 2 replications>"
    with pytest.raises(KeyError, match="there are series"):
        results.table("deal")


def test_tables_come_as_pandas_too():
    """A table comes as a DataFrame with the same columns."""
    frame = simulate(Scenario.load("quick", SMALL).plan).pandas("series")
    assert list(frame.columns[:2]) == ["replication", "month"]
    assert len(frame) == 4


def test_wrong_names_are_refused():
    """An unknown scenario, no replications and a folder without results are refused."""
    with pytest.raises(ScenarioError, match="did you mean"):
        simulate("basline")
    with pytest.raises(ValueError, match="at least 1"):
        simulate(Scenario.load("quick"), replications=0)
    with pytest.raises(ScenarioError, match="no such folder"):
        Results.read("nowhere")



def test_the_example_of_the_readme_is_ten_lines_and_runs(tmp_path):
    """The README's Python example has at most ten lines, runs as it stands but smaller, and is typed."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(code.splitlines()) <= 10
    small = code.replace('"quick", {', '"quick", {"population.partners": 30, "months": 3, ')
    assert small != code
    done = subprocess.run(
        [sys.executable, "-c", small], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "1 + 1" in done.stdout
    assert ChannelModel.__module__ == "sim.model"
