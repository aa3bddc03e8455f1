"""Bids: what an owner can do alone, whom it could ask, and who consents."""

import math
from dataclasses import dataclass, field

from tests.reference.agents import Network, ReferencePartner, ReferenceVendor, Tie
from tests.reference.market import Deal
from tests.reference.shared import (
    CONSTANTS,
    PROJECT,
    WHY,
    bargaining_weight,
    coordination_cost,
    nash_share,
    outside_option,
    pair_uid,
    room_for,
    work_of,
)

VERIFIED = CONSTANTS["ENTRY_RULES"].index("verified")


@dataclass
class Tasks:
    """Skills to supply and vendors to carry."""

    skills: set[int]
    named: set[int]

    def __bool__(self) -> bool:
        return bool(self.skills or self.named)

    def common(self, partner: ReferencePartner) -> "Tasks":
        """The part that a partner can do."""
        return Tasks(self.skills & partner.held, self.named & partner.carried)

    def without(self, other: "Tasks") -> "Tasks":
        """What is left when others do their part."""
        return Tasks(self.skills - other.skills, self.named - other.named)

    def count(self) -> int:
        """How many there are."""
        return len(self.skills) + len(self.named)


@dataclass
class Member:
    """One firm in a team."""

    partner: ReferencePartner
    tasks: Tasks
    work: float
    outside: float
    met: Network | None = None
    brokerage: float = 0.0


@dataclass
class Candidate:
    """A firm that an owner could ask."""

    partner: ReferencePartner
    tie: Tie | None
    met: Network | None
    trust: float
    back: float
    score: float = 0.0
    used: bool = False


@dataclass
class Bid:
    """How a deal is to be served."""

    deal: Deal
    team: list[Member]
    missing: Tasks
    alone: bool
    candidates: list[Candidate] = field(default_factory=list)
    refused: int = 0
    coordination: float = 0.0
    trust: float = 1.0
    quality: float = 0.0
    vendor: int | None = None
    carrier: int = 0
    source: int | None = None
    ready: bool = False
    won: bool = False
    conflict: bool = False
    chance: float = 0.0


def work_in(model, deal: Deal, tasks: Tasks) -> float:
    """Work in some of a deal's tasks: named vendors are the work of selling the product, skills the rest."""
    firm = model.p["firm"]
    skills = len(tasks.skills) / len(deal.skills)
    if not deal.named:
        return work_of(deal.product, deal.services, firm) * skills
    vendors = len(tasks.named) / len(deal.named)
    return work_of(0.0, deal.services, firm) * skills + work_of(deal.product, 0.0, firm) * vendors


def affordable(model, deal: Deal, tasks: Tasks, partner: ReferencePartner) -> Tasks:
    """As many of the tasks as a partner has room for: named vendors first, then the lowest skills."""
    for n in range(len(tasks.skills), -1, -1):
        some = Tasks(set(sorted(tasks.skills)[:n]), tasks.named)
        if room_for(work_in(model, deal, some), partner.backlog, partner.staff, model.p["firm"]):
            return some
    return Tasks(set(), set())


def outside_of(model, work: float, partner: ReferencePartner) -> float:
    """What a partner's capacity would earn otherwise."""
    return outside_option(work, partner.utilisation, model.p["firm"]) if model.switches.outside_options else 0.0


def open_bids(model, deals: list[Deal]) -> list[Bid]:
    """Each owner of an open deal takes what it can do."""
    return [_open_bid(model, deal) for deal in deals if deal.open]


def _open_bid(model, deal: Deal) -> Bid:
    owner, needs = deal.owner, Tasks(deal.skills, deal.named)
    tasks = affordable(model, deal, needs.common(owner), owner)
    alone = not needs.without(tasks)
    if alone and deal.tasks > 1 and deal.market is None:
        looks = model.now.uniform(WHY.SEARCH_VOLUNTARY, deal.uid) < model.p["search"].look_around
        tasks = Tasks({min(tasks.skills)}, tasks.named) if looks else tasks
    work = work_in(model, deal, tasks)
    bid = Bid(deal, [Member(owner, tasks, work, outside_of(model, work, owner))], needs.without(tasks), alone)
    bid.ready = not bid.missing
    owner.backlog += work
    return bid


def release(bids: list[Bid]) -> None:
    """Give back what was reserved for bids that were not won."""
    for bid in bids:
        for member in bid.team:
            if not bid.won:
                member.partner.backlog = max(0.0, member.partner.backlog - member.work)


def search(model, bids: list[Bid], rings) -> None:
    """Find candidates for every bid that is not complete, and score them."""
    for bid in bids:
        if not bid.ready:
            rule = model.rules["search"]
            _ask_allies(model, bid, rule.allies)
            _ask_friends(model, bid, rule.friends)
            _ask_members(model, bid, rule.members, rings)
            _ask_strangers(model, bid, rule.strangers, rings)
            for candidate in bid.candidates:
                candidate.score = _score(model, bid, candidate)


