"""Who hears of networks, who leaves, who joins."""

from tests.reference.agents import Membership, Network, ReferencePartner
from tests.reference.opening import RULES, enter, find_cohort, leave, may_enter
from tests.reference.shared import WHY, awareness_hazard, capital_after, logistic, membership_utility, pair_key


def run(model, rings) -> None:
    """Hear, leave, join."""
    for partner in model.partners.values():
        _hear(model, partner, rings)
    _review(model)
    if model.tick % 3 == 0:
        for network in model.networks:
            network.admitted_quarter = 0
    for partner in sorted(model.partners.values(), key=lambda p: model.now.uniform(WHY.ADMISSION, p.uid, 0)):
        if model.now.uniform(WHY.CONSIDER, partner.uid) < model.p["membership"].consider:
            _consider(model, partner)


def _hear(model, partner: ReferencePartner, rings) -> None:
    terms, now = model.p["membership"], model.now
    contacts: list[ReferencePartner] = []
    if model.switches.imitation:
        draws = (now.uniform(WHY.AWARENESS, partner.uid, 100_000 + j) for j in range(terms.contacts))
        met = (rings.draw(("region", partner.region), u) for u in draws)
        contacts = [p for p in met if p is not None and p is not partner]
        contacts += [tie.other(partner) for tie in partner.ties.values()]
    for network in model.open_networks():
        if network.uid in partner.aware:
            continue
        inside = sum(p.membership_in(network) is not None for p in contacts)
        push = network.marketing * network.reach if may_enter(partner, network) else 0.0
        hazard = awareness_hazard(push, terms.imitation, inside / len(contacts) if contacts else 0.0)
        if now.uniform(WHY.AWARENESS, partner.uid, network.uid & 0xFFFF) < hazard:
            partner.aware.add(network.uid)


def _margin(partner: ReferencePartner) -> float:
    return max(500.0, partner.margin_ewma)


def _utility(model, partner: ReferencePartner, network: Network, value: float, capital: float, memberships: int) -> float:
    fee = network.fee / _margin(partner)
    return membership_utility(
        value, network.density, network.members, network.tool_quality, capital, network.spend, fee, memberships, partner.taste,
        model.p["membership"],
    )  # fmt: skip


def _review(model) -> None:
    """Every membership ages; those leave who would."""
    values: dict[int, list[float]] = {}
    leaving = []
    for partner in model.partners.values():
        memberships = partner.memberships
        for membership in memberships:
            _age(model, membership)
            value = membership.value / _margin(partner)
            values.setdefault(membership.network.uid, []).append(value)
            if _wants_out(model, partner, membership, value, len(memberships)):
                leaving.append((partner, membership))
    for uid, found in values.items():
        network = model.networks[uid]
        network.value_member += model.p["membership"].value_memory * (sum(found) / len(found) - network.value_member)
    for partner, membership in leaving:
        leave(partner, membership)


def _age(model, membership: Membership) -> None:
    terms = model.p["membership"]
    uses = membership.uses_month + terms.tool_use * membership.network.tool_quality
    membership.capital = capital_after(membership.capital, uses, terms) if model.switches.stickiness else 0.0
    membership.value += terms.value_memory * (membership.value_month - membership.value)
    membership.value_month = membership.uses_month = 0.0


def _wants_out(model, partner: ReferencePartner, membership: Membership, value: float, memberships: int) -> bool:
    terms, network = model.p["membership"], membership.network
    if RULES[network.entry_rule] == "carries_vendor" and not partner.carried & {v for v, g in network.mix.items() if g > 0.0}:
        return True
    utility = _utility(model, partner, network, value, membership.capital, memberships)
    likely = logistic(terms.leave - terms.slope * utility - terms.loss * membership.capital)
    return model.now.uniform(WHY.LEAVE, pair_key(partner.uid, network.uid)) < likely


def _consider(model, partner: ReferencePartner) -> None:
    """A firm weighs one network that it has heard of, is not in, and could enter."""
    terms, now = model.p["membership"], model.now
    heard_of = [n for n in model.open_networks() if n.uid in partner.aware and partner.membership_in(n) is None]
    choices = [n for n in heard_of if may_enter(partner, n)]
    if not choices:
        return
    network = min(choices, key=lambda n: now.uniform(WHY.CONSIDER_NETWORK, pair_key(partner.uid, n.uid)))
    utility = _utility(model, partner, network, network.value_member, 0.0, 1 + len(partner.memberships))
    if now.uniform(WHY.JOIN, pair_key(partner.uid, network.uid)) >= logistic(terms.join + terms.slope * utility):
        return
    cohort = find_cohort(partner, network, terms.cohorts_per_quarter)
    if cohort is not None:
        enter(model, partner, network, cohort, network.value_member * _margin(partner))
