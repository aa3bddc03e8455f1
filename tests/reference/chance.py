"""Chance as the reference uses it: one object a month, and draws in proportion to weights."""

from bisect import bisect_left, insort
from collections.abc import Collection, Sequence

import numpy as np

from tests.reference.shared import WHY, gumbel, month_key, normal, uniform


class Chance:
    """The random numbers of one month (or, with month -1, of what is drawn once)."""

    def __init__(self, seed: int, replication: int, month: int) -> None:
        self.key = np.uint64(month_key(seed, replication, month))

    def uniform(self, why: int, uid: int, j: int = 0) -> float:
        """A number in [0, 1)."""
        return uniform(self.key, why, uid, j)

    def normal(self, why: int, uid: int, j: int = 0) -> float:
        """A standard normal number."""
        return normal(self.key, why, uid, j)

    def gumbel(self, why: int, uid: int, j: int = 0) -> float:
        """A standard Gumbel number."""
        return gumbel(self.key, why, uid, j)


def pick(u: float, weights: Sequence[float], excluded: Collection[int] = ()) -> int | None:
    """Index in proportion to its weight among those not excluded."""
    choices = [(k, w) for k, w in enumerate(weights) if k not in excluded]
    target = u * sum(w for _, w in choices)
    last = None
    for k, w in choices:
        if w > 0.0:
            last = k
            target -= w
            if target < 0.0:
                return k
    return last


class Rings:
    """Who is where this month: one sorted ring of hashes for each region, network and cohort."""

    def __init__(self, model) -> None:
        self.rings: dict[tuple, list[tuple[float, int]]] = {}
        self.partners = dict(model.partners)
        for partner in model.partners.values():
            place = model.now.uniform(WHY.RING, partner.uid)
            self._put(("region", partner.region), place, partner.uid)
            for membership in partner.memberships:
                network = membership.network.uid
                self._put(("network", network), place, partner.uid)
                self._put(("cohort", network, membership.cohort), place, partner.uid)

    def _put(self, ring: tuple, place: float, uid: int) -> None:
        insort(self.rings.setdefault(ring, []), (place, uid))

    def draw(self, ring: tuple, u: float):
        """The partner next after the point ``u`` of a ring, None where nobody is."""
        entries = self.rings.get(ring)
        if not entries:
            return None
        at = bisect_left(entries, (u, -1))
        return self.partners[entries[at % len(entries)][1]]
