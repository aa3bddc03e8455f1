"""The plan of a run: a scenario after it was read, checked and resolved.  Plain data, no files."""

from math import inf
from typing import Any, NamedTuple

from sim.policy import POLICIES, Policy
from sim.state.table import Bools, Floats, Ints
from sim.switches import Switches
from sim.world import Size


class Names(NamedTuple):
    """What skills, verticals, regions, vendors, distributors and marketplaces are called."""

    skills: tuple[str, ...]
    verticals: tuple[str, ...]
    regions: tuple[str, ...]
    vendors: tuple[str, ...]
    distributors: tuple[str, ...]
    marketplaces: tuple[str, ...]


class NetworkGroup(NamedTuple):
    """Some networks of one kind at the start, or opened by an event."""

    kind: int  # index into KINDS of sim.state.networks
    count: int  # type: ignore[assignment]  # how many; hides tuple.count, which nobody counts with here
    policy: Policy  # of each of them
    name: str = ""  # of a group of one, "" where it has none
    host: int = -1  # row of the vendor, distributor or marketplace that hosts it, -1 for the first that is free


class Event(NamedTuple):
    """Something that the scenario makes happen at the start of a month (counted after burn-in).

    ``kind`` is one of ``EVENT_KINDS``; ``target`` names a parameter ("demand.growth_per_year"), a
    switch ("switches.habit"), or a row by name or number, or "all"; ``how`` is set, add or multiply.
    """

    month: int  # 0 is the first month after burn-in
    kind: str  # one of EVENT_KINDS
    target: str = ""  # whom or what it changes
    field: str = ""  # column that it changes
    value: float = 0.0  # new value, what is added, or factor
    how: str = "set"  # set, add or multiply
    group: NetworkGroup | None = None  # networks that open
    into: str = ""  # vendor that takes the target over
    share: float = 1.0  # of partners hit by a shock
    low: float = -inf  # least value of the changed field
    high: float = inf  # highest value of the changed field


EVENT_KINDS = (
    "set_parameter", "set_switch", "change_vendor", "change_distributor", "change_marketplace", "change_network",
    "open_network", "close_network", "vendor_leaves", "merge_vendors", "distributor_leaves", "shock",
)  # fmt: skip


class GivenPartners(NamedTuple):
    """Partners taken from data, n rows; what is missing is drawn."""

    names: tuple[str, ...]
    staff: Floats  # NaN where not given
    region: Ints  # -1 where not given
    reach: Ints  # bit mask, 0 where not given
    verticals: Ints  # bit mask, 0 where not given
    business_type: Ints  # -1 where not given
    skills: Bools  # n x K, all False where not given


class GivenTies(NamedTuple):
    """Ties of given partners at the start, taken from data; None where the data have none of that sort.

    Partners are rows of ``GivenPartners``, networks positions in ``Plan.networks``, of groups of one.
    """

    members: Ints | None = None  # n x 2: partner, network; nobody else is a member of a network at the start
    alliances: Ints | None = None  # n x 3: partner, partner, index into sim.state.ties.FORMS
    carried: Ints | None = None  # n x 2: partner, vendor; a partner in it carries these vendors and no other
    shares: Floats | None = None  # n, share of the partner's purchases, for each row of ``carried``


class Plan(NamedTuple):
    """All that a run needs but for the replication number."""

    title: str
    partners: int
    size: Size
    names: Names
    months: int  # months after burn-in
    burn_in: int  # months
    seed: int
    parameters: dict[str, Any]  # process -> NamedTuple of parameters
    rules: dict[str, Any]  # rule point -> rule object
    switches: Switches
    networks: tuple[NetworkGroup, ...]
    vendors: tuple[dict[str, float], ...]  # per vendor, columns of Vendors that are given
    distributors: tuple[dict[str, float], ...]
    marketplaces: tuple[dict[str, float], ...]
    schedule: tuple[Event, ...]
    given: GivenPartners | None = None
    ties: GivenTies | None = None
    redraw: frozenset[str] = frozenset()  # drawn inputs (sim.grounds.INPUTS) that get other chance, all else its own

    def policies(self) -> dict[int, Policy]:
        """Kind of network -> policy of a host that enters: that of the plan's first network of the kind, else the kind's.

        A network taken from data has its members from the data; an entrant founds with the kind's number.
        """
        policies = dict(POLICIES)
        for group in reversed(self.networks):
            founders = POLICIES[group.kind].founding_members if group.name else group.policy.founding_members
            policies[group.kind] = group.policy._replace(founding_members=founders)
        return policies
