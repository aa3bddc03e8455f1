"""The world before the first month: suppliers, founders, agreements, networks."""

import math
from statistics import NormalDist

from tests.reference import agreements, opening
from tests.reference.agents import ReferenceDistributor, ReferenceMarketplace, ReferencePartner, ReferenceVendor, Relation
from tests.reference.chance import pick
from tests.reference.shared import CONSTANTS, WHY, overhead, reference_margin

DISTRIBUTORS, MARKETPLACES = 5_000, 9_000  # what is added to their uids in draws


def build(model) -> None:
    """Fill a new model."""
    plan, founding = model.plan, model.p["founding"]
    model.popularity = [1.0 / (k + 1) ** founding.skill_zipf for k in range(plan.size.skills)]
    total = sum(model.popularity)
    model.popularity = [weight / total for weight in model.popularity]
    model.renewed = [0] * plan.size.skills
    model.norm = founding.first_expectation
    model.volume = (1.0 + model.p["demand"].growth_per_year) ** (-(model.plan.burn_in + 1) / 12.0)
    _draw_suppliers(model)
    for uid, people in enumerate(_founder_sizes(model)):
        partner = found(model, uid, people)
        partner.entered = -int(120 * model.forever.uniform(WHY.FOUNDER_AGE, uid))
        partner.held = skills_held(partner, model)
    _sign_first_agreements(model)
    _spread_first_purchases(model)
    for group in plan.networks:
        for _ in range(group.count):
            opening.open_network(model, group.kind, group.policy)


def skills_held(partner: ReferencePartner, model) -> set[int]:
    """The skills whose level counts as held."""
    return {k for k, level in enumerate(partner.levels) if level >= model.p["firm"].skill_threshold}


def _founder_sizes(model) -> list[float]:
    n, founding = model.plan.partners, model.p["founding"]
    order = sorted(range(n), key=lambda uid: model.forever.uniform(WHY.FOUNDER_SIZE, uid))
    sizes = [0.0] * n
    for rank, uid in enumerate(order):
        z = NormalDist().inv_cdf((rank + 0.5) / n)
        sizes[uid] = min(founding.size_cap, max(1.0, math.exp(founding.size_log_mean + founding.size_log_sd * z)))
    return sizes


def found(model, uid: int, people: float) -> ReferencePartner:
    """A firm enters; what it is depends on its uid and size alone."""
    founding, firm, size, draw = model.p["founding"], model.p["firm"], model.plan.size, model.forever
    partner = ReferencePartner(model, uid, model.tick, people)
    partner.region = int(draw.uniform(WHY.FOUNDER_REGION, uid) * size.regions)
    wide = founding.reach_per_log_staff * max(0.0, math.log(people))
    partner.reach = {r for r in range(size.regions) if draw.uniform(WHY.FOUNDER_REACH, uid, r) < wide} | {partner.region}
    partner.verticals = {int(draw.uniform(WHY.FOUNDER_VERTICAL, uid, j) * size.verticals) for j in range(2)}
    partner.business_type = int(draw.uniform(WHY.FOUNDER_TYPE, uid) * 5.0)
    partner.taste = math.exp(founding.taste_sd * draw.normal(WHY.TASTE_FOR_CONTACT, uid))
    partner.margin_ewma = 0.8 * reference_margin(people, firm)
    model.pay("CAPITAL", model.owners, partner, firm.cash_at_entry * overhead(people, partner.margin_ewma, firm))
    _learn_trade(model, partner)
    _open_line_card(model, partner)
    partner.sourced, partner.sourced_month = [0.0] * size.distributors, [0.0] * size.distributors
    model.partners[uid] = partner
    return partner


def _learn_trade(model, partner: ReferencePartner) -> None:
    founding, draw, uid = model.p["founding"], model.forever, partner.uid
    spread = founding.skills_spread * draw.uniform(WHY.SKILL_COUNT, uid)
    wanted = int(founding.skills_base + spread + founding.skills_per_log_staff * math.log(partner.staff))
    partner.levels = [0.0] * model.plan.size.skills
    for n in range(min(max(1, wanted), model.plan.size.skills)):
        skill = pick(draw.uniform(WHY.SKILL_PICK, uid, n), model.popularity, partner.held)
        if skill is None:
            break
        partner.held.add(skill)
        partner.levels[skill] = 0.45 + 0.5 * draw.uniform(WHY.SKILL_LEVEL, uid, n)


def _open_line_card(model, partner: ReferencePartner) -> None:
    founding, firm, draw, uid = model.p["founding"], model.p["firm"], model.forever, partner.uid
    partner.relations = {v.uid: Relation(model.tick, founding.first_expectation) for v in model.vendors}
    weights = [v.size * v.fit_with(partner.held) if v.active else 0.0 for v in model.vendors]
    spread = founding.vendors_spread * draw.uniform(WHY.LINE_CARD_SIZE, uid)
    wanted = int(founding.vendors_base + spread + 0.4 * math.log(partner.staff))
    taken: list[int] = []
    for n in range(min(max(1, wanted), len(weights))):
        vendor = pick(draw.uniform(WHY.LINE_CARD, uid, n), weights, taken)
        if vendor is None:
            break
        taken.append(vendor)
        relation = partner.relations[vendor]
        relation.carried, relation.last_bought = True, model.tick
        relation.experience = relation.attitude = founding.first_attitude
        relation.bought_year = -math.log(1.0 - draw.uniform(WHY.LINE_CARD, uid, 100 + n))
    total = sum(partner.relations[v].bought_year for v in taken)
    product = 12.0 * partner.staff * firm.revenue_per_staff_usd * (1.0 - firm.services_share)
    for vendor in taken:
        partner.relations[vendor].bought_year *= product / total if total > 0.0 else 1.0


