"""Firms come and go, learn and forget, grow and shrink."""

import math

from tests.reference.agents import ReferencePartner
from tests.reference.alliances import forget, members_left
from tests.reference.chance import pick
from tests.reference.founding import found, skills_held
from tests.reference.market import growth_index
from tests.reference.opening import leave
from tests.reference.shared import WHY, clients_after, own_training, pair_key, poisson, raised, staff_after

GENERATION = 2**32


def turn_over(model) -> None:
    """Firms leave; successors and others enter."""
    terms = model.p["turnover"]
    gone = sorted((p for p in list(model.partners.values()) if _leaves(model, p)), key=lambda p: p.uid)
    members_left(model, {p.uid for p in gone})
    for partner in gone:
        _exit(model, partner)
    entrants = [
        (partner.uid + GENERATION, partner.clients)
        for partner in gone
        if model.now.uniform(WHY.EXTRA_ENTRY, partner.uid, 1) < terms.succession
    ]
    for uid, people in entrants + _newcomers(model):
        found(model, uid, max(1.0, people))


def _leaves(model, partner: ReferencePartner) -> bool:
    terms = model.p["turnover"]
    partner.months_negative = partner.months_negative + 1 if partner.cash < 0.0 else 0
    hazard = 1.0 - (1.0 - terms.retirement_per_year) ** (1.0 / 12.0)
    retires = model.now.uniform(WHY.BASE_EXIT, partner.uid) < hazard
    return partner.months_negative >= terms.months_to_bankruptcy or retires


def _newcomers(model) -> list[tuple[int, float]]:
    living = sorted(model.partners.values(), key=lambda p: p.uid)
    expected = model.p["turnover"].extra_entry_per_year / 12.0 * len(living)
    count = poisson(model.now.uniform(WHY.EXTRA_ENTRY, 0), expected)
    likes = [living[int(model.now.uniform(WHY.EXTRA_ENTRY, k + 1) * len(living))] for k in range(count)]
    return [(2**31 + (model.tick << 14) + k, min(like.clients, 50.0)) for k, like in enumerate(likes)]


def _exit(model, partner: ReferencePartner) -> None:
    model.pay("LIQUIDATION", partner, model.owners, partner.cash)
    for membership in partner.memberships:
        leave(partner, membership)
    for tie in list(partner.ties.values()):
        forget(model, tie)
    del model.partners[partner.uid]
    partner.remove()


def renew_technology(model) -> None:
    """Popularity moves between skills, and technologies are replaced."""
    now, demand = model.now, model.p["demand"]
    popularity = model.popularity
    for k in range(len(popularity)):
        if now.uniform(WHY.NOVELTY, k, 0) < demand.rotation:
            other = int(now.uniform(WHY.NOVELTY, k, 1) * len(popularity))
            popularity[k], popularity[other] = popularity[other], popularity[k]
        if now.uniform(WHY.NOVELTY, k, 2) < demand.novelty:
            model.renewed[k] = model.tick
            for partner in model.partners.values():
                partner.levels[k] *= model.p["demand"].worth_left
            for vendor in model.vendors:
                vendor.fit[k] = 0.5 * vendor.fit[k] + 0.5 * now.uniform(WHY.NOVELTY, vendor.uid, 10 + k)


def learn(model, deliveries: list) -> None:
    """Firms learn by doing, from allies, by training and in networks, and forget."""
    if model.switches.learning:
        for delivery in deliveries:
            for part in delivery.project.present:
                _learn_by_doing(model, delivery.project, part.partner)
        for partner in model.partners.values():
            _train(model, partner)
    for partner in model.partners.values():
        partner.held = skills_held(partner, model)


def _learn_by_doing(model, project, partner: ReferencePartner) -> None:
    terms = model.p["skills"]
    others = [part.partner for part in project.present if part.partner is not partner]
    for k in sorted(project.skills):
        before = partner.levels[k]
        if k in partner.held:
            partner.levels[k] = min(1.0, raised(before, terms.use / (1.0 + math.sqrt(partner.staff))))
        for other in others:
            if k in other.held:
                learned = terms.from_allies * max(0.0, other.levels[k] - before)
                partner.levels[k] = min(1.0, partner.levels[k] + learned)


def _train(model, partner: ReferencePartner) -> None:
    terms, now, held = model.p["skills"], model.now, partner.held
    everything = set(range(len(partner.levels)))
    partner.levels = [level * (1.0 - terms.decay) for level in partner.levels]
    if held:
        k = pick(now.uniform(WHY.SELF_TRAINING, partner.uid), model.popularity, everything - held)
        partner.levels[k] = min(1.0, raised(partner.levels[k], min(1.0, own_training(partner.staff, terms))))
    if now.uniform(WHY.NEW_SKILL, partner.uid) < terms.new_skill:
        k = pick(now.uniform(WHY.NEW_SKILL_PICK, partner.uid), model.popularity, held)
        if k is not None:
            partner.levels[k] = max(partner.levels[k], terms.new_level)
    for membership in partner.memberships if held else []:
        network = membership.network
        spend = network.education + network.education_added
        k = pick(now.uniform(WHY.EDUCATION, pair_key(partner.uid, network.uid)), model.popularity, everything - held)
        gain = terms.education * spend / 100.0 * min(1.0, 0.25 + membership.capital)
        partner.levels[k] = min(1.0, raised(partner.levels[k], min(1.0, gain)))


def grow(model) -> None:
    """Client bases follow work won, staff follow clients and utilisation."""
    if not model.switches.growth:
        return
    growth, firm, index = model.p["growth"], model.p["firm"], growth_index(model)
    mix = firm.services_share + firm.product_work * (1.0 - firm.services_share)
    for partner in model.partners.values():
        usual = growth.capture * model.p["demand"].load * firm.revenue_per_staff_usd * mix * partner.clients * index
        partner.clients = clients_after(partner.clients, partner.won_month, usual, growth)
        partner.staff = staff_after(partner.staff, partner.clients, partner.utilisation, partner.cash > 0.0, index, growth)
