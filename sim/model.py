"""The model as a Mesa model: ``step()`` is one month.

The state stays in columns; agents are views of its rows (see ``sim.view``). Mesa's own random
streams only shuffle agent sets: what happens in a month is drawn by ``sim.chance`` and is the same
with and without Mesa.
"""

from typing import TYPE_CHECKING, Any, TypeVar

import mesa
import numpy as np

from sim.agents import KINDS_OF_AGENT, Distributor, Marketplace, Partner, Vendor
from sim.events import EventLog
from sim.view import FirmLeftError, View, row_of

if TYPE_CHECKING:
    from sim.plan import Plan
    from sim.world import World

REGISTERED_PARTNERS = 5_000

SomeView = TypeVar("SomeView", bound=View)


class ChannelModel(mesa.Model):
    """One run of a scenario, with its actors as Mesa agents.

    Parameters
    ----------
    plan
        A Plan, or the name of a scenario. Without plan and world: the scenario "baseline".
    replication
        Which of the scenario's replications.
    registered_partners
        Up to so many partners at the start, every partner is a registered agent, and entrants and
        leavers are registered and removed after each step. Above, a partner's view is made when it is
        first asked for, by ``partner(uid)`` or ``partners``, and kept until the firm leaves.
    log
        Where to record events, if anywhere.
    world
        A world to continue or to look at, in place of one built from the plan.

    Setting ``datacollector`` makes each step end with a collection.
    """

    def __init__(
        self,
        plan: "Plan | str | None" = None,
        *,
        replication: int = 0,
        registered_partners: int = REGISTERED_PARTNERS,
        log: EventLog | None = None,
        world: "World | None" = None,
    ) -> None:
        if plan is None and world is None:
            plan = "baseline"
        if isinstance(plan, str):
            plan = _plan_of(plan)
        if world is None:
            from sim.engine import build

            assert plan is not None
            world = build(plan, replication, log=log)
        super().__init__(rng=int(world.seed))
        self.plan = plan
        self.world = world
        self.datacollector: mesa.DataCollector | None = None
        self.registers_partners = int(world.partners.alive.sum()) <= registered_partners
        self._views: dict[type[View], dict[int, Any]] = {kind: {} for kind in KINDS_OF_AGENT}
        self._follow()

    @property
    def tick(self) -> int:
        """Months since the start, burn-in included."""
        return self.world.month

    def step(self) -> None:
        """Run one month, register who came and remove who left, collect data."""
        from sim.engine import advance

        advance(self.world)
        self._follow()
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def partner(self, partner: Partner | int) -> Partner:
        """The partner with that uid; a Partner is given back. Raises FirmLeftError if it is not in the market."""
        return self._view(Partner, partner)

    def vendor(self, vendor: Vendor | int) -> Vendor:
        """The vendor with that uid; a Vendor is given back. Raises FirmLeftError if it is not in the market."""
        return self._view(Vendor, vendor)

    @property
    def partners(self) -> mesa.agent.AgentSet:
        """Every partner in the market, in order of uid. Above ``registered_partners`` this makes all their views."""
        return self._all(Partner)

    @property
    def vendors(self) -> mesa.agent.AgentSet:
        """Every vendor in the market."""
        return self._all(Vendor)

    @property
    def distributors(self) -> mesa.agent.AgentSet:
        """Every distributor in the market."""
        return self._all(Distributor)

    @property
    def marketplaces(self) -> mesa.agent.AgentSet:
        """Every marketplace in the market."""
        return self._all(Marketplace)

    def dispose(self) -> None:
        """Let go of all agents, so that nothing in Mesa keeps the model alive. The world stays as it is."""
        self.remove_all_agents()
        for views in self._views.values():
            views.clear()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)  # Mesa 3.3 counts agents in a dictionary of models

    def _living(self, kind: type[View]) -> dict[int, int]:
        """Uid -> row of every firm of a kind, in order of uid."""
        table = getattr(self.world, kind.table)
        rows = np.flatnonzero(getattr(table, kind.living))
        rows = rows[np.argsort(table.uid[rows])]
        return dict(zip(table.uid[rows].tolist(), rows.tolist(), strict=True))

    def _registers(self, kind: type[View]) -> bool:
        return kind is not Partner or self.registers_partners

    def _view(self, kind: type[SomeView], who: SomeView | int) -> SomeView:
        if isinstance(who, kind):
            return who
        known = self._views[kind].get(int(who))
        if known is not None:
            return known
        rows = getattr(self.world, kind.table)
        row = row_of(rows.uid, getattr(rows, kind.living), int(who))
        if row < 0:
            raise FirmLeftError(f"there is no {kind.__name__.lower()} {who} in the market (month {self.tick})")
        return self._make(kind, int(who), row)

    def _make(self, kind: type[SomeView], uid: int, row: int) -> SomeView:
        view = kind(self, uid, row, registered=self._registers(kind))
        self._views[kind][uid] = view
        return view

    def _all(self, kind: type[View]) -> mesa.agent.AgentSet:
        views = self._views[kind]
        agents = [views.get(uid) or self._make(kind, uid, row) for uid, row in self._living(kind).items()]
        return mesa.agent.AgentSet(agents, random=self.random)

    def _follow(self) -> None:
        """Bring the views up to date with the world: remove leavers, register entrants."""
        for kind, views in self._views.items():
            living = self._living(kind)
            for uid in views.keys() - living.keys():
                views.pop(uid).remove()
            if self._registers(kind):
                for uid, row in living.items():
                    if uid not in views:
                        self._make(kind, uid, row)
        if self.plan is not None:
            self.running = self.world.month < self.plan.burn_in + self.plan.months


def _plan_of(scenario: str) -> "Plan":
    from sim.scenario import load

    return load(scenario).plan
