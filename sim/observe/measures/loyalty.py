"""Loyalty of partners to vendors: behaviour (wallet, retention), attitude, and both together (Dick and Basu).

The share of the *primary* vendor alone is no measure of loyalty and is not offered here: it rises when
partners are unhappy and drop the others.
"""

import numpy as np
from numpy.typing import NDArray

LOYALTIES = ("true", "latent", "spurious", "none")
TRUE, LATENT, SPURIOUS, NO_LOYALTY = range(4)


def shares_of_wallet(purchases: NDArray) -> NDArray[np.float64]:
    """Share of each partner's purchases that goes to each vendor.

    ``s_iv = b_iv / sum_v b_iv``, and 0 for every vendor where the partner bought nothing.

    Parameters
    ----------
    purchases : array, N x V
        Purchases over the same period (12 months), US dollars.

    Returns
    -------
    array, N x V
        Rows sum to 1, or to 0 where nothing was bought.
    """
    total = purchases.sum(axis=1, keepdims=True)
    return np.divide(purchases, total, out=np.zeros(purchases.shape), where=total > 0.0)


def wallet(purchases: NDArray) -> NDArray[np.float64]:
    """Share of wallet of each vendor over *all* partners, zeros included.

    ``W_v = (1/N) sum_i s_iv``: every partner weighs the same and a partner that buys nothing from the vendor, or
    nothing at all, counts as zero.  The focal vendor is one entry of the result.

    Parameters
    ----------
    purchases : array, N x V
        Purchases over the same period (12 months), US dollars.

    Returns
    -------
    array, V
        NaN when there is no partner.
    """
    if purchases.shape[0] == 0:
        return np.full(purchases.shape[1], np.nan)
    return shares_of_wallet(purchases).mean(axis=0)


def retention(then: NDArray[np.bool_], still: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of the relations of an earlier moment that are still there, by vendor and over all.

    ``R_v = #(i: carried v then and still) / #(i: carried v then)``.  Give only partners that lived at both
    moments: a firm that closed was not disloyal.

    Parameters
    ----------
    then : bool array, N x V
        Whether the partner carried the vendor at the earlier moment.
    still : bool array, N x V
        Whether it has carried it without interruption since.

    Returns
    -------
    array, V + 1
        By vendor, and over all relations in the last entry; NaN where there was none.
    """
    kept = (then & still).sum(axis=0, dtype=np.float64)
    had = then.sum(axis=0, dtype=np.float64)
    kept, had = np.append(kept, kept.sum()), np.append(had, had.sum())
    return np.divide(kept, had, out=np.full(had.size, np.nan), where=had > 0)


def relative_attitude(attitude: NDArray, carried: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Attitude to a vendor less the mean attitude to the partner's *other* carried vendors.

    ``A_iv - mean(A_iw : w carried by i, w != v)``; where there is no alternative, infinity: nothing is liked better.

    Parameters
    ----------
    attitude : array, N x V
        Expressed attitude, -1..1.
    carried : bool array, N x V
        Whether the partner carries the vendor.

    Returns
    -------
    array, N x V
        Differentiation of the attitude, also for vendors not carried.
    """
    held = np.where(carried, attitude, 0.0)
    others = carried.sum(axis=1, keepdims=True) - carried
    total = held.sum(axis=1, keepdims=True) - held
    mean = np.divide(total, others, out=np.full(attitude.shape, -np.inf), where=others > 0)
    return attitude - mean


def dick_basu(
    attitude: NDArray, shares: NDArray, carried: NDArray[np.bool_], cut_attitude: float = 0.0, cut_share: float = 0.25
) -> NDArray[np.int64]:
    """Cell of the Dick-Basu table of every partner and vendor.

    Relative attitude is high when the attitude is both favourable (above ``cut_attitude``) and no lower than that to the
    partner's other vendors; patronage is high when the share of wallet reaches ``cut_share``.  High and high is true
    loyalty, high attitude alone latent, high patronage alone spurious, neither none.

    Parameters
    ----------
    attitude, shares : array, N x V
        Expressed attitude, -1..1, and share of wallet, 0..1.
    carried : bool array, N x V
        Whether the partner carries the vendor.
    cut_attitude, cut_share : float
        The cut points (assumed: 0, and a quarter, an equal split among four active vendors).

    Returns
    -------
    int array, N x V
        Index into ``LOYALTIES``.

    References
    ----------
    A. S. Dick and K. Basu, "Customer loyalty: toward an integrated conceptual framework", J. Acad. Marketing Sci. 22
    (1994): relative attitude = strength and differentiation of the attitude.
    """
    liked = (attitude > cut_attitude) & (relative_attitude(attitude, carried) >= 0.0)
    bought = shares >= cut_share
    return np.where(liked, np.where(bought, TRUE, LATENT), np.where(bought, SPURIOUS, NO_LOYALTY))


def dick_basu_shares(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shares of the four cells of the Dick-Basu table among the given cells.

    Parameters
    ----------
    cells : int array, n
        Indices into ``LOYALTIES``.

    Returns
    -------
    array, 4
        In the order of ``LOYALTIES``, sums to 1; NaN when there is no cell.
    """
    if cells.size == 0:
        return np.full(len(LOYALTIES), np.nan)
    return np.bincount(cells, minlength=len(LOYALTIES)) / cells.size


def satisfied_share(attitude: NDArray, purchases: NDArray, carried: NDArray[np.bool_]) -> float:
    """Share of partners with a favourable attitude (above 0) to their primary vendor.

    The primary vendor is the carried one from which most was bought in the period; partners that carry none, or bought
    nothing from those they carry, have no primary vendor and are left out.

    Parameters
    ----------
    attitude, purchases : array, N x V
        Expressed attitude, -1..1, and purchases, US dollars.
    carried : bool array, N x V
        Whether the partner carries the vendor.

    Returns
    -------
    float
        0..1, NaN when no partner has a primary vendor.
    """
    held = np.where(carried, purchases, 0.0)
    primary = held.argmax(axis=1)
    rows = np.flatnonzero(held.max(axis=1, initial=0.0) > 0.0)
    return float((attitude[rows, primary[rows]] > 0.0).mean()) if rows.size else np.nan


def active_vendors(last_bought: NDArray[np.int64], month: int, window: int = 12) -> NDArray[np.int64]:
    """How many vendors each partner bought from in the last ``window`` months, this one included.

    Parameters
    ----------
    last_bought : int array, N x V
        Month of the last purchase.
    month : int
        The month that ends the window.
    window : int
        Months.

    Returns
    -------
    int array, N
        Number of vendors.
    """
    return (last_bought > month - window).sum(axis=1)
