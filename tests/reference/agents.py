"""The actors: Mesa agents with plain attributes, and the relations that they hold."""

from dataclasses import dataclass, field

import mesa

from tests.reference.shared import ACQUAINTANCE, MEMBERSHIP_SLOTS, NEVER


class Outer:
    """Somebody outside the channel who pays or is paid."""

    def __init__(self) -> None:
        self.cash = 0.0


@dataclass
class Relation:
    """What a partner has with one vendor."""

    since: int
    expectation: float
    carried: bool = False
    experience: float = 0.0
    attitude: float = 0.0
    bought_year: float = 0.0
    bought_month: float = 0.0
    bought_quarter: float = 0.0
    margin_month: float = 0.0
    benefit_month: float = 0.0
    leads: float = 0.0
    bids_month: float = 0.0
    conflicts_month: float = 0.0
    tier: int = 0
    certification: float = 0.0
    last_bought: int = NEVER


@dataclass
class Membership:
    """What a partner has in one network."""

    network: "Network"
    joined: int
    cohort: int
    value: float
    capital: float = 0.0
    value_month: float = 0.0
    uses_month: float = 0.0


@dataclass
class Tie:
    """What two partners have who worked together; ``trust`` is keyed by who trusts."""

    low: "ReferencePartner"
    high: "ReferencePartner"
    trust: dict[int, float]
    rate: float
    met: "Network | None"
    met_uid: int
    month: int
    alliance: int = -1
    form: int = ACQUAINTANCE
    goodwill: float = 0.0
    value: float = 0.0
    volume: float = 0.0
    excess_month: float = 0.0
    deals_month: float = 0.0
    failures_month: float = 0.0
    deals: int = 0
    successes: int = 0
    direct: bool = False
    started: int = field(init=False)
    term_end: int = field(init=False)
    until: int = field(init=False)
    last: int = field(init=False)
    met_month: int = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.term_end = self.until = self.last = self.met_month = self.month

    @property
    def pair(self) -> tuple[int, int]:
        """The uids of both."""
        return self.low.uid, self.high.uid

    def mean_trust(self, on: bool, prior: float) -> float:
        """What both trust each other, on average."""
        return sum(self.trust.values()) / 2.0 if on else prior

    def other(self, partner: "ReferencePartner") -> "ReferencePartner":
        """The one at the other end."""
        return self.high if partner is self.low else self.low


class ReferencePartner(mesa.Agent):
    """A firm of the channel."""

    def __init__(self, model, uid: int, entered: int, people: float) -> None:
        super().__init__(model)
        self.uid, self.entered, self.staff, self.clients = uid, entered, people, people
        self.region = self.business_type = 0
        self.reach: set[int] = set()
        self.verticals: set[int] = set()
        self.taste = 1.0
        self.cash = self.backlog = 0.0
        self.utilisation, self.reputation, self.rating, self.rated = 0.8, 0.5, 0.5, 0
        self.months_negative = 0
        self.margin_ewma = 0.0
        self.margin_month = self.revenue_month = self.won_month = 0.0
        self.revenue_year = self.allied_year = 0.0
        self.levels: list[float] = []
        self.held: set[int] = set()
        self.relations: dict[int, Relation] = {}
        self.seats: list[Membership | None] = [None] * MEMBERSHIP_SLOTS
        self.aware: set[int] = set()
        self.sourced: list[float] = []
        self.sourced_month: list[float] = []
        self.ties: dict[int, Tie] = {}

    @property
    def carried(self) -> set[int]:
        """The vendors on its line card."""
        return {v for v, relation in self.relations.items() if relation.carried}

    @property
    def memberships(self) -> list[Membership]:
        """Its memberships, in the order of its seats."""
        return [seat for seat in self.seats if seat is not None]

    def membership_in(self, network: "Network") -> Membership | None:
        """Its membership in a network."""
        return next((m for m in self.memberships if m.network is network), None)

    def trusts(self, tie: Tie, on: bool, prior: float) -> float:
        """What it trusts the other end of a tie."""
        return tie.trust[self.uid] if on else prior

    def wallet(self, vendor: int) -> float:
        """The share of its purchases of a year that went to a vendor."""
        total = sum(relation.bought_year for relation in self.relations.values())
        return self.relations[vendor].bought_year / total if total > 0.0 else 0.0

    def level_in(self, skills: set[int]) -> float:
        """Its mean level in some skills, 0 for none."""
        return sum(self.levels[k] for k in sorted(skills)) / len(skills) if skills else 0.0


