"""S6 Consent and split: who joins a deal, on what share.

Surplus of a team, if the deal is won: Pi = gross margin - coordination; outside options d_i are the shadow
price of the capacity used.  Generalised Nash: share_i = d_i + beta_i (Pi - sum d), beta by work, with a
finder's share for the owner.  Owner and candidate each consent by the consent rule, on what each can see;
after a refusal the next candidate is asked, up to ``rejections``.

Rounds are synchronous: in each, every incomplete bid asks one candidate; conflicts over a candidate's
capacity are settled in the hashed order of the deals.

Reads the pool, scores, bids, partners, ties; writes bids, pool.used, partners.backlog.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim import bits
from sim.compiled import allocating_kernel, kernel, leaf
from sim.parameters import Par
from sim.processes.feasibility import affordable, task_work
from sim.processes.firm import outside_option, work_of
from sim.processes.search import Pool
from sim.processes.vendor_choice import earned_on_product
from sim.rules.form import costs_of
from sim.rules.tables import Offers
from sim.state.market import Bids, Opportunities
from sim.state.table import Floats, Ints
from sim.state.ties import PROJECT, TEAM_SIZE
from sim.world import World


class Consent(NamedTuple):
    """Parameters of consent and split."""

    rejections: Annotated[int, Par("refusals", 0, 20, "assumed; trial 3", "refusals that a firm takes; at one more it gives up")] = 3
    finder: Annotated[float, Par("share of surplus", 0, 0.9, "assumed; trial .10", "share for the firm that brings the deal")] = 0.10
    trust_saves: Annotated[float, Par("share", 0, 1, "assumed; trial .6", "coordination = c_form (1 - trust_saves T) V")] = 0.6


class Asks(NamedTuple):
    """One round of asking, one row an asked candidate."""

    deal: Ints  # row of the opportunity
    pool: Ints  # row of the pool
    candidate: Ints  # column of the pool
    task: Ints  # bit mask offered
    coordination: Floats  # US dollars
    brokerage: Floats  # US dollars
    outside: Floats  # of the candidate, US dollars


@leaf
def coordination_cost(rate, trust, value, trust_saves):
    """c_form (1 - .6 T) V, US dollars."""
    return rate * (1.0 - trust_saves * trust) * value


@leaf
def nash_share(outside, beta, surplus, sum_outside):
    """share_i = d_i + beta_i (Pi - sum d); shares with betas that sum to one sum to Pi."""
    return outside + beta * (surplus - sum_outside)


@leaf
def bargaining_weight(work, total_work, finder, is_owner):
    """beta: the finder's share for the owner, the rest by work."""
    part = work / total_work if total_work > 0.0 else 0.0
    return (finder if is_owner else 0.0) + (1.0 - finder) * part


@leaf
def expected_margin(owner, needs, relations, vendors, sizes, firm):
    """What a team expects to earn on a dollar of product: mean of the named vendors, else of those the owner carries."""
    total, n = 0.0, 0
    for v in range(vendors.uid.size):
        if bits.has(needs, sizes.skills + v):
            total += earned_on_product(v, vendors)
            n += 1
    if n == 0:
        for v in range(vendors.uid.size):
            if relations.carried[owner, v]:
                total += earned_on_product(v, vendors)
                n += 1
    return total / n if n else firm.product_margin


@allocating_kernel
def _ask(pool, scores, deals, bids, partners, knowledge, relations, vendors, ties, networks, costs, consent, firm, sizes, outside_on):
    """Each incomplete bid picks its best candidate not yet asked; returns Asks and the two sides' Offers."""
    n = pool.deal.size
    deal, row, column, task = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    coordination, brokerage, outside = np.empty(n), np.empty(n), np.empty(n)
    share, own_share, owner_outside, surplus = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    asked = 0
    for d in range(n):
        o = pool.deal[d]
        if bids.ready[o] or bids.refused[o] > consent.rejections or bids.size[o] == 0 or bids.size[o] >= TEAM_SIZE:
            continue
        c, tasks = _next(d, o, pool, scores, deals, bids, partners, knowledge, sizes, firm)
        if c < 0:
            continue
        r, owner, t = pool.row[d, c], bids.member[o, 0], pool.tie[d, c]
        work = task_work(tasks, deals.needs[o], deals.product[o], deals.services[o], sizes, firm)
        total = work_of(deals.product[o], deals.services[o], firm)
        own_work = task_work(bids.task[o, 0], deals.needs[o], deals.product[o], deals.services[o], sizes, firm)
        form = max(PROJECT, ties.form[t]) if t >= 0 else PROJECT
        trust = 0.5 * (pool.trust[d, c] + pool.trust_back[d, c])
        cost = coordination_cost(costs[form], trust, deals.value[o], consent.trust_saves)
        m = pool.met[d, c]
        brokered = m >= 0 and networks.open[m] and not (t >= 0 and ties.direct[t])
        brokerage[asked] = networks.take_rate[m] * deals.value[o] * work / total if brokered else 0.0
        product_margin = expected_margin(owner, deals.needs[o], relations, vendors, sizes, firm)
        margin = product_margin * deals.product[o] + firm.services_margin * deals.services[o]
        deal[asked], row[asked], column[asked], task[asked], coordination[asked] = o, d, c, tasks, cost
        outside[asked] = outside_option(work, partners.utilisation[r], firm) if outside_on else 0.0
        sum_outside = outside[asked]
        for k in range(bids.size[o]):
            sum_outside += bids.outside[o, k]
        surplus[asked] = margin - bids.coordination[o] - bids.brokerage[o].sum() - cost - brokerage[asked]
        share[asked] = nash_share(outside[asked], bargaining_weight(work, total, consent.finder, False), surplus[asked], sum_outside)
        own_beta = bargaining_weight(own_work, total, consent.finder, True)
        own_share[asked] = nash_share(bids.outside[o, 0], own_beta, surplus[asked], sum_outside)
        owner_outside[asked] = bids.outside[o, 0]
        surplus[asked] -= sum_outside
        asked += 1
    asks = Asks(
        deal[:asked], row[:asked], column[:asked], task[:asked], coordination[:asked], brokerage[:asked], outside[:asked]
    )  # fmt: skip
    return asks, share[:asked], own_share[:asked], owner_outside[:asked], surplus[:asked]


