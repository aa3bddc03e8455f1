"""Keyframes are written beside the run: what was kept is what is loaded, and a disk that fails is told."""

import shutil

import pytest

from sim.engine import advance, build
from sim.events import EventLog
from sim.live.keyframes import Keyframes
from sim.observe.series import Memory
from sim.world import TABLES


def bits(world):
    return {f"{t}.{f}": column.tobytes() for t in TABLES for f, column in getattr(world, t)._asdict().items()}


@pytest.fixture
def world(small):
    return build(small.plan, 0)


def test_what_is_kept_is_the_moment_of_keeping_though_the_run_goes_on_at_once(small, world, tmp_path):
    kept, then = Keyframes(tmp_path), bits(world)
    kept.keep(world, Memory())
    advance(world)
    loaded, _ = kept.load(0, small.plan, EventLog())
    assert bits(loaded) == then != bits(world)


def test_a_keyframe_that_could_not_be_written_is_told_before_it_is_relied_upon(small, world, tmp_path):
    kept = Keyframes(tmp_path / "gone")
    kept.keep(world, Memory())
    with pytest.raises(OSError, match="gone"):
        kept.load(0, small.plan, EventLog())


def test_a_branch_keeps_its_keyframes_when_the_trunk_is_removed(small, world, tmp_path):
    trunk, branch = tmp_path / "trunk", tmp_path / "branch"
    trunk.mkdir()
    branch.mkdir()
    kept, then = Keyframes(trunk), bits(world)
    kept.keep(world, Memory())
    advance(world)
    kept.keep(world, Memory())
    twin = kept.branch(branch, 0)
    shutil.rmtree(trunk, ignore_errors=True)
    assert twin.months == [0]
    assert bits(twin.load(0, small.plan, EventLog())[0]) == then
