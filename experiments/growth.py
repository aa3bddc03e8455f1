"""How the membership of single networks grows with their age, and how much of it turns over each year."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).max


class Lives(NamedTuple):
    """Members of the networks of one kind by age; ages after the close of a network or the end of the run are NaN."""

    members: NDArray[np.float64]  # networks x months of age, at the end of the month
    left: NDArray[np.float64]  # members that left in that month, for whatever reason but the network's close
    chose: NDArray[np.float64]  # those of them who chose to


def lives(memberships: pa.Table, policies: pa.Table, kind: str, until: int) -> Lives:
    """Follow every network of a kind from its opening.

    Parameters
    ----------
    memberships, policies : pyarrow.Table
        ``memberships`` and ``network_policies`` of ``sim.observe.schema``.
    kind : str
        Kind of network.
    until : int
        Months of the run.

    Returns
    -------
    Lives
        One row a network ever open.
    """
    mine = np.array(policies["kind"].to_pylist(), object) == kind
    uid, start = policies["network"].to_numpy()[mine], policies["start"].to_numpy()[mine]
    closed = np.array(policies["why_ended"].to_pylist(), object)[mine] == "closed"
    end = np.where(closed, policies["end"].fill_null(until).to_numpy()[mine], until)
    names = np.unique(uid)
    out = Lives(*(np.full((names.size, until), np.nan) for _ in Lives._fields))
    network, joined = memberships["network"].to_numpy(), memberships["joined"].to_numpy()
    gone = memberships["left"].fill_null(NEVER).to_numpy()
    why = np.array(memberships["why_left"].to_pylist(), object)
    for n, name in enumerate(names):
        opened, last = int(start[uid == name].min()), int(end[uid == name].max())
        months = np.arange(opened, last)
        here = network == name
        came = (joined[here][None, :] <= months[:, None]).sum(axis=1)
        went = (gone[here][None, :] <= months[:, None]).sum(axis=1)
        leaves = (gone[here][None, :] == months[:, None]) & (why[here] != "network_closed")[None, :]
        out.members[n, : months.size] = came - went
        out.left[n, : months.size] = leaves.sum(axis=1)
        out.chose[n, : months.size] = (leaves & (why[here] == "choice")[None, :]).sum(axis=1)
    return out


def growth_between(members: NDArray, first: int, last: int) -> float:
    """Growth of the members of all networks that live from one age to another, ``ln(sum n_last / sum n_first)`` a year.

    Parameters
    ----------
    members : array, networks x months
        As in ``Lives``.
    first, last : int
        Ages in months.

    Returns
    -------
    float
        1/year in logs; NaN when no network lives that long, minus infinity never: an empty end is NaN.
    """
    if last <= first or last >= members.shape[1]:
        return np.nan
    both = np.isfinite(members[:, first]) & np.isfinite(members[:, last])
    before, after = members[both, first].sum(), members[both, last].sum()
    return float(np.log(after / before) * 12.0 / (last - first)) if before > 0.0 and after > 0.0 else np.nan


def turnover(members: NDArray, leavers: NDArray, first: int) -> float:
    """Members that leave a year, share of those there, in networks past an age.

    Parameters
    ----------
    members, leavers : array, networks x months
        As in ``Lives``.
    first : int
        Age in months.

    Returns
    -------
    float
        1/year; NaN when no network is that old.
    """
    there = np.nansum(members[:, first:])
    return float(12.0 * np.nansum(leavers[:, first:]) / there) if there > 0.0 else np.nan
