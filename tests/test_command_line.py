"""The command line: what it prints, where results go, how it refuses."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy import stats

from experiments.runner import RunError, check_folder, run_replications
from sim.scenario import load, shipped_names
from tests.scenario.malformed import CASES

ROOT = Path(__file__).resolve().parent.parent
TINY = 'extends = "baseline"\nmonths = 3\nburn_in_months = 1\nreplications = 2\n[population]\npartners = 30\nvendors = 3\n'
REFUSED = [
    "syntax: unclosed text",
    "syntax: lists nested 2,000 deep",
    "head: an empty file",
    "head: extends itself",
    "top: months as text",
    "top: unknown key with a near one",
    "sizes: a csv outside the folder",
    "sizes: skills and vendors over 62",
    "parameters: unknown parameter",
    "parameters: own rule that is not there",
    "actors: more networks than vendors",
    "events: unknown vendor",
    "events: event after the run",
]


def command(*arguments: str, cwd: Path, **more) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, str(ROOT / "run_sim.py"), *arguments]
    return subprocess.run(call, cwd=cwd, capture_output=True, text=True, timeout=300, check=False, **more)


@pytest.fixture
def tiny(tmp_path):
    """A scenario that runs in a second."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


def refused(done: subprocess.CompletedProcess[str], *fragments: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    for fragment in fragments:
        assert fragment in done.stderr


def test_without_arguments_it_says_what_it_does_and_how_to_begin(tmp_path):
    """Without arguments it says in a dozen lines what it does and names three commands to begin with."""
    done = command(cwd=tmp_path)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) <= 16
    assert done.stdout.count("  channel-sim ") == 3


COMMANDS = (
    "run", "list", "show", "diff", "check", "schema", "resume", "branch", "export", "validate", "hypotheses", "reference", "odd",
    "compare", "story", "account", "report", "verify", "sweep", "collect", "live", "replay",
)
ENGINE = ("sim", "experiments", "numpy", "numba", "mesa", "pyarrow")  # Typer itself may load pydantic
LIGHT = {
    "experiments", "experiments.commands", "experiments.watching", "experiments.comparison", "experiments.comparison.commands",
    "experiments.sweeps", "experiments.sweeps.command",
}  # declare commands and import nothing of the engine


@pytest.mark.parametrize("arguments", [(), ("--help",), *((name, "--help") for name in COMMANDS)])
def test_help_imports_no_engine_and_answers_at_once(arguments):
    """Asking for help imports neither the engine nor a heavy library, and takes less than half a second of processor time."""
    ask = (
        f"import sys, time, run_sim; sys.argv = ['channel-sim', *{arguments}]\n"
        "try: run_sim.main()\nexcept SystemExit: pass\n"
        f"print(sorted(m for m in set(sys.modules) - {LIGHT} if m.split('.')[0] in {ENGINE}), time.process_time())"
    )
    done = [subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(2)]
    loaded, seconds = done[0].stdout.splitlines()[-1].rsplit(maxsplit=1)
    assert loaded == "[]"
    assert min(float(seconds), float(done[1].stdout.split()[-1])) < 0.5


def test_every_option_is_in_the_help_with_its_default():
    """Help of a command names each option with what it is by default, or that it is required."""
    for name in COMMANDS:
        shown = " ".join(command(name, "--help", cwd=ROOT, env=os.environ | {"COLUMNS": "200"}).stdout.split())
        options = re.split(r" (?:-\w, )?--", shown.partition("Options:")[2])
        assert options.pop().startswith("help")
        assert all("[default: " in text or "required]" in text for text in options[1:]), f"{name}: {options}"


def test_all_commands_are_in_the_help():
    """Help without a command names all of them, each with one line that is not cut off."""
    lines = command("--help", cwd=ROOT, env=os.environ | {"COLUMNS": "80"}).stdout.partition("Commands:\n")[2].splitlines()
    assert set(COMMANDS) <= {line.split()[0] for line in lines}
    assert not [line for line in lines if line.endswith("...")]


def test_list_names_the_shipped_scenarios_with_title_and_question(tmp_path):
    """The list names the shipped scenarios, each with its title and its question."""
    done = command("list", cwd=tmp_path)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if line[0] != " "] == shipped_names()
    said = " ".join(done.stdout.split())
    for name in shipped_names():
        scenario = load(name)
        assert f"{name} {scenario.title} {' '.join(scenario.question.split())}" in said


