"""The actors as Mesa agents: partner, vendor, distributor, marketplace; each a view of one row (see ``sim.view``).

Attributes are columns of the state; verbs (``carry``, ``drop``, ``join``, ``leave``, ``learn``) do what the
month's processes do when a firm so decides, and are recorded in the same log.

Where an argument says ``vendor``, a ``Vendor`` or its uid will do; networks go by their uid.
"""

import numpy as np
from numpy.typing import NDArray

from sim.events import Dropped, JoinReason, LeaveReason, TakenOn
from sim.ledger import Flow, Outer, pay
from sim.processes.discovery import take_on
from sim.processes.membership import cohort_state, enter, find_cohort, leave_networks
from sim.processes.vendor_choice import wallet_share
from sim.state.networks import KINDS
from sim.state.partners import BUSINESS_TYPES
from sim.state.suppliers import PARTNER_MODELS
from sim.state.ties import ACQUAINTANCE
from sim.view import Column, View, result, row_of, share


class Supplier(View):
    """What vendors, distributors and marketplaces have in common."""

    @property
    def name(self) -> str:
        """What the scenario calls it."""
        names = getattr(self.model.plan.names, self.table) if self.model.plan else ()
        return names[self.row] if self.row < len(names) else f"{type(self).__name__} {self.uid}"

    def _vendors(self, column: str) -> "list[Vendor]":
        world = self.world
        has = getattr(self.rows, column)[self.row] & world.vendors.active
        return [self.model.vendor(uid) for uid in world.vendors.uid[has].tolist()]


class Vendor(Supplier):
    """A vendor and its partner programme."""

    table = "vendors"

    size: Column[float] = share("share of customers who would name this vendor")
    list_margin: Column[float] = share("partner's margin on product at list price, before rebates")
    rebate_1: Column[float] = share("rebate on purchases in tier 1")
    rebate_2: Column[float] = share("rebate on purchases in tier 2")
    mdf: Column[float] = share("market development funds, share of purchases")
    training: Column[float] = share("quality of training offered")
    support: Column[float] = share("quality of partner support")
    conflict: Column[float] = share("probability that direct sales compete for a partner's bid")
    openness: Column[float] = share("willingness to recruit and to sponsor hosts of others")
    fee_share: Column[float] = share("what the partner earns on product under referral and co-sell")
    budget: Column[float] = share("extra programme budget, share of channel sales")
    channel_month: Column[float] = result("channel sales this month at list price, US dollars")
    channel_year: Column[float] = result("12-month running channel sales at list price, US dollars")
    direct_month: Column[float] = result("direct sales this month, US dollars")
    spend_month: Column[float] = result("programme spend this month, US dollars")
    cash: Column[float] = result("US dollars, cumulative")

    @property
    def partner_model(self) -> str:
        """Who contracts and invoices: one of PARTNER_MODELS."""
        return PARTNER_MODELS[self.rows.partner_model[self.row]]

    @partner_model.setter
    def partner_model(self, name: str) -> None:
        if name not in PARTNER_MODELS:
            raise ValueError(f"partner_model must be one of {', '.join(PARTNER_MODELS)}, not {name!r}")
        self.rows.partner_model[self.row] = PARTNER_MODELS.index(name)

    @property
    def partners(self) -> "list[Partner]":
        """The partners that carry this vendor."""
        world = self.world
        carriers = world.relations.carried[:, self.row] & world.partners.alive
        return [self.model.partner(uid) for uid in np.sort(world.partners.uid[carriers]).tolist()]

    @property
    def reach(self) -> int:
        """Number of partners that carry this vendor."""
        return int((self.world.relations.carried[:, self.row] & self.world.partners.alive).sum())

    def set_margin(self, margin: float) -> None:
        """Set the partner's margin on product, 0..1."""
        self.list_margin = margin

    def set_rebates(self, tier_1: float, tier_2: float) -> None:
        """Set the rebates of both tiers, 0..1."""
        self.rebate_1, self.rebate_2 = tier_1, tier_2


class Distributor(Supplier):
    """A distributor."""

    table = "distributors"

    margin: Column[float] = share("gross margin on what it resells, share of its sales")
    credit: Column[float] = share("generosity of credit")
    service: Column[float] = share("quality of service")
    cash: Column[float] = result("US dollars, cumulative")

    @property
    def vendors(self) -> list[Vendor]:
        """The vendors on its line card."""
        return self._vendors("line_card")

    @property
    def sold_year(self) -> float:
        """12-month running sales, US dollars."""
        return float(self.rows.sold[self.row].sum())


