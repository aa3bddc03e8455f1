"""The recipes of sim/README.md, followed step by step on a copy of the source, without compiling."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.arms import run_arms, values_of
from experiments.outcomes import Outcome, Outcomes
from tests.analytic.plans import after, built, small_plan

ROOT = Path(__file__).parents[1]


@pytest.fixture
def source(tmp_path):
    """A copy of the source to change."""
    for name in ("sim", "scenarios", "experiments"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "run_sim.py", tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    """Edit a file as a reader of the recipe would; the text to change must be there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def python(source: Path, *arguments: str) -> str:
    """What a command prints in the changed source, interpreted."""
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(source), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, *arguments], cwd=source, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


TINY = """\
schema_version = 1
extends = "baseline"
months = 3
burn_in_months = 0
replications = 1

[population]
partners = 12
skills = 4
vendors = 2
distributors = 1
marketplaces = 1
"""

RUN = """
import numpy as np
from sim.observe.run import run_replication
from sim.scenario import load
np.seterr(over="ignore")
series = run_replication(load("tiny.toml").plan, 0).series
"""


def test_adding_a_kind_of_network(source):
    """A name and a policy: scenario, run and series know the new kind."""
    change(source / "sim/state/networks.py", '"distributor", "marketplace")', '"distributor", "marketplace", "cooperative")')
    change(source / "sim/policy.py", "    MARKETPLACE: Policy(", "    5: Policy(fee_per_month_usd=80.0, founding_members=6),\n    MARKETPLACE: Policy(")
    tiny = TINY + '\n[[networks]]\nkind = "cooperative"\ncount = 2\n'
    (source / "tiny.toml").write_text(tiny, encoding="utf-8")
    said = python(source, "-c", RUN + 'print(series["networks_cooperative"][0], series["members_cooperative"][0] > 0)')
    assert said.split() == ["2.0", "True"]
    assert "cooperative" in python(source, "run_sim.py", "schema")


def test_adding_a_lever(source):
    """One more field of a process: --set, show and schema know it with unit and range, and its value reaches the kernel."""
    demand = source / "sim/processes/demand.py"
    change(demand, "    reoffers: Annotated", '    fashion: Annotated[float, Par("factor", 0, 3, "assumed", "a lever of a test")] = 1.0\n    reoffers: Annotated')
    change(demand, "    volume = demand.load * firm", "    volume = demand.fashion * demand.load * firm")
    (source / "tiny.toml").write_text(TINY, encoding="utf-8")
    assert "fashion" in python(source, "run_sim.py", "show", "tiny.toml", "--set", "demand.fashion=2")
    assert '"fashion"' in python(source, "run_sim.py", "schema")
    asked = []
    for value in ("0.5", "3"):
        (source / "tiny.toml").write_text(TINY + f"\n[demand]\nfashion = {value}\n", encoding="utf-8")
        asked.append(float(python(source, "-c", RUN + 'print(series["demand_asked"].sum())')))
    assert asked[1] > 2 * asked[0]


def test_adding_an_outcome(source):
    """A name in a dict and a line in the catalogue: the run's table has it."""
    change(source / "sim/observe/series.py", '        "partners": float(alive.size),', '        "partners": float(alive.size),\n        "giants": float((staff > 20.0).sum()),')
    change(source / "sim/observe/catalogue.py", '    "entries": (', '    "giants": ("firms", "partners of more than 20"),\n    "entries": (')
    (source / "tiny.toml").write_text(TINY, encoding="utf-8")
    ask = RUN + 'from sim.observe.catalogue import describe\nprint(series["giants"].size, *describe("giants"), sep="|")'
    assert python(source, "-c", ask).strip() == "3|firms|partners of more than 20"


def test_a_number_of_ones_own_study(tmp_path):
    """run_arms takes any function from plan and replication to numbers."""
    table = run_arms({"small": small_plan(partners=20)}, range(2), MINE, tmp_path, 1)
    assert values_of(table, "small", "largest").tolist() == [largest(small_plan(partners=20), n)["largest"] for n in range(2)]


def largest(plan, replication):
    """Staff of the largest partner after a month."""
    return {"largest": float(after(built(plan, replication), 1).partners.staff.max())}


MINE = Outcomes("mine", (Outcome("largest", "staff", "of the largest partner"),), largest)