def test_check_says_which_inputs_are_real_and_which_drawn(tmp_path):
    """A check of a scenario with real partners says which inputs are real and which are drawn, and writes nothing."""
    done = command("check", "opensearch_partners", cwd=tmp_path)
    assert done.returncode == 0
    assert "Real: name 101" in done.stdout
    assert "Drawn: staff 101" in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_scenario_ends_in_one_message_and_no_results(name, tmp_path):
    """A malformed scenario ends with status 2 and one message that names the file; no folder is made."""
    (tmp_path / "case.toml").write_bytes(CASES[name][0].encode())
    refused(command("run", "case.toml", "--out", "there", cwd=tmp_path), "case.toml")
    assert [p.name for p in tmp_path.iterdir()] == ["case.toml"]


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (("run", "basline"), ('did you mean "baseline"?',)),
        (("run", "nowhere.toml"), ("nowhere.toml", "no such file")),
        (("run",), ("SCENARIO",)),
        (("run", "tiny.toml", "--months", "many"), ("--months",)),
        (("run", "tiny.toml", "--months", "0"), ("--months",)),
        (("run", "tiny.toml", "--replications", "-1"), ("--replications",)),
        (("run", "tiny.toml", "--seed", "1.5"), ("--seed",)),
        (("run", "tiny.toml", "--workers", "0"), ("--workers",)),
        (("run", "tiny.toml", "--monts", "3"), ("--monts",)),
        (("run", "tiny.toml", "--set", "demand.load"), ("KEY=VALUE",)),
        (("run", "tiny.toml", "--set", "=3"), ("KEY=VALUE",)),
        (("run", "tiny.toml", "--set", "demand.lod=1"), ("--set demand.lod=1", 'did you mean "load"?')),
        (("run", "tiny.toml", "--set", "demand.load=much"), ("demand.load", "a number from")),
        (("check", "tiny.toml", "--set", "demand.load=9"), ("demand.load", "0.1 to 2")),
        (("frobnicate",), ("frobnicate",)),
        (("run", "tiny.toml", "--out", "tiny.toml"), ("tiny.toml", "not a folder", "--out")),
        (("run", "tiny.toml", "--out", "tiny.toml/below"), ("tiny.toml", "--out")),
        (("run", "tiny.toml", "--out", "."), ("other files", "--out")),
        (("run", "tiny.toml", "--set", "population.partners=2000000", "--months", "1200"), ("GB", "population.partners=")),
        (("run", "tiny.toml", "--set", "population.partners=2000", "--workers", "256", "--months", "600"), ("GB", "--workers")),
        (("show", "basline"), ('did you mean "baseline"?',)),
        (("diff", "tiny.toml"), ("B",)),
        (("diff", "tiny.toml", "nowhere"), ("nowhere",)),
        (("schema", "--out", "nowhere/schema.json"), ("nowhere/schema.json", "cannot be written", "--out")),
        (("schema", "--out", "."), ("cannot be written", "--out")),
        (("resume", "nowhere"), ("nowhere", "no such folder")),
        (("resume", "."), ("scenario.json", "folder that a run printed")),
        (("export", ".", "--out", "csv"), ("scenario.json", "folder that a run printed")),
        (("export", "."), ("--out",)),
        (("branch", "tiny.toml"), ("--at",)),
        (("branch", "tiny.toml", "--at", "3"), ("--at 3", "from 0 to 2")),
        (("branch", "tiny.toml", "--at", "1", "--set", "demand.lod=1"), ("--set demand.lod=1", 'did you mean "demand.load"?')),
        (("branch", "tiny.toml", "--at", "1", "--set", "habit=false"), ("--set habit=false", 'did you mean "switches.habit"?')),
        (("branch", "tiny.toml", "--at", "1", "--set", "months=9"), ("cannot change during a run",)),
        (("branch", "tiny.toml", "--at", "1", "--set", "vendors.list_margin=1"), ("vendors.all.list_margin",)),
        (("branch", "tiny.toml", "--at", "1", "--set", "vendors.Acm.list_margin=0.1"), ('no vendor "Acm"',)),
        (("branch", "tiny.toml", "--at", "1", "--set", "open_network=1"), ("[[events]]",)),
    ],
)
def test_what_is_wrong_with_a_command_ends_in_one_message(arguments, fragments, tiny):
    """Whatever is wrong with a command ends with status 2 and one message; nothing is written."""
    refused(command(*arguments, cwd=tiny.parent), *fragments)
    assert [p.name for p in tiny.parent.iterdir()] == ["tiny.toml"]


