"""Participation: how many networks there are of each kind, and who is in how many."""

import numpy as np
from numpy.typing import NDArray


def count_by_kind(kinds: NDArray[np.int64], number_of_kinds: int, weights: NDArray | None = None) -> NDArray:
    """How many there are of each kind, or their summed weight.

    Parameters
    ----------
    kinds : int array, n
        Kind of each network, or of the network of each membership.
    number_of_kinds : int
        Length of the result.
    weights : array, n, optional
        What to sum, for instance the value of deals through each network; 1 each when left out.

    Returns
    -------
    array, number_of_kinds
        Counts, or sums.
    """
    return np.bincount(kinds, weights=weights, minlength=number_of_kinds)


def multi_homers(memberships: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which partners are in two or more networks at once.

    Parameters
    ----------
    memberships : int array, N
        Number of memberships of each partner.

    Returns
    -------
    bool array, N
        True for a multi-homer.
    """
    return memberships >= 2


def multi_homers_share(memberships: NDArray[np.int64]) -> float:
    """Share of partners that are in two or more networks; NaN when there is no partner.

    Parameters
    ----------
    memberships : int array, N
        Number of memberships of each partner.

    Returns
    -------
    float
        0..1.
    """
    return float(multi_homers(memberships).mean()) if memberships.size else np.nan


def multi_homers_mean(memberships: NDArray[np.int64]) -> float:
    """Mean number of memberships of the partners that are in two or more networks; NaN when none is.

    Parameters
    ----------
    memberships : int array, N
        Number of memberships of each partner.

    Returns
    -------
    float
        At least 2.
    """
    chosen = memberships[multi_homers(memberships)]
    return float(chosen.mean()) if chosen.size else np.nan
