"""How data enter a world at its start: what they say of partners, vendors carried, memberships, alliances.

What the data leave out stays as it was drawn.  ``Plan.redraw`` names drawn inputs that are to be drawn again with
other chance, while all others keep theirs: what the outcome then does is what is owed to that input.
"""

import numpy as np

from sim.chance import Purpose, event_uid, normal, pair_uid, uniforms
from sim.events import JoinReason
from sim.ledger import Flow, Outer, empty_ledger, pay
from sim.plan import Plan
from sim.processes.form import begin, room_for_ties
from sim.processes.founding import found
from sim.processes.membership import cohort_state, enter
from sim.rules.form import costs_of
from sim.state.networks import VENDOR
from sim.state.partners import NEVER, empty_knowledge, empty_memberships, empty_partners, empty_relations
from sim.state.ties import FORMAL, OCCASIONAL, PROJECT
from sim.world import World

CASH_SD = 0.5  # ln; spread with which cash, by default a fixed number of months of overhead, is redrawn; assumed
PROJECT_MONTHS = 6  # until a given project alliance ends; assumed


def redraw_partners(world: World, plan: Plan, staff: np.ndarray) -> None:
    """Draw again what the plan asks for; everything else stays as it is."""
    redraw, size, rows = plan.redraw, plan.size, np.arange(plan.partners)
    again = World(size, world.parameters, world.rules, world.switches, world.seed, world.replication)
    again.partners, again.memberships = empty_partners(rows.size), empty_memberships(rows.size)
    again.relations = empty_relations(rows.size, size.vendors)
    again.knowledge = empty_knowledge(rows.size, size.skills, 0, size.distributors)
    other = world.key_of("any", ("any",))
    found(
        rows, rows, staff, 0, other, again.partners, again.relations, again.knowledge, again.memberships, world.vendors,
        world.market.popularity, empty_ledger(), world.parameters["founding"], world.parameters["firm"], size,
    )  # fmt: skip
    columns = {"regions": ("region", "reach"), "verticals": ("verticals",), "business_type": ("business_type",)}
    for name, fields in columns.items():
        for field in fields if name in redraw else ():
            getattr(world.partners, field)[rows] = getattr(again.partners, field)
    if "skills" in redraw:
        world.knowledge.skills[rows] = again.knowledge.skills
    if "relations" in redraw:
        for kept, drawn in zip(world.relations, again.relations, strict=True):
            kept[rows] = drawn
    if "cash" in redraw:
        for r in rows:
            more = world.partners.cash[r] * np.expm1(CASH_SD * normal(other, int(Purpose.FOUNDER_SIZE), r, 9) - 0.5 * CASH_SD**2)
            pay(world.ledger.flows, int(Flow.CAPITAL), world.ledger.outer, int(Outer.OWNERS), world.partners.cash, r, more)


def write_partners(world: World, plan: Plan) -> None:
    """Put what the data say of partners and their vendors in place of what was drawn."""
    given, partners = plan.given, world.partners
    assert given is not None
    for i in range(len(given.names)):
        if given.region[i] >= 0:
            partners.region[i] = given.region[i]
            partners.reach[i] = (1 << int(given.region[i])) | int(given.reach[i])
        elif given.reach[i]:
            partners.reach[i] |= given.reach[i]
        if given.verticals[i]:
            partners.verticals[i] = given.verticals[i]
        if given.business_type[i] >= 0:
            partners.business_type[i] = given.business_type[i]
        if given.skills[i].any():
            drawn = 0.45 + 0.5 * uniforms(world.world_key, int(Purpose.SKILL_LEVEL), np.arange(plan.size.skills) + 1000 * i, 7)
            world.knowledge.skills[i] = np.where(given.skills[i], drawn, 0.0)
    _write_relations(world, plan)


def redraw_levels(world: World, plan: Plan) -> None:
    """Draw the levels of the skills that are held again, where the plan asks for it."""
    if "skill_levels" in plan.redraw:
        key, skills = world.key_of("skill_levels", plan.redraw), world.knowledge.skills
        places = np.arange(skills.size) + 1_000_000
        levels = 0.45 + 0.5 * uniforms(key, int(Purpose.SKILL_LEVEL), places, 7).reshape(skills.shape)
        skills[:] = np.where(skills > 0.0, levels, 0.0)


