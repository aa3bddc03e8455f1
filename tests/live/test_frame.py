"""Frames: what changed turns the frame before into the one after, and rows are what the world says."""

import numpy as np
import pytest

from sim.engine import advance, build
from sim.live.frame import change, frame_of, whole


def applied(frame: dict, changed: dict) -> dict:
    """The columns of a frame after a change, as the page applies it."""
    out = {name: column.copy() for name, column in frame.items() if name.startswith("firms.")}
    for name in list(out):
        if name in changed:
            out[name] = changed[name].copy()
        if f"{name}@" in changed:
            out[name][changed[f"{name}@"]] = changed[f"{name}="]
    names = ("a", "b", "form", "met")
    pairs = {(a, b): (form, met) for a, b, form, met in zip(*(frame[f"allies.{n}"].tolist() for n in names), strict=True)}
    for pair in zip(changed["gone.a"].tolist(), changed["gone.b"].tolist(), strict=True):
        del pairs[pair]
    for a, b, form, met in zip(*(changed[f"new.{n}"].tolist() for n in names), strict=True):
        pairs[a, b] = (form, met)
    return out | {"pairs": pairs}


def test_a_month_as_change_gives_the_month_whole_year_after_year(small):
    world = build(small.plan, 0)
    before = frame_of(world)
    for _ in range(30):
        advance(world)
        after = frame_of(world)
        got, expected = applied(whole(before), change(before, after)), whole(after)
        for name in (n for n in expected if n.startswith("firms.")):
            assert np.array_equal(got[name], expected[name]), name
        names = ("a", "b", "form")
        listed = {(a, b): form for a, b, form in zip(*(expected[f"allies.{n}"].tolist() for n in names), strict=True)}
        assert {pair: form for pair, (form, _) in got["pairs"].items()} == listed
        before = after
    assert before.allies["a"].size > 10


def test_a_month_without_change_says_nothing_of_firms_and_alliances(small):
    frame = frame_of(build(small.plan, 0))
    said = change(frame, frame)
    assert not [name for name in said if name.startswith("firms.")]
    assert all(said[name].size == 0 for name in said if name.startswith(("gone.", "new.")))


def test_what_is_drawn_of_a_firm_is_what_the_world_says(small):
    world = build(small.plan, 0)
    for _ in range(18):
        advance(world)
    frame, relations = frame_of(world), world.relations
    alive = np.flatnonzero(world.partners.alive)
    for row in alive[:20]:
        bought = np.where(relations.carried[row], relations.bought_year[row], 0.0)
        vendor = int(frame.firms["vendor"][row])
        assert vendor == (255 if bought.max() <= 0 else bought.argmax())
        if vendor < 255:
            assert frame.firms["attitude"][row] / 50 == pytest.approx(relations.attitude[row, vendor], abs=0.0101)
        kinds = {int(world.networks.kind[m]) for m in world.memberships.network[row] if m >= 0}
        assert frame.firms["kinds"][row] == sum(1 << k for k in kinds)
        revenue = world.partners.revenue_year[row]
        if revenue > 2_000:
            assert 1_000 * 2 ** ((int(frame.firms["revenue"][row]) - 1) / 4) == pytest.approx(revenue, rel=0.1)
    assert (frame.firms["uid"][~world.partners.alive] == -1).all()
