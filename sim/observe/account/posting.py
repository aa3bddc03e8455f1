"""Posting: a month's change of the means, booked by cause, vendor, kind of network and group of partners."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.events import TakenOn
from sim.observe.account.books import ATTITUDE, CAUSES, WALLET
from sim.observe.account.causes import KIND_NAMES
from sim.observe.account.means import Shift, mean_of, shift
from sim.world import World

Floats = NDArray[np.float64]
_CAME = {
    TakenOn.RECRUITED: "recruited", TakenOn.SPECIFIED: "specified", TakenOn.CO_DELIVERY: "co_delivery", TakenOn.MERGED: "events",
}  # fmt: skip


class Moment(NamedTuple):
    """What is known at the end of a month; copies."""

    uid: NDArray[np.int64]
    alive: NDArray[np.bool_]
    carried: NDArray[np.bool_]  # N x V, by the living
    attitude: Floats  # N x V
    share: Floats  # N x V, of wallet
    kinds: Floats  # N x kinds, share of each kind of network in a partner's contacts, the last for none
    group: NDArray[np.int64]  # N
    said: dict[str, Floats]  # stocks of attitude
    wallet: dict[str, Floats]  # stocks of the share of wallet


class Ledger:
    """Collects bookings, one array a month and quantity.

    Parameters
    ----------
    groups
        Names of the groups of partners.
    group_of
        The group of each row of a world's partners.
    """

    def __init__(self, groups: tuple[str, ...], group_of: Callable[[World], NDArray[np.int64]]) -> None:
        self.groups, self.group_of = groups, group_of
        self.posted: dict[str, list[Floats]] = {ATTITUDE: [], WALLET: []}
        self.levels: dict[str, list[Floats]] = {ATTITUDE: [], WALLET: []}
        self.made: dict[str, list[Floats]] = {ATTITUDE: [], WALLET: []}

    def forget(self) -> None:
        """Drop what was posted, where only the witness's stocks are wanted."""
        for kept in (self.posted, self.levels, self.made):
            for months in kept.values():
                months.clear()

    def post(
        self,
        before: Moment,
        now: Moment,
        same: NDArray[np.bool_],
        came: dict[tuple[int, int], int],
        left_vendor: NDArray[np.bool_],
    ) -> None:
        """Book a month.

        Parameters
        ----------
        before, now
            The ends of two months; ``now`` may have more rows.
        same
            Whether a row of ``now`` is still the same firm.
        came
            Why relations were taken on this month, by row and vendor.
        left_vendor
            Relations of ``before`` that ended because their vendor left.
        """
        before = _with_rows(before, now.uid.size)
        alive = (before.alive[:, None], now.alive[:, None])
        everyone = tuple(np.broadcast_to(a, now.share.shape) for a in alive)
        gone = np.zeros(now.carried.shape, bool)
        gone[: left_vendor.shape[0]] = left_vendor
        self._post(ATTITUDE, before, now, before.attitude, now.attitude, before.carried, now.carried, same, came, gone)
        self._post(WALLET, before, now, before.share, now.share, everyone[0], everyone[1], same, {}, gone)

    def _post(self, quantity, before, now, old, new, was, is_now, same, came, gone) -> None:
        moved = shift(old, new, was, is_now, same)
        out = np.zeros((len(CAUSES[quantity]), old.shape[1], len(KIND_NAMES), len(self.groups)))
        stay = was & is_now & same[:, None]
        stocks = (before.said, now.said) if quantity == ATTITUDE else (before.wallet, now.wallet)
        made, members = np.zeros_like(out), np.maximum(1, is_now.sum(axis=0))
        for name, stock in stocks[1].items():
            change = np.where(stay, stock - stocks[0][name], 0.0) * moved.weight
            cause, _, kind = name.partition(":")
            self._add(out, quantity, cause, change, before, kind)
            self._add(made, quantity, cause, np.where(is_now, stock, 0.0) / members, now, kind)
        self._leavers(out, quantity, moved, before, same, gone)
        self._comers(out, quantity, moved, now, same, came)
        self.posted[quantity].append(out)
        self.made[quantity].append(made)
        if not self.levels[quantity]:
            self.levels[quantity].append(mean_of(old, was))
        self.levels[quantity].append(mean_of(new, is_now))

    def _leavers(self, out: Floats, quantity: str, moved: Shift, before: Moment, same: NDArray, gone: NDArray) -> None:
        stayed_firm = same[:, None]
        self._add(out, quantity, "exit", np.where(stayed_firm, 0.0, moved.left), before)
        if quantity == ATTITUDE:
            self._add(out, quantity, "events", np.where(stayed_firm & gone, moved.left, 0.0), before)
            self._add(out, quantity, "dropped", np.where(stayed_firm & ~gone, moved.left, 0.0), before)

    def _comers(
        self, out: Floats, quantity: str, moved: Shift, now: Moment, same: NDArray, came: dict[tuple[int, int], int]
    ) -> None:
        rest = np.where(same[:, None], 0.0, moved.came)
        known = moved.came - rest
        self._add(out, quantity, "entry", rest, now)
        for reason, cause in _CAME.items():
            part = np.zeros_like(known)
            for (row, vendor), why in came.items():
                if why == reason:
                    part[row, vendor] = known[row, vendor]
            if part.any():
                self._add(out, quantity, cause, part, now)
                known = known - part
        if known.any():
            self._add(out, quantity, "residual", known, now)

    def _add(self, out: Floats, quantity: str, cause: str, amounts: Floats, who: Moment, kind: str = "") -> None:
        """Book amounts, N x V, to the kinds of network that the partners are in, or to one kind."""
        if not amounts.any():
            return
        at = CAUSES[quantity].index(cause)
        for g in range(len(self.groups)):
            inside = np.where((who.group == g)[:, None], amounts, 0.0)
            if kind:
                out[at, :, KIND_NAMES.index(kind), g] += inside.sum(axis=0)
            else:
                out[at, :, :, g] += inside.T @ who.kinds


def _with_rows(moment: Moment, rows: int) -> Moment:
    """The same with room for firms that came since."""
    more = rows - moment.uid.size
    if more <= 0:
        return moment

    def longer(column: NDArray) -> NDArray:
        return np.concatenate([column, np.zeros((more, *column.shape[1:]), column.dtype)])

    columns: dict[str, Any] = {n: longer(c) for n, c in moment._asdict().items() if not isinstance(c, dict)}
    stocks: dict[str, Any] = {n: {s: longer(c) for s, c in getattr(moment, n).items()} for n in ("said", "wallet")}
    return Moment(**columns, **stocks)
