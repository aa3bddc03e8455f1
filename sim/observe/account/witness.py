"""The witness: sees each process of a month pass, keeps the stocks, and books what the month did to the means."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.events import TakenOn
from sim.observe.account.causes import OUTSIDE, OWN
from sim.observe.account.experience import Stocks, gap_components, in_business, interpreted, learn, total
from sim.observe.account.opinions import Opinions, density_by_kind, opinions
from sim.observe.account.posting import Ledger, Moment
from sim.observe.account.purchases import FIRST_CO_DELIVERY, PARTS, Purchase, RecordingRule, choices, delivered, met_through
from sim.observe.measures import shares_of_wallet
from sim.processes.satisfaction import updated_experience
from sim.state.networks import KINDS
from sim.world import World

_ROUTES = {TakenOn.SPECIFIED: 1, TakenOn.RECRUITED: 2}
HEARD = tuple(f"{what}:{kind}" for what in ("peers", "hosts") for kind in KINDS)


class Witness:
    """Sees a world's months pass; ``month_ended`` books them.

    Parameters
    ----------
    world
        At the start of its first month, with an event log.
    ledger
        Where bookings go.
    """

    def __init__(self, world: World, ledger: Ledger) -> None:
        self.ledger = ledger
        rows = (world.partners.uid.size, world.size.vendors)
        self.own: Stocks = {name: np.zeros(rows) for name in OWN}
        self.said: Stocks = {name: np.zeros(rows) for name in (*OWN, *HEARD, "residual")}
        self.wallet: Stocks = {name: np.zeros(rows) for name in (*PARTS, "events", "residual")}
        self.begun = world.relations.expectation.copy()
        self.route = np.zeros(rows, np.int64)
        self.pending: dict[int, NDArray] = {}
        self.bought: list[Purchase] = []
        self.met: dict[tuple[int, int], int] = {}
        self.heard: Opinions | None = None
        self.rule = RecordingRule(world.rules["vendor_choice"])
        world.rules["vendor_choice"] = self.rule
        world.witness = self
        self.lines = len(world.log.columns.get("vendor_taken", [])) if world.log else 0
        self._begin_rows(world, np.flatnonzero(world.partners.alive))
        self.before = self._moment(world)

    def __call__(self, process: str, world: World) -> None:
        """A process has passed."""
        getattr(self, f"_after_{process}")(world)

    def _after_policies(self, world: World) -> None:
        self.own["events"] += _beyond_rounding(world.relations.experience - total(self.own))
        self.wallet["events"] += _beyond_rounding(shares_of_wallet(world.relations.bought_year) - total(self.wallet))
        self.left_vendor = self.before.carried & ~world.relations.carried

    def _after_turnover(self, world: World) -> None:
        rows = world.partners.uid.size
        old = self.before.uid.size
        if rows > old:
            self._make_room(rows - old)
        fresh = np.ones(rows, bool)
        fresh[:old] = world.partners.uid[:old] != self.before.uid
        fresh[:old] |= ~self.before.alive
        self._begin_rows(world, np.flatnonzero(fresh & world.partners.alive))

    def _after_delivery(self, world: World) -> None:
        self.met = met_through(world)
        self.bought = delivered(world, self.pending)

    def _after_continuation(self, world: World) -> None:
        self.experience, self.expectation = world.relations.experience.copy(), world.relations.expectation.copy()
        self.carried = world.relations.carried.copy()
        peers, hosts = (total({n: self.said[n] for n in HEARD if n.startswith(what)}) for what in ("peers", "hosts"))
        self.pending |= choices(world, self.rule, self.carried, peers, hosts, self.route)

    def _after_satisfaction(self, world: World) -> None:
        satisfaction = world.parameters["satisfaction"]
        rows, vendors = in_business(world, self.carried)
        if world.switches.satisfaction and rows.size:
            parts = gap_components(world, rows, vendors, self.expectation, self.begun)
            learn(self.own, rows, vendors, parts, satisfaction)
            if world.switches.indebtedness:
                self._feel_indebted(rows, vendors, sum(parts.values(), np.zeros(rows.size)), satisfaction, world)
        self.own["voice"] += _beyond_rounding(world.relations.experience - total(self.own))
        self.heard = opinions(world)

    def _feel_indebted(self, rows: NDArray, vendors: NDArray, gap: NDArray, satisfaction: Any, world: World) -> None:
        """What benefits seen as self-serving took away, where the partner did not complain in the same month."""
        after_gap = interpreted(updated_experience)
        plain = [after_gap(x, g, satisfaction) for x, g in zip(self.experience[rows, vendors], gap, strict=True)]
        bought, benefit = world.relations.bought_month[rows, vendors], world.relations.benefit_month[rows, vendors]
        neutral = np.full(rows.size, satisfaction.reference_benefit)
        rate = np.divide(benefit, bought, out=neutral, where=bought > 0.0)
        after = np.maximum(-1.0, np.array(plain) - satisfaction.indebtedness * rate)
        self.own["indebtedness"][rows, vendors] += after - plain

    def _after_influence(self, world: World) -> None:
        assert self.heard is not None
        found = self.heard
        if found.anchored:
            for name in OWN:
                self.said[name] = self.own[name].copy()
            for name in (*HEARD, "residual"):
                self.said[name] = np.zeros_like(self.said[name])
        else:  # opinions move on from last month's, own experience is heard of only at first
            self.said["residual"] += found.anchor - total(self.said)
        for k, kind in enumerate(KINDS):
            self.said[f"peers:{kind}"] += found.peers[k]
            self.said[f"hosts:{kind}"] += found.hosts[k]
        self.said["residual"] += _beyond_rounding(world.relations.attitude - total(self.said))

    def _after_discovery(self, world: World) -> None:
        self.own["first_impression"] += _beyond_rounding(world.relations.experience - total(self.own))
        row_of = {int(uid): int(r) for r, uid in enumerate(world.partners.uid) if world.partners.alive[r]}
        self.came: dict[tuple[int, int], int] = {}
        for partner, vendor, reason in self._taken(world):
            r = row_of.get(partner)
            if r is None or reason == TakenOn.FOUNDING:
                continue
            way = (
                FIRST_CO_DELIVERY + self.met.get((r, vendor), OUTSIDE)
                if reason == TakenOn.CO_DELIVERY
                else _ROUTES.get(TakenOn(reason), 0)
            )
            self.route[r, vendor], self.begun[r, vendor] = way, world.relations.expectation[r, vendor]
            self.came[r, vendor] = reason

    def _taken(self, world: World) -> list[tuple[int, int, int]]:
        assert world.log is not None
        parts = world.log.columns.get("vendor_taken", [])[self.lines :]
        self.lines += len(parts)
        return [
            (int(p), int(v), int(w))
            for part in parts
            for p, v, w in zip(part["partner"], part["vendor"], part["reason"], strict=True)
        ]

    def month_ended(self, world: World) -> None:
        """Book the month that has just ended, and stand ready for the next."""
        self._fill_wallets(world)
        now = self._moment(world)
        same = np.zeros(now.uid.size, bool)
        old = self.before.uid.size
        same[:old] = self.before.alive & now.alive[:old] & (now.uid[:old] == self.before.uid)
        self.ledger.post(self.before, now, same, self.came, self.left_vendor)
        self.before = now
        open_projects = set(world.projects.uid[world.projects.used].tolist())
        self.pending = {uid: parts for uid, parts in self.pending.items() if uid in open_projects}

    def _fill_wallets(self, world: World) -> None:
        """Let the stocks of shares fade by phi and gain the month's purchases."""
        month, year = world.relations.bought_month.sum(axis=1), world.relations.bought_year.sum(axis=1)
        weight = np.divide(month, year, out=np.zeros_like(month), where=year > 0.0)[:, None]
        for stock in self.wallet.values():
            stock *= 1.0 - weight
        gained = np.zeros((world.partners.uid.size, len(PARTS), world.size.vendors))
        for purchase in self.bought:
            if year[purchase.row] > 0.0:
                gained[purchase.row] += purchase.product / year[purchase.row] * purchase.parts
        for part, name in enumerate(PARTS):
            self.wallet[name] += gained[:, part]
        self.wallet["residual"] += _beyond_rounding(shares_of_wallet(world.relations.bought_year) - total(self.wallet))

    def _moment(self, world: World) -> Moment:
        partners, relations = world.partners, world.relations
        density = density_by_kind(world)
        inside = density.sum(axis=1, keepdims=True)
        kinds = np.concatenate([density / np.where(inside > 0.0, inside, 1.0), (inside == 0.0).astype(float)], axis=1)
        return Moment(
            partners.uid.copy(), partners.alive.copy(), relations.carried & partners.alive[:, None], relations.attitude.copy(),
            shares_of_wallet(relations.bought_year), kinds, self.ledger.group_of(world),
            {n: s.copy() for n, s in self.said.items()}, {n: s.copy() for n, s in self.wallet.items()},
        )  # fmt: skip

    def _begin_rows(self, world: World, rows: NDArray[np.int64]) -> None:
        """What firms that have just entered bring along."""
        for stocks in (self.own, self.said, self.wallet):
            for stock in stocks.values():
                stock[rows] = 0.0
        self.own["first_impression"][rows] = world.relations.experience[rows]
        self.said["first_impression"][rows] = world.relations.attitude[rows]
        self.wallet["line_card"][rows] = shares_of_wallet(world.relations.bought_year)[rows]
        self.begun[rows] = world.relations.expectation[rows]
        self.route[rows] = 0

    def _make_room(self, more: int) -> None:
        for stocks in (self.own, self.said, self.wallet):
            for name, stock in stocks.items():
                stocks[name] = np.concatenate([stock, np.zeros((more, stock.shape[1]))])
        self.begun = np.concatenate([self.begun, np.zeros((more, self.begun.shape[1]))])
        self.route = np.concatenate([self.route, np.zeros((more, self.route.shape[1]), np.int64)])


def _beyond_rounding(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """A difference, nothing where it is but rounding: a mechanism that is off leaves its column empty."""
    return np.where(np.abs(difference) < 1e-13, 0.0, difference)
