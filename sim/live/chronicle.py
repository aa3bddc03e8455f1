"""What happened to whom and why, kept month by month: the memory from which stories are told.

The log of the engine says that an alliance ended and for which reason; the world at that moment says what it had come to.
Both are put together here, once a month, and the log is emptied.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.events import AllianceEnd, EventLog
from sim.observe.measures import shares_of_wallet
from sim.world import World

Rows = dict[str, NDArray]

ALLIANCE = ("month", "began", "a", "b", "form", "reason", "network", "age", "deals", "successes", "idle", "trust", "goodwill")
VENDOR = ("month", "began", "a", "vendor", "reason", "attitude", "experience", "share")
MEMBER = ("month", "began", "a", "network", "reason", "months")
FIRM = ("month", "began", "a", "reason", "staff", "succeeds")
TABLES = {"alliances": ALLIANCE, "vendors": VENDOR, "memberships": MEMBER, "firms": FIRM}


_OF_A_TIE = ("uid_a", "uid_b", "form", "started", "met_uid", "deals", "successes", "last", "trust_ab", "trust_ba", "goodwill")


class Before(NamedTuple):
    """What must be known of the month before to understand its events."""

    alliances: dict[int, int]  # uid of the alliance -> row of the tie
    ties: dict[str, NDArray]  # columns of the ties as they were
    joined: dict[tuple[int, int], int]  # uid of partner and network -> month of joining


def before_month(world: World) -> Before:
    """Taken between two months."""
    ties = world.ties
    rows = np.flatnonzero(ties.used & (ties.alliance != -1))
    alliances = dict(zip(ties.alliance[rows].tolist(), rows.tolist(), strict=True))
    member, slot = np.nonzero((world.memberships.network >= 0) & world.partners.alive[:, None])
    network = world.networks.uid[world.memberships.network[member, slot]]
    joined = zip(
        world.partners.uid[member].tolist(), network.tolist(), world.memberships.joined[member, slot].tolist(), strict=True
    )
    return Before(alliances, {name: getattr(ties, name).copy() for name in _OF_A_TIE}, {(p, n): month for p, n, month in joined})


def month_of(world: World, log: EventLog, before: Before) -> dict[str, Rows]:
    """The rows of the month that has just ended, one table each of ``TABLES``; months count from the start of the run."""
    month = world.month - 1
    rows_of = {int(uid): row for row, uid in enumerate(world.partners.uid)}
    return {
        "alliances": _alliances(world, log, before, month),
        "vendors": _vendors(world, log, rows_of, month),
        "memberships": _memberships(log, before, month),
        "firms": _firms(log, month),
    }


def _table(columns: tuple[str, ...], rows: list[tuple]) -> Rows:
    array = np.array(rows, np.float64).reshape(len(rows), len(columns))
    return {name: array[:, n] for n, name in enumerate(columns)}


def _alliances(world: World, log: EventLog, before: Before, month: int) -> Rows:
    """Beginnings as the month left them; ends as it left them or, where the tie is gone, as it found them."""
    started, ended, ties = log.table("alliance_started"), log.table("alliance_ended"), world.ties
    now = {name: getattr(ties, name) for name in _OF_A_TIE}
    pairs = zip(ties.uid_a[ties.used].tolist(), ties.uid_b[ties.used].tolist(), strict=True)
    place = dict(zip(pairs, np.flatnonzero(ties.used).tolist(), strict=True))
    rows, began = [], {}
    for n, uid in enumerate(started.get("alliance", np.zeros(0)).tolist()):
        pair, form = (int(started["uid_a"][n]), int(started["uid_b"][n])), int(started["form"][n])
        began[uid] = (pair, form)
        if pair in place:
            rows.append((month, 1, *pair, form, -1, int(started["network"][n]), 0, *_state_of(now, place[pair], month)))
    for uid, reason in zip(*(ended.get(c, np.zeros(0)).tolist() for c in ("alliance", "reason")), strict=True):
        if reason == AllianceEnd.CHANGED_FORM:
            continue  # the row of what it became says so
        if uid in before.alliances:
            tie, was = before.alliances[uid], before.ties
            pair, form = (int(was["uid_a"][tie]), int(was["uid_b"][tie])), int(was["form"][tie])
            then = now if (now["uid_a"][tie], now["uid_b"][tie]) == pair and reason != AllianceEnd.PARTNER_LEFT else was
            age = month - int(was["started"][tie])
        elif uid in began and began[uid][0] in place:
            (pair, form), age = began[uid], 0
            tie, then = place[pair], now
        else:
            continue
        rows.append((month, 0, *pair, form, int(reason), int(then["met_uid"][tie]), age, *_state_of(then, tie, month)))
    return _table(ALLIANCE, rows)


def _state_of(ties: Rows, tie: int, month: int) -> tuple[int, int, int, float, float]:
    trust = 0.5 * (ties["trust_ab"][tie] + ties["trust_ba"][tie])
    deals, successes, last = (int(ties[name][tie]) for name in ("deals", "successes", "last"))
    return deals, successes, month - last, float(trust), float(ties["goodwill"][tie])


def _vendors(world: World, log: EventLog, rows_of: dict[int, int], month: int) -> Rows:
    relations, rows = world.relations, []
    shares = shares_of_wallet(relations.bought_year)
    by_uid = {int(uid): row for row, uid in enumerate(world.vendors.uid)}
    for began, name in ((1, "vendor_taken"), (0, "vendor_dropped")):
        events = log.table(name)
        for partner, vendor, reason in zip(
            *(events.get(c, np.zeros(0)).tolist() for c in ("partner", "vendor", "reason")), strict=True
        ):
            row, v = rows_of.get(int(partner), -1), by_uid[int(vendor)]
            view = (relations.attitude[row, v], relations.experience[row, v], shares[row, v]) if row >= 0 else (0.0, 0.0, 0.0)
            rows.append((month, began, partner, v, reason, *view))
    return _table(VENDOR, rows)


def _memberships(log: EventLog, before: Before, month: int) -> Rows:
    rows = []
    for began, name in ((1, "membership_joined"), (0, "membership_left")):
        events = log.table(name)
        for partner, network, reason in zip(
            *(events.get(c, np.zeros(0)).tolist() for c in ("partner", "network", "reason")), strict=True
        ):
            since = before.joined.get((int(partner), int(network)), month)
            rows.append((month, began, partner, network, reason, month - since))
    return _table(MEMBER, rows)


def _firms(log: EventLog, month: int) -> Rows:
    entered, left = log.table("partner_entered"), log.table("partner_left")
    rows = [
        (month, 1, p, -1, s, f)
        for p, s, f in zip(*(entered.get(c, np.zeros(0)).tolist() for c in ("partner", "staff", "succeeds")), strict=True)
    ]
    rows += [
        (month, 0, p, r, s, -1)
        for p, r, s in zip(*(left.get(c, np.zeros(0)).tolist() for c in ("partner", "reason", "staff")), strict=True)
    ]
    return _table(FIRM, rows)


class Chronicle:
    """The months so far."""

    def __init__(self) -> None:
        self.months: dict[int, dict[str, Rows]] = {}

    def forget_from(self, month: int) -> None:
        """Drop what happened in a month and after it."""
        for later in [m for m in self.months if m >= month]:
            del self.months[later]

    def of_firm(self, uid: int, until: int) -> dict[str, list[dict[str, float]]]:
        """All rows about one firm in months before ``until``, in order, by table."""
        return self._picked(until, lambda table, rows: (rows["a"] == uid) | (rows["b"] == uid if "b" in rows else False))

    def of_pair(self, a: int, b: int, until: int) -> list[dict[str, float]]:
        """All rows about the alliances of two firms, in order."""
        low, high = min(a, b), max(a, b)
        picked = self._picked(
            until, lambda table, rows: (rows["a"] == low) & (rows["b"] == high) if table == "alliances" else None
        )
        return picked["alliances"]

    def _picked(self, until: int, wanted) -> dict[str, list[dict[str, float]]]:
        out: dict[str, list[dict[str, float]]] = {table: [] for table in TABLES}
        for month in sorted(m for m in self.months if m < until):
            for table, rows in self.months[month].items():
                mask = wanted(table, rows)
                if mask is None:
                    continue
                for n in np.flatnonzero(mask):
                    out[table].append({name: float(column[n]) for name, column in rows.items()})
        return out