def _clip(x: float, low: float, high: float) -> float:
    return min(high, max(low, x))


def _draw_suppliers(model) -> None:
    plan = model.plan
    p = model.p["suppliers"]
    model.vendors = [_draw_vendor(model, uid, p) for uid in range(plan.size.vendors)]
    for vendor, given in zip(model.vendors, plan.vendors, strict=False):
        _override(vendor, given)
    total = max(1e-12, sum(v.size for v in model.vendors))
    for vendor in model.vendors:
        vendor.size /= total
    model.distributors = [_draw_distributor(model, uid, p) for uid in range(plan.size.distributors)]
    for distributor, given in zip(model.distributors, plan.distributors, strict=False):
        _override(distributor, given)
    model.marketplaces = []
    for uid in range(plan.size.marketplaces):
        marketplace = ReferenceMarketplace(model, uid)
        marketplace.verification = 0.4 + 0.4 * model.forever.uniform(WHY.VENDOR_WORLD, MARKETPLACES + uid, 0)
        marketplace.reach = math.exp(0.3 * model.forever.normal(WHY.VENDOR_WORLD, MARKETPLACES + uid, 3))
        model.marketplaces.append(marketplace)
    for marketplace, given in zip(model.marketplaces, plan.marketplaces, strict=False):
        _override(marketplace, given)


def _draw_vendor(model, uid: int, p) -> ReferenceVendor:
    vendor, draw = ReferenceVendor(model, uid), model.forever

    def z(j: int) -> float:
        return draw.normal(WHY.VENDOR_WORLD, uid, j)

    vendor.size = 1.0 / (uid + 1.0) ** p.size_zipf
    vendor.list_margin = _clip(p.list_margin + p.list_margin_sd * z(0), 0.0, 0.5)
    vendor.rebate_1, vendor.rebate_2, vendor.mdf = p.rebate_1, p.rebate_2, p.mdf
    vendor.support = _clip(p.support + p.support_sd * z(1), 0.02, 0.98)
    vendor.training = _clip(p.training + p.training_sd * z(2), 0.02, 0.98)
    vendor.conflict = _clip(p.conflict * math.exp(p.conflict_sd * z(3) - 0.5 * p.conflict_sd**2), 0.0, 0.9)
    vendor.openness = _clip(p.openness + 0.2 * z(4), 0.05, 0.95)
    vendor.fee_share, vendor.goods_cost = p.fee_share, p.goods_cost
    vendor.arms = dict.fromkeys(CONSTANTS["ARMS"], 1.0 / len(CONSTANTS["ARMS"]))
    for k in range(model.plan.size.skills):
        core = draw.uniform(WHY.VENDOR_WORLD, uid, 1000 + 2 * k) < p.fit_core
        level = draw.uniform(WHY.VENDOR_WORLD, uid, 1001 + 2 * k)
        vendor.fit.append(0.6 + 0.4 * level if core else min(1.0, p.fit_low * (0.5 + level)))
    return vendor


def _draw_distributor(model, uid: int, p) -> ReferenceDistributor:
    size, draw, who = model.plan.size, model.forever, DISTRIBUTORS + uid
    distributor = ReferenceDistributor(model, uid, size.vendors)
    margin = p.distributor_margin + p.distributor_margin_sd * draw.normal(WHY.VENDOR_WORLD, who, 0)
    distributor.margin = _clip(margin, 0.0, 0.3)
    distributor.credit = draw.uniform(WHY.VENDOR_WORLD, who, 10)
    distributor.service = draw.uniform(WHY.VENDOR_WORLD, who, 11)
    for region in range(size.regions):
        if draw.uniform(WHY.VENDOR_WORLD, who, 100 + region) < p.distributor_regions:
            distributor.regions.add(region)
    for vertical in range(size.verticals):
        if draw.uniform(WHY.VENDOR_WORLD, who, 300 + vertical) < 0.4:
            distributor.verticals.add(vertical)
    return distributor


def _override(supplier, given: dict[str, float]) -> None:
    for name, value in given.items():
        if name.startswith("arm_"):
            supplier.arms[name.removeprefix("arm_")] = value
        else:
            setattr(supplier, name, value)


def _sign_first_agreements(model) -> None:
    for vendor in model.vendors:
        chances = [model.forever.uniform(WHY.AGREEMENT, d.uid, vendor.uid) for d in model.distributors]
        chosen = [d for d, u in zip(model.distributors, chances, strict=True) if u < model.p["suppliers"].line_card]
        if not chosen and chances:
            chosen = [model.distributors[chances.index(min(chances))]]
        for distributor in chosen:
            agreements.sign(model, "line_card", vendor, distributor)
        for marketplace in model.marketplaces:
            agreements.sign(model, "listing", vendor, marketplace)


def _spread_first_purchases(model) -> None:
    with_it = {v.uid: max(1, sum(v.uid in d.line_card for d in model.distributors)) for v in model.vendors}
    for d in model.distributors:
        share = [(1.0 / with_it[v.uid]) * (1.0 - v.list_margin) if v.uid in d.line_card else 0.0 for v in model.vendors]
        for partner in model.partners.values():
            if partner.region in d.regions:
                bought = sum(r.bought_year * share[v] for v, r in partner.relations.items())
                partner.sourced[d.uid] = 0.75 * bought
                d.sales_year += partner.sourced[d.uid]
                for v, r in partner.relations.items():
                    d.sold[v] += 0.75 * r.bought_year * share[v]
    for vendor in model.vendors:
        vendor.channel_year = sum(p.relations[vendor.uid].bought_year for p in model.partners.values())
