"""S5 Search: whom a partner could ask for what it cannot cover.

Candidates are a bounded sample (attention): the most trusted allies that cover something, allies of allies,
members of the same networks at each network's contact density, and a few strangers in the deal's region.
Better tools let a member look through more of a network for the same effort.  The search rule says how many
of each and scores them.

Reads bids, ties, memberships, networks, partners, knowledge; returns a Pool and its scores.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, uniform
from sim.compiled import kernel, leaf, part
from sim.parameters import Par
from sim.processes.acquaintance import Neighbours, tie_between, trust_of
from sim.processes.directory import Directory, draw
from sim.rules.answers import decided
from sim.rules.search import looks_of
from sim.rules.tables import Contacts
from sim.state.market import Bids, Opportunities
from sim.state.networks import VERIFIED
from sim.state.table import Floats, Ints
from sim.world import World

POOL = 20  # most candidates looked at for one deal
TIE_BREAK = 1e-6  # trust by which allies who are trusted alike may differ in a search


class Search(NamedTuple):
    """Parameters of search."""

    look_around: Annotated[float, Par("probability", 0, 1, "assumed; trial .05", "a firm that could do a deal alone looks for a partner all the same")] = 0.05
    own_cohort: Annotated[float, Par("probability", 0, 1, "assumed; trial .8", "a contact in a network comes from the own cohort")] = 0.8
    tool_probes: Annotated[float, Par("profiles", 0, 50, "assumed", "further profiles that perfect tools let a member read for one contact")] = 4.0
    vetting: Annotated[float, Par("trust", 0, 1, "assumed", "trust that full verification of members adds")] = 0.15
    rating_trust: Annotated[float, Par("trust per rating", 0, 1, "assumed", "trust that a rating adds, around .5")] = 0.3


class Pool(NamedTuple):
    """Candidates of each deal, D x POOL; row -1 where there is none."""

    deal: Ints  # D, row of the opportunity
    row: Ints  # row of the candidate
    met: Ints  # row of the network through which it was found, -1 for none
    tie: Ints  # the tie with the owner, -1 for a stranger
    trust: Floats  # owner -> candidate
    trust_back: Floats  # candidate -> owner
    used: Ints  # 1 once asked


@kernel
def _gather(asking, deals, bids, partners, knowledge, memberships, networks, ties, near, directory, look, search, prior, trust_on, key, pool):
    """Fill the pool; ``look`` holds how many allies, friends, members (per density) and strangers."""
    for d in range(asking.size):
        o = asking[d]
        pool.deal[d] = o
        owner, missing, uid = bids.member[o, 0], bids.missing[o], deals.uid[o]
        n = _allies(d, owner, missing, min(POOL, look[0]), uid, partners, knowledge, ties, near, key, trust_on, prior, pool)
        n = _friends(d, n, owner, missing, look[1], uid, knowledge, ties, near, key, trust_on, prior, pool)
        for s in range(memberships.network.shape[1]):
            m = memberships.network[owner, s]
            if m < 0:
                continue
            there = uid ^ networks.uid[m]
            contacts = look[2] * networks.density[m] + uniform(key, Purpose.SEARCH_COUNT, uid, m)
            cohort = directory.cohorts[m] + memberships.cohort[owner, s]
            for j in range(int(contacts)):
                own = uniform(key, Purpose.SEARCH_COHORT, there, j) < search.own_cohort
                segment = cohort if own else directory.networks[0] + m
                probes = 1 + int(search.tool_probes * networks.tool_quality[m] + uniform(key, Purpose.SEARCH_COHORT, there, 100 + j))
                r = -1
                for p in range(probes):
                    r = draw(directory, segment, uniform(key, Purpose.SEARCH_MEMBER, there, 64 * j + p))
                    if r >= 0 and knowledge.can[r] & missing:
                        break
                if not _adds(d, n, r, owner, missing, knowledge, pool):
                    continue
                trust = prior
                if trust_on and networks.entry_rule[m] == VERIFIED:
                    trust = prior + search.rating_trust * (partners.rating[r] - 0.5)
                elif trust_on:
                    trust = prior + search.vetting * networks.verification[m]
                n = _consider(d, n, r, m, trust, trust, owner, ties, near, trust_on, prior, pool)
        for j in range(int(look[3] + uniform(key, Purpose.SEARCH_COUNT, uid, 1000))):
            r = draw(directory, deals.region[o], uniform(key, Purpose.SEARCH_RANDOM, uid, j))
            if _adds(d, n, r, owner, missing, knowledge, pool):
                n = _consider(d, n, r, -1, prior, prior, owner, ties, near, trust_on, prior, pool)


@part
def _adds(d, n, r, owner, missing, knowledge, pool):
    """Whether a firm can do some of what is missing and is not in the pool yet, which has room."""
    if r < 0 or r == owner or n >= POOL or knowledge.can[r] & missing == 0:
        return False
    for c in range(n):
        if pool.row[d, c] == r:
            return False
    return True


@part
def _consider(d, n, r, met, trust, back, owner, ties, near, trust_on, prior, pool):
    """Put a candidate into the pool, unless the two may not work together; returns the pool's size."""
    t = tie_between(owner, r, near)
    if t >= 0 and ties.barred[t]:
        return n
    pool.row[d, n], pool.tie[d, n], pool.used[d, n] = r, t, 0
    if t >= 0:
        _remember(d, n, r, t, owner, ties, trust_on, prior, pool)
    else:
        pool.met[d, n], pool.trust[d, n], pool.trust_back[d, n] = met, trust, back
    return n + 1


