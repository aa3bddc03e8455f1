"""What happened in a month, as tables: the log of the engine put together with what the world says of it.

The log says that an alliance ended and for which reason; the world at that moment says what it had come to.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.events import AllianceEnd, EventLog
from sim.observe.measures import shares_of_wallet
from sim.world import World

Rows = dict[str, NDArray]

# Name and type of each column: months are kept for as long as a run is watched, so small ones.
TABLES: dict[str, dict[str, str]] = {
    "alliances": {
        "month": "i2", "began": "?", "a": "i8", "b": "i8", "form": "i1", "reason": "i1", "network": "i4", "age": "i2",
        "deals": "i4", "successes": "i4", "idle": "i2", "trust": "f4", "goodwill": "f4",
    },
    "vendors": {
        "month": "i2", "began": "?", "a": "i8", "vendor": "i2", "reason": "i1", "attitude": "f4",
        "experience": "f4", "share": "f4",
    },
    "memberships": {"month": "i2", "began": "?", "a": "i8", "network": "i4", "reason": "i1", "months": "i2"},
    "firms": {"month": "i2", "began": "?", "a": "i8", "reason": "i1", "staff": "f4", "succeeds": "i8"},
}  # fmt: skip
_OF_A_TIE = (
    "alliance", "uid_a", "uid_b", "form", "started", "met_uid", "deals", "successes", "last", "trust_ab", "trust_ba", "goodwill",
)  # fmt: skip


class Before(NamedTuple):
    """What must be known of the month before to understand its events."""

    ties: Rows  # columns of the ties as they were
    joined: Rows  # partner, network and month of every membership


def before_month(world: World) -> Before:
    """Taken between two months."""
    member, slot = np.nonzero((world.memberships.network >= 0) & world.partners.alive[:, None])
    network = world.networks.uid[world.memberships.network[member, slot]]
    joined = {"partner": world.partners.uid[member], "network": network, "month": world.memberships.joined[member, slot]}
    return Before({name: getattr(world.ties, name).copy() for name in _OF_A_TIE}, joined)


def month_of(world: World, log: EventLog, before: Before) -> dict[str, Rows]:
    """The rows of the month that has just ended, one table each of ``TABLES``; months count from the start of the run."""
    month = world.month - 1
    return {
        "alliances": _alliances(world, log, before, month),
        "vendors": _vendors(world, log, month),
        "memberships": _memberships(log, before, month),
        "firms": _firms(log, month),
    }


def _events(log: EventLog, name: str, columns: tuple[str, ...]) -> Rows:
    events = log.table(name)
    return {column: events.get(column, np.zeros(0, np.int64)) for column in columns}


def _joined(table: str, parts: list[Rows]) -> Rows:
    """Some rows of a table, each column of its type; a single value stands for all rows of its part."""
    lengths = [part["a"].size for part in parts]
    return {
        name: np.concatenate([np.broadcast_to(part[name], n) for part, n in zip(parts, lengths, strict=True)]).astype(kind)
        for name, kind in TABLES[table].items()
    }


def places(known: NDArray, asked: NDArray) -> NDArray[np.int64]:
    """Where each value asked for stands among the known ones, -1 where it does not; the last, where several do."""
    wanted, which = np.unique(asked, return_inverse=True)  # sorting the few that are asked for, not the many that are known
    found = np.full(wanted.size, -1)
    if wanted.size and known.size:
        at = np.minimum(np.searchsorted(wanted, known), wanted.size - 1)
        rows = np.flatnonzero(wanted[at] == known)
        found[at[rows]] = rows
    return found[which]


def _alliances(world: World, log: EventLog, before: Before, month: int) -> Rows:
    """Beginnings as the month left them; ends as it left them or, where a partner left, as it found them."""
    began = _events(log, "alliance_started", ("alliance", "uid_a", "uid_b", "form", "network"))
    over = _events(log, "alliance_ended", ("alliance", "reason"))
    now = {name: getattr(world.ties, name) for name in _OF_A_TIE}
    tie = places(_pairs(now["uid_a"], now["uid_b"], world.ties.used), _pairs(began["uid_a"], began["uid_b"]))
    starts = _state(now, tie, month) | {
        "a": began["uid_a"], "b": began["uid_b"], "form": began["form"], "network": began["network"],
        "month": np.array(month), "began": np.array(True), "reason": np.array(-1), "age": np.array(0),
    }  # fmt: skip
    told = over["reason"] != AllianceEnd.CHANGED_FORM  # else the row of what it became says so
    ended, reason = over["alliance"][told], over["reason"][told]
    old, new = places(before.ties["alliance"], ended), places(began["alliance"], ended)
    return _joined("alliances", [starts, _ended_old(before, now, old, reason, month), _ended_new(starts, new, reason, old)])


def _pairs(a: NDArray, b: NDArray, used: NDArray | None = None) -> NDArray:
    """One number a pair of uids, as complex numbers sort by both; a free row has none."""
    pair = a.astype(np.complex128) + 1j * b
    return pair if used is None else np.where(used, pair, -1.0)


def _state(ties: Rows, tie: NDArray, month: int) -> Rows:
    """What ties had come to, 0 where there is none any more."""
    there = tie >= 0
    trust = 0.5 * (ties["trust_ab"][tie] + ties["trust_ba"][tie])
    values = {"deals": ties["deals"][tie], "successes": ties["successes"][tie], "idle": month - ties["last"][tie]}
    return {
        name: np.where(there, column, 0)
        for name, column in (values | {"trust": trust, "goodwill": ties["goodwill"][tie]}).items()
    }


def _ended_old(before: Before, now: Rows, tie: NDArray, reason: NDArray, month: int) -> Rows:
    """Ends of alliances that were there at the start of the month."""
    kept = tie >= 0
    tie, reason, was = tie[kept], reason[kept], before.ties
    same = (
        (now["uid_a"][tie] == was["uid_a"][tie]) & (now["uid_b"][tie] == was["uid_b"][tie]) & (reason != AllianceEnd.PARTNER_LEFT)
    )
    left, found = _state(now, tie, month), _state(was, tie, month)
    return {name: np.where(same, left[name], found[name]) for name in left} | {
        "a": was["uid_a"][tie], "b": was["uid_b"][tie], "form": was["form"][tie], "network": was["met_uid"][tie],
        "age": month - was["started"][tie], "reason": reason, "month": np.array(month), "began": np.array(False),
    }  # fmt: skip


def _ended_new(starts: Rows, at: NDArray, reason: NDArray, old: NDArray) -> Rows:
    """Ends of alliances that began in the same month."""
    kept = (at >= 0) & (old < 0)
    picked = {name: column[at[kept]] if column.ndim else column for name, column in starts.items()}
    return picked | {"reason": reason[kept], "began": np.array(False)}


def _vendors(world: World, log: EventLog, month: int) -> Rows:
    relations = world.relations
    shares, parts = shares_of_wallet(relations.bought_year), []
    for began, name in ((True, "vendor_taken"), (False, "vendor_dropped")):
        events = _events(log, name, ("partner", "vendor", "reason"))
        row, vendor = places(world.partners.uid, events["partner"]), places(world.vendors.uid, events["vendor"])
        view = {"attitude": relations.attitude, "experience": relations.experience, "share": shares}
        parts.append(
            {name: np.where(row >= 0, column[row, vendor], 0.0) for name, column in view.items()}
            | {"a": events["partner"], "vendor": vendor, "reason": events["reason"]}
            | {"month": np.array(month), "began": np.array(began)}
        )
    return _joined("vendors", parts)


def _memberships(log: EventLog, before: Before, month: int) -> Rows:
    known, parts = _pairs(before.joined["partner"], before.joined["network"]), []
    for began, name in ((True, "membership_joined"), (False, "membership_left")):
        events = _events(log, name, ("partner", "network", "reason"))
        at = places(known, _pairs(events["partner"], events["network"]))
        months = np.where(at >= 0, month - before.joined["month"][at], 0) if known.size else np.zeros(at.size)
        parts.append({"a": events["partner"], "network": events["network"], "reason": events["reason"], "months": months,
                      "month": np.array(month), "began": np.array(began)})  # fmt: skip
    return _joined("memberships", parts)


def _firms(log: EventLog, month: int) -> Rows:
    came = _events(log, "partner_entered", ("partner", "staff", "succeeds"))
    went = _events(log, "partner_left", ("partner", "reason", "staff"))
    none, now = np.array(-1), np.array(month)
    entries = {"a": came["partner"], "staff": came["staff"], "succeeds": came["succeeds"], "reason": none}
    exits = {"a": went["partner"], "staff": went["staff"], "succeeds": none, "reason": went["reason"]}
    parts = [entries | {"month": now, "began": np.array(True)}, exits | {"month": now, "began": np.array(False)}]
    return _joined("firms", parts)
