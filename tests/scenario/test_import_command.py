"""The import on the command line: what it prints, how it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, str(ROOT / "run_sim.py"), *arguments]
    return subprocess.run(call, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def test_an_import_ends_with_the_command_that_runs_it(tmp_path):
    """It shows columns, what is real, what is drawn, and where the scenario lies, which is then right."""
    (tmp_path / "my partners.csv").write_text("Firm,Headcount,Mood\nA,3,good\nB,,\n")
    done = command("import", "my partners.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "name from Firm, staff from Headcount; not used: Mood." in done.stdout
    assert done.stdout.splitlines()[-1] == "Next: channel-sim run my_partners.toml"
    assert command("check", "my_partners.toml", cwd=tmp_path).returncode == 0


def test_columns_and_bad_rows_are_listed_before_the_error(tmp_path):
    """What each column was taken for, then a line for each bad row; status 2, nothing written."""
    (tmp_path / "p.csv").write_text("name,staff\nA,x\nB,1\n,2\n")
    done = command("import", "p.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert lines[0] == "Columns of partners (p.csv): name, staff."
    assert [line.split(":")[0] for line in lines[1:]] == ["p.csv, line 2", "p.csv, line 4", "error"]
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]
    skipped = command("import", "p.csv", "--skip-bad-rows", "--name", "one", cwd=tmp_path)
    assert (skipped.returncode, "Traceback" in skipped.stderr) == (2, False), "one partner is not enough"


@pytest.mark.parametrize(
    "arguments", [(), ("nowhere.csv",), ("--name", "x"), ("p.csv", "--out", "p.csv"), ("p.csv", "--title", "")]
)
def test_what_cannot_be_imported_is_refused_in_one_line(arguments, tmp_path):
    """One message, status 2, no traceback."""
    (tmp_path / "p.csv").write_text("name\nA\nB\n")
    done = command("import", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]