def _consider(model, bid: Bid, partner: ReferencePartner | None, met: Network | None, trust: float, back: float) -> None:
    owner = bid.team[0].partner
    if partner is None or partner is owner or len(bid.candidates) >= CONSTANTS["POOL"] or not bid.missing.common(partner):
        return
    if any(c.partner is partner for c in bid.candidates):
        return
    tie = owner.ties.get(partner.uid)
    if tie is not None:
        on, prior = model.switches.trust, model.p["trust"].prior
        met, trust, back = tie.met, owner.trusts(tie, on, prior), partner.trusts(tie, on, prior)
    bid.candidates.append(Candidate(partner, tie, met, trust, back))


def _ask_allies(model, bid: Bid, most: int) -> None:
    owner, prior = bid.team[0].partner, model.p["trust"].prior
    found = []
    for tie in owner.ties.values():
        other = tie.other(owner)
        if bid.missing.common(other):
            tie_break = 1e-6 * model.now.uniform(WHY.SEARCH_TIE_BREAK, bid.deal.uid ^ other.uid, 0)
            found.append((owner.trusts(tie, model.switches.trust, prior) + tie_break, other))
    for _, other in sorted(found, key=lambda entry: -entry[0])[:most]:
        _consider(model, bid, other, None, prior, prior)


def _ask_friends(model, bid: Bid, most: int) -> None:
    owner, prior = bid.team[0].partner, model.p["trust"].prior
    for j in range(most):
        first = _some_tie(model, bid, owner, None, 2 * j)
        if first is None:
            return
        between = first.other(owner)
        second = _some_tie(model, bid, between, owner, 2 * j + 1)
        if second is None:
            continue
        friend, trust, back = second.other(between), prior, prior
        if model.switches.trust:
            trust = max(prior, first.trust[owner.uid] * second.trust[between.uid])
            back = max(prior, first.trust[between.uid] * second.trust[friend.uid])
        _consider(model, bid, friend, None, trust, back)


def _some_tie(model, bid: Bid, partner: ReferencePartner, without: ReferencePartner | None, j: int) -> Tie | None:
    ties = [tie for tie in partner.ties.values() if tie.other(partner) is not without]
    if not ties:
        return None
    return min(ties, key=lambda tie: model.now.uniform(WHY.SEARCH_FRIEND, bid.deal.uid ^ pair_uid(*tie.pair), j))


def _ask_members(model, bid: Bid, members: float, rings) -> None:
    search, now = model.p["search"], model.now
    for membership in bid.team[0].partner.memberships:
        network = membership.network
        salt = bid.deal.uid ^ network.uid
        count = int(members * network.density + now.uniform(WHY.SEARCH_COUNT, bid.deal.uid, network.uid))
        for j in range(count):
            own = now.uniform(WHY.SEARCH_COHORT, salt, j) < search.own_cohort
            ring = ("cohort", network.uid, membership.cohort) if own else ("network", network.uid)
            more = search.tool_probes * network.tool_quality
            partner = None
            for probe in range(1 + int(more + now.uniform(WHY.SEARCH_COHORT, salt, 100 + j))):
                partner = rings.draw(ring, now.uniform(WHY.SEARCH_MEMBER, salt, 64 * j + probe))
                if partner is not None and bid.missing.common(partner):
                    break
            trust = _trust_in_member(model, network, partner)
            _consider(model, bid, partner, network, trust, trust)


def _trust_in_member(model, network: Network, partner: ReferencePartner | None) -> float:
    search, prior = model.p["search"], model.p["trust"].prior
    if not model.switches.trust or partner is None:
        return prior
    if network.entry_rule == VERIFIED:
        return prior + search.rating_trust * (partner.rating - 0.5)
    return prior + search.vetting * network.verification


def _ask_strangers(model, bid: Bid, strangers: float, rings) -> None:
    prior, uid = model.p["trust"].prior, bid.deal.uid
    for j in range(int(strangers + model.now.uniform(WHY.SEARCH_COUNT, uid, 1000))):
        partner = rings.draw(("region", bid.deal.region), model.now.uniform(WHY.SEARCH_RANDOM, uid, j))
        _consider(model, bid, partner, None, prior, prior)


def _score(model, bid: Bid, candidate: Candidate) -> float:
    """What the default search rule sees in a candidate."""
    trust, quality, near, overlap = model.rules["search"].weights
    partner, covered = candidate.partner, bid.missing.common(candidate.partner)
    shared = len(partner.held & bid.team[0].partner.held) / max(1, len(partner.held))
    at_home = 1.0 if partner.region == bid.deal.region else 0.0
    score = covered.count() / bid.missing.count() + trust * candidate.trust + quality * partner.level_in(covered.skills)
    return score + near * at_home - overlap * shared


