"""Everything that one run needs and holds: tables, parameters, rules, switches, chance."""

import copy
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim import chance
from sim.events import EventLog
from sim.ledger import Ledger
from sim.policy import POLICIES
from sim.state.market import Market
from sim.state.networks import Networks
from sim.state.partners import Knowledge, Memberships, Partners, Relations
from sim.state.suppliers import Distributors, Marketplaces, Programmes, Vendors
from sim.state.ties import Agreements, Projects, Ties
from sim.switches import Switches


class Size(NamedTuple):
    """How many of what the world knows."""

    skills: int
    verticals: int
    regions: int
    vendors: int
    distributors: int
    marketplaces: int


TABLES = (
    "partners", "relations", "memberships", "knowledge", "vendors", "programmes", "distributors",
    "marketplaces", "networks", "ties", "projects", "agreements", "market", "ledger",
)  # fmt: skip


class World:
    """The state of one run, and the rules it runs by.

    ``parameters`` maps a process's name to its NamedTuple of parameters; ``rules`` maps a rule point
    to a rule object; ``schedule`` holds the scenario's events in order of month.
    """

    partners: Partners
    relations: Relations
    memberships: Memberships
    knowledge: Knowledge
    vendors: Vendors
    programmes: Programmes
    distributors: Distributors
    marketplaces: Marketplaces
    networks: Networks
    ties: Ties
    projects: Projects
    agreements: Agreements
    market: Market
    ledger: Ledger

    def __init__(
        self,
        size: Size,
        parameters: dict[str, Any],
        rules: dict[str, Any],
        switches: Switches,
        seed: int,
        replication: int,
        burn_in: int = 0,
        schedule: Sequence[Any] = (),
        log: EventLog | None = None,
    ) -> None:
        self.size = size
        self.parameters = parameters
        self.rules = rules
        self.switches = switches
        self.seed = seed
        self.replication = replication
        self.burn_in = burn_in
        self.schedule = list(schedule)
        self.log = log
        self.month = 0
        self.witness: Callable[[str, World], None] | None = None  # told when a process has passed; changes nothing
        self._key: tuple[Any, Any] = (None, None)  # the month's key and whose it is
        self.policies = dict(POLICIES)  # kind of network -> policy of a host that enters

    @property
    def key(self) -> np.uint64:
        """The key of this month's chance."""
        which = (self.seed, self.replication, self.month)
        if self._key[0] != which:
            self._key = (which, np.uint64(chance.month_key(*which)))
        return self._key[1]

    @property
    def world_key(self) -> np.uint64:
        """The key of what is drawn once, before the first month."""
        return np.uint64(chance.month_key(self.seed, self.replication, -1))

    def key_of(self, drawn: str, redraw: Collection[str]) -> np.uint64:
        """The key of one drawn input of the world: ``world_key``, or another one where it is to be redrawn."""
        return np.uint64(chance.mix(self.world_key)) if drawn in redraw else self.world_key

    def record(self, table: str, **columns: Any) -> None:
        """Append to the event log, if there is one."""
        if self.log is not None:
            self.log.add(table, **columns)

    def passed(self, process: str) -> None:
        """Tell the witness, if there is one, that a process of this month has passed."""
        if self.witness is not None:
            self.witness(process, self)

    def copy(self) -> "World":
        """An independent copy: a checkpoint, or the start of a branch.  The log starts empty, and there is no witness."""
        twin = copy.copy(self)
        for name in TABLES:
            table = getattr(self, name)
            setattr(twin, name, type(table)(*(column.copy() for column in table)))
        twin.parameters = dict(self.parameters)
        twin.rules = dict(self.rules)
        twin.schedule = list(self.schedule)
        twin.witness = None
        twin.log = None if self.log is None else EventLog()
        return twin


def extend(table: Any, rows: int, empty: Any) -> Any:
    """The same table with room for ``rows`` rows more; ``empty(rows)`` makes the new ones."""
    return type(table)(*(np.concatenate([old, new]) for old, new in zip(table, empty(rows), strict=True)))
