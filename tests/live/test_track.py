"""A track: going back gives the recorded bits, a lever acts from its month on, and what was done can be saved."""

import numpy as np
import pytest

from experiments.runner import write_file
from sim.live.frame import frame_of, whole
from sim.live.saved import Move, moved, written
from sim.live.track import KEYFRAME, RuleFailedError, Track
from sim.observe.run import run_replication
from sim.scenario import ScenarioError, load
from sim.world import TABLES


def state_of(world) -> dict[str, bytes]:
    """Every column of the world as bytes."""
    return {f"{name}.{field}": column.tobytes() for name in TABLES for field, column in getattr(world, name)._asdict().items()}


@pytest.fixture
def track(small, tmp_path):
    """A track after 20 months."""
    made = Track(small, tmp_path)
    for _ in range(20):
        made.step()
    return made


def test_going_back_and_on_gives_the_recorded_bits(track):
    at_20, series = state_of(track.world), {name: list(column) for name, column in track.series.items()}
    for month in (17, KEYFRAME, 3):
        track.go_to(month)
        assert track.world.month == month
        assert state_of(track.world) != at_20
        while track.world.month < 20:
            track.step()
        assert state_of(track.world) == at_20
        assert all(np.array_equal(series[name], column, equal_nan=True) for name, column in track.series.items())


def test_going_forward_to_a_month_that_has_passed_is_the_same_as_stepping(track):
    at_20 = state_of(track.world)
    track.go_to(5)
    track.go_to(20)
    assert state_of(track.world) == at_20
    with pytest.raises(ValueError, match="from 0 to 20"):
        track.go_to(21)


def test_a_branch_shares_the_past_and_neither_touches_the_other(track, tmp_path):
    track.go_to(15)
    at_15 = state_of(track.world)
    folder = tmp_path / "branch"
    folder.mkdir()
    other = track.branch(folder)
    other.steer("vendors.all.list_margin", 0.02)
    for _ in range(5):
        track.step()
        other.step()
    assert state_of(other.world) != state_of(track.world)
    other.go_to(15)
    assert state_of(other.world) == at_15
    track.go_to(15)
    assert state_of(track.world) == at_15
    assert other.series["attitude"][:15] == track.series["attitude"][:15]


def test_two_runs_without_a_difference_stay_the_same_bit_for_bit(track, tmp_path):
    folder = tmp_path / "branch"
    folder.mkdir()
    other = track.branch(folder)
    for _ in range(6):
        track.step()
        other.step()
    assert state_of(other.world) == state_of(track.world)


def test_a_lever_acts_from_its_month_on_and_what_came_after_is_dropped(track):
    before = list(track.series["channel_sales"])
    track.go_to(14)
    track.steer("demand.load", 1.4)
    assert track.world.parameters["demand"].load != 1.4
    track.step()
    assert track.world.parameters["demand"].load == 1.4
    assert len(track.months) == 15
    assert list(track.series["channel_sales"][:14]) == before[:14]
    assert track.moves == [Move(8, "demand.load", 1.4)]


def test_a_lever_moved_twice_in_a_month_counts_once(track):
    track.steer("demand.load", 1.4)
    track.steer("demand.load", 0.5)
    assert track.moves == [Move(14, "demand.load", 0.5)]


def test_going_back_keeps_moves_and_a_new_move_drops_later_ones(track):
    track.steer("demand.load", 1.4)
    track.step()
    track.go_to(10)
    assert track.moves == [Move(14, "demand.load", 1.4)]
    track.steer("switches.habit", False)
    assert track.moves == [Move(4, "switches.habit", False)]


@pytest.mark.parametrize(
    ("key", "value"), [("demand.lod", 1.0), ("demand.load", 99.0), ("vendors.Nobody.mdf", 0.1), ("months", 3)]
)
def test_a_lever_that_cannot_be_moved_so_changes_nothing(track, key, value):
    before = (list(track.moves), track.world.schedule, len(track.months))
    with pytest.raises(ScenarioError):
        track.steer(key, value)
    assert before == (track.moves, track.world.schedule, len(track.months))


def test_levers_wait_for_the_end_of_burn_in(track):
    track.go_to(2)
    with pytest.raises(ValueError, match="burn-in"):
        track.steer("demand.load", 1.0)


def test_a_saved_scenario_gives_the_same_series_from_its_file(track, tmp_path):
    track.go_to(12)
    track.steer("vendors.all.list_margin", 0.05)
    track.step()
    track.steer("networks.vendor.fee_per_month_usd", 250.0)
    track.steer("switches.discovery", False)
    while not track.ended:
        track.step()
    path = tmp_path / "steered.toml"
    write_file(path, written(track.scenario))
    again = load(path)
    assert again.digest() == track.scenario.digest()
    result = run_replication(again.plan, 0, synergy=False)
    for name, column in result.series.items():
        if name in track.series:
            assert np.array_equal(column, track.series[name], equal_nan=True), name
    assert '\nextends = "baseline"\n' in path.read_text()


def test_the_scenario_of_an_own_file_is_written_out_in_full(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('extends = "quick"\ntitle = "Mine"\n[demand]\nload = 0.8\n')
    steered = moved(load(own), [Move(3, "demand.load", 0.7)])
    copy = tmp_path / "elsewhere" / "copy.toml"
    copy.parent.mkdir()
    copy.write_text(written(steered))
    assert load(copy).digest() == steered.digest()


def test_a_longer_run_begins_like_the_shorter_one(track):
    at_20 = state_of(track.world)
    track.prolong(60)
    assert track.last == 66
    track.go_to(6)
    while track.world.month < 20:
        track.step()
    assert state_of(track.world) == at_20


def test_a_rule_that_fails_is_named_with_its_month_and_the_run_can_be_looked_at(track):
    class Broken:
        def decide(self, table, chance):
            raise ZeroDivisionError("no weight")

    before = whole(frame_of(track.world))
    track.world.rules["influence"] = Broken()
    with pytest.raises(RuleFailedError, match=r"month 14: process influence, .* in decide: ZeroDivisionError: no weight"):
        track.step()
    after = whole(frame_of(track.world))
    assert track.world.month == 20
    assert all(np.array_equal(before[name], after[name]) for name in before)