class Marketplace(Supplier):
    """A marketplace."""

    table = "marketplaces"

    take_rate: Column[float] = share("share of the task's price")
    verification: Column[float] = share("how thoroughly providers are checked")
    reach: Column[float] = Column("customers who look there, relative to an average marketplace = 1", 0.0)
    max_complexity: Column[float] = share("tasks above this complexity are not accepted")
    price_level: Column[float] = result("average accepted bid relative to list price")
    jobs_month: Column[float] = result("completed jobs this month")
    value_month: Column[float] = result("value of completed jobs this month, US dollars")

    @property
    def vendors(self) -> list[Vendor]:
        """The vendors listed."""
        return self._vendors("listed")


class Partner(View):
    """A partner firm."""

    table = "partners"
    living = "alive"

    staff: Column[float] = Column("full-time equivalents", 0.0)
    clients: Column[float] = Column("client base, in the staff that its demand keeps busy", 0.0)
    region: Column[int] = Column("home region", writable=False)
    entered: Column[int] = Column("month of entry", writable=False)
    taste: Column[float] = Column("multiplies the attention cost of a membership, 1 = average", 0.0)
    backlog: Column[float] = result("work sold and not yet done, US dollars of work")
    utilisation: Column[float] = result("3-month average of work done / capacity")
    reputation: Column[float] = share("average success of past work as customers see it")
    rating: Column[float] = share("public rating on marketplaces")
    revenue_month: Column[float] = result("revenue booked this month net of subcontracting, US dollars")
    revenue_year: Column[float] = result("12-month running revenue, US dollars")
    allied_year: Column[float] = result("the part of revenue_year from work with other partners, US dollars")
    margin_ewma: Column[float] = result("6-month average gross margin a month, US dollars")

    @property
    def cash(self) -> float:
        """US dollars. Setting it books the difference as capital from the owners, or as a dividend."""
        return self.rows.cash[self.row].item()

    @cash.setter
    def cash(self, amount: float) -> None:
        ledger, row = self.world.ledger, self.row
        change = amount - self.rows.cash[row]
        if change > 0.0:
            pay(ledger.flows, Flow.CAPITAL, ledger.outer, Outer.OWNERS, self.rows.cash, row, change)
        elif change < 0.0:
            pay(ledger.flows, Flow.DIVIDEND, self.rows.cash, row, ledger.outer, Outer.OWNERS, -change)

    @property
    def age(self) -> int:
        """Months in the market."""
        return self.world.month - self.entered

    @property
    def business_type(self) -> str:
        """One of BUSINESS_TYPES."""
        return BUSINESS_TYPES[self.rows.business_type[self.row]]

    @property
    def regions(self) -> list[int]:
        """The regions it serves, home included."""
        return _members(self.rows.reach[self.row])

    @property
    def verticals(self) -> list[int]:
        """The verticals it serves."""
        return _members(self.rows.verticals[self.row])

    # skills

    @property
    def skills(self) -> NDArray[np.float64]:
        """Its level in every skill, 0..1: a live view that cannot be written; see ``learn``."""
        levels = self.world.knowledge.skills[self.row]
        levels.flags.writeable = False
        return levels

    @property
    def skills_held(self) -> list[int]:
        """The skills that it can offer."""
        return _members(self.world.knowledge.can[self.row] & ((1 << self.world.size.skills) - 1))

    def learn(self, skill: int, level: float) -> None:
        """Bring a skill to a level, 0..1; from the firm's threshold on it counts as held."""
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"level must lie between 0 and 1, not {level}")
        knowledge = self.world.knowledge
        knowledge.skills[self.row, skill] = level
        self._mark(skill, level >= self.world.parameters["firm"].skill_threshold)

    # vendors

    @property
    def vendors(self) -> list[Vendor]:
        """The vendors that it carries."""
        carried = self.world.relations.carried[self.row]
        return [self.model.vendor(uid) for uid in self.world.vendors.uid[carried].tolist()]

    def carries(self, vendor: Vendor | int) -> bool:
        """Whether it carries the vendor."""
        return bool(self.world.relations.carried[self.row, self.model.vendor(vendor).row])

    def attitude(self, vendor: Vendor | int) -> float:
        """What it says of the vendor, -1..1."""
        return self.world.relations.attitude[self.row, self.model.vendor(vendor).row].item()

    def experience(self, vendor: Vendor | int) -> float:
        """Its own experience with the vendor, -1..1."""
        return self.world.relations.experience[self.row, self.model.vendor(vendor).row].item()

    def wallet_share(self, vendor: Vendor | int) -> float:
        """The vendor's share of its purchases over 12 months, 0 if it bought nothing."""
        return float(wallet_share(self.row, self.model.vendor(vendor).row, self.world.relations))

    def carry(self, vendor: Vendor | int) -> None:
        """Take the vendor on; nothing happens if it is carried already."""
        if self.carries(vendor):
            return
        world, v = self.world, self.model.vendor(vendor).row
        first = world.parameters["discovery"].first_experience
        tables = (world.partners, world.relations, world.knowledge, world.market)
        take_on(self.row, v, world.month, *tables, first, world.size.skills)
        self._record("vendor_taken", TakenOn.RECRUITED, vendor=world.vendors.uid[v])

    def drop(self, vendor: Vendor | int) -> None:
        """Drop the vendor; nothing happens if it is not carried."""
        if not self.carries(vendor):
            return
        world, v = self.world, self.model.vendor(vendor).row
        world.relations.carried[self.row, v] = False
        self._mark(world.size.skills + v, False)
        self._record("vendor_dropped", Dropped.DISSATISFIED, vendor=world.vendors.uid[v])

    # networks and allies

    @property
    def networks(self) -> dict[int, str]:
        """The networks it is a member of, uid -> kind."""
        world = self.world
        rows = world.memberships.network[self.row]
        return {world.networks.uid[m].item(): KINDS[world.networks.kind[m]] for m in rows[rows >= 0]}

    def join(self, network: int) -> None:
        """Become a member of the open network with that uid; nothing happens if it is one already.

        The firm is let in without being asked for the network's entry rule, into the first cohort that
        admits it or else a new one. Raises LookupError for a network that is not open, ValueError when
        all membership slots are taken.
        """
        world, row, m = self.world, self.row, self._network(network)
        held = world.memberships.network[row]
        if m in held:
            return
        if (held >= 0).all():
            raise ValueError(f"partner {self.uid} has no free membership slot")
        partners, memberships, networks = world.partners, world.memberships, world.networks
        first, filled, served = cohort_state(partners, memberships, networks, world.size.regions)
        cohort = find_cohort(row, m, partners, networks, first, filled, served, networks.admitted_quarter[m] + 1)
        value = networks.value_member[m] * partners.margin_ewma[row]
        enter(row, m, cohort, world.month, value, partners, memberships, first, filled, served)
        world.knowledge.aware[row, m] = True
        networks.members[m] += 1
        self._record("membership_joined", JoinReason.CHOICE, network=network)

    def leave(self, network: int) -> None:
        """End the membership; nothing happens if it is not a member."""
        world, m = self.world, self._network(network)
        reasons = np.full(world.memberships.network.shape, -1)
        reasons[self.row, world.memberships.network[self.row] == m] = LeaveReason.CHOICE
        world.networks.members[m] -= (reasons >= 0).sum()
        leave_networks(world, reasons)

    @property
    def allies(self) -> "list[Partner]":
        """The partners with whom it has an alliance under way, in any form."""
        ties, row = self.world.ties, self.row
        under_way = ties.used & (ties.form > ACQUAINTANCE)
        others = np.concatenate([ties.uid_b[under_way & (ties.a == row)], ties.uid_a[under_way & (ties.b == row)]])
        return [self.model.partner(uid) for uid in np.sort(others).tolist()]

    def _record(self, table: str, reason: int, **what: int) -> None:
        self.world.record(table, month=self.world.month, partner=self.uid, reason=int(reason), **what)

    def _mark(self, bit: int, holds: bool) -> None:
        can = self.world.knowledge.can
        can[self.row] = can[self.row] | (1 << bit) if holds else can[self.row] & ~(1 << bit)

    def _network(self, uid: int) -> int:
        networks = self.world.networks
        m = row_of(networks.uid, networks.open, uid)
        if m < 0:
            raise LookupError(f"there is no open network {uid}")
        return m


def _members(mask: int) -> list[int]:
    return [bit for bit in range(int(mask).bit_length()) if mask >> bit & 1]


KINDS_OF_AGENT: tuple[type[View], ...] = (Vendor, Distributor, Marketplace, Partner)
