"""Projects and ties: how alliances begin, what trust they earn, which go on."""

import math
from dataclasses import dataclass

from tests.reference.agents import Network, ReferenceMarketplace, ReferencePartner, Tie
from tests.reference.contest import SERVICE_LED
from tests.reference.shared import (
    ACQUAINTANCE,
    FORMAL,
    OCCASIONAL,
    PROJECT,
    WHY,
    event_uid,
    faded_trust,
    goodwill_after,
    lead_time,
    pair_uid,
    updated_trust,
    work_of,
)
from tests.reference.teams import Bid, Member

END_VALUE, END_OUTSIDE, END_HAZARD = 1, 2, 3


@dataclass
class Part:
    """What one member does in a project; ``partner`` is None after it left the market."""

    partner: ReferencePartner | None
    work: float
    outside: float
    tie: Tie | None = None
    broker: Network | None = None
    brokerage: float = 0.0


@dataclass
class Project:
    """A deal that is won and not yet delivered."""

    uid: int
    signed: int
    due: int
    workload: float
    parts: list[Part]
    value: float
    product: float
    services: float
    complexity: float
    skills: set[int]
    vendor: int
    source: int | None
    carrier: int
    market: ReferenceMarketplace | None
    network: Network | None
    quality: float
    trust: float
    coordination: float

    @property
    def owner(self) -> ReferencePartner:
        """Who contracts."""
        return self.parts[0].partner

    @property
    def present(self) -> list[Part]:
        """The parts of firms that are still there."""
        return [part for part in self.parts if part.partner is not None]


def sign(model, bids: list[Bid]) -> None:
    """Won bids become projects; their teams get or renew ties."""
    won = [(bid, _project(model, bid)) for bid in bids if bid.won]
    met = []
    for bid, project in won:
        for member, part in zip(bid.team[1:], project.parts[1:], strict=True):
            part.tie = _tie(model, project.owner, part.partner, member.met)
            met.append((part.tie, project.due))
    wishes = [_wish(model, tie) for tie, _ in met]
    for (tie, due), form in zip(met, wishes, strict=True):
        tie.until, tie.last = max(tie.until, due), model.tick
        if form > tie.form:
            _begin(model, tie, form)


def _project(model, bid: Bid) -> Project:
    deal, firm, form = bid.deal, model.p["firm"], model.p["form"]
    total = work_of(deal.product, deal.services, firm)
    lead = 1
    for member in bid.team:
        partner = member.partner
        partner.won_month += member.work
        lead = max(lead, lead_time(partner.backlog, partner.staff, firm, form.longest_project))
    uplift = form.service_led_uplift if model.vendors[bid.vendor].partner_model == SERVICE_LED else 0.0
    services = deal.services * (1.0 + uplift)
    network = next((m.met for m in bid.team[1:] if m.brokerage > 0.0), bid.team[1].met if len(bid.team) > 1 else None)
    if deal.market is not None:
        network = model.venue(deal.market) or network
    project = Project(
        deal.uid, model.tick, model.tick + lead, total, [_part(member, total) for member in bid.team], deal.product + services,
        deal.product, services, deal.complexity, deal.skills, bid.vendor, bid.source, bid.carrier, deal.market, network,
        bid.quality, bid.trust, bid.coordination,
    )  # fmt: skip
    model.projects[project.uid] = project
    return project


def _part(member: Member, total: float) -> Part:
    owed = member.brokerage > 0.0
    return Part(member.partner, member.work / total, member.outside, None, member.met if owed else None, member.brokerage)


def _tie(model, owner: ReferencePartner, ally: ReferencePartner, met: Network | None) -> Tie:
    if ally.uid in owner.ties:
        return owner.ties[ally.uid]
    low, high = sorted((owner, ally), key=lambda p: p.uid)
    trust = dict.fromkeys((low.uid, high.uid), model.p["trust"].prior)
    tie = Tie(low, high, trust, model.p["form"].first_rate, met, met.uid if met else -1, model.tick)
    low.ties[high.uid] = high.ties[low.uid] = model.ties[tie.pair] = tie
    return tie


