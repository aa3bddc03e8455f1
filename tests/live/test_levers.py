"""Levers: each is one that an event can move, its value is the world's, and moving it moves the world."""

import pytest

from sim.live.levers import as_setting, levers
from sim.live.messages import _track_state
from sim.live.track import Track


@pytest.fixture(scope="module")
def track(small, tmp_path_factory):
    """A run after burn-in."""
    made = Track(small, tmp_path_factory.mktemp("track"))
    while made.world.month < small.plan.burn_in:
        made.step()
    return made


def test_every_lever_can_be_moved_and_then_shows_what_it_was_moved_to(track):
    known = levers(track.world, track.scenario.plan)
    assert {"All vendors", "Market", "Mechanisms", "Vendor networks"} <= {lever.group for lever in known}
    goals = {}
    for lever in known:
        goal = 1.0 - lever.value if lever.kind == "switch" else lever.low + 0.25 * min(lever.high - lever.low, 4.0)
        if lever.key == "hosts.entry":
            goal = 0.0  # whoever opened a network this month would bring other terms
        setting = as_setting(lever, goal)
        track.steer(lever.key, setting)
        goals[lever.key] = float(setting)
    track.step()
    now = {lever.key: lever.value for lever in levers(track.world, track.scenario.plan)}
    first = {
        key: value for key, value in goals.items() if not key.startswith("vendors.all.")
    }  # the first vendor was moved after all
    assert {key: now[key] for key in first} == pytest.approx(first)


def test_every_lever_says_what_it_means(track):
    unexplained = [lever.key for lever in levers(track.world, track.scenario.plan) if not lever.meaning]
    assert not unexplained


def test_a_value_is_written_as_its_kind():
    from sim.live.levers import Lever

    def lever(kind):
        return Lever("k", "g", "l", "u", 0.0, 1.0, 0.0, kind)

    assert (as_setting(lever("switch"), 1.0), as_setting(lever("whole"), 2.6), as_setting(lever("number"), 2.6)) == (True, 3, 2.6)


def test_a_lever_that_was_moved_shows_its_new_value_at_once(small, tmp_path):
    """The world takes it over when the month passes; until then the slider must not jump back."""
    track = Track(small, tmp_path)
    for _ in range(6):
        track.step()
    track.steer("vendors.all.list_margin", 0.02)
    track.steer("switches.imitation", False)
    shown = {lever["key"]: lever["value"] for lever in _track_state(track)["levers"]}
    assert (shown["vendors.all.list_margin"], shown["switches.imitation"]) == (0.02, 0.0)
    track.go_to(5)
    assert {lever["key"]: lever["value"] for lever in _track_state(track)["levers"]}["switches.imitation"] == 1.0
