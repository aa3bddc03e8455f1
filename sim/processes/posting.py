"""S3 Posting: which opportunities customers put on a marketplace, and who gets them there.

A customer weighs asking the partner that it knows (utility 0) against each marketplace:
U = base + price (1 - expected price) + assurance (verification - .6) - complexity c - size ln(V / 8,000) + ln reach,
with Gumbel noise: low-end work on marketplaces is an outcome, not a filter.  A customer who named vendors can
post only where all of them are listed (S15).  Providers who cover the need, named vendors carried included,
bid list price x (.78 + .25 load + .05 u), never below their cost; the customer weighs price against rating.

Reads opportunities, memberships, partners, knowledge, marketplaces (listings too); writes opportunities (owner, market, value,
services), marketplaces.price_level.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, gumbel, uniform
from sim.compiled import allocating_kernel, leaf, part
from sim.parameters import Par
from sim.processes.directory import Directory, draw
from sim.processes.firm import capacity, room_for, work_of
from sim.state.market import Opportunities
from sim.state.networks import MARKETPLACE
from sim.world import World


class Posting(NamedTuple):
    """Parameters of customers' use of marketplaces."""

    base: Annotated[float, Par("utility", -10, 10, "assumed; trial .2", "liking of an average marketplace")] = 0.2
    price: Annotated[float, Par("utility", 0, 30, "assumed; trial 6", "weight of price")] = 6.0
    assurance: Annotated[float, Par("utility", 0, 30, "assumed", "weight of verification and rating")] = 1.0
    complexity: Annotated[float, Par("utility", 0, 30, "assumed; trial 5.4", "weight of complexity")] = 5.4
    size: Annotated[float, Par("utility per ln", 0, 5, "assumed; trial .8; without it all or none are posted", "weight of deal size")] = 0.8
    bidders: Annotated[int, Par("firms", 1, 50, "assumed", "providers that see a task")] = 6
    lowest_bid: Annotated[float, Par("share of list price", 0.3, 1, "assumed; trial .78", "bid of an idle provider")] = 0.78
    load_price: Annotated[float, Par("share of list price", 0, 1, "assumed; trial .25", "what full load adds to a bid")] = 0.25


@leaf
def posting_utility(price_level, verification, reach, complexity, value, posting):
    """What a customer sees in posting a task on a marketplace rather than asking a partner it knows."""
    gain = posting.price * (1.0 - price_level) + posting.assurance * (verification - 0.6)
    return posting.base + gain - posting.complexity * complexity - posting.size * np.log(value / 8000.0) + np.log(reach + 1e-9)


@leaf
def bid_price(load, u, services_margin, posting):
    """A provider's bid as a share of list price, never below its cost of delivery."""
    return max(1.0 - services_margin, posting.lowest_bid + posting.load_price * min(1.0, load) + 0.05 * u)


@allocating_kernel
def _post(deals, partners, knowledge, marketplaces, networks, directory, key, posting, firm, sizes):
    venue = np.full(marketplaces.uid.size, -1)
    listed = np.zeros(marketplaces.uid.size, np.int64)
    for q in range(marketplaces.uid.size):
        for v in range(sizes.vendors):
            listed[q] |= 1 << v if marketplaces.listed[q, v] else 0
    for m in range(networks.uid.size):
        if networks.open[m] and networks.kind[m] == MARKETPLACE and networks.host[m] >= 0:
            venue[networks.host[m]] = m
    for o in range(deals.uid.size):
        best = gumbel(key, Purpose.POSTING, deals.uid[o], 0)
        chosen = -1
        named = deals.needs[o] >> sizes.skills
        for q in range(marketplaces.uid.size):
            offers = marketplaces.active[q] and venue[q] >= 0 and named & ~listed[q] == 0
            if offers and deals.complexity[o] <= marketplaces.max_complexity[q]:
                utility = posting_utility(
                    marketplaces.price_level[q], marketplaces.verification[q], marketplaces.reach[q], deals.complexity[o],
                    deals.value[o], posting,
                ) + gumbel(key, Purpose.POSTING, deals.uid[o], q + 1)  # fmt: skip
                if utility > best:
                    best, chosen = utility, q
        if chosen < 0:
            continue
        segment = directory.networks[0] + venue[chosen]
        _award(o, chosen, segment, deals, partners, knowledge, marketplaces, directory, key, posting, firm)


@part
def _award(o, q, segment, deals, partners, knowledge, marketplaces, directory, key, posting, firm):
    """Give the task to the bidder with the best mix of price and rating; without bidders it is not posted."""
    work = work_of(deals.product[o], deals.services[o], firm)
    best, winner, price = -1e300, -1, 1.0
    for j in range(posting.bidders):
        r = draw(directory, segment, uniform(key, Purpose.MARKET_DRAW, deals.uid[o], j))
        if r < 0 or knowledge.can[r] & deals.needs[o] != deals.needs[o] or not bits.has(partners.reach[r], deals.region[o]):
            continue
        if not room_for(work, partners.backlog[r], partners.staff[r], firm):
            continue
        load = partners.backlog[r] / (firm.backlog_limit * capacity(partners.staff[r], firm))
        asked = bid_price(load, uniform(key, Purpose.MARKET_BID, deals.uid[o] ^ partners.uid[r], 0), firm.services_margin, posting)
        worth = -posting.price * asked + posting.assurance * 2.0 * partners.rating[r]
        if worth > best:
            best, winner, price = worth, r, asked
    if winner < 0:
        return
    deals.owner[o], deals.market[o] = winner, q
    deals.value[o] -= (1.0 - price) * deals.services[o]
    deals.services[o] *= price
    marketplaces.price_level[q] += 0.02 * (price - marketplaces.price_level[q])


def run(world: World, deals: Opportunities, directory: Directory) -> None:
    """Let customers post and providers bid."""
    if world.marketplaces.active.any():
        _post(
            deals, world.partners, world.knowledge, world.marketplaces, world.networks, directory, world.key,
            world.parameters["posting"], world.parameters["firm"], world.size,
        )  # fmt: skip
