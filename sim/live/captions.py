"""Captions: the few events of a month that are worth a viewer's eye, each with its reason."""

from typing import Any

import numpy as np

from sim.events import AllianceEnd, Dropped
from sim.live.happened import Rows, places
from sim.live.names import Names
from sim.live.sentences import why_began, why_dropped, why_ended
from sim.state.ties import FORMAL
from sim.world import World

MOST = 4


def captions(
    world: World, rows: dict[str, Rows], names: Names, opened: list[int], closed: list[int], scheduled: list[str]
) -> list[dict[str, Any]]:
    """At most ``MOST`` captions, the weightiest first, the scenario's events of the month before all others.

    ``opened`` and ``closed`` are rows of networks, ``scheduled`` clauses on the events.

    Each has ``sort``, ``text``, ``firms`` (rows in the frame) and ``weight``.
    """
    found = [_network(world, m, names, True) for m in opened] + [_network(world, m, names, False) for m in closed]
    found += _of_firms(world, rows, names)
    if scheduled:
        text = f"Event of the scenario: {'; '.join(scheduled)}."
        found.append({"sort": "scenario", "text": text, "firms": [], "weight": 1e13})
    found.sort(key=lambda caption: -caption["weight"])
    return found[:MOST]


def _network(world: World, m: int, names: Names, opened: bool) -> dict[str, Any]:
    name = names.network(world, m)
    text = f"{name} opens" if opened else f"{name} closes after lasting losses; its members part"
    inside = (world.memberships.network == m).any(axis=1) & world.partners.alive
    return {
        "sort": "opened" if opened else "closed",
        "text": text + ".",
        "firms": np.flatnonzero(inside)[:200].tolist(),
        "weight": 1e12,
    }


def _of_firms(world: World, rows: dict[str, Rows], names: Names) -> list[dict[str, Any]]:
    place = np.where(world.partners.alive, world.partners.uid, -1)
    revenue = world.partners.revenue_year
    found = []
    allied = rows["alliances"]
    for n in _largest(allied["began"] & (allied["form"] == FORMAL), allied, place, revenue):
        row = _row(allied, n)
        text = f"{_both(row, names)} sign a formal alliance: {why_began(row)}."
        found.append(_caption("alliance", text, (row["a"], row["b"]), place, revenue))
    over = ~allied["began"] & np.isin(allied["reason"], [AllianceEnd.VALUE, AllianceEnd.OUTSIDE, AllianceEnd.HAZARD])
    for n in _largest(over & (allied["form"] == FORMAL), allied, place, revenue):
        row = _row(allied, n)
        text = f"{_both(row, names)} part after {row['age']:.0f} months: {why_ended(row)}."
        found.append(_caption("parting", text, (row["a"], row["b"]), place, revenue))
    dropped = rows["vendors"]
    for n in _largest(~dropped["began"] & (dropped["reason"] == Dropped.DISSATISFIED), dropped, place, revenue):
        row = _row(dropped, n)
        text = f"{names.partner(int(row['a']))} drops {names.vendor(int(row['vendor']))}: {why_dropped(row)}."
        found.append(_caption("defection", text, (row["a"],), place, revenue) | {"vendor": int(row["vendor"])})
    return found


def _both(row: dict[str, float], names: Names) -> str:
    return f"{names.partner(int(row['a']))} and {names.partner(int(row['b']))}"


def _largest(mask: np.ndarray, rows: Rows, place: np.ndarray, revenue: np.ndarray) -> list[int]:
    """The row, of those in the mask, whose firms are there and earn most; none where there is none."""
    found = np.flatnonzero(mask)
    at = [places(place, rows[end][found]) for end in ("a", "b") if end in rows]
    there = np.logical_and.reduce([firm >= 0 for firm in at])
    if not there.any():
        return []
    earned = np.where(there, sum(revenue[firm] for firm in at), -1.0)
    return [int(found[earned.argmax()])]


def _row(rows: Rows, n: int) -> dict[str, float]:
    return {name: column[n].item() for name, column in rows.items()}


def _caption(sort: str, text: str, uids: tuple, place: np.ndarray, revenue: np.ndarray) -> dict[str, Any]:
    firms = places(place, np.array(uids, np.int64)).tolist()
    return {"sort": sort, "text": text, "firms": firms, "weight": float(revenue[firms].sum())}
