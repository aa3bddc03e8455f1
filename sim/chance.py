"""Stateless random numbers: every draw is a hash of who asks, when, and why.

A draw is ``u(key, purpose, uid, j)`` where ``key = month_key(seed, replication, month)``.  Nothing is
consumed, so two scenarios differ only where a decision differs, and results depend neither on the
order of loops nor on threads, workers or library versions.

The mixer is the 64-bit finaliser of MurmurHash3 in Stafford's variant 13, as used by SplitMix64
(Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
"""

from enum import IntEnum

import numpy as np

from sim.compiled import allocating_kernel, leaf

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 1.0 / (1 << 53)


class Purpose(IntEnum):
    """Why a number is drawn; two draws with different purposes are independent."""

    FOUNDER_SIZE = 1
    FOUNDER_REGION = 2
    FOUNDER_TYPE = 3
    FOUNDER_VERTICAL = 4
    FOUNDER_REACH = 5
    SKILL_COUNT = 6
    SKILL_PICK = 7
    SKILL_LEVEL = 8
    LINE_CARD = 10
    LINE_CARD_SIZE = 11
    TASTE_FOR_CONTACT = 12
    FOUNDER_AGE = 13
    VENDOR_WORLD = 14
    FOUNDER_MEMBERSHIP = 16
    BASE_EXIT = 20
    EXTRA_ENTRY = 21
    OPPORTUNITY_COUNT = 30
    OPPORTUNITY_VALUE = 31
    OPPORTUNITY_SKILL_OWN = 33
    OPPORTUNITY_SKILL = 34
    OPPORTUNITY_NEEDS = 35
    OPPORTUNITY_REGION = 36
    OPPORTUNITY_VERTICAL = 37
    OPPORTUNITY_SERVICES = 38
    OPPORTUNITY_COMPLEXITY = 39
    OPPORTUNITY_VENDOR = 40
    OPPORTUNITY_RIVALS = 41
    PRIORITY = 42
    POSTING = 43
    MARKET_DRAW = 44
    MARKET_BID = 45
    REOFFER = 46
    TECH_ALLIANCE_DEAL = 47
    WIN = 50
    VENDOR_CHOICE = 51
    SOURCING_ROUTE = 52
    DISTRIBUTOR_CHOICE = 53
    CONFLICT = 54
    SEARCH_MEMBER = 60
    SEARCH_COHORT = 61
    SEARCH_COUNT = 62
    SEARCH_FRIEND = 63
    SEARCH_RANDOM = 64
    SEARCH_TIE_BREAK = 65
    SEARCH_VOLUNTARY = 66
    CONSENT_NOISE = 70
    FORM_NOISE = 71
    DELIVERY = 80
    SIGNAL = 81
    EXOGENOUS_END = 90
    OUTSIDE_LOOK = 91
    OUTSIDE_DRAW = 92
    PERFORMANCE_NOISE = 100
    DROP_VENDOR = 101
    VOICE = 102
    PEER = 110
    RECRUITMENT = 111
    RECRUIT_VENDOR = 112
    CO_DELIVERY = 113
    SPECIFIED_TAKE_ON = 114
    SELF_TRAINING = 121
    NEW_SKILL = 122
    NEW_SKILL_PICK = 123
    NOVELTY = 124
    EDUCATION = 125
    AWARENESS = 130
    CONSIDER = 131
    CONSIDER_NETWORK = 132
    JOIN = 133
    LEAVE = 134
    ADMISSION = 135
    AGREEMENT = 140
    AGREEMENT_NOISE = 141
    HOST_ENTRY = 150
    HOST_ATTRIBUTES = 151
    LEAKAGE = 152
    RING = 160
    COUNTERFACTUAL_SAMPLE = 161
    USER = 200


RETIRED = (9, 15, 32, 120, 153)  # numbers that once were purposes: never to be given a new meaning


