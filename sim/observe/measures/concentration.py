"""Concentration and diversity: who holds how much of a total, and how evenly."""

import numpy as np
from numpy.typing import NDArray


def hhi(amounts: NDArray) -> float:
    """Herfindahl-Hirschman index, ``sum_v (x_v / sum x)^2``.

    Parameters
    ----------
    amounts : array, n
        Sales or the like, not negative.

    Returns
    -------
    float
        1/n when all are equal, 1 when one has all; NaN when the total is 0.
    """
    total = amounts.sum()
    return float(((amounts / total) ** 2).sum()) if total > 0.0 else np.nan


def row_hhi(shares: NDArray) -> float:
    """Mean Herfindahl-Hirschman index of rows of shares, rows of zeros left out.

    Parameters
    ----------
    shares : array, N x V
        Rows sum to 1 or to 0, for instance shares of wallet.

    Returns
    -------
    float
        NaN when every row is 0.
    """
    rows = shares[shares.any(axis=1)]
    return float((rows**2).sum(axis=1).mean()) if rows.size else np.nan


def shannon(counts: NDArray) -> float:
    """Shannon diversity, ``-sum_k p_k ln p_k``.

    Parameters
    ----------
    counts : array, n
        How many of each kind.

    Returns
    -------
    float
        Nats: 0 when there is one kind, ln n when n kinds are equally frequent; NaN when there are none.
    """
    total = counts.sum()
    if total <= 0:
        return np.nan
    p = counts[counts > 0] / total
    return float(abs((p * np.log(p)).sum()))


def top_share(amounts: NDArray, top: float = 0.2) -> float:
    """Share of the total held by the largest fraction ``top`` of the holders.

    ``k = max(1, round(top n))`` holders count as the top.

    Parameters
    ----------
    amounts : array, n
        Revenue or the like, not negative.
    top : float
        Fraction of holders, 0..1.

    Returns
    -------
    float
        0..1; NaN when the total is 0.
    """
    total = amounts.sum()
    if total <= 0.0:
        return np.nan
    k = max(1, round(top * amounts.size))
    return float(np.partition(amounts, amounts.size - k)[-k:].sum() / total)