def _write_relations(world: World, plan: Plan) -> None:
    """A partner with given vendors carries these; a member of a vendor's network carries that vendor too."""
    ties, relations = plan.ties, world.relations
    if ties is None:
        return
    founding, firm = world.parameters["founding"], world.parameters["firm"]
    if ties.carried is not None and ties.shares is not None:
        known = np.unique(ties.carried[:, 0])
        relations.carried[known], relations.last_bought[known] = False, NEVER
        relations.experience[known] = relations.attitude[known] = relations.bought_year[known] = 0.0
        for (r, v), share in zip(ties.carried, ties.shares, strict=True):
            _carry(world, r, v, founding.first_attitude)
            product = 12.0 * world.partners.staff[r] * firm.revenue_per_staff_usd * (1.0 - firm.services_share)
            relations.bought_year[r, v] = share * product
    for r, n in ties.members if ties.members is not None else ():
        group = plan.networks[n]
        if group.kind == VENDOR and group.host >= 0 and not relations.carried[r, group.host]:
            _carry(world, r, group.host, founding.first_attitude)


def _carry(world: World, r: int, v: int, attitude: float) -> None:
    relations = world.relations
    relations.carried[r, v], relations.last_bought[r, v] = True, 0
    relations.experience[r, v] = relations.attitude[r, v] = attitude


def join(world: World, plan: Plan, rows: dict[int, int]) -> None:
    """Write given memberships; ``rows`` has the row of each network by its position in the plan.

    Cohorts fill in the order of the data; the rule against competitors within a cohort is not asked of what
    stands.  A partner has ``MEMBERSHIP_SLOTS`` memberships at most.
    """
    if plan.ties is None or plan.ties.members is None:
        return
    partners, networks, memberships = world.partners, world.networks, world.memberships
    for n in np.unique(plan.ties.members[:, 1]):
        m = rows[int(n)]
        joining = plan.ties.members[plan.ties.members[:, 1] == n, 0]
        size = int(networks.cohort_size[m]) or joining.size
        networks.cohorts[m] = max(int(networks.cohorts[m]), -(-joining.size // size))
        first, filled, served = cohort_state(partners, memberships, networks, world.size.regions)
        joined = []
        for k, r in enumerate(joining):
            value = networks.value_member[m] * partners.margin_ewma[r]
            if enter(r, m, k // size, 0, value, partners, memberships, first, filled, served) >= 0:
                joined.append(int(partners.uid[r]))
                world.knowledge.aware[r, m] = True
        world.record("membership_joined", month=0, partner=joined, network=int(networks.uid[m]), reason=int(JoinReason.FOUNDING))


def ally(world: World, plan: Plan) -> None:
    """Write given alliances: at the prior of trust, as if set up just now and paid for before."""
    if plan.ties is None or plan.ties.alliances is None or not len(plan.ties.alliances):
        return
    form, ties, prior = world.parameters["form"], world.ties, world.parameters["trust"].prior
    free = room_for_ties(world, len(plan.ties.alliances))
    ties = world.ties
    setup, _, upkeep = costs_of(world.rules["form"])
    for t, (x, y, kind) in zip(free, plan.ties.alliances, strict=True):
        begin(t, x, y, world.partners, ties, -1, world.networks, prior, form, 0)
        ties.form[t], ties.alliance[t] = kind, event_uid(0, pair_uid(ties.uid_a[t], ties.uid_b[t]), 1_000 + int(kind))
        ties.term_end[t] = form.minimum_term if kind == FORMAL else 0
        ties.until[t] = PROJECT_MONTHS if kind == PROJECT else 0
        if kind >= OCCASIONAL:
            ties.goodwill[t] = (setup[kind] + form.goodwill_months * upkeep[kind]) * (0.5 + prior)
    world.record(
        "alliance_started", month=0, alliance=ties.alliance[free], uid_a=ties.uid_a[free], uid_b=ties.uid_b[free],
        form=ties.form[free], network=-1, trust_ab=ties.trust_ab[free], trust_ba=ties.trust_ba[free],
    )  # fmt: skip
