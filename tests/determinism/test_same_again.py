"""The same plan gives the same run, however often, wherever and in however many pieces it is run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.checkpoint import CheckpointError, load, save
from sim.engine import advance
from sim.events import EventLog
from sim.plan import Event
from tests.analytic.plans import after, built, differing_columns, differing_events, small_plan

ROOT = Path(__file__).resolve().parents[2]
MONTHS = 24
PLAN = small_plan(
    60,
    seed=7,
    schedule=(
        Event(5, "set_parameter", "demand.load", value=1.1),
        Event(8, "set_switch", "switches.habit", value=0.0),
        Event(10, "vendor_leaves", "2"),
        Event(15, "shock", field="experience", value=-0.3, how="add", share=0.5),
    ),
)


@pytest.fixture(scope="module")
def straight():
    """The run in one piece."""
    return after(built(PLAN), MONTHS)


def test_the_same_plan_gives_the_same_tables_twice(straight):
    """A second run of a plan in one process equals the first bit for bit, events included."""
    again = after(built(PLAN), MONTHS)
    assert differing_columns(straight, again) == []
    assert differing_events(straight, again) == []


@pytest.mark.parametrize("other", [PLAN._replace(seed=8), PLAN._replace(schedule=PLAN.schedule[:3])], ids=["seed", "events"])
def test_another_plan_gives_other_tables(straight, other):
    """The comparison sees what one changed seed or one event left out does."""
    assert "partners.cash" in differing_columns(straight, after(built(other), MONTHS))


def test_another_replication_gives_other_tables(straight):
    """Replications differ by chance."""
    assert "partners.cash" in differing_columns(straight, after(built(PLAN, replication=1), MONTHS))


@pytest.mark.parametrize("month", [0, 1, 6, 9, 17, 23])
def test_a_run_that_is_saved_and_resumed_continues_bit_for_bit(straight, month, tmp_path):
    """It does not matter in which month a run was put on disk and taken up again."""
    world = after(built(PLAN), month)
    save(world, tmp_path / "month.npz")
    resumed = load(tmp_path / "month.npz", PLAN, EventLog())
    assert differing_columns(world, resumed) == []
    after(resumed, MONTHS - month)
    assert differing_columns(straight, resumed) == []
    whole = straight.log.table("deal")
    rest = resumed.log.table("deal")
    late = whole["month"] >= month
    assert all((whole[column][late] == rest[column]).all() for column in whole)


def test_what_events_changed_before_is_resumed_with_the_tables(tmp_path):
    """Parameters and switches go on as events left them, not as the plan began; each keeps its type."""
    world = after(built(PLAN), 12)
    save(world, tmp_path / "month.npz")
    resumed = load(tmp_path / "month.npz", PLAN)
    assert resumed.parameters["demand"].load == 1.1
    assert not resumed.switches.habit
    assert {p: [type(v) for v in values] for p, values in resumed.parameters.items()} == {
        p: [type(v) for v in values] for p, values in world.parameters.items()
    }


@pytest.mark.parametrize("month", [3, 12])
def test_a_branch_without_a_change_is_the_run_itself(straight, month):
    """A copy taken in mid-run goes on as the original does, and neither disturbs the other."""
    world = after(built(PLAN), month)
    branch = world.copy()
    for _ in range(MONTHS - month):
        advance(world)
        advance(branch)
    assert differing_columns(straight, world) == []
    assert differing_columns(straight, branch) == []


def test_a_branch_with_a_change_leaves_its_origin_alone(straight):
    """What is done to a copy, to its tables, parameters or schedule, does not reach the original."""
    world = after(built(PLAN), 6)
    branch = world.copy()
    branch.partners.cash[:] = -1e9
    branch.parameters["demand"] = branch.parameters["demand"]._replace(load=0.5)
    branch.schedule.clear()
    after(branch, 3)
    assert differing_columns(straight, after(world, MONTHS - 6)) == []


def test_a_damaged_checkpoint_is_refused(tmp_path):
    """Half a file is not read as a world."""
    path = tmp_path / "month.npz"
    save(built(PLAN), path)
    path.write_bytes(path.read_bytes()[:5_000])
    with pytest.raises(CheckpointError, match="damaged"):
        load(path, PLAN)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz", PLAN)


def test_a_checkpoint_of_another_plan_is_refused(tmp_path):
    """A world is resumed only under the seed and the size that it was built with."""
    path = tmp_path / "month.npz"
    save(built(PLAN), path)
    with pytest.raises(CheckpointError, match="seed is 7, in the plan 8"):
        load(path, PLAN._replace(seed=8))
    with pytest.raises(CheckpointError, match="size"):
        load(path, PLAN._replace(size=PLAN.size._replace(skills=5)))


def test_a_checkpoint_appears_whole_or_not_at_all(tmp_path):
    """When writing fails, the checkpoint that was there before is still there and nothing else is."""
    path = tmp_path / "month.npz"
    world = built(PLAN)
    save(world, path)
    before = path.read_bytes()
    world.month = object()  # JSON cannot hold it
    with pytest.raises(TypeError):
        save(world, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["month.npz"]


def digest_elsewhere(**environment: str) -> str:
    """The digest of the golden run, from a fresh interpreter (of ``PYTHON`` if given)."""
    python = environment.pop("PYTHON", sys.executable)
    command = [python, "-m", "tests.golden.trace", "--digest"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.slow
def test_the_order_of_hashes_does_not_matter():
    """Three interpreters that hash strings differently give the same bits."""
    assert len({digest_elsewhere(PYTHONHASHSEED=seed) for seed in ("0", "1", "4242")}) == 1


@pytest.mark.slow
@pytest.mark.skipif("OTHER_PYTHON" not in os.environ, reason="OTHER_PYTHON names no second interpreter")
def test_another_python_gives_the_same_bits():
    """A run on the Python that OTHER_PYTHON names equals a run on this one."""
    assert digest_elsewhere(PYTHON=os.environ["OTHER_PYTHON"]) == digest_elsewhere()
