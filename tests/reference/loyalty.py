"""How partners fare with vendors, what they hear of them, whom they drop and take on."""

from tests.reference.agents import Membership, ReferencePartner, ReferenceVendor, Relation
from tests.reference.chance import pick
from tests.reference.shared import (
    WHY,
    drop_hazard,
    heard_in_network,
    logistic,
    openness,
    pair_key,
    performance,
    room_on_line_card,
    updated_experience,
)


def fare(model) -> None:
    """Every relation with business this month is judged; then partners drop vendors."""
    seen = []
    for partner in model.partners.values():
        for vendor in model.vendors:
            relation = partner.relations[vendor.uid]
            if relation.carried and (relation.bought_month > 0.0 or relation.bids_month > 0.0):
                seen.append(_judge(model, partner, vendor, relation))
    if seen:
        model.norm += (sum(seen) / len(seen) - model.norm) / 12.0
    for partner in model.partners.values():
        _renew(model, partner)


def _judge(model, partner: ReferencePartner, vendor: ReferenceVendor, relation: Relation) -> float:
    terms, switches = model.p["satisfaction"], model.switches
    margin, benefit, conflict = terms.reference_margin, terms.reference_benefit, terms.reference_conflict
    if relation.bought_month > 0.0:
        margin, benefit = relation.margin_month / relation.bought_month, relation.benefit_month / relation.bought_month
    if relation.bids_month > 0.0:
        conflict = relation.conflicts_month / relation.bids_month
    noise = model.now.normal(WHY.PERFORMANCE_NOISE, partner.uid, vendor.uid)
    seen = performance(margin, vendor.support, conflict, benefit, noise, terms)
    if switches.satisfaction:
        relation.experience = updated_experience(relation.experience, seen - (relation.expectation - terms.tolerance), terms)
        if switches.indebtedness:
            relation.experience = max(-1.0, relation.experience - terms.indebtedness * benefit)
    if switches.treadmill:
        relation.expectation += terms.adaptation * (0.5 * seen + 0.5 * model.norm - relation.expectation)
    return seen


def _renew(model, partner: ReferencePartner) -> None:
    terms, now = model.p["satisfaction"], model.now
    for vendor in model.vendors:
        relation = partner.relations[vendor.uid]
        if not relation.carried or len(partner.carried) <= 1:
            continue
        hazard = drop_hazard(relation.attitude, partner.wallet(vendor.uid), terms)
        if now.uniform(WHY.DROP_VENDOR, partner.uid, vendor.uid) >= hazard:
            continue
        repaired = now.uniform(WHY.VOICE, partner.uid, vendor.uid) < 2.0 * terms.voice * vendor.support
        if relation.attitude < 0.0 and repaired:
            relation.experience *= 0.5
        else:
            relation.carried = False


def influence(model, rings) -> None:
    """Everybody listens to last month's attitudes; then attitudes form."""
    said = {uid: {v: r.attitude for v, r in p.relations.items()} for uid, p in model.partners.items()}
    for partner in model.partners.values():
        density = sum(m.network.density for m in partner.memberships)
        weight = openness(density, model.p["influence"]) if density > 0.0 else 0.0
        heard = [_heard(model, partner, m, said, rings) for m in partner.memberships]
        for v, relation in partner.relations.items():
            social = 0.0
            if density > 0.0:
                parts = zip(partner.memberships, heard, strict=True)
                social = sum(m.network.density * opinions[v] for m, opinions in parts) / density
            attitude = (1.0 - weight) * relation.experience + weight * social
            relation.attitude = min(1.0, max(-1.0, attitude))


def _heard(model, partner: ReferencePartner, membership: Membership, said: dict, rings) -> dict[int, float]:
    """What is said of each vendor in one network."""
    network = membership.network
    peers = _peers(model, partner, membership, rings) if model.switches.peer_influence else []
    broadcast = network.broadcast if model.switches.host_influence else 0.0
    heard = {}
    for v, relation in partner.relations.items():
        opinions = [said[peer.uid][v] for peer in peers if peer.relations[v].carried]
        mean = sum(opinions) / len(opinions) if opinions else relation.experience
        heard[v] = heard_in_network(mean, broadcast, network.mix.get(v, 0.0), model.p["influence"].credible)
    return heard


def _peers(model, partner: ReferencePartner, membership: Membership, rings) -> list[ReferencePartner]:
    terms, network = model.p["influence"], membership.network
    who = pair_key(partner.uid, network.uid)
    peers = []
    for j in range(terms.peers):
        own = model.now.uniform(WHY.PEER, who, 2 * j + 1) < terms.own_cohort
        ring = ("cohort", network.uid, membership.cohort) if own else ("network", network.uid)
        peer = rings.draw(ring, model.now.uniform(WHY.PEER, who, 2 * j))
        if peer is not None and peer is not partner:
            peers.append(peer)
    return peers


def discover(model, deliveries: list, deals: list) -> None:
    """Partners take on vendors: through joint deals, because customers ask, by recruiting."""
    terms, now = model.p["discovery"], model.now
    for delivery in deliveries if model.switches.discovery else []:
        _discover_jointly(model, delivery)
    for deal in deals:
        for v in sorted(deal.named):
            if model.vendors[v].active and not deal.known.relations[v].carried:
                likely = terms.specified * _room(model, deal.known)
                if now.uniform(WHY.SPECIFIED_TAKE_ON, deal.uid, v) < likely:
                    take_on(model, deal.known, v)
    for partner in model.partners.values():
        if now.uniform(WHY.RECRUITMENT, partner.uid) < terms.recruited * _room(model, partner):
            vendor = pick(now.uniform(WHY.RECRUIT_VENDOR, partner.uid), [_appeal(partner, v) for v in model.vendors])
            if vendor is not None:
                take_on(model, partner, vendor)


def _discover_jointly(model, delivery) -> None:
    terms, project = model.p["discovery"], delivery.project
    v, buyer = project.vendor, project.parts[project.carrier].partner
    if not delivery.success or len(project.present) < 2 or not model.vendors[v].active:
        return
    for at, part in enumerate(project.parts):
        partner = part.partner
        if partner is None or partner is buyer or partner.relations[v].carried:
            continue
        gap = buyer.relations[v].attitude - _attitude_to_primary(partner)
        likely = terms.co_delivery * logistic(terms.advantage * gap) * _room(model, partner)
        if model.now.uniform(WHY.CO_DELIVERY, project.uid, at) < likely:
            take_on(model, partner, v)


def _attitude_to_primary(partner: ReferencePartner) -> float:
    carried = [r for r in partner.relations.values() if r.carried]
    return max(carried, key=lambda r: r.bought_year).attitude if carried else 0.0


def _room(model, partner: ReferencePartner) -> float:
    return room_on_line_card(len(partner.carried), model.p["discovery"].typical)


def _appeal(partner: ReferencePartner, vendor: ReferenceVendor) -> float:
    relation = partner.relations[vendor.uid]
    if not vendor.active or relation.carried:
        return 0.0
    return vendor.size * ((1.0 + relation.attitude) * vendor.openness * vendor.fit_with(partner.held))


def take_on(model, partner: ReferencePartner, vendor: int) -> None:
    """A vendor comes onto a line card."""
    relation = partner.relations[vendor]
    relation.carried, relation.tier, relation.since, relation.last_bought = True, 0, model.tick, model.tick
    relation.experience = max(model.p["discovery"].first_experience, relation.experience)
    relation.expectation = model.norm
