"""When and where: in which regions, verticals, sizes, types and kinds of networks a difference showed first.

A group has moved in the first month from which, for six months in a row, the 95 % interval of the paired difference lies on
one side of zero and its mean is at least a quarter of the smallest difference that matters.  These are many intervals on
few pairs, to be read as a description of where to look, not as a test.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.observe.evidence import half_width
from sim.verdict import MARGIN_ATTITUDE, MARGIN_LEVEL, MARGIN_WALLET

QUANTITIES = {"wallet": "share of wallet", "attitude": "attitude", "members": "memberships"}
RUN = 6  # months in a row
PART = 0.25  # of the smallest difference that matters


class Move(NamedTuple):
    """How one group moved."""

    quantity: str
    grouping: str
    group: str
    first: int | None  # months after the first change; None when it did not
    late: float  # mean difference over the last 12 months
    low: float  # its 95 % interval
    high: float


def moves(base: Mapping[str, NDArray], other: Mapping[str, NDArray], since: int) -> list[Move]:
    """Every group, those that moved first at the top.

    Parameters
    ----------
    base, other
        Paths R x T by name, as ``watching`` names them, paired.
    since
        Month of the first change, counted from the start of the run.
    """
    found = []
    for name in other:
        quantity, at, group = name.partition("@")
        if not at or name not in base:
            continue
        difference = (np.asarray(other[name]) - np.asarray(base[name]))[:, since:]
        grouping, _, words = group.partition(":")
        late = difference[:, -12:]
        means = np.array([row[np.isfinite(row)].mean() if np.isfinite(row).any() else np.nan for row in late])
        means = means[np.isfinite(means)]
        if means.size < 2:
            continue
        width = half_width(float(means.std(ddof=1)), means.size)
        found.append(Move(quantity, grouping, words, first_month(difference, _least(quantity, base[name])), float(means.mean()),
                          float(means.mean() - width), float(means.mean() + width)))  # fmt: skip
    return sorted(found, key=lambda m: (m.first is None, m.first or 0, -abs(m.late)))


def _least(quantity: str, base: NDArray) -> float:
    margin = {"wallet": MARGIN_WALLET, "attitude": MARGIN_ATTITUDE}.get(quantity)
    known = np.asarray(base)[np.isfinite(base)]
    return PART * (margin if margin is not None else MARGIN_LEVEL * max(0.1, float(known.mean()) if known.size else 0.1))


def first_month(difference: NDArray[np.float64], least: float) -> int | None:
    """The first month from which on the difference is clear for ``RUN`` months in a row; None when there is none."""
    runs = np.isfinite(difference).sum(axis=0)
    usable = runs >= 2
    mean, sd = np.zeros(difference.shape[1]), np.zeros(difference.shape[1])
    mean[usable] = np.nanmean(difference[:, usable], axis=0)
    sd[usable] = np.nanstd(difference[:, usable], axis=0, ddof=1)
    width = np.array([half_width(s, int(n)) if n >= 2 else np.inf for s, n in zip(sd, runs, strict=True)])
    clear = usable & (np.abs(mean) > width) & (np.abs(mean) >= least)
    for month in range(clear.size - RUN + 1):
        window = slice(month, month + RUN)
        if clear[window].all() and abs(np.sign(mean[window]).sum()) == RUN:
            return month
    return None
