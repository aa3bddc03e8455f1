"""Which vendor's product goes into a bid, where it is bought, and whether the bid wins."""

import math

from tests.reference.agents import ReferencePartner, ReferenceVendor
from tests.reference.shared import CONSTANTS, WHY, distributor_utility, win_probability
from tests.reference.teams import Bid

RESALE, REFERRAL, CO_SELL, SERVICE_LED = (CONSTANTS["PARTNER_MODELS"].index(m) for m in ("resale", "referral", "co_sell", "service_led"))


def choose_vendors(model, bids: list[Bid]) -> None:
    """Every complete bid gets the vendor of highest noisy utility among those that its team carries."""
    for bid in bids:
        if not bid.ready:
            continue
        best = -math.inf
        for vendor in model.vendors:
            carriers = [at for at, member in enumerate(bid.team) if member.partner.relations[vendor.uid].carried]
            if not carriers or not vendor.active or (bid.deal.named and vendor.uid not in bid.deal.named):
                continue
            value, slope = _utility(model, bid, vendor, carriers), model.rules["vendor_choice"].slope
            if slope < math.inf:
                noise = -math.log(-math.log(model.now.uniform(WHY.VENDOR_CHOICE, bid.deal.uid, vendor.uid) + 1e-300))
                value = slope * value + noise
            if value > best:
                best, bid.vendor, bid.carrier = value, vendor.uid, carriers[0]
        bid.ready = bid.vendor is not None


def _utility(model, bid: Bid, vendor: ReferenceVendor, carriers: list[int]) -> float:
    margin, attitude, fit, habit, certification = model.rules["vendor_choice"].weights
    buyer = bid.team[carriers[0]].partner
    relation = buyer.relations[vendor.uid]
    certified = max(bid.team[at].partner.relations[vendor.uid].certification for at in carriers)
    value = margin * _earned(vendor, relation.tier) + attitude * relation.attitude + fit * vendor.fit_with(bid.deal.skills)
    return value + habit * (buyer.wallet(vendor.uid) if model.switches.habit else 0.0) + certification * certified


def _earned(vendor: ReferenceVendor, tier: int) -> float:
    if vendor.partner_model == RESALE:
        return vendor.list_margin + {0: 0.0, 1: vendor.programme["rebate_1"], 2: vendor.programme["rebate_2"]}[tier]
    return 0.0 if vendor.partner_model == SERVICE_LED else vendor.fee_share


def choose_sources(model, bids: list[Bid]) -> None:
    """Every complete bid buys from its vendor or from a distributor."""
    sourcing = model.p["sourcing"]
    for bid in bids:
        if not bid.ready:
            continue
        buyer, uid = bid.team[bid.carrier].partner, bid.deal.uid
        direct = sourcing.direct + sourcing.direct_per_tier * buyer.relations[bid.vendor].tier
        if model.now.uniform(WHY.SOURCING_ROUTE, uid) < direct:
            continue
        able = [d for d in model.distributors if d.active and bid.vendor in d.line_card and buyer.region in d.regions]
        offers = [(_liking(model, buyer, d) + model.now.gumbel(WHY.DISTRIBUTOR_CHOICE, uid, d.uid), d.uid) for d in able]
        if offers:
            bid.source = max(offers)[1]


def _liking(model, buyer: ReferencePartner, distributor) -> float:
    total = sum(buyer.sourced)
    habit = buyer.sourced[distributor.uid] / total if total > 0.0 else 0.0
    focus = 1.0 if distributor.verticals & buyer.verticals else 0.0
    short = buyer.cash < buyer.margin_ewma
    return distributor_utility(
        distributor.margin, distributor.credit, distributor.service, habit, focus, short, model.p["sourcing"]
    )


def contest(model, bids: list[Bid], attempt: int) -> None:
    """Decide every complete bid."""
    for bid in bids:
        if bid.ready:
            _decide(model, bid, attempt)


def _decide(model, bid: Bid, attempt: int) -> None:
    deal, owner, vendor, winning = bid.deal, bid.team[0].partner, model.vendors[bid.vendor], model.p["winning"]
    relation = bid.team[bid.carrier].partner.relations[vendor.uid]
    posted = deal.market is not None
    deal.offered = True
    levels = sum(member.partner.levels[k] for member in bid.team for k in sorted(member.tasks.skills))
    bid.quality = min(1.0, levels / deal.tasks + winning.certified * relation.certification)
    bid.conflict = not posted and model.now.uniform(WHY.CONFLICT, deal.uid, attempt) < vendor.programme["conflict"]
    relation.bids_month += 1.0
    relation.conflicts_month += 1.0 if bid.conflict else 0.0
    bid.chance = 1.0
    if not posted:
        rivals = deal.rivals + (winning.direct_rivals if bid.conflict else 0.0)
        serves, knows = deal.region in owner.reach, deal.vertical in owner.verticals
        bid.chance = win_probability(bid.quality, serves, knows, rivals, vendor.partner_model == CO_SELL, winning)
        model.pay("BID_COST", owner, model.households, winning.bid_cost * deal.value)
    bid.won = model.now.uniform(WHY.WIN, deal.uid, attempt) < bid.chance
    if bid.won:
        deal.open, deal.won = False, True
    elif bid.conflict:
        deal.open = False
        vendor.direct_month += deal.product
        model.pay("DIRECT_SALE", model.customers, vendor, deal.product)
        model.pay("GOODS", vendor, model.manufacturers, vendor.goods_cost * deal.product)
