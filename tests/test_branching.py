"""Resuming and branching from the command line: what was done before is never done differently."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.test_command_line import TINY, command, refused, tables

BURN_IN, AT = 1, 4


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """A folder with a scenario of eight months, ``tiny.toml``, and its results, ``there``."""
    place = tmp_path_factory.mktemp("branching")
    (place / "tiny.toml").write_text(TINY.replace("months = 3", "months = 8", 1))
    run = command("run", "tiny.toml", "--out", "there", cwd=place)
    assert run.returncode == 0, run.stderr
    (place / "screen.txt").write_text(run.stdout)
    return place


def test_a_run_is_resumed_from_its_folder_alone(done, tmp_path):
    """What is missing is run from scenario.json alone; tables and screen are those of the first run."""
    shutil.copytree(done / "there", tmp_path / "there")
    shutil.rmtree(tmp_path / "there" / "replication-001")
    resumed = command("resume", "there", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout == (done / "screen.txt").read_text()
    assert tables(tmp_path / "there") == tables(done / "there")


def test_what_cannot_be_resumed_is_refused(done, tmp_path):
    """Damaged, older, or meaning something else: one message, nothing changed."""
    shutil.copytree(done / "there", tmp_path / "there")
    path = tmp_path / "there" / "scenario.json"
    kept = json.loads(path.read_text())
    for content, says in (
        ("{", "damaged"),
        (json.dumps({k: v for k, v in kept.items() if k != "written"}), "older version"),
        (json.dumps(kept | {"digest": "0" * 64}), "changed since"),
        (json.dumps(kept | {"written": {"folder": ".", "tree": {"months": "x"}}}), "scenario.json: "),
        (json.dumps(kept | {"written": {"folder": 3, "tree": []}}), "damaged"),
    ):
        path.write_text(content)
        refused(command("resume", "there", cwd=tmp_path), "scenario.json", says)


def test_a_branch_without_a_change_is_the_run(done, tmp_path):
    """A branch in which nothing changes gives the same tables, whether nothing is set or a value is set to what it is."""
    for name, more in (("none", ()), ("same", ("--set", "switches.habit=true"))):
        branch = command("branch", str(done / "there"), "--at", str(AT), *more, "--out", name, cwd=tmp_path)
        assert branch.returncode == 0, branch.stderr
        assert tables(tmp_path / name) == tables(done / "there")


@pytest.mark.parametrize("source", ["there", "tiny.toml"])
def test_a_branch_differs_from_its_month_on_and_not_before(done, tmp_path, source):
    """A change has no effect before its month and has one from then on; the branch is a scenario like any other."""
    call = ("branch", str(done / source), "--at", str(AT), "--set", "demand.load=2", "--replications", "1", "--out", "b")
    branch = command(*call, cwd=tmp_path)
    assert branch.returncode == 0, branch.stderr
    one, other = (pq.read_table(f / "replication-000" / "series.parquet") for f in (done / "there", tmp_path / "b"))
    before = BURN_IN + AT
    assert one.slice(0, before).to_pandas().equals(other.slice(0, before).to_pandas())
    assert one.column("demand_asked")[before] != other.column("demand_asked")[before]
    shown = command("diff", str(done / "there"), "b", cwd=tmp_path).stdout
    assert "Only in b: month 4: set_parameter, target demand.load, value 2" in shown
    again = command("resume", "b", cwd=tmp_path)
    assert again.stdout == branch.stdout


def test_results_of_another_version_are_not_branched(done, tmp_path):
    """Results of another version of the model are no place to branch from: the months before would differ."""
    shutil.copytree(done / "there", tmp_path / "there")
    path = tmp_path / "there" / "provenance.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model_code": "older"}))
    refused(command("branch", "there", "--at", "1", cwd=tmp_path), "another version")


def test_results_are_exported_and_an_unfinished_run_is_not(done, tmp_path):
    """Results become CSV files; a folder that holds something, or results without a replication, are refused."""
    exported = command("export", str(done / "there"), "--out", "csv", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert {"deals.csv", "series.csv", "columns.csv", "README.txt"} <= {p.name for p in (tmp_path / "csv").iterdir()}
    refused(command("export", str(done / "there"), "--out", "csv", cwd=tmp_path), "csv", "not empty", "--out")
    (tmp_path / "begun").mkdir()
    shutil.copy(done / "there" / "scenario.json", tmp_path / "begun")
    refused(command("export", "begun", "--out", "other", cwd=tmp_path), "no replication is finished", "resume begun")
    assert {p.name for p in tmp_path.iterdir()} == {"csv", "begun"}