def tables(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.glob("replication-*/*.parquet"))}


def test_a_run_prints_its_answer_and_says_where_the_results_are(tiny):
    """A run prints its answer and where the results are; they hold the scenario, provenance and each replication."""
    done = command("run", "tiny.toml", "--seed", "7", "--set", "demand.load=0.9", cwd=tiny.parent)
    assert done.returncode == 0, done.stderr
    assert "loyalty" in done.stdout.lower()
    (folder,) = (tiny.parent / "results").iterdir()
    digest = load(tiny, {"seed": 7, "demand.load": 0.9}).digest()
    assert folder.name == f"tiny-{digest[:8]}-s7"
    assert f"results/{folder.name}" in done.stdout
    provenance = json.loads((folder / "provenance.json").read_text())
    assert (provenance["digest"], provenance["seed"]) == (digest, 7)
    assert provenance["command"][-1] == "demand.load=0.9"
    assert {"model_version", "python", "packages"} <= set(provenance)
    assert json.loads((folder / "scenario.json").read_text())["settings"]["parameters"]["demand"]["load"] == 0.9
    assert pq.read_table(folder / "replication-001" / "series.parquet").num_rows == 4


def test_the_figures_on_the_screen_are_those_of_the_series_files(tiny):
    """Means over the last year and Student's interval of the change, worked out from the Parquet files by hand."""
    tiny.write_text(TINY.replace("months = 3", "months = 24").replace("replications = 2", "replications = 3"))
    shown = command("run", "tiny.toml", "--out", "there", cwd=tiny.parent).stdout
    series = [pq.read_table(tiny.parent / f"there/replication-00{n}/series.parquet").to_pydict() for n in range(3)]

    def year(name, first):  # burn-in is 1 month, so the years compared are months 1-12 and 13-24
        return np.array([np.nanmean(one[name][first : first + 12]) for one in series])

    early, late = year("memberships_per_partner", 1), year("memberships_per_partner", 13)
    ratio = late.mean() / early.mean()  # of means, with the spread of the linearised ratio
    change = ratio - 1 + (late - ratio * early) / early.mean()
    half = stats.t.ppf(0.975, 2) * change.std(ddof=1) / np.sqrt(3)
    line = next(line for line in shown.splitlines() if line.startswith("all, per partner"))
    assert line.split()[3] == f"{late.mean():.2f}"
    assert f"{100 * change.mean():+.0f} % ({100 * (change.mean() - half):+.0f} to {100 * (change.mean() + half):+.0f})" in line
    assert f"share of wallet {100 * year('wallet_0', 13).mean():.1f} %" in shown
    assert f"HHI of their sales {year('vendor_hhi', 13).mean():.3f}" in shown
    assert f"Joint work: {100 * year('joint_share', 13).mean():.0f} %" in shown


def test_a_run_of_own_data_says_what_to_collect_next(tiny):
    """What was given and drawn, a ranking of what was drawn, and none on request."""
    (tiny.parent / "mine.csv").write_text("name,staff\n" + "".join(f"Firm {n},{n + 1}\n" for n in range(12)))
    tiny.write_text(TINY.replace("partners = 30", 'csv = "mine.csv"'))
    shown = command("run", "tiny.toml", "--out", "there", cwd=tiny.parent).stdout
    assert "Given: names, staff." in shown
    assert "\nvendors' terms" in shown
    assert "\nstaff " not in shown.partition("Share of the variance")[2]
    assert "Share of the variance" not in command("run", "tiny.toml", "--out", "there", "--no-rank", cwd=tiny.parent).stdout


def test_progress_is_plain_lines_unless_on_a_terminal(tiny):
    """Progress is told in plain lines to a file and by a bar on a terminal."""
    assert "of 8 months in" in command("run", "tiny.toml", "--workers", "1", cwd=tiny.parent).stderr
    outer, inner = pty.openpty()
    call = [sys.executable, str(ROOT / "run_sim.py"), "run", "tiny.toml", "--workers", "1", "--out", "other"]
    done = subprocess.run(call, cwd=tiny.parent, stdout=subprocess.DEVNULL, stderr=inner, timeout=300, check=False)
    os.close(inner)
    shown = os.read(outer, 100_000).decode(errors="replace")  # may end within a character
    os.close(outer)
    assert done.returncode == 0
    assert "\x1b[" in shown
    assert "months in" not in shown