@leaf
def mix(z):
    """Scramble one 64-bit word."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@leaf
def month_key(seed, replication, month):
    """The key of one month of one replication, a 64-bit word."""
    z = mix(np.uint64(seed) + _GOLDEN)
    z = mix(z ^ (np.uint64(replication) + _GOLDEN))
    return mix(z ^ (np.uint64(month + 1) * _GOLDEN))


@leaf
def word(key, purpose, uid, j):
    """A 64-bit hash of the four."""
    z = mix(key ^ (np.uint64(purpose) * _GOLDEN))
    z = mix(z ^ np.uint64(uid))
    return mix(z + np.uint64(j + 1) * _GOLDEN)


@leaf
def uniform(key, purpose, uid, j=0):
    """A number in [0, 1), the same whenever the same is asked."""
    return np.float64(word(key, purpose, uid, j) >> _S11) * _TO_UNIT


@leaf
def normal(key, purpose, uid, j=0):
    """A standard normal number (Box and Muller 1958, the cosine half)."""
    u = uniform(key, purpose, uid, 2 * j)
    v = uniform(key, purpose, uid, 2 * j + 1)
    return np.sqrt(-2.0 * np.log(1.0 - u)) * np.cos(2.0 * np.pi * v)


@leaf
def gumbel(key, purpose, uid, j=0):
    """A standard Gumbel number; the largest of utility + Gumbel is a logit choice (McFadden 1974)."""
    return -np.log(-np.log(uniform(key, purpose, uid, j) + 1e-300))


@leaf
def poisson(u, mean):
    """The count whose cumulative probability first exceeds ``u`` (inversion), at most 1,000."""
    p = np.exp(-mean)
    total, k = p, 0
    while u >= total and k < 1000:
        k += 1
        p *= mean / k
        total += p
    return k


@leaf
def pair_key(uid, other):
    """A uid for one thing with another, in this order, non-negative: whom to draw for when a firm meets a network.

    Both are mixed, so no two pairs share a draw however large their uids; ``uid ^ (other << 8)`` would let
    (0, 1) and (256, 0) do so.
    """
    return np.int64(mix(mix(np.uint64(uid) + _GOLDEN) ^ np.uint64(other)) >> np.uint64(1))


@leaf
def pair_uid(uid_a, uid_b):
    """A uid for an unordered pair, the same for (a, b) and (b, a), non-negative."""
    return pair_key(min(uid_a, uid_b), max(uid_a, uid_b))


@leaf
def event_uid(month, uid, j):
    """A uid for the j-th thing that ``uid`` starts in ``month``, non-negative."""
    z = mix(np.uint64(month + 1) * _GOLDEN ^ mix(np.uint64(uid) + _MIX_1))
    return np.int64(mix(z + np.uint64(j + 1)) >> np.uint64(1))


@allocating_kernel
def uniforms(key, purpose, uids, j):
    """``uniform`` for an array of uids; for rules that work on columns."""
    out = np.empty(uids.size)
    for i in range(uids.size):
        out[i] = uniform(key, purpose, uids[i], j)
    return out


@allocating_kernel
def pair_keys(uids, other):
    """``pair_key`` of each uid with one other."""
    out = np.empty(uids.size, np.int64)
    for i in range(uids.size):
        out[i] = pair_key(uids[i], other)
    return out


@allocating_kernel
def uniforms_each(key, purpose, uids, j):
    """``uniform`` for an array of uids, each with its own j."""
    out = np.empty(uids.size)
    for i in range(uids.size):
        out[i] = uniform(key, purpose, uids[i], j[i])
    return out


def uniforms_at(key, purpose, uids, j=0):
    """``uniforms`` for one uid or an array of any integer type; what rules are given as ``chance``.

    ``j`` is one number, or an array of as many as there are uids.
    """
    if isinstance(j, np.ndarray):
        return uniforms_each(key, int(purpose), np.ascontiguousarray(uids, np.int64), np.ascontiguousarray(j, np.int64))
    if isinstance(uids, np.ndarray) and uids.ndim == 1:
        return uniforms(key, int(purpose), np.ascontiguousarray(uids, np.int64), int(j))
    numbers = uniforms(key, int(purpose), np.ascontiguousarray(uids, np.int64).ravel(), int(j))
    return numbers.reshape(np.shape(uids)) if np.ndim(uids) else float(numbers[0])
