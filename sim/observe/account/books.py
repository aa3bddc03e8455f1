"""The books: bookings by month, cause, vendor, kind of network and group of partners, and what is read from them."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.observe.account.causes import ATTITUDE_CAUSES, CHANCE, KIND_NAMES, LEFT_OVER, WALLET_CAUSES, WORDS

ATTITUDE, WALLET = "attitude", "wallet"
CAUSES = {ATTITUDE: ATTITUDE_CAUSES, WALLET: WALLET_CAUSES}
UNITS = {ATTITUDE: "-1..1", WALLET: "share of wallet"}


class Bar(NamedTuple):
    """One step of a waterfall."""

    cause: str
    words: str
    amount: float


class Account(NamedTuple):
    """The account of one run.

    ``bookings[quantity]`` is months x causes x vendors x kinds x groups; ``levels[quantity]`` is (months + 1) x vendors, the
    mean at the end of the month before the first and of every month, 0 where nobody carries the vendor.
    """

    first: int  # first month booked, counted from the start of the run
    vendors: tuple[str, ...]
    groups: tuple[str, ...]
    bookings: dict[str, NDArray[np.float64]]
    levels: dict[str, NDArray[np.float64]]
    made: dict[str, NDArray[np.float64]]  # what the mean is made of at each month's end, in the shape of the bookings

    @property
    def months(self) -> int:
        """Months booked."""
        return self.bookings[ATTITUDE].shape[0]

    def gap(self) -> float:
        """The largest amount by which the bookings of a month and a vendor miss the change of the mean."""
        return max(
            float(np.abs(self.bookings[q].sum(axis=(1, 3, 4)) - np.diff(self.levels[q], axis=0)).max(initial=0.0))
            for q in self.bookings
        )

    def by_cause(self, quantity: str, vendor: int | None = None, span: tuple[int, int] | None = None) -> NDArray[np.float64]:
        """Sum of bookings by cause and kind, causes x kinds.

        Parameters
        ----------
        quantity : str
            ``ATTITUDE`` or ``WALLET``.
        vendor : int, optional
            Row; the mean over vendors when left out.
        span : tuple of int, optional
            First month and month after the last, counted from the start of the run.
        """
        chosen = self.bookings[quantity][self._months(span)].sum(axis=(0, 4))
        return chosen.mean(axis=1) if vendor is None else chosen[:, vendor]

    def made_of(self, quantity: str, vendor: int | None = None) -> NDArray[np.float64]:
        """What the mean is made of at the end, causes x kinds; the mean over vendors when none is named."""
        last = self.made[quantity][-1].sum(axis=3)
        return last.mean(axis=1) if vendor is None else last[:, vendor]

    def change(self, quantity: str, vendor: int, span: tuple[int, int] | None = None) -> tuple[float, float]:
        """The mean before the span and at its end."""
        months = range(self.months)[self._months(span)]
        level = self.levels[quantity]
        return float(level[months[0], vendor]), float(level[months[-1] + 1, vendor])

    def waterfall(self, quantity: str, vendor: int, span: tuple[int, int] | None = None) -> list[Bar]:
        """What moved the mean over a span, in the order of the causes, causes of which nothing was booked left out."""
        amounts = self.by_cause(quantity, vendor, span).sum(axis=1)
        return [Bar(c, WORDS[c], float(a)) for c, a in zip(CAUSES[quantity], amounts, strict=True) if a != 0.0]

    def left_over(self, quantity: str, span: tuple[int, int] | None = None) -> tuple[float, float]:
        """Shares of the gross movement that no mechanism explains, and that is chance.

        Gross movement is the sum of absolute bookings by month, vendor and cause.
        """
        moved = np.abs(self.bookings[quantity][self._months(span)].sum(axis=(3, 4))).sum(axis=(0, 2))
        causes, gross = CAUSES[quantity], max(1e-300, float(moved.sum()))
        return (
            float(sum(moved[causes.index(c)] for c in LEFT_OVER)) / gross,
            float(sum(moved[causes.index(c)] for c in CHANCE if c in causes)) / gross,
        )

    def table(self) -> pa.Table:
        """All bookings that are not zero, one row each: month, quantity, vendor, cause, kind, group, amount."""
        parts = []
        for quantity, booked in self.bookings.items():
            t, c, v, k, g = np.nonzero(booked)
            names = (CAUSES[quantity], self.vendors, KIND_NAMES, self.groups)
            words = [pa.array(np.array(n, object)[i].tolist(), pa.string()) for n, i in zip(names, (c, v, k, g), strict=True)]
            columns = [
                pa.array(t + self.first),
                pa.array([quantity] * t.size, pa.string()),
                *words,
                pa.array(booked[t, c, v, k, g]),
            ]
            parts.append(pa.table(columns, ["month", "quantity", "cause", "vendor", "kind", "group", "amount"]))
        return pa.concat_tables(parts)

    def _months(self, span: tuple[int, int] | None) -> slice:
        if span is None:
            return slice(None)
        low, high = max(0, span[0] - self.first), min(self.months, span[1] - self.first)
        if low >= high:
            raise ValueError(f"no month from {span[0]} to {span[1] - 1} is in the account, which begins with {self.first}")
        return slice(low, high)