@dataclass
class Ask:
    """One candidate that is asked to take some tasks."""

    bid: Bid
    candidate: Candidate
    tasks: Tasks
    work: float
    outside: float
    coordination: float
    brokerage: float
    agreed: bool


def agree(model, bids: list[Bid]) -> None:
    """Round after round every incomplete bid asks one candidate."""
    consent = model.p["consent"]
    for _ in range(consent.rejections + CONSTANTS["TEAM_SIZE"]):
        asks = [ask for bid in bids if (ask := _ask(model, bid)) is not None]
        if not asks:
            return
        for ask in asks:
            _answer(model, ask)


def _ask(model, bid: Bid) -> Ask | None:
    if bid.ready or bid.refused > model.p["consent"].rejections or len(bid.team) >= CONSTANTS["TEAM_SIZE"]:
        return None
    while True:
        left = [c for c in bid.candidates if not c.used]
        if not left:
            return None
        candidate = max(left, key=lambda c: c.score)
        candidate.used = True
        tasks = affordable(model, bid.deal, bid.missing.common(candidate.partner), candidate.partner)
        if tasks:
            return _terms(model, bid, candidate, tasks)


def _terms(model, bid: Bid, candidate: Candidate, tasks: Tasks) -> Ask:
    """What the two would get, and whether both agree."""
    deal, owner, firm, consent = bid.deal, bid.team[0], model.p["firm"], model.p["consent"]
    total = work_of(deal.product, deal.services, firm)
    work = work_in(model, deal, tasks)
    tie, network = candidate.tie, candidate.met
    rate = model.rules["form"].coordination[max(PROJECT, tie.form) if tie else PROJECT]
    cost = coordination_cost(float(rate), 0.5 * (candidate.trust + candidate.back), deal.value, consent.trust_saves)
    brokered = network is not None and network.open and not (tie is not None and tie.direct)
    brokerage = network.take_rate * deal.value * work / total if brokered else 0.0
    outside = outside_of(model, work, candidate.partner)
    together = outside + sum(member.outside for member in bid.team)
    margin = _expected_margin(model, bid) * deal.product + firm.services_margin * deal.services
    surplus = margin - bid.coordination - sum(member.brokerage for member in bid.team) - cost - brokerage
    share = nash_share(outside, bargaining_weight(work, total, consent.finder, False), surplus, together)
    own = nash_share(owner.outside, bargaining_weight(owner.work, total, consent.finder, True), surplus, together)
    gain = surplus - together
    agreed = _accepts(model, deal, candidate.partner, share, outside, gain, candidate.back)
    agreed = _accepts(model, deal, owner.partner, own, owner.outside, gain, candidate.trust) and agreed
    return Ask(bid, candidate, tasks, work, outside, cost, brokerage, agreed)


def _expected_margin(model, bid: Bid) -> float:
    vendors = bid.deal.named or bid.team[0].partner.carried
    if not vendors:
        return model.p["firm"].product_margin
    return sum(_pays(model.vendors[v]) for v in sorted(vendors)) / len(vendors)


def _pays(vendor: ReferenceVendor) -> float:
    """What a vendor's partner model leaves to its partners of a dollar of product."""
    kind = CONSTANTS["PARTNER_MODELS"][vendor.partner_model]
    return {"resale": vendor.list_margin, "service_led": 0.0}.get(kind, vendor.fee_share)


def _accepts(model, deal: Deal, party: ReferencePartner, share: float, outside: float, gain: float, trust: float) -> bool:
    """The default consent rule: a private estimate, discounted by trust."""
    rule = model.rules["consent"]
    error = rule.noise * math.sqrt(3.0) * (2.0 * model.now.uniform(WHY.CONSENT_NOISE, deal.uid ^ party.uid, 0) - 1.0)
    estimate = share * (1.0 + error) * (rule.floor + (1.2 - rule.floor) * trust)
    return gain > 0.0 and estimate >= outside


def _answer(model, ask: Ask) -> None:
    bid, candidate = ask.bid, ask.candidate
    if not ask.agreed:
        bid.refused += 1
        return
    if affordable(model, bid.deal, ask.tasks, candidate.partner) != ask.tasks:
        return  # an earlier deal took the room in this round
    allies = len(bid.team) - 1
    bid.trust = (bid.trust * allies + 0.5 * (candidate.trust + candidate.back)) / (allies + 1)
    bid.team.append(Member(candidate.partner, ask.tasks, ask.work, ask.outside, candidate.met, ask.brokerage))
    bid.coordination += ask.coordination
    bid.missing = bid.missing.without(ask.tasks)
    bid.ready = not bid.missing
    candidate.partner.backlog += ask.work
