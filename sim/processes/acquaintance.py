"""Who knows whom: each partner's ties, and what two partners trust each other.

A tie is written down when two partners first deliver together or become allies, and stays as an acquaintance when the
alliance ends, until it is forgotten (S10).  The list of each partner's ties is made anew before either round of bidding,
and again before memberships.
"""

from typing import NamedTuple

import numpy as np

from sim.chance import pair_uid
from sim.compiled import kernel, leaf
from sim.state.table import Ints
from sim.state.ties import Ties
from sim.world import World


class Neighbours(NamedTuple):
    """Ties of each partner as compressed rows: ties ``tie[start[r]:start[r + 1]]`` of row ``r``.

    Each tie stands here twice, and with it what is asked of it most, so that a search reads one place after the other.
    """

    start: Ints  # N + 1
    tie: Ints  # row of the tie
    other: Ints  # row of the partner at the other end
    pair: Ints  # uid of the pair


@kernel
def _index(ties, start, at, tie, other, pair):
    """Fill the columns of Neighbours; ``start`` is 0 each, ``at`` room for N numbers."""
    for t in range(ties.used.size):
        if ties.used[t]:
            start[ties.a[t] + 1] += 1
            start[ties.b[t] + 1] += 1
    for r in range(at.size):
        start[r + 1] += start[r]
        at[r] = start[r]
    for t in range(ties.used.size):
        if ties.used[t]:
            uid = pair_uid(ties.uid_a[t], ties.uid_b[t])
            for end in (ties.a[t], ties.b[t]):
                tie[at[end]], other[at[end]], pair[at[end]] = t, ties.a[t] + ties.b[t] - end, uid
                at[end] += 1


def neighbours(world: World) -> Neighbours:
    """The ties of each partner, of this month."""
    n, ends = world.partners.uid.size, 2 * int(np.count_nonzero(world.ties.used))
    near = Neighbours(np.zeros(n + 1, np.int64), *(np.empty(ends, np.int64) for _ in range(3)))
    _index(world.ties, near.start, np.empty(n, np.int64), near.tie, near.other, near.pair)
    return near


@leaf
def tie_between(r, other, neighbours):
    """The tie of two partners, -1 for none."""
    for n in range(neighbours.start[r], neighbours.start[r + 1]):
        if neighbours.other[n] == other:
            return neighbours.tie[n]
    return -1


@leaf
def other_end(t, r, ties):
    """The partner at the other end of a tie."""
    return ties.b[t] if ties.a[t] == r else ties.a[t]


@leaf
def trust_of(t, r, ties, trust_on, prior):
    """What ``r`` trusts the other end of tie ``t``; the prior where trust is switched off."""
    if not trust_on:
        return prior
    return ties.trust_ab[t] if ties.a[t] == r else ties.trust_ba[t]


@leaf
def mean_trust(t, ties, trust_on, prior):
    """The mean of what both ends of a tie trust each other."""
    return 0.5 * (trust_of(t, ties.a[t], ties, trust_on, prior) + trust_of(t, ties.b[t], ties, trust_on, prior))


def living_ties(ties: Ties) -> np.ndarray:
    """Rows of ties in use, in the order of their pairs' uids."""
    rows = np.flatnonzero(ties.used)
    return rows[np.lexsort((ties.uid_b[rows], ties.uid_a[rows]))]