@part
def _remember(d, c, r, t, owner, ties, trust_on, prior, pool):
    """What the owner and a candidate with whom it has worked think of each other, and where they met."""
    pool.met[d, c] = ties.met[t]
    pool.trust[d, c], pool.trust_back[d, c] = trust_of(t, owner, ties, trust_on, prior), trust_of(t, r, ties, trust_on, prior)


@part
def _allies(d, owner, missing, most, uid, partners, knowledge, ties, near, key, trust_on, prior, pool):
    """The most trusted partners with whom the owner has worked and who cover something, in the order of trust."""
    n = 0
    if most == 0:
        return n
    for at in range(near.start[owner], near.start[owner + 1]):
        t, r = near.tie[at], near.other[at]
        if knowledge.can[r] & missing == 0 or ties.barred[t]:
            continue
        trust = trust_of(t, owner, ties, trust_on, prior)
        if n == most and trust + TIE_BREAK <= pool.trust[d, n - 1]:
            continue  # no tie break would help; most contacts of a firm that has many end here, undrawn
        trust += TIE_BREAK * uniform(key, Purpose.SEARCH_TIE_BREAK, uid ^ partners.uid[r], 0)
        if n == most and trust <= pool.trust[d, n - 1]:
            continue
        c = min(n, most - 1)
        n = c + 1
        while c > 0 and pool.trust[d, c - 1] < trust:
            pool.row[d, c], pool.tie[d, c], pool.trust[d, c] = pool.row[d, c - 1], pool.tie[d, c - 1], pool.trust[d, c - 1]
            c -= 1
        pool.row[d, c], pool.tie[d, c], pool.trust[d, c] = r, t, trust
    for c in range(n):
        pool.used[d, c] = 0
        _remember(d, c, pool.row[d, c], pool.tie[d, c], owner, ties, trust_on, prior, pool)
    return n


