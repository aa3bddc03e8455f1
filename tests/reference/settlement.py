"""Delivery and payment: how projects end, who pays whom, to whom their value is credited."""

from dataclasses import dataclass, field

from tests.reference.agents import ReferenceDistributor, ReferencePartner, ReferenceVendor
from tests.reference.alliances import Part, Project
from tests.reference.contest import RESALE, SERVICE_LED
from tests.reference.shared import (
    WHY,
    bargaining_weight,
    capacity,
    nash_share,
    network_credit,
    signal_of,
    success_probability,
)


@dataclass
class Delivery:
    """A project that fell due."""

    project: Project
    success: bool
    signal: float
    margin: float = 0.0
    shares: dict[int, float] = field(default_factory=dict)


def work(model) -> None:
    """Everybody works off its backlog as far as its capacity goes."""
    for partner in model.partners.values():
        limit = capacity(partner.staff, model.p["firm"])
        done = min(partner.backlog, limit)
        partner.backlog -= done
        partner.utilisation += (done / limit - partner.utilisation) / 3.0


def deliver(model) -> list[Delivery]:
    """Projects that fall due succeed or fail."""
    due = sorted((p for p in model.projects.values() if p.due <= model.tick), key=lambda p: p.uid)
    return [_deliver(model, project) for project in due]


def _deliver(model, project: Project) -> Delivery:
    terms, now = model.p["delivery"], model.now
    trust = project.trust if model.switches.trust or len(project.present) == 1 else model.p["trust"].prior
    chance = success_probability(project.quality, trust, project.complexity, terms)
    success = now.uniform(WHY.DELIVERY, project.uid) < chance
    delivery = Delivery(project, success, signal_of(success, now.uniform(WHY.SIGNAL, project.uid)))
    for part in project.present:
        part.partner.reputation += terms.memory * ((1.0 if success else 0.0) - part.partner.reputation)
        if not success and part.tie is not None:
            part.tie.failures_month += 1.0
    if project.market is not None:
        owner = project.owner
        owner.rated += 1
        weight = max(terms.rating_memory, 1.0 / (1.0 + owner.rated))
        owner.rating += weight * (0.5 + 0.5 * delivery.signal - owner.rating)
    return delivery


def settle(model, deliveries: list[Delivery]) -> None:
    """Pay for every delivered project and close it."""
    model.delivered = {}
    for delivery in deliveries:
        project = delivery.project
        model.delivered[project.uid] = delivery.success, project.vendor, [part.partner.uid for part in project.present]
        _pay(model, delivery)
        _credit(model, delivery)
        del model.projects[project.uid]


def _pay(model, delivery: Delivery) -> None:
    project, firm = delivery.project, model.p["firm"]
    vendor, owner = model.vendors[project.vendor], project.owner
    refund = 0.0 if delivery.success else model.p["delivery"].refund * project.services
    earned = {RESALE: vendor.list_margin, SERVICE_LED: 0.0}.get(vendor.partner_model, vendor.fee_share)
    task_fee = 0.0
    if project.market is not None and project.network is not None:
        task_fee = project.network.take_rate * project.value
    delivery.margin = earned * project.product + (firm.services_margin * project.services - refund)
    owed = [(part.broker, part.brokerage) for part in project.parts if part.broker is not None]
    delivery.margin -= project.coordination + sum(amount for _, amount in owed) + task_fee
    model.pay("SALE", model.customers, owner, project.value if vendor.partner_model == RESALE else project.services)
    model.pay("REFUND", owner, model.customers, refund)
    model.pay("COORDINATION", owner, model.households, project.coordination)
    for network, amount in [(project.network, task_fee), *owed]:
        if amount > 0.0:
            model.pay("TASK_FEE", owner, network, amount)
            network.income_month += amount
    cost = _buy(model, project, vendor)
    _split(model, delivery, cost)


