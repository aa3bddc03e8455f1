"""What deals say: who worked with whom before, what marketplaces carry, and how old allies fare."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

MEMBERS = ("owner", "member_1", "member_2", "member_3")


class Pairs(NamedTuple):
    """One entry for the owner and each ally of each deal, in the order of delivery; n each."""

    deal: NDArray[np.int64]  # row of the deal
    low: NDArray[np.int64]  # the lower uid
    high: NDArray[np.int64]
    month: NDArray[np.int64]  # of delivery
    success: NDArray[np.bool_]
    earlier: NDArray[np.int64]  # how many joint deals of the two were delivered before


def pairs_of(deals: pa.Table) -> Pairs:
    """Owners with their allies, deal by deal."""
    owner, month = deals["owner"].to_numpy(), deals["delivered"].to_numpy()
    success = deals["success"].to_numpy(zero_copy_only=False)
    rows, lows, highs = [], [], []
    for name in MEMBERS[1:]:
        ally = deals[name].fill_null(-1).to_numpy()
        at = np.flatnonzero(ally >= 0)
        rows.append(at)
        lows.append(np.minimum(owner[at], ally[at]))
        highs.append(np.maximum(owner[at], ally[at]))
    deal, low, high = (np.concatenate(parts) for parts in (rows, lows, highs))
    order = np.lexsort((deal, month[deal]))
    deal, low, high = deal[order], low[order], high[order]
    return Pairs(deal, low, high, month[deal], success[deal], _times_before(low, high, month[deal]))


def _times_before(low: NDArray, high: NDArray, month: NDArray) -> NDArray[np.int64]:
    """For each entry, in the order of months, how many of the same pair were delivered in an earlier month."""
    order = np.lexsort((month, high, low))
    pair = np.column_stack([low, high])[order]
    new_pair = np.ones(low.size, bool)
    new_pair[1:] = (pair[1:] != pair[:-1]).any(axis=1)
    new_month = new_pair.copy()
    new_month[1:] |= month[order][1:] != month[order][:-1]
    at = np.arange(low.size)
    first_of_pair, first_of_month = (np.maximum.accumulate(np.where(new, at, 0)) for new in (new_pair, new_month))
    out = np.empty(low.size, np.int64)
    out[order] = first_of_month - first_of_pair
    return out


def repeat_share(pairs: Pairs, since: int) -> float:
    """Share of joint work with somebody one worked with before."""
    late = pairs.month >= since
    return float((pairs.earlier[late] > 0).mean()) if late.any() else np.nan


def _gap(values: NDArray, one: NDArray, other: NDArray) -> float:
    return float(values[one].mean() - values[other].mean()) if one.any() and other.any() else np.nan


def marketplace_gaps(deals: pa.Table, partners: pa.Table, pairs: Pairs, since: int) -> dict[str, float]:
    """What is done through marketplaces less all else: complexity, share away from home, trust, repeat work.

    Parameters
    ----------
    deals, partners
        Of ``sim.observe.schema``.
    pairs
        Of these deals.
    since
        First month of delivery that counts.

    Returns
    -------
    dict of str to float
        NaN where one side has none; trust and repeat work among deals done jointly.
    """
    late = deals["delivered"].to_numpy() >= since
    posted = deals["market"].is_valid().to_numpy(zero_copy_only=False)
    home = dict(zip(partners["partner"].to_pylist(), partners["region"].to_pylist(), strict=True))
    at_home = np.array([home.get(owner, -1) for owner in deals["owner"].to_pylist()])
    far = (deals["region"].to_numpy() != at_home).astype(float)
    joint = deals["member_1"].is_valid().to_numpy(zero_copy_only=False)
    again = (pairs.earlier > 0).astype(float)
    recent, through = pairs.month >= since, posted[pairs.deal]
    return {
        "posted_complexity_gap": _gap(deals["complexity"].to_numpy(), late & posted, late & ~posted),
        "posted_far_gap": _gap(far, late & posted, late & ~posted),
        "posted_trust_gap": _gap(deals["trust"].to_numpy(), late & joint & posted, late & joint & ~posted),
        "posted_repeat_gap": _gap(again, recent & through, recent & ~through),
    }


def embedded_growth_gap(deals: pa.Table, pairs: Pairs, years: pa.Table, end: int, span: int = 24, least: int = 2) -> float:
    """Growth of firms that kept to old allies less that of others who worked jointly, in logs over two years.

    Parameters
    ----------
    deals, years
        ``deals`` and ``partner_years`` of ``sim.observe.schema``.
    pairs
        Of these deals.
    end
        Months of the run.
    span
        Months before and after the middle.
    least
        Joint deals that a firm must have had in the months before.

    Returns
    -------
    float
        Embedded is above the median share of joint deals with earlier allies; NaN where there are too few firms.
    """
    months = np.unique(years["month"].to_numpy())
    middle = months[-1] - span if months.size else -1
    if middle not in months:
        return np.nan
    window = (pairs.month > middle - span) & (pairs.month <= middle)
    firm = np.concatenate([pairs.low[window], pairs.high[window]])
    again = np.tile(pairs.earlier[window] > 0, 2).astype(float)
    names, which = np.unique(firm, return_inverse=True)
    count, repeated = np.bincount(which), np.bincount(which, again)
    revenue = {m: _revenue(years, m) for m in (middle, months[-1])}
    growth = np.array([np.log(revenue[months[-1]].get(f, np.nan) / revenue[middle].get(f, np.nan)) for f in names.tolist()])
    known = (count >= least) & np.isfinite(growth)
    if known.sum() < 10:
        return np.nan
    share = repeated[known] / count[known]
    embedded = share > np.median(share)
    return _gap(growth[known], embedded, ~embedded)


def _revenue(years: pa.Table, month: int) -> dict[int, float]:
    at = years["month"].to_numpy() == month
    revenue = years["revenue"].to_numpy()[at]
    return {f: r for f, r in zip(years["partner"].to_numpy()[at].tolist(), revenue.tolist(), strict=True) if r > 0.0}