def test_results_do_not_depend_on_workers_and_are_resumed(tiny, tmp_path):
    """Results are the same whatever the number of workers, and a second run adds only what is missing."""
    scenario = load(tiny)
    one, two = tmp_path / "one", tmp_path / "two"
    told: list[tuple[int, int]] = []
    run_replications(scenario.plan, scenario.digest(), 3, one, 1, lambda done, total: told.append((done, total)))
    assert (told[0], told[-1]) == ((0, 12), (12, 12))
    run_replications(scenario.plan, scenario.digest(), 1, two, 1)
    kept = (two / "replication-000" / "provenance.json").stat().st_mtime_ns
    folders = run_replications(scenario.plan, scenario.digest(), 3, two, 2)
    assert [f.name for f in folders] == ["replication-000", "replication-001", "replication-002"]
    assert (two / "replication-000" / "provenance.json").stat().st_mtime_ns == kept
    assert tables(one) == tables(two)


def test_a_folder_holds_the_results_of_one_scenario_and_one_version_only(tiny, tmp_path):
    """A folder with results of another scenario or of another version of the simulator is refused."""
    scenario = load(tiny)
    folder = tmp_path / "there"
    run_replications(scenario.plan, scenario.digest(), 1, folder)
    check_folder(folder, scenario.digest())
    with pytest.raises(RunError, match="another scenario"):
        check_folder(folder, load(tiny, {"seed": 2}).digest())
    refused(command("run", "tiny.toml", "--months", "2", "--out", "there", cwd=tmp_path), "there", "another scenario")
    head = folder / "provenance.json"
    head.write_text(json.dumps(json.loads(head.read_text()) | {"model_code": "older"}))
    with pytest.raises(RunError, match="another version"):
        check_folder(folder, scenario.digest())
    head.write_text("{")
    with pytest.raises(RunError, match="cannot be used"):
        check_folder(folder, scenario.digest())


def test_a_folder_that_cannot_be_written_is_refused(tiny):
    """A folder that cannot be made ends with status 2 and one message."""
    done = command("run", "tiny.toml", "--out", "/proc/nowhere", cwd=tiny.parent)
    assert done.returncode == 2
    assert done.stderr.startswith("error: /proc/nowhere: cannot be written")
    assert done.stderr.count("\n") == 1


FAILING = """
class Fails:
    def decide(self, table, chance):
        raise ZeroDivisionError("on purpose")
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_rule_that_fails_in_a_run_is_named_and_its_traceback_kept(tiny, workers):
    """A user's rule that fails during a run ends in one message that says where the traceback is."""
    (tiny.parent / "own_failing.py").write_text(FAILING)
    tiny.write_text(TINY + '[rules.influence]\nname = "own_failing:Fails"\n')
    done = command("run", "tiny.toml", "--workers", workers, "--out", "there", cwd=tiny.parent)
    assert done.returncode == 2
    assert "failed: ZeroDivisionError: on purpose" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    (kept,) = (tiny.parent / "there").glob("*.failed.txt")
    assert kept.name in done.stderr
    assert "on purpose" in kept.read_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_leaves_finished_replications_and_goes_on(tiny, workers):
    """An interrupted run ends at once, leaves what is finished readable, and the same command goes on from there."""
    tiny.write_text(TINY.replace("replications = 2", "replications = 400"))
    call = [sys.executable, str(ROOT / "run_sim.py"), "run", "tiny.toml", "--workers", workers, "--out", "there"]
    running = subprocess.Popen(
        call, cwd=tiny.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not list((tiny.parent / "there").glob("replication-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 130
    assert errors.splitlines()[-1].startswith("error: interrupted")
    assert "Traceback" not in errors
    for folder in (tiny.parent / "there").glob("replication-*"):
        assert pq.read_table(folder / "series.parquet").num_rows == 4
    again = command("run", "tiny.toml", "--replications", "2", "--out", "there", cwd=tiny.parent)
    assert again.returncode == 0, again.stderr
    tiny.unlink()
    resumed = command("resume", "there", "--replications", "2", cwd=tiny.parent)
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout == again.stdout
