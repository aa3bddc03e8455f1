"""S4 Sourcing: from whom the product is bought, the vendor itself or a distributor with it on its line card.

A partner buys direct with a probability that rises with its tier; else it chooses among distributors that
carry the vendor and serve its region, by price, credit, service, focus and habit (2-3 are used, one
preferred, GTDC), with Gumbel noise.  Without such a distributor it buys direct.

Reads bids, relations.tier, distributors, knowledge.sourced; writes bids.source.
"""

from typing import Annotated, NamedTuple

from sim import bits
from sim.chance import Purpose, gumbel, uniform
from sim.compiled import kernel, leaf
from sim.parameters import Par
from sim.state.market import Bids, Opportunities
from sim.world import World


class Sourcing(NamedTuple):
    """Parameters of sourcing."""

    direct: Annotated[float, Par("probability", 0, 1, "assumed; trial .25", "product bought from the vendor itself, in tier 0")] = 0.15
    direct_per_tier: Annotated[float, Par("probability", 0, 0.5, "assumed", "what each tier adds")] = 0.15
    price: Annotated[float, Par("utility per unit of margin", 0, 200, "assumed", "weight of the distributor's margin")] = 40.0
    credit: Annotated[float, Par("utility", 0, 20, "assumed", "weight of credit, for a firm short of cash")] = 1.0
    service: Annotated[float, Par("utility", 0, 20, "assumed", "weight of service")] = 1.0
    habit: Annotated[float, Par("utility", 0, 20, "assumed; trial 2", "weight of the share bought there before")] = 2.0
    focus: Annotated[float, Par("utility", 0, 20, "assumed", "weight of a shared vertical")] = 0.5


@leaf
def distributor_utility(margin, credit, service, habit, focus, short_of_cash, sourcing):
    """What a partner sees in a distributor."""
    value = sourcing.service * service + sourcing.habit * habit + sourcing.focus * focus - sourcing.price * margin
    return value + sourcing.credit * credit * (1.0 if short_of_cash else 0.3)


@kernel
def _source(deals, bids, partners, relations, knowledge, distributors, sourcing, key):
    for o in range(deals.uid.size):
        if not bids.ready[o]:
            continue
        r, v = bids.member[o, bids.carrier[o]], bids.vendor[o]
        chance_direct = sourcing.direct + sourcing.direct_per_tier * relations.tier[r, v]
        if uniform(key, Purpose.SOURCING_ROUTE, deals.uid[o]) < chance_direct:
            continue
        total = 0.0
        for d in range(distributors.uid.size):
            total += knowledge.sourced[r, d]
        best, chosen = -1e300, -1
        for d in range(distributors.uid.size):
            serves = bits.has(distributors.regions[d], partners.region[r])
            if not (distributors.active[d] and distributors.line_card[d, v] and serves):
                continue
            habit = knowledge.sourced[r, d] / total if total > 0.0 else 0.0
            focus = 1.0 if distributors.verticals[d] & partners.verticals[r] else 0.0
            short = partners.cash[r] < partners.margin_ewma[r]
            utility = distributor_utility(distributors.margin[d], distributors.credit[d], distributors.service[d], habit, focus, short, sourcing)
            utility += gumbel(key, Purpose.DISTRIBUTOR_CHOICE, deals.uid[o], d)
            if utility > best:
                best, chosen = utility, d
        bids.source[o] = chosen


def run(world: World, deals: Opportunities, bids: Bids) -> None:
    """Choose the source of the product of every bid that is ready."""
    _source(
        deals, bids, world.partners, world.relations, world.knowledge, world.distributors, world.parameters["sourcing"], world.key
    )  # fmt: skip
