"""The directory: who is in which region, network and cohort this month, and how somebody is drawn from there.

Each region, network and cohort is a circle of length 1.  Every partner stands on it at a point hashed from its uid
(purpose RING, the same point on all of its circles); a draw picks a random point and takes the next partner clockwise.
One more partner then changes only the draws that fall on it, and nobody who never meets it (picking floor(u n)
from a list would change half of all picks).  It is made once a month, after turnover, and not again when firms
join or leave later in the month.  Sorting, and the index ``first``, only make a draw fast.
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
    first: Ints  # first entry of each n-th part of a segment of n entries, or of a later part
    networks: Ints  # 1, number of the first network's segment
    cohorts: Ints  # M + 1, number of each network's first cohort segment


@allocating_kernel
def _entries(partners, memberships, networks, key, regions):
    """Segment, hash and row of every entry, in no order; and the numbers of the cohorts' segments."""
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
    segments, hashes, rows = np.empty(total, np.int64), np.empty(total), np.empty(total, np.int64)
    n = 0
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        u = uniform(key, Purpose.RING, partners.uid[r])
        segments[n], hashes[n], rows[n] = partners.region[r], u, r
        n += 1
        for s in range(memberships.network.shape[1]):
            m = memberships.network[r, s]
            if m >= 0:
                segments[n], hashes[n], rows[n] = regions + m, u, r
                segments[n + 1], hashes[n + 1], rows[n + 1] = cohorts[m] + memberships.cohort[r, s], u, r
                n += 2
    return segments, hashes, rows, cohorts


@leaf
def part_of(point, segment, n):
    """Which of a segment's n equal parts a point lies in; the higher the point, the higher the part."""
    return min(n - 1, int((point - segment) * n))


@allocating_kernel
def arrange(segments, hashes, rows, n_segments):
    """Sort entries by segment + hash; returns keys, rows, start and first of a Directory.

    Hashes are spread evenly, so nearly every part holds one entry or none, and few are left to be compared.
    """
    total = segments.size
    start, first = np.zeros(n_segments + 1, np.int64), np.zeros(total + 1, np.int64)
    for e in range(total):
        start[segments[e] + 1] += 1
    for s in range(n_segments):
        start[s + 1] += start[s]
    for e in range(total):
        low, high = start[segments[e]], start[segments[e] + 1]
        first[low + part_of(segments[e] + hashes[e], segments[e], high - low) + 1] += 1
    for part in range(total):
        first[part + 1] += first[part]
    free = first[:total].copy()
    keys, sorted_rows = np.empty(total), np.empty(total, np.int64)
    for e in range(total):
        low, high = start[segments[e]], start[segments[e] + 1]
        key = segments[e] + hashes[e]
        part = low + part_of(key, segments[e], high - low)
        at = free[part]
        free[part] += 1
        while at > first[part] and keys[at - 1] > key:
            keys[at], sorted_rows[at] = keys[at - 1], sorted_rows[at - 1]
            at -= 1
        keys[at], sorted_rows[at] = key, rows[e]
    return keys, sorted_rows, start, first


def look_up(world: World) -> Directory:
    """The directory of this month."""
    segments, hashes, rows, cohorts = _entries(
        world.partners, world.memberships, world.networks, world.key, world.size.regions
    )
    keys, rows, start, first = arrange(segments, hashes, rows, int(cohorts[-1]))
    return Directory(keys, rows, start, first, np.array([world.size.regions]), cohorts)


@leaf
def draw(directory, segment, u):
    """The row that the point ``u`` of the segment falls to, -1 in an empty segment."""
    low, high = directory.start[segment], directory.start[segment + 1]
    if low == high:
        return -1
    point = segment + u
    at = directory.first[low + part_of(point, segment, high - low)]
    while at < high and directory.keys[at] < point:
        at += 1
    return directory.rows[low if at == high else at]