def _split(model, delivery: Delivery, cost: float) -> None:
    """Every member pays its wages and gets its share, the buyer its cost too."""
    project, firm = delivery.project, model.p["firm"]
    owner, joint = project.owner, len(project.present) > 1
    together = sum(part.outside for part in project.parts)
    for at, part in enumerate(project.parts):
        partner = part.partner
        if partner is None:
            continue
        weight = bargaining_weight(part.work, 1.0, model.p["consent"].finder, at == 0)
        share = delivery.shares[at] = nash_share(part.outside, weight, delivery.margin, together)
        wages = (1.0 - firm.services_margin) * project.services * part.work
        model.pay("DELIVERY", partner, model.households, wages)
        claim = share + wages + (cost if at == project.carrier else 0.0)
        if at > 0:
            payer, payee = (owner, partner) if claim >= 0.0 else (partner, owner)
            model.pay("SUBCONTRACT", payer, payee, abs(claim))
        partner.margin_month += share
        revenue = project.value * part.work
        partner.revenue_month += revenue
        partner.revenue_year += revenue
        partner.allied_year += revenue if joint else 0.0
    if joint:
        model.solo_profit[0] += delivery.margin - together
        model.solo_profit[1] += together


def _buy(model, project: Project, vendor: ReferenceVendor) -> float:
    """The product is bought; returns what it cost the buyer, a fee received counting negative."""
    buyer, product = project.parts[project.carrier].partner, project.product
    relation = buyer.relations[vendor.uid]
    relation.bought_month += product
    relation.bought_quarter += product
    relation.bought_year += product
    relation.last_bought = model.tick
    vendor.channel_month += product
    vendor.channel_year += product
    model.pay("GOODS", vendor, model.manufacturers, vendor.goods_cost * product)
    if vendor.partner_model != RESALE:
        fee = 0.0 if vendor.partner_model == SERVICE_LED else vendor.fee_share * product
        model.pay("VENDOR_CONTRACT", model.customers, vendor, product)
        model.pay("PARTNER_FEE", vendor, buyer, fee)
        relation.margin_month += fee
        return -fee
    cost = (1.0 - vendor.list_margin) * product
    relation.margin_month += product - cost
    if project.source is None:
        model.pay("PURCHASE_DIRECT", buyer, vendor, cost)
    else:
        _buy_from(model, buyer, vendor, model.distributors[project.source], cost)
    return cost


def _buy_from(model, buyer: ReferencePartner, vendor: ReferenceVendor, distributor: ReferenceDistributor, cost: float) -> None:
    model.pay("PURCHASE_DISTRIBUTOR", buyer, distributor, cost)
    model.pay("DISTRIBUTOR_SUPPLY", distributor, vendor, (1.0 - distributor.margin) * cost)
    distributor.sales_month += cost
    distributor.sales_year += cost
    distributor.sold_month[vendor.uid] += cost
    distributor.sold[vendor.uid] += cost
    buyer.sourced[distributor.uid] += cost
    buyer.sourced_month[distributor.uid] += cost


def _credit(model, delivery: Delivery) -> None:
    project = delivery.project
    owner, first = project.owner, project.parts[0]
    gain = delivery.shares[0] - first.outside
    if project.market is not None:
        project.market.jobs_month += 1.0
        project.market.value_month += project.value
        if project.network is not None:
            project.network.value_month += project.value
            membership = owner.membership_in(project.network)
            if membership is not None:
                membership.value_month += max(0.0, gain)
                membership.uses_month += 1.0
    for at, part in enumerate(project.parts):
        if part.partner is not None and part.tie is not None and part.tie.pair in model.ties:
            gain_owner = gain * part.work / max(1e-9, 1.0 - first.work)
            _credit_tie(model, delivery, part, gain_owner, delivery.shares[at] - part.outside)


def _credit_tie(model, delivery: Delivery, part: Part, gain_owner: float, gain_ally: float) -> None:
    tie, project = part.tie, delivery.project
    joint = delivery.margin + project.coordination - sum(p.outside for p in project.parts)
    tie.excess_month += gain_ally + gain_owner
    tie.deals_month += 1.0
    kept = 0.0 if tie.deals == 0 else 0.8
    tie.value = kept * tie.value + (1.0 - kept) * joint
    tie.volume = kept * tie.volume + (1.0 - kept) * project.value
    tie.deals += 1
    if tie.met is None:
        return
    tie.met.value_month += project.value * part.work
    credit = network_credit(model.tick - tie.met_month, model.p["payment"].credit_half_life)
    mine, theirs = project.owner.membership_in(tie.met), part.partner.membership_in(tie.met)
    if mine is not None and theirs is not None:
        mine.value_month += max(0.0, gain_owner) * credit
        theirs.value_month += max(0.0, gain_ally) * credit
        mine.uses_month += 1.0
        theirs.uses_month += 1.0
