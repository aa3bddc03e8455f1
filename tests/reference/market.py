"""Demand: what customers ask for, whom they ask, what they post on marketplaces."""

import math
from dataclasses import dataclass, field

from tests.reference.agents import ReferenceMarketplace, ReferencePartner
from tests.reference.chance import pick
from tests.reference.shared import (
    CONSTANTS,
    WHY,
    bid_price,
    capacity,
    event_uid,
    opportunity_rate,
    poisson,
    posting_utility,
    room_for,
    work_of,
)


@dataclass
class Deal:
    """What one customer asks for."""

    uid: int
    owner: ReferencePartner
    known: ReferencePartner
    priority: float
    value: float
    product: float
    services: float
    skills: set[int]
    named: set[int]
    complexity: float
    region: int
    vertical: int
    rivals: int
    market: ReferenceMarketplace | None = None
    open: bool = True
    won: bool = False
    offered: bool = False
    tasks: int = field(init=False)

    def __post_init__(self) -> None:
        self.tasks = len(self.skills)


def growth_index(model) -> float:
    """Demand per client relative to the first month after burn-in."""
    return model.volume


def ask(model) -> list[Deal]:
    """The deals of this month, in order of priority."""
    model.solo_profit, model.unserved_value, model.lost_value = [0.0, 0.0], 0.0, 0.0
    pairs = sorted((a for a in model.agreements.values() if a.kind == "technology_alliance"), key=lambda a: a.uid)
    model.volume *= (1.0 + model.p["demand"].growth_per_year) ** (1.0 / 12.0)
    growth = growth_index(model)
    deals = [deal for partner in model.partners.values() for deal in _deals_of(model, partner, growth, pairs)]
    model.asked_value = sum(deal.value for deal in deals)
    return sorted(deals, key=lambda deal: deal.priority)


def _deals_of(model, partner: ReferencePartner, growth: float, pairs: list):
    now, demand = model.now, model.p["demand"]
    rate, mean = opportunity_rate(partner.clients, partner.reputation, growth, demand, model.p["firm"])
    own = poisson(now.uniform(WHY.OPPORTUNITY_COUNT, partner.uid), rate)
    led = 0
    for v, relation in partner.relations.items():
        if relation.leads > 0.0:
            led += poisson(now.uniform(WHY.OPPORTUNITY_COUNT, partner.uid, v + 1), relation.leads / mean)
    share = demand.joint_solution * sum(_reach(pair) for pair in pairs)
    joint = poisson(now.uniform(WHY.TECH_ALLIANCE_DEAL, partner.uid), share * rate)
    origins = ["own"] * own + ["led"] * led + ["joint"] * joint
    deals = [_deal(model, partner, j, origin, mean, pairs) for j, origin in enumerate(origins)]
    for relation in partner.relations.values() if deals else ():
        relation.leads = 0.0
    return deals


def _deal(model, partner: ReferencePartner, j: int, origin: str, mean: float, pairs: list) -> Deal:
    now, demand, size = model.now, model.p["demand"], model.plan.size
    uid = event_uid(model.tick, partner.uid, j)
    spread = demand.value_sd * now.normal(WHY.OPPORTUNITY_VALUE, uid) - 0.5 * demand.value_sd**2
    value = max(500.0, mean * math.exp(spread))
    part = now.uniform(WHY.OPPORTUNITY_SERVICES, uid, 0) + now.uniform(WHY.OPPORTUNITY_SERVICES, uid, 1)
    services = min(0.95, model.p["firm"].services_share * part) * value
    skills = _skills(model, uid, value, partner)
    hard = 0.22 * len(skills) - 0.12 + 0.25 * now.uniform(WHY.OPPORTUNITY_COMPLEXITY, uid)
    verticals = sorted(partner.verticals)
    home = verticals[int(now.uniform(WHY.OPPORTUNITY_VERTICAL, uid, 2) * len(verticals))]
    return Deal(
        uid=uid, owner=partner, known=partner, priority=now.uniform(WHY.PRIORITY, uid), value=value, product=value - services,
        services=services, skills=skills, named=_named(model, uid, partner, origin, pairs), complexity=min(1.0, max(0.0, hard)),
        region=_place(model, uid, partner.region, size.regions, WHY.OPPORTUNITY_REGION, demand.out_of_region),
        vertical=_place(model, uid, home, size.verticals, WHY.OPPORTUNITY_VERTICAL, demand.out_of_vertical),
        rivals=poisson(now.uniform(WHY.OPPORTUNITY_RIVALS, uid), demand.rivals),
    )  # fmt: skip


def _skills(model, uid: int, value: float, partner: ReferencePartner) -> set[int]:
    now, demand = model.now, model.p["demand"]
    mean = demand.further_needs * (value / demand.mean_value_usd) ** demand.needs_with_value
    further = min(4, poisson(now.uniform(WHY.OPPORTUNITY_NEEDS, uid), mean))
    excluded: set[int] = set()
    if partner.held and now.uniform(WHY.OPPORTUNITY_SKILL_OWN, uid) < demand.own_skill:
        excluded = set(range(model.plan.size.skills)) - partner.held
    skills = {pick(now.uniform(WHY.OPPORTUNITY_SKILL, uid, 0), model.popularity, excluded)}
    for n in range(further):
        another = pick(now.uniform(WHY.OPPORTUNITY_SKILL, uid, n + 1), model.popularity, skills)
        if another is not None:
            skills.add(another)
    return skills