@part
def _friends(d, n, owner, missing, most, uid, knowledge, ties, near, key, trust_on, prior, pool):
    """Allies of allies, each recommended by the ally in between: trust is the product of both trusts."""
    for j in range(most):
        first = _some_tie(owner, -1, uid, 2 * j, near, key)
        if first < 0:
            break
        t, between = near.tie[first], near.other[first]
        second = _some_tie(between, owner, uid, 2 * j + 1, near, key)
        if second < 0:
            continue
        t2, r = near.tie[second], near.other[second]
        if not _adds(d, n, r, owner, missing, knowledge, pool):
            continue
        trust, back = prior, prior
        if trust_on:
            trust = max(prior, trust_of(t, owner, ties, True, prior) * trust_of(t2, between, ties, True, prior))
            back = max(prior, trust_of(t, between, ties, True, prior) * trust_of(t2, r, ties, True, prior))
        n = _consider(d, n, r, -1, trust, back, owner, ties, near, trust_on, prior, pool)
    return n


@part
def _some_tie(r, without, uid, j, near, key):
    """Where one of a firm's ties stands, by lowest hash, so that one more tie changes the pick only when it is picked."""
    lowest, chosen = 2.0, -1
    for at in range(near.start[r], near.start[r + 1]):
        if near.other[at] == without:
            continue
        u = uniform(key, Purpose.SEARCH_FRIEND, uid ^ near.pair[at], j)
        if u < lowest:
            lowest, chosen = u, at
    return chosen


@kernel
def _describe(pool, deals, bids, partners, knowledge, sizes, contacts):
    for d in range(pool.deal.size):
        o = pool.deal[d]
        owner, missing = bids.member[o, 0], bids.missing[o]
        contacts.deal[d], contacts.owner[d] = deals.uid[o], partners.uid[owner]
        own = knowledge.can[owner] & bits.low_bits(sizes.skills)
        for c in range(pool.row.shape[1]):
            r = pool.row[d, c]
            contacts.contact[d, c] = -1
            if r < 0:
                continue
            contacts.contact[d, c] = partners.uid[r]
            covered = knowledge.can[r] & missing
            contacts.coverage[d, c] = bits.count(covered) / bits.count(missing)
            contacts.trust[d, c] = pool.trust[d, c]
            contacts.quality[d, c] = mean_level(knowledge.skills[r], covered)
            theirs = knowledge.can[r] & bits.low_bits(sizes.skills)
            contacts.overlap[d, c] = bits.count(theirs & own) / max(1, bits.count(theirs))
            contacts.near[d, c] = 1.0 if partners.region[r] == deals.region[o] else 0.0


@leaf
def mean_level(levels, tasks):
    """Mean skill level over the tasks that are skills, 0 where none is."""
    tasks &= bits.low_bits(levels.size)
    total, n = 0.0, bits.count(tasks)
    while tasks:
        total += levels[bits.first(tasks)]
        tasks &= tasks - 1
    return total / n if n else 0.0


def _empty_pool(n: int) -> Pool:
    shape = (n, POOL)
    return Pool(
        np.zeros(n, np.int64), np.full(shape, -1), np.full(shape, -1), np.full(shape, -1), np.zeros(shape), np.zeros(shape),
        np.ones(shape, np.int64),
    )  # fmt: skip


def run(world: World, deals: Opportunities, bids: Bids, near: Neighbours, directory: Directory, chance: Any) -> tuple[Pool, np.ndarray]:
    """The candidates for each bid that is not complete, and the search rule's scores, D x POOL."""
    asking = np.flatnonzero((bids.size == 1) & ~bids.ready)
    rule = world.rules["search"]
    pool = _empty_pool(asking.size)
    _gather(
        asking, deals, bids, world.partners, world.knowledge, world.memberships, world.networks, world.ties, near, directory,
        looks_of(rule), world.parameters["search"], world.parameters["trust"].prior, world.switches.trust, world.key, pool,
    )  # fmt: skip
    shape = pool.row.shape
    contacts = Contacts(
        np.zeros(asking.size, np.int64), np.zeros(asking.size, np.int64), np.full(shape, -1), np.zeros(shape), np.zeros(shape),
        np.zeros(shape), np.zeros(shape), np.zeros(shape),
    )  # fmt: skip
    _describe(pool, deals, bids, world.partners, world.knowledge, world.size, contacts)
    scores = decided("search", rule, contacts, chance) if asking.size else np.zeros(shape)
    return pool, scores