@leaf
def _next(d, o, pool, scores, deals, bids, partners, knowledge, sizes, firm):
    """The best candidate not yet asked who still adds something and has room, and its tasks; -1 for none."""
    while True:
        best, chosen = -np.inf, -1
        for c in range(pool.row.shape[1]):
            if pool.row[d, c] >= 0 and pool.used[d, c] == 0 and scores[d, c] > best:
                best, chosen = scores[d, c], c
        if chosen < 0:
            return -1, 0
        pool.used[d, chosen] = 1
        r = pool.row[d, chosen]
        tasks = knowledge.can[r] & bids.missing[o]
        tasks = affordable(tasks, deals.needs[o], deals.product[o], deals.services[o], partners.backlog[r], partners.staff[r], sizes, firm)
        if tasks:
            return chosen, tasks


@kernel
def _apply(asks, accepted, pool, deals, bids, partners, firm, sizes):
    for k in range(asks.deal.size):
        o, d, c = asks.deal[k], asks.pool[k], asks.candidate[k]
        r = pool.row[d, c]
        work = task_work(asks.task[k], deals.needs[o], deals.product[o], deals.services[o], sizes, firm)
        if not accepted[k]:
            bids.refused[o] += 1
            continue
        if affordable(asks.task[k], deals.needs[o], deals.product[o], deals.services[o], partners.backlog[r], partners.staff[r], sizes, firm) != asks.task[k]:
            continue  # an earlier deal took the room in this round
        m = bids.size[o]
        trust = 0.5 * (pool.trust[d, c] + pool.trust_back[d, c])
        bids.trust[o] = trust if m == 1 else (bids.trust[o] * (m - 1) + trust) / m
        bids.member[o, m], bids.task[o, m], bids.outside[o, m], bids.met[o, m] = r, asks.task[k], asks.outside[k], pool.met[d, c]
        bids.size[o] = m + 1
        bids.coordination[o] += asks.coordination[k]
        bids.brokerage[o, m] = asks.brokerage[k]
        bids.missing[o] &= ~asks.task[k]
        bids.ready[o] = bids.missing[o] == 0
        partners.backlog[r] += work


def run(world: World, deals: Opportunities, bids: Bids, pool: Pool, scores: np.ndarray, chance: Any) -> None:
    """Ask, round after round, until every bid is complete or gives up."""
    consent = world.parameters["consent"]
    costs = costs_of(world.rules["form"]).coordination
    for _ in range(consent.rejections + TEAM_SIZE):
        asks, share, own_share, owner_outside, surplus = _ask(
            pool, scores, deals, bids, world.partners, world.knowledge, world.relations, world.vendors, world.ties,
            world.networks, costs, consent, world.parameters["firm"], world.size, world.switches.outside_options,
        )  # fmt: skip
        if asks.deal.size == 0:
            return
        asked_row = pool.row[asks.pool, asks.candidate]
        uid = world.partners.uid
        owner, asked, deal = uid[bids.member[asks.deal, 0]], uid[asked_row], deals.uid[asks.deal]
        trust, back = pool.trust[asks.pool, asks.candidate], pool.trust_back[asks.pool, asks.candidate]
        decide = world.rules["consent"].decide
        theirs = np.asarray(decide(Offers(deal, asked, owner, share, asks.outside, surplus, back), chance), dtype=bool)
        ours = np.asarray(decide(Offers(deal, owner, asked, own_share, owner_outside, surplus, trust), chance), dtype=bool)
        _apply(asks, theirs & ours, pool, deals, bids, world.partners, world.parameters["firm"], world.size)