def _wish(model, tie: Tie) -> int:
    """The lower of two private wishes for a form."""
    trust = min(tie.trust.values()) if model.switches.trust else model.p["trust"].prior
    wishes = []
    for side in range(2):
        blur = model.now.uniform(WHY.FORM_NOISE, pair_uid(*tie.pair), side)
        rate = tie.rate * math.exp(model.p["form"].rate_noise * math.sqrt(3.0) * (2.0 * blur - 1.0))
        wishes.append(_best_form(model.rules["form"], tie, rate, trust))
    return min(wishes)


def _best_form(rule, tie: Tie, rate: float, trust: float) -> int:
    """What the default form rule prefers: the first form of highest value."""
    values = {}
    for form in (PROJECT, OCCASIONAL, FORMAL):
        cost = rule.coordination[form] * (1.0 - 0.6 * trust) * tie.volume
        setup = 0.0 if tie.form == form else rule.setup[form]
        values[form] = rule.horizon * (rate * (tie.value - cost) - rule.upkeep[form]) - setup
    return max(values, key=values.__getitem__)


def _begin(model, tie: Tie, form: int) -> None:
    rule, terms = model.rules["form"], model.p["form"]
    tie.alliance = event_uid(model.tick, pair_uid(*tie.pair), form)
    tie.form, tie.started = form, model.tick
    tie.term_end = model.tick + (terms.minimum_term if form == FORMAL else 0)
    if form >= OCCASIONAL:
        trust = tie.mean_trust(model.switches.trust, model.p["trust"].prior)
        start = (rule.setup[form] + terms.goodwill_months * rule.upkeep[form]) * (0.5 + trust)
        tie.goodwill = max(tie.goodwill, float(start))
        for partner in (tie.low, tie.high):
            model.pay("FORM_COST", partner, model.households, 0.5 * float(rule.setup[form]))


def learn_trust(model, deliveries: list) -> None:
    """Those who delivered together learn of each other; other ties fade."""
    trust, seen = model.p["trust"], set()
    for delivery in deliveries:
        project = delivery.project
        for part in project.present[1:]:
            if part.tie is None or part.tie.pair not in model.ties:
                continue
            tie, owner, ally = part.tie, project.owner, part.partner
            seen.add(tie.pair)
            tie.successes += 1 if delivery.success else 0
            better = ally.level_in(ally.held & project.skills) - owner.level_in(owner.held & project.skills)
            for who, tilt in ((owner, better), (ally, -better)):
                signal = min(1.0, max(-1.0, delivery.signal + trust.own_part * tilt))
                tie.trust[who.uid] = updated_trust(tie.trust[who.uid], signal, trust.up, trust.down, trust.ceiling)
    for tie in model.ties.values():
        if tie.pair not in seen:
            tie.trust = {uid: faded_trust(t, trust.prior, trust.half_life) for uid, t in tie.trust.items()}


def review(model, rings) -> None:
    """Every tie ages; then those end that end."""
    for tie in model.ties.values():
        _age(model, tie)
        if tie.form == PROJECT and tie.until <= model.tick:
            end(tie)
    for tie in [t for t in model.ties.values() if t.form >= OCCASIONAL]:
        if _ends(model, tie, rings):
            end(tie)
    oldest = model.tick - model.p["continuation"].forget_months
    for tie in list(model.ties.values()):
        if tie.form == ACQUAINTANCE and tie.last < oldest and tie.until <= model.tick:
            forget(model, tie)


def end(tie: Tie) -> None:
    """An alliance ends; they remain acquainted."""
    tie.form, tie.alliance = ACQUAINTANCE, -1


def forget(model, tie: Tie) -> None:
    """Two firms no longer know each other."""
    del model.ties[tie.pair], tie.low.ties[tie.high.uid], tie.high.ties[tie.low.uid]


