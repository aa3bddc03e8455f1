"""Why a team chose a vendor: the probabilities of the choice, split over the drivers by Shapley's value.

v(S) is the probability of each vendor when only the drivers in S count; v of none is the equal split over the vendors
that the team has.  Shapley's value (1953) is the mean of what a driver adds over all orders: the amounts sum to the
difference exactly, a driver that is the same for all vendors gets nothing, and no order is preferred.
"""

from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.rules.vendor_choice import Argmax, Softmax

Floats = NDArray[np.float64]


def shapley_weights(players: int) -> Floats:
    """Weight of each set for the marginal contribution of one that is not in it, by the size of the set."""
    return np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])


def shapley(value: NDArray[np.float64]) -> Floats:
    """Shapley's values of a game.

    Parameters
    ----------
    value : array, 2^P x ...
        Worth of each set; bit i of the index says whether player i is in it.

    Returns
    -------
    array, P x ...
        They sum to ``value[-1] - value[0]``.
    """
    players = int(value.shape[0]).bit_length() - 1
    index = np.arange(value.shape[0])
    sizes = np.array([int(i).bit_count() for i in index])
    weights = shapley_weights(players)
    out = np.empty((players, *value.shape[1:]))
    for i in range(players):
        without = index[(index >> i) & 1 == 0]
        gain = value[without | (1 << i)] - value[without]
        out[i] = np.tensordot(weights[sizes[without]], gain, axes=1)
    return out


def probabilities(utility: Floats, feasible: NDArray[np.bool_], slope: float) -> Floats:
    """Probability of each vendor in a multinomial logit, D x V; equal among the best where the slope is infinite."""
    shown = np.where(feasible, utility, -np.inf)
    best = np.where(feasible.any(axis=-1, keepdims=True), shown.max(axis=-1, keepdims=True), 0.0)
    if np.isinf(slope):
        weight = np.where(feasible & (shown == best), 1.0, 0.0)
    else:
        weight = np.where(feasible, np.exp(slope * np.where(feasible, utility - best, 0.0)), 0.0)
    total = weight.sum(axis=-1, keepdims=True)
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)


def driver_parts(terms: Floats, feasible: NDArray[np.bool_], rule: Any) -> tuple[Floats, Floats]:
    """What each driver adds to the probabilities.

    Parameters
    ----------
    terms : array, P x D x V
        Utility from each driver, in the order of the rule's weights.
    feasible : bool array, D x V
        Vendors that can be chosen.
    rule
        The choice rule; of one that is neither logit nor argmax nothing is known, so it is all chance.

    Returns
    -------
    tuple of array
        Parts P x D x V, and the probabilities D x V.
    """
    equal = probabilities(np.zeros(feasible.shape), feasible, 1.0)
    if not isinstance(rule, Argmax):
        return np.zeros_like(terms), equal
    if isinstance(rule, Softmax) and np.isfinite(rule.slope):
        parts, last = [], []
        for first in range(0, feasible.shape[0], _BLOCK):
            block = slice(first, first + _BLOCK)
            worth = _logit_worth(terms[:, block], feasible[block], rule.slope)
            parts.append(shapley(worth))
            last.append(worth[-1])
        if not parts:
            return np.zeros_like(terms), equal
        return np.concatenate(parts, axis=1), np.concatenate(last)
    worth = _any_worth(terms, feasible, np.inf)
    return shapley(worth), worth[-1]


_BLOCK = 64  # deals at a time, so that the worths of all sets stay in the processor's cache


def _any_worth(terms: Floats, feasible: NDArray[np.bool_], slope: float) -> Floats:
    """Probabilities under every set of drivers, one set after the other."""
    players = terms.shape[0]
    worth = np.empty((1 << players, *feasible.shape))
    for s in range(1 << players):
        chosen = [i for i in range(players) if s >> i & 1]
        worth[s] = probabilities(terms[chosen].sum(axis=0) if chosen else np.zeros(feasible.shape), feasible, slope)
    return worth


def _logit_worth(terms: Floats, feasible: NDArray[np.bool_], slope: float) -> Floats:
    """The same for a logit: a set's weights are the product of its drivers', so all sets are made by doubling."""
    highest = np.where(feasible, terms, -np.inf).max(axis=-1, keepdims=True)
    behind = np.where(feasible, terms - np.where(np.isfinite(highest), highest, 0.0), 0.0)
    weight = np.where(feasible, np.exp(slope * behind), 0.0)
    sets = feasible[None].astype(float)
    for of_driver in weight:
        sets = np.concatenate([sets, sets * of_driver])
    total = sets.sum(axis=-1, keepdims=True)
    if not (total[:, feasible.any(axis=-1)] > 1e-200).all():  # a slope so steep that products vanish
        return _any_worth(terms, feasible, slope)
    return np.divide(sets, total, out=np.zeros_like(sets), where=total > 0.0)


def route_parts(feasible: NDArray[np.bool_], route: NDArray[np.int64], routes: int) -> Floats:
    """The equal split over the feasible vendors, by how each of them came on the line card.

    Players are the vendors that were not there at entry; each route gets what its vendors get.

    Parameters
    ----------
    feasible : bool array, V
        Vendors that can be chosen.
    route : int array, V
        How each came on the line card: 0 at entry.
    routes : int
        How many routes there are.

    Returns
    -------
    array, routes x V
        Sums over routes to the equal split.
    """
    out = np.zeros((routes, feasible.size))
    at_entry = np.flatnonzero(feasible & (route == 0))
    later = np.flatnonzero(feasible & (route > 0))
    n, d = at_entry.size, later.size
    if n:
        out[0, at_entry] = 1.0 / n
        for j in later:
            out[route[j], at_entry] += (1.0 / (n + d) - 1.0 / n) / d
    for v in later:
        own = float(np.mean([1.0 / (n + m + 1) for m in range(d)]))
        out[route[v], v] += own
        for j in later:
            if j != v:
                out[route[j], v] += (1.0 / (n + d) - own) / (d - 1)
    return out
