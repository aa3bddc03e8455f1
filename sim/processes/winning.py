"""S4 Winning: which bids win, against rivals outside the channel and now and then the vendor itself.

P(win) = logistic(base + quality (q - .6) + region + vertical - rivalry ln(1 + rivals) + co-selling).
With the vendor's conflict probability its own direct sales compete, as two rivals more; a bid that is then lost is
taken to be lost to them (assumed), any other lost bid is offered to others.  A task posted on a marketplace was awarded already.

Reads bids, opportunities, knowledge, relations, programmes; writes bids, opportunities.open, relations
(bids and conflicts of the month), vendors.direct_month, the ledger.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, uniform
from sim.compiled import kernel, leaf, part
from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes.firm import logistic
from sim.state.market import Bids, Opportunities
from sim.state.suppliers import CO_SELL
from sim.world import World


class Winning(NamedTuple):
    """Parameters of winning."""

    base: Annotated[float, Par("log odds", -5, 5, "assumed; trial .3", "an average bid in a strange region without rivals")] = 0.3
    quality: Annotated[float, Par("log odds", 0, 20, "assumed; trial 3", "weight of quality around .6")] = 3.0
    region: Annotated[float, Par("log odds", 0, 5, "assumed; trial .4", "the owner serves the region")] = 0.4
    vertical: Annotated[float, Par("log odds", 0, 5, "assumed; trial .3", "the owner knows the vertical")] = 0.3
    rivalry: Annotated[float, Par("log odds", 0, 5, "assumed; trial .5", "weight of ln(1 + rivals)")] = 0.5
    co_selling: Annotated[float, Par("log odds", 0, 5, "assumed", "help of a vendor that sells along")] = 0.3
    certified: Annotated[float, Par("quality", 0, 1, "assumed", "quality that full certification of the buyer adds")] = 0.10
    bid_cost: Annotated[float, Par("share of value", 0, 0.1, "assumed", "cost of a bid")] = 0.003
    direct_rivals: Annotated[float, Par("rivals", 0, 20, "assumed", "rivals that the vendor's direct sales count for")] = 2.0


@leaf
def win_probability(quality, serves_region, knows_vertical, rivals, co_sells, winning):
    """P(win) of a bid, 0..1."""
    odds = winning.base + winning.quality * (quality - 0.6) - winning.rivalry * np.log(1.0 + rivals)
    odds += winning.region if serves_region else 0.0
    odds += winning.vertical if knows_vertical else 0.0
    odds += winning.co_selling if co_sells else 0.0
    return logistic(odds)


@part
def team_quality(o, deals, bids, knowledge, certification, sizes, winning):
    """Mean level of each task's doer, plus what certification of the buyer adds, at most 1."""
    total = 0.0
    for m in range(bids.size[o]):
        tasks = bids.task[o, m] & bits.low_bits(sizes.skills)
        for k in range(sizes.skills):
            if bits.has(tasks, k):
                total += knowledge.skills[bids.member[o, m], k]
    return min(1.0, total / deals.skills[o] + winning.certified * certification)


@kernel
def _contest(deals, bids, partners, knowledge, relations, vendors, programmes, ledger, winning, sizes, key, attempt):
    for o in range(deals.uid.size):
        if not bids.ready[o]:
            continue
        deals.offered[o] = True
        owner, buyer, v = bids.member[o, 0], bids.member[o, bids.carrier[o]], bids.vendor[o]
        bids.quality[o] = team_quality(o, deals, bids, knowledge, relations.certification[buyer, v], sizes, winning)
        relations.bids_month[buyer, v] += 1.0
        posted = deals.market[o] >= 0
        bids.conflict[o] = not posted and uniform(key, Purpose.CONFLICT, deals.uid[o], attempt) < programmes.conflict[v]
        relations.conflicts_month[buyer, v] += 1.0 if bids.conflict[o] else 0.0
        rivals = deals.rivals[o] + (winning.direct_rivals if bids.conflict[o] else 0.0)
        serves = bits.has(partners.reach[owner], deals.region[o])
        knows = bits.has(partners.verticals[owner], deals.vertical[o])
        co_sells = vendors.partner_model[v] == CO_SELL
        bids.chance[o] = 1.0 if posted else win_probability(bids.quality[o], serves, knows, rivals, co_sells, winning)
        bids.won[o] = uniform(key, Purpose.WIN, deals.uid[o], attempt) < bids.chance[o]
        if not posted:
            pay(ledger.flows, Flow.BID_COST, partners.cash, owner, ledger.outer, Outer.HOUSEHOLDS, winning.bid_cost * deals.value[o])
        if bids.won[o]:
            deals.open[o], deals.won[o] = False, True
        elif bids.conflict[o]:
            deals.open[o] = False
            vendors.direct_month[v] += deals.product[o]
            pay(ledger.flows, Flow.DIRECT_SALE, ledger.outer, Outer.CUSTOMERS, vendors.cash, v, deals.product[o])
            pay(ledger.flows, Flow.GOODS, vendors.cash, v, ledger.outer, Outer.MANUFACTURERS, vendors.goods_cost[v] * deals.product[o])


def run(world: World, deals: Opportunities, bids: Bids, attempt: int) -> None:
    """Decide every bid that is ready."""
    _contest(
        deals, bids, world.partners, world.knowledge, world.relations, world.vendors, world.programmes, world.ledger,
        world.parameters["winning"], world.size, world.key, attempt,
    )  # fmt: skip