def _age(model, tie: Tie) -> None:
    continuation, rule = model.p["continuation"], model.rules["form"]
    tie.rate += continuation.rate_memory * (tie.deals_month - tie.rate)
    if tie.form >= OCCASIONAL:
        setup, upkeep = float(rule.setup[tie.form]), float(rule.upkeep[tie.form])
        surplus = tie.excess_month - continuation.failure_cost * tie.failures_month * max(0.0, tie.value)
        most = 3.0 * setup + 12.0 * upkeep
        tie.goodwill = goodwill_after(tie.goodwill, surplus, upkeep, continuation.goodwill_kept, most)
        for partner in (tie.low, tie.high):
            model.pay("FORM_COST", partner, model.households, 0.5 * upkeep)
    tie.excess_month = tie.deals_month = tie.failures_month = 0.0


def _ends(model, tie: Tie, rings) -> bool:
    """The default dissolution rule, and the hazard that nobody decides."""
    rule, costs = model.rules["dissolution"], model.rules["form"]
    hazard = model.now.uniform(WHY.EXOGENOUS_END, tie.alliance, 0) < model.p["continuation"].hazard_per_month
    if hazard or model.tick < tie.term_end:
        return hazard
    worth = tie.goodwill + rule.months_ahead * tie.rate * max(0.0, tie.value)
    trust = tie.mean_trust(model.switches.trust, model.p["trust"].prior)
    less = costs.coordination[PROJECT] - costs.coordination[tie.form]
    saved = tie.rate * less * (1.0 - model.p["consent"].trust_saves * trust) * tie.volume
    better = _better(model, tie, rings) if model.switches.outside_options else 0.0
    beaten = rule.months_ahead * better - costs.setup[tie.form] > worth
    return bool(beaten or tie.goodwill + rule.months_ahead * saved < rule.months_ahead * costs.upkeep[tie.form])


def _better(model, tie: Tie, rings) -> float:
    """What one side could have a month with another firm that it met."""
    now, continuation, uid = model.now, model.p["continuation"], tie.alliance
    if now.uniform(WHY.OUTSIDE_LOOK, uid, 0) >= continuation.look_outside:
        return 0.0
    mine, theirs = (tie.low, tie.high) if now.uniform(WHY.OUTSIDE_LOOK, uid, 1) < 0.5 else (tie.high, tie.low)
    places = [("network", m.network.uid) for m in mine.memberships] + [("region", mine.region)]
    place = places[int(now.uniform(WHY.OUTSIDE_LOOK, uid, 2) * len(places))]
    other = rings.draw(place, now.uniform(WHY.OUTSIDE_DRAW, uid))
    part = theirs.held - mine.held
    if other is None or other in (mine, theirs) or not part:
        return 0.0
    covered = other.held & part
    quality = other.level_in(covered) / max(1e-9, theirs.level_in(part))
    stranger = model.p["trust"].prior
    discount = (0.6 + 0.6 * stranger) / (0.6 + 0.6 * mine.trusts(tie, model.switches.trust, stranger))
    return tie.rate * max(0.0, tie.value) * (len(covered) / len(part)) * quality * discount


def members_left(model, gone: set[int]) -> None:
    """A project without its owner is abandoned; an ally's work falls to the owner; what is left to do moves between backlogs."""
    moved: dict[int, float] = {}
    for project in list(model.projects.values()):
        owner = project.owner
        months_left, months = project.due - model.tick + 1, project.due - project.signed + 1
        if owner.uid in gone:
            del model.projects[project.uid]
        for at, part in enumerate(project.parts[1:], start=1):
            if part.partner is None:
                continue
            left = project.workload * part.work * months_left / months
            if owner.uid in gone:
                moved[part.partner.uid] = moved.get(part.partner.uid, 0.0) - left
            elif part.partner.uid in gone:
                moved[owner.uid] = moved.get(owner.uid, 0.0) + left
                project.parts[0].work += part.work
                part.partner, part.work, part.outside, part.tie, part.broker, part.brokerage = None, 0.0, 0.0, None, None, 0.0
                if project.carrier == at:
                    project.carrier = 0
    for uid, change in moved.items():
        partner = model.partners[uid]
        partner.backlog = max(0.0, partner.backlog + change)