def _named(model, uid: int, partner: ReferencePartner, origin: str, pairs: list) -> set[int]:
    """The vendors that a customer names: who paid for finding it, its own favourite, or two that work together."""
    now, demand = model.now, model.p["demand"]
    vendor = None
    if origin == "joint":
        at = pick(now.uniform(WHY.TECH_ALLIANCE_DEAL, uid, 1), [_reach(pair) for pair in pairs])
        return {pairs[at].first.uid, pairs[at].second.uid}
    if origin == "led":
        leads = [partner.relations[v.uid].leads for v in model.vendors]
        vendor = pick(now.uniform(WHY.OPPORTUNITY_VENDOR, uid, 1), leads)
    elif now.uniform(WHY.OPPORTUNITY_VENDOR, uid, 0) < demand.vendor_specified:
        names = [v.size if v.active else 0.0 for v in model.vendors]
        vendor = pick(now.uniform(WHY.OPPORTUNITY_VENDOR, uid, 1), names)
    return set() if vendor is None else {vendor}


def _reach(pair) -> float:
    """The share of customers who know the lesser-known of two allied vendors."""
    return min(pair.first.size, pair.second.size)


def _place(model, uid: int, home: int, n: int, why: int, elsewhere: float) -> int:
    if model.now.uniform(why, uid, 0) < elsewhere:
        return int(model.now.uniform(why, uid, 1) * n)
    return home


def post(model, deals: list[Deal], rings) -> None:
    """Customers who would rather post their task on a marketplace do so."""
    now, posting = model.now, model.p["posting"]
    kind = CONSTANTS["KINDS"].index("marketplace")
    venues = {n.host.uid: n for n in model.open_networks() if n.kind == kind}
    for deal in deals:
        best, chosen = now.gumbel(WHY.POSTING, deal.uid, 0), None
        for q in model.marketplaces:
            if not q.active or q.uid not in venues or deal.complexity > q.max_complexity or not deal.named <= q.listed:
                continue
            utility = posting_utility(q.price_level, q.verification, q.reach, deal.complexity, deal.value, posting)
            utility += now.gumbel(WHY.POSTING, deal.uid, q.uid + 1)
            if utility > best:
                best, chosen = utility, q
        if chosen is not None:
            _award(model, deal, chosen, venues[chosen.uid], rings)


def _award(model, deal: Deal, marketplace: ReferenceMarketplace, venue, rings) -> None:
    now, posting = model.now, model.p["posting"]
    bids = []
    for j in range(posting.bidders):
        bidder = rings.draw(("network", venue.uid), now.uniform(WHY.MARKET_DRAW, deal.uid, j))
        if bidder is None or not _could_do(model, deal, bidder):
            continue
        asked = _asked(model, deal, bidder)
        bids.append((-posting.price * asked + posting.assurance * 2.0 * bidder.rating, asked, bidder))
    if not bids:
        return
    _, price, deal.owner = max(bids, key=lambda bid: bid[0])
    deal.market = marketplace
    deal.value -= (1.0 - price) * deal.services
    deal.services *= price
    marketplace.price_level += 0.02 * (price - marketplace.price_level)


def _could_do(model, deal: Deal, bidder: ReferencePartner) -> bool:
    if not deal.skills <= bidder.held or not deal.named <= bidder.carried or deal.region not in bidder.reach:
        return False
    work = work_of(deal.product, deal.services, model.p["firm"])
    return room_for(work, bidder.backlog, bidder.staff, model.p["firm"])


def _asked(model, deal: Deal, bidder: ReferencePartner) -> float:
    firm = model.p["firm"]
    load = bidder.backlog / (firm.backlog_limit * capacity(bidder.staff, firm))
    return bid_price(load, model.now.uniform(WHY.MARKET_BID, deal.uid ^ bidder.uid, 0), firm.services_margin, model.p["posting"])


def reoffer(model, deals: list[Deal], rings) -> None:
    """What is still open goes to the best of a few other firms of the region, or is gone."""
    for deal in deals:
        if not deal.open:
            continue
        if deal.market is not None:
            deal.open = False
            continue
        best, most = None, 0
        for j in range(model.p["demand"].reoffers):
            other = rings.draw(("region", deal.region), model.now.uniform(WHY.REOFFER, deal.uid, j))
            if other is None or other is deal.owner:
                continue
            covered = len(other.held & deal.skills)
            if covered > most:
                best, most = other, covered
        if best is None:
            deal.open = False
        else:
            deal.owner = best


def close(model, deals: list[Deal]) -> None:
    """Count what is gone."""
    model.unserved_value = sum(d.value for d in deals if not d.won and not d.offered)
    model.lost_value = sum(d.value for d in deals if not d.won and d.offered)