class ReferenceVendor(mesa.Agent):
    """A vendor and its programme."""

    def __init__(self, model, uid: int) -> None:
        super().__init__(model)
        self.uid, self.active, self.partner_model, self.cash, self.budget = uid, True, 0, 0.0, 0.0
        self.fit: list[float] = []
        self.channel_month = self.channel_year = self.direct_month = self.spend_month = 0.0
        self.programme: dict[str, float] = dict.fromkeys(
            ("rebate_1", "rebate_2", "mdf", "training", "conflict", "community", "spend", "matched", "offer_before"), 0.0
        )

    def fit_with(self, skills: set[int]) -> float:
        """How well its product serves some skills, one half for none."""
        return sum(self.fit[k] for k in sorted(skills)) / len(skills) if skills else 0.5


class ReferenceDistributor(mesa.Agent):
    """A distributor; ``sold`` is by vendor."""

    def __init__(self, model, uid: int, vendors: int) -> None:
        super().__init__(model)
        self.uid, self.active, self.cash = uid, True, 0.0
        self.line_card: set[int] = set()
        self.regions: set[int] = set()
        self.verticals: set[int] = set()
        self.sales_month = self.sales_year = 0.0
        self.sold = [0.0] * vendors
        self.sold_month = [0.0] * vendors


class ReferenceMarketplace(mesa.Agent):
    """A marketplace as a place; its network is a network like others."""

    def __init__(self, model, uid: int) -> None:
        super().__init__(model)
        self.uid, self.active, self.take_rate, self.max_complexity, self.price_level = uid, True, 0.10, 1.0, 0.9
        self.verification = self.reach = 0.0
        self.listed: set[int] = set()
        self.jobs_month = self.value_month = 0.0


class Network:
    """A network: its policy, its host, its cohorts (each a dict of members by uid) and its books."""

    def __init__(self, uid: int, kind: int, host, policy, month: int) -> None:
        self.uid, self.kind, self.host, self.founded, self.open = uid, kind, host, month, True
        self.fee, self.take_rate, self.cohort_size = policy.fee_per_month_usd, policy.take_rate, policy.cohort_size
        self.non_compete, self.broadcast, self.density = policy.non_compete, policy.broadcast, policy.density
        self.verification, self.entry_rule, self.entry_threshold = policy.verification, policy.entry_rule, policy.entry_threshold
        self.tools, self.education, self.support = policy.tools_per_member_usd, policy.education_per_member_usd, policy.support_per_member_usd
        self.marketing, self.formality, self.sponsorship = policy.marketing, policy.formality, policy.sponsorship
        self.fixed_cost = policy.fixed_cost_usd
        self.tools_added = self.education_added = 0.0
        self.mix: dict[int, float] = {}
        self.mix_by = policy.mix
        self.reach, self.vertical = 1.0, -1
        self.tool_quality, self.tool_stock = 0.0, 6.0 * policy.tools_per_member_usd
        self.cash = self.income_month = self.cost_month = self.profit = 0.0
        self.loss_months = self.members = 0
        self.value_month = self.value_member = 0.0
        self.cohorts = self.admitted_quarter = 0
        self.last_change = self.last_profit = 0.0
        self.roster: dict[int, dict[int, ReferencePartner]] = {}

    @property
    def spend(self) -> float:
        """Education and support a member, US dollars a month."""
        return self.education + self.education_added + self.support

    def fits(self, partner: ReferencePartner, cohort: int) -> bool:
        """Whether a cohort has room for a partner and no rival of it."""
        inside = self.roster.get(cohort, {}).values()
        if len(inside) >= self.cohort_size:
            return False
        if not self.non_compete:
            return True
        return not any(p.region == partner.region and p.verticals & partner.verticals for p in inside)


@dataclass
class Agreement:
    """An agreement between two of vendor, distributor, marketplace, network."""

    uid: int
    kind: str
    first: ReferenceVendor
    second: object
    started: int
    values: list[float]
    below: int = 0
