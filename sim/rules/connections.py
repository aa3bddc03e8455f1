"""The connections model of Jackson and Wolinsky (1996), as an exact check of consent.

u_i = sum over j of delta^d(i, j) - cost x degree of i, with d the length of the shortest path, infinite where
there is none.  Pairs meet at random; the consent rule decides for each side with its change of utility as
its share and an outside option of 0, so that a link forms when neither loses, and goes when either would gain by
cutting it.  A graph that no pair changes is pairwise stable.  Not part of the month.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.chance import Purpose
from sim.rules.tables import Offers
from sim.state.table import Bools, Floats


def distances(links: Bools) -> Floats:
    """Length of the shortest path of each pair, n x n, infinite where there is none (Floyd and Warshall 1962)."""
    length = np.where(links, 1.0, np.inf)
    np.fill_diagonal(length, 0.0)
    for k in range(len(links)):
        length = np.minimum(length, length[:, k, None] + length[None, k, :])
    return length


def connections_utility(links: Bools, delta: float, cost: float) -> Floats:
    """Utility of each of n firms; ``delta`` in (0, 1) is what one step of distance leaves of a benefit."""
    benefit = delta ** distances(links)
    np.fill_diagonal(benefit, 0.0)
    return benefit.sum(axis=1) - cost * links.sum(axis=1)


def toggled(links: Bools, i: int, j: int) -> Bools:
    """The graph with the link of i and j made or cut."""
    other = links.copy()
    other[i, j] = other[j, i] = not links[i, j]
    return other


def both_consent(links: Bools, i: int, j: int, delta: float, cost: float, consent: Any, chance: Any) -> bool:
    """Whether i and j both accept that there is a link between them: its value to each against 0."""
    there, gone = (links, toggled(links, i, j)) if links[i, j] else (toggled(links, i, j), links)
    pair = np.array([i, j])
    value = (connections_utility(there, delta, cost) - connections_utility(gone, delta, cost))[pair]
    nothing, joint = np.zeros(2), np.full(2, value.sum())
    offers = Offers(np.zeros(2, np.int64), pair, pair[::-1], value, nothing, joint, np.full(2, 0.5))
    return bool(np.asarray(consent.decide(offers, chance), dtype=bool).all())


def is_pairwise_stable(links: Bools, delta: float, cost: float, consent: Any, chance: Any) -> bool:
    """Whether every link has the consent of both, and no missing link would have it."""
    n = len(links)
    return all(both_consent(links, i, j, delta, cost, consent, chance) == links[i, j] for i in range(n) for j in range(i))


def meet_at_random(n: int, delta: float, cost: float, consent: Any, chance: Any, most: int = 2_000) -> tuple[Bools, bool]:
    """Start from the empty graph and let random pairs meet until the graph is pairwise stable.

    Returns the last graph and whether it is stable; a path may cycle, so it ends after ``most`` meetings.
    """
    links = np.zeros((n, n), bool)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    picks = (chance(Purpose.USER, np.arange(most), 0) * len(pairs)).astype(int)
    for pick in picks:
        if is_pairwise_stable(links, delta, cost, consent, chance):
            return links, True
        i, j = pairs[pick]
        if both_consent(links, i, j, delta, cost, consent, chance) != links[i, j]:
            links = toggled(links, i, j)
    return links, is_pairwise_stable(links, delta, cost, consent, chance)


def degree_sequence(links: Bools) -> tuple[int, ...]:
    """Degrees in rising order."""
    degrees: NDArray[np.int64] = np.sort(links.sum(axis=1))
    return tuple(int(d) for d in degrees)
