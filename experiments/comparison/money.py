"""Money: what a policy brings to the vendor, the distributors and the median partner, and when it has paid for itself.

Cash is cumulated from all flows, so the difference between two runs of a pair is what the policy has brought by then, its
own cost included.  Months are discounted at 10 % a year (assumed; a usual hurdle), from the month of the first change.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.observe.evidence import Figure, figure

DISCOUNT_PER_YEAR = 0.10
MEDIAN_PARTNER = "partner_profit_median"
ACTORS = ("vendor_cash_0", "distributors_cash", MEDIAN_PARTNER)


class Return(NamedTuple):
    """What a policy brings to one actor."""

    actor: str  # one of ``ACTORS``
    worth: Figure  # net present value at the end of the run, US dollars
    lowest: float  # deepest point of the mean cumulated difference, US dollars: what must be put up front
    payback: int | None  # months from the first change until the mean cumulated difference is back at zero for good; None never
    break_even: int | None  # months until a month's mean gain is no longer a loss for good; None never
    breaking_even: int  # replications that end above zero
    cumulated: NDArray[np.float64]  # R x months, US dollars, undiscounted


def actor_words(actor: str, vendor: str) -> str:
    """How an actor is called, the vendor in focus by its name."""
    return {"vendor_cash_0": vendor, "distributors_cash": "all distributors"}.get(actor, "the median partner")


def flows_of(paths: NDArray[np.float64], actor: str) -> NDArray[np.float64]:
    """What came in each month: the differences of cumulated cash; the median partner's profit is a flow already."""
    return paths if actor == MEDIAN_PARTNER else np.diff(paths, axis=1, prepend=0.0)


def return_of(base: NDArray[np.float64], other: NDArray[np.float64], actor: str, since: int) -> Return:
    """Judge the difference of two scenarios' money.

    Parameters
    ----------
    base, other
        Paths R x T from the start of the run, paired.
    actor
        One of ``ACTORS``.
    since
        Month of the first change, counted from the start of the run.

    Returns
    -------
    Return
        Of the months from then on.
    """
    gained = (flows_of(other, actor) - flows_of(base, actor))[:, since:]
    gained = np.nan_to_num(gained)
    discount = (1.0 + DISCOUNT_PER_YEAR) ** (-(np.arange(gained.shape[1]) + 1) / 12.0)
    cumulated = gained.cumsum(axis=1)
    mean, monthly = cumulated.mean(axis=0), gained.mean(axis=0)
    return Return(
        actor, figure((gained * discount).sum(axis=1)), float(min(0.0, mean.min(initial=0.0))), for_good(mean),
        for_good(_smooth(monthly)), int((cumulated[:, -1] > 0.0).sum()), cumulated,
    )  # fmt: skip


def _smooth(monthly: NDArray[np.float64], width: int = 12) -> NDArray[np.float64]:
    """A year's mean, so that a quarter's rebates do not count as losses."""
    if monthly.size <= width:
        return np.full(1, monthly.mean()) if monthly.size else monthly
    return np.convolve(monthly, np.full(width, 1.0 / width), "valid")


def for_good(path: Sequence[float] | NDArray[np.float64]) -> int | None:
    """Months until a path is at or above zero for good: 0 when it always was, None when it ends below."""
    values = np.asarray(path)
    if values.size == 0 or values[-1] < 0.0:
        return None
    below = np.flatnonzero(values < 0.0)
    return int(below[-1] + 1) if below.size else 0


def months_words(months: int | None) -> str:
    """How a time is said."""
    return "not within the run" if months is None else "at once" if months == 0 else f"after {months} months"


def dollars(value: float) -> str:
    """An amount of US dollars, short."""
    if not math.isfinite(value):
        return "-"
    if abs(value) < 0.5:
        return "0"
    size = abs(value)
    short = f"{size / 1e6:,.2f} m" if size >= 1e6 else f"{size / 1e3:,.1f} k" if size >= 1e3 else f"{size:,.0f}"
    return f"{'-' if value < 0 else '+'}{short}"
