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
from sim.compiled import kernel, leaf, part
from sim.parameters import Par
from sim.processes.feasibility import affordable, task_work
from sim.processes.firm import outside_option, work_of
from sim.processes.search import Pool
from sim.processes.vendor_choice import earned_on_product
from sim.rules.answers import decided
from sim.rules.form import costs_of
from sim.rules.tables import Offers
from sim.state.market import Bids, Opportunities
from sim.state.table import Floats, Ints, empty
from sim.state.ties import PROJECT, TEAM_SIZE
from sim.world import World


class Consent(NamedTuple):
    """Parameters of consent and split."""

    rejections: Annotated[int, Par("refusals", 0, 20, "assumed; trial 3", "refusals that a firm takes; at one more it gives up")] = 3
    finder: Annotated[float, Par("share of surplus", 0, 0.9, "assumed; trial .10", "share for the firm that brings the deal")] = 0.10
    trust_saves: Annotated[float, Par("share", 0, 1, "assumed; trial .6", "coordination = c_form (1 - trust_saves T) V")] = 0.6


class Asks(NamedTuple):
    """One round of asking, one row an asked candidate."""

    row: Ints  # row of the opportunity
    pool: Ints  # row of the pool
    candidate: Ints  # column of the pool
    task: Ints  # bit mask offered
    deal: Ints  # uid of the opportunity
    owner: Ints  # uid
    asked: Ints  # uid of the candidate
    coordination: Floats  # US dollars
    brokerage: Floats  # US dollars
    outside: Floats  # of the candidate, US dollars
    share: Floats  # of the candidate, US dollars
    own_outside: Floats  # of the owner, US dollars
    own_share: Floats  # of the owner, US dollars
    surplus: Floats  # US dollars
    trust: Floats  # owner -> candidate
    trust_back: Floats  # candidate -> owner


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


@part
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


@kernel
def _ask(seeking, pool, scores, deals, bids, partners, knowledge, relations, vendors, ties, networks, costs, consent, firm, sizes, outside_on, asks):
    """Each incomplete bid picks its best candidate not yet asked; fills ``asks`` and returns how many there are."""
    n = 0
    for d in seeking:
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
        brokerage = networks.take_rate[m] * deals.value[o] * work / total if brokered else 0.0
        product_margin = expected_margin(owner, deals.needs[o], relations, vendors, sizes, firm)
        margin = product_margin * deals.product[o] + firm.services_margin * deals.services[o]
        outside = outside_option(work, partners.utilisation[r], firm) if outside_on else 0.0
        sum_outside = outside
        for k in range(bids.size[o]):
            sum_outside += bids.outside[o, k]
        surplus = margin - bids.coordination[o] - bids.brokerage[o].sum() - cost - brokerage
        own_beta = bargaining_weight(own_work, total, consent.finder, True)
        asks.row[n], asks.pool[n], asks.candidate[n], asks.task[n] = o, d, c, tasks
        asks.deal[n], asks.owner[n], asks.asked[n] = deals.uid[o], partners.uid[owner], partners.uid[r]
        asks.coordination[n], asks.brokerage[n], asks.outside[n], asks.own_outside[n] = cost, brokerage, outside, bids.outside[o, 0]
        asks.share[n] = nash_share(outside, bargaining_weight(work, total, consent.finder, False), surplus, sum_outside)
        asks.own_share[n] = nash_share(bids.outside[o, 0], own_beta, surplus, sum_outside)
        asks.surplus[n] = surplus - sum_outside
        asks.trust[n], asks.trust_back[n] = pool.trust[d, c], pool.trust_back[d, c]
        n += 1
    return n


@part
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
    for k in range(asks.row.size):
        o, d, c = asks.row[k], asks.pool[k], asks.candidate[k]
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
    consent, rule = world.parameters["consent"], world.rules["consent"]
    costs = costs_of(world.rules["form"]).coordination
    seeking = np.arange(pool.deal.size)
    for _ in range(consent.rejections + TEAM_SIZE):
        asks = empty(Asks, seeking.size)
        n = _ask(
            seeking, pool, scores, deals, bids, world.partners, world.knowledge, world.relations, world.vendors, world.ties,
            world.networks, costs, consent, world.parameters["firm"], world.size, world.switches.outside_options, asks,
        )  # fmt: skip
        if n == 0:
            return
        columns: list[Any] = [column[:n] for column in asks]
        asks = Asks(*columns)
        theirs = Offers(asks.deal, asks.asked, asks.owner, asks.share, asks.outside, asks.surplus, asks.trust_back)
        ours = Offers(asks.deal, asks.owner, asks.asked, asks.own_share, asks.own_outside, asks.surplus, asks.trust)
        accepted = decided("consent", rule, theirs, chance) & decided("consent", rule, ours, chance)
        _apply(asks, accepted, pool, deals, bids, world.partners, world.parameters["firm"], world.size)
        seeking = asks.pool  # who asked nobody will ask nobody later
