"""The directory: who is where, sorted by a monthly hash, so that drawing somebody is a binary search.

A draw takes the entry next after a random point on the segment's ring, in uid-hash order.  One more
entry changes only the draws that fall on it, so one more partner changes nobody who never meets it
(picking floor(u n) from a list would change half of all picks).
"""

from typing import NamedTuple

import numpy as np

from sim.chance import Purpose, uniform
from sim.compiled import allocating_kernel, leaf
from sim.state.table import Floats, Ints
from sim.world import World


class Directory(NamedTuple):
    """Segments: one a region, one a network, one a cohort, in this order."""

    keys: Floats  # sorted, segment + hash
    rows: Ints  # rows of partners
    start: Ints  # first entry of each segment, and the end
    networks: Ints  # 1, number of the first network's segment
    cohorts: Ints  # M + 1, number of each network's first cohort segment


@allocating_kernel
def _entries(partners, memberships, networks, key, regions):
    n_networks = networks.uid.size
    cohorts = np.empty(n_networks + 1, np.int64)
    cohorts[0] = regions + n_networks
    for m in range(n_networks):
        cohorts[m + 1] = cohorts[m] + max(1, networks.cohorts[m])
    total = 0
    for r in range(partners.uid.size):
        if partners.alive[r]:
            total += 1
            for s in range(memberships.network.shape[1]):
                total += 2 if memberships.network[r, s] >= 0 else 0
    keys, rows = np.empty(total), np.empty(total, np.int64)
    n = 0
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        u = uniform(key, Purpose.RING, partners.uid[r])
        keys[n], rows[n] = partners.region[r] + u, r
        n += 1
        for s in range(memberships.network.shape[1]):
            m = memberships.network[r, s]
            if m >= 0:
                keys[n], rows[n] = regions + m + u, r
                keys[n + 1], rows[n + 1] = cohorts[m] + memberships.cohort[r, s] + u, r
                n += 2
    return keys, rows, cohorts


def look_up(world: World) -> Directory:
    """The directory of this month."""
    keys, rows, cohorts = _entries(world.partners, world.memberships, world.networks, world.key, world.size.regions)
    order = np.argsort(keys)
    keys, rows = keys[order], rows[order]
    start = np.searchsorted(keys, np.arange(cohorts[-1] + 1, dtype=np.float64))
    return Directory(keys, rows, start.astype(np.int64), np.array([world.size.regions]), cohorts)


@leaf
def draw(directory, segment, u):
    """The row that the point ``u`` of the segment falls to, -1 in an empty segment."""
    low, high = directory.start[segment], directory.start[segment + 1]
    if low == high:
        return -1
    point, at, end = segment + u, low, high
    while at < end:
        middle = (at + end) // 2
        if directory.keys[middle] < point:
            at = middle + 1
        else:
            end = middle
    return directory.rows[low if at == high else at]
