"""The mean over a set that changes: what those who stay, who leave and who come do to it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Shift(NamedTuple):
    """What each member does to the mean, N x V; the three sum to its change."""

    weight: NDArray[np.float64]  # V, by which a stayer's own change counts
    left: NDArray[np.float64]  # of those who left, 0 elsewhere
    came: NDArray[np.float64]  # of those who came, 0 elsewhere


def mean_of(values: NDArray, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean of each column over its members, 0 without any."""
    return np.where(inside, values, 0.0).sum(axis=0) / np.maximum(1, inside.sum(axis=0))


def shift(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
    same: NDArray[np.bool_],
) -> Shift:
    """Split the change of a mean.

    ``M1 - M0 = sum_stay (a1 - a0) / S + sum_left (M0 - a0) / S + sum_came (a1 - M1_stay) / N1``, S stayers, N1 after.
    Without stayers it is 0 - M0 for those who left and M1 - 0 for those who came.

    Parameters
    ----------
    before, after : array, N x V
        Values; rows of those who are not members do not matter.
    was, now : bool array, N x V
        Members before and after.
    same : bool array, N
        Whether the row is still the same firm.

    Returns
    -------
    Shift
        Sums by column: ``weight x own changes + left + came``.
    """
    stay = was & now & same[:, None]
    stayers, n_before, n_after = stay.sum(axis=0), was.sum(axis=0), now.sum(axis=0)
    some = stayers > 0
    weight = np.where(some, 1.0 / np.maximum(1, stayers), 0.0)
    own = np.where(some, (mean_of(before, was) - before) * weight, -before / np.maximum(1, n_before))
    came = (after - np.where(some, mean_of(after, stay), 0.0)) / np.maximum(1, n_after)
    return Shift(weight, np.where(was & ~stay, own, 0.0), np.where(now & ~stay, came, 0.0))
