"""The figures behind decisions: what firms weighed when they joined, left, dropped, took on, allied and parted.

The event tables hold what was decided, not what it was decided on.  A run is deterministic, so that is seen by running it
again: worths are recomputed from the state that a process is about to read (``weighing``), and what is put to the rules of
forms and of dissolution is noted as it passes.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.chance import pair_uid
from sim.events import JoinReason, LeaveReason
from sim.observe.account.weighing import (
    Allying,
    Drop,
    JointDeal,
    Parting,
    Taking,
    Worth,
    allying,
    carried_by,
    joining,
    joint_deals,
    membership_state,
    offers_to,
    parting,
    standing_with,
    staying,
)
from sim.rules.tables import Prospects
from sim.state.ties import PROJECT
from sim.world import World


class Noting:
    """A rule with a memory of what was put to it; in all else the rule itself."""

    def __init__(self, rule: Any) -> None:
        self.rule = rule
        self.seen: list[tuple[Any, NDArray]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rule, name)

    def decide(self, table: Any, draw: Any) -> Any:
        """As the rule decides."""
        answer = self.rule.decide(table, draw)
        self.seen.append((type(table)(*(np.array(column) for column in table)), np.array(answer)))
        return answer


class Decisions:
    """Sees a world's months pass; ``month_ended`` keeps what was weighed in the decisions that were taken.

    Parameters
    ----------
    world
        At the start of its first month, with an event log.
    partners
        Uids of the firms whose memberships and vendors are looked at; alliances are kept of all.
    """

    def __init__(self, world: World, partners: Collection[int]) -> None:
        self.wanted = np.array(sorted(partners), np.int64)
        self.joined: dict[tuple[int, int, int], Worth] = {}  # by partner, network, month
        self.left: dict[tuple[int, int, int], Worth] = {}
        self.dropped: dict[tuple[int, int, int], Drop] = {}  # by partner, vendor, month
        self.taken: dict[tuple[int, int, int], Taking] = {}
        self.parted: dict[int, Parting] = {}  # by alliance
        self.allied: dict[int, Allying] = {}
        self._dissolution, self._form = Noting(world.rules["dissolution"]), Noting(world.rules["form"])
        world.rules |= {"dissolution": self._dissolution, "form": self._form}
        self._lines = {name: len(parts) for name, parts in world.log.columns.items()} if world.log else {}
        self._relations: dict[tuple[int, int], Drop] = {}
        self._offers: dict[tuple[int, int, int], Taking] = {}
        self._delivered: list[JointDeal] = []
        self._members: dict[int, dict[str, Any]] = {}

    def __call__(self, process: str, world: World) -> None:
        """A process has passed, and the next is about to run."""
        if process == "delivery":
            self._delivered = joint_deals(world)
        elif process == "continuation":
            self._relations = {(u, v): standing_with(world, r, v) for u, r in self._rows(world) for v in carried_by(world, r)}
        elif process == "influence":
            self._offers = {k: t for u, r in self._rows(world) for k, t in offers_to(world, u, r, self._delivered).items()}
        elif process == "discovery":
            self._members = {u: membership_state(world, r) for u, r in self._rows(world)}

    def _rows(self, world: World) -> list[tuple[int, int]]:
        rows = np.flatnonzero(world.partners.alive & np.isin(world.partners.uid, self.wanted))
        return [(int(world.partners.uid[r]), int(r)) for r in rows]

    def month_ended(self, world: World) -> None:
        """Keep what belongs to the decisions of the month that has just ended."""
        month = world.month - 1
        new = {name: self._new(world, name) for name in _TABLES}
        for partner, vendor, reason in new["vendor_taken"]:
            if (found := self._offers.get((partner, vendor, reason))) is not None:
                self.taken[partner, vendor, month] = found
        for partner, vendor in new["vendor_dropped"]:
            if (partner, vendor) in self._relations:
                self.dropped[partner, vendor, month] = self._relations[partner, vendor]
        left = {(p, n) for p, n, why in new["membership_left"] if why == LeaveReason.CHOICE and p in self._members}
        for partner, network in left:
            self.left[partner, network, month] = staying(self._members[partner], network, world)
        for partner, network, why in new["membership_joined"]:
            if why == JoinReason.CHOICE and partner in self._members:
                gone = sum(p == partner for p, _, _ in new["membership_left"])
                self.joined[partner, network, month] = joining(self._members[partner], network, gone, world)
        self._keep_alliances(new, world)

    def _keep_alliances(self, new: dict[str, list[tuple[int, ...]]], world: World) -> None:
        ended = {alliance for (alliance,) in new["alliance_ended"]}
        for table, _ in self._dissolution.seen:
            for row in np.flatnonzero(np.isin(table.alliance, list(ended))):
                self.parted[int(table.alliance[row])] = parting(table, int(row), self._dissolution.rule)
        weighed: dict[int, list[tuple[Prospects, int, int]]] = {}
        for table, answer in self._form.seen:
            for n, pair in enumerate(table.pair):
                weighed.setdefault(int(pair), []).append((table, n, int(answer[n])))
        for alliance, a, b, form in new["alliance_started"]:
            sides = weighed.get(int(pair_uid(a, b)), [])
            for one, other in zip(sides[::2], sides[1::2], strict=False):  # the two sides of each time it was weighed
                if max(PROJECT, min(one[2], other[2])) == form > one[0].form[one[1]]:
                    self.allied[alliance] = allying(*min(one, other, key=lambda side: side[2])[:2], self._form.rule)
        self._dissolution.seen.clear()
        self._form.seen.clear()

    def _new(self, world: World, name: str) -> list[tuple[int, ...]]:
        """Rows of a table of the event log that this month has added."""
        assert world.log is not None
        parts = world.log.columns.get(name, [])[self._lines.get(name, 0) :]
        self._lines[name] = self._lines.get(name, 0) + len(parts)
        return [tuple(int(x) for x in row) for part in parts for row in zip(*(part[c] for c in _TABLES[name]), strict=True)]


_TABLES = {
    "vendor_taken": ("partner", "vendor", "reason"), "vendor_dropped": ("partner", "vendor"),
    "membership_left": ("partner", "network", "reason"), "membership_joined": ("partner", "network", "reason"),
    "alliance_ended": ("alliance",), "alliance_started": ("alliance", "uid_a", "uid_b", "form"),
}  # fmt: skip
