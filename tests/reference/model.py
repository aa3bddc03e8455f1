"""The reference model: the month of the specification, one named step after the other."""

from collections.abc import Callable
from typing import Any

import mesa

from sim.plan import Plan
from tests.reference import (
    agreements,
    alliances,
    contest,
    firms,
    founding,
    hosts,
    loyalty,
    market,
    membership,
    programmes,
    settlement,
    teams,
)
from tests.reference.agents import Agreement, Network, Outer, ReferenceMarketplace, ReferencePartner, Tie
from tests.reference.chance import Chance, Rings
from tests.reference.shared import CONSTANTS


class ReferenceModel(mesa.Model):
    """A plain Mesa model of the channel, built from the same plan as the engine."""

    def __init__(self, plan: Plan, replication: int = 0) -> None:
        super().__init__(rng=int(plan.seed))
        if plan.schedule or plan.given is not None:
            raise ValueError("the reference knows neither events nor given partners")
        self.plan, self.replication, self.tick = plan, replication, 0
        self.p, self.rules, self.switches = plan.parameters, plan.rules, plan.switches
        self.customers, self.households, self.manufacturers, self.owners = (Outer() for _ in range(4))
        self.flows: dict[str, float] = {}
        self.partners: dict[int, ReferencePartner] = {}
        self.networks: list[Network] = []
        self.ties: dict[tuple[int, int], Tie] = {}
        self.projects: dict[int, alliances.Project] = {}
        self.agreements: dict[tuple[str, int, int], Agreement] = {}
        self.asked_value = self.unserved_value = self.lost_value = 0.0
        self.solo_profit = [0.0, 0.0]
        self.delivered: dict[int, tuple[bool, int, list[int]]] = {}
        self.forever = Chance(plan.seed, replication, -1)
        self.now = Chance(plan.seed, replication, 0)
        founding.build(self)

    def pay(self, why: str, payer: Any, payee: Any, amount: float) -> None:
        """Move money and book what for."""
        payer.cash -= amount
        payee.cash += amount
        self.flows[why] = self.flows.get(why, 0.0) + amount

    def open_networks(self) -> list[Network]:
        """The networks that are open."""
        return [network for network in self.networks if network.open]

    def venue(self, marketplace: ReferenceMarketplace) -> Network | None:
        """The open network that a marketplace hosts."""
        return next((n for n in self.open_networks() if n.host is marketplace), None)

    def step(self) -> None:
        """Let one month pass."""
        for _, process in steps(self):
            process()
        self.tick += 1


def steps(model: ReferenceModel) -> list[tuple[str, Callable[[], None]]]:
    """The processes of one month in order, each under the name of the engine's."""
    now: dict[str, Any] = {}

    def put(name: str, value: Any) -> None:
        now[name] = value

    def bid(attempt: int) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("feasibility", lambda: put("bids", teams.open_bids(model, now["deals"]))),
            ("search", lambda: teams.search(model, now["bids"], now["rings"])),
            ("consent", lambda: teams.agree(model, now["bids"])),
            ("vendor_choice", lambda: contest.choose_vendors(model, now["bids"])),
            ("sourcing", lambda: contest.choose_sources(model, now["bids"])),
            ("winning", lambda: contest.contest(model, now["bids"], attempt)),
            ("form", lambda: alliances.sign(model, now["bids"])),
            ("release", lambda: teams.release(now["bids"])),
        ]

    return [
        ("open_books", lambda: open_books(model)),
        ("policies", lambda: programmes.set_policies(model)),
        ("turnover", lambda: firms.turn_over(model)),
        ("novelty", lambda: firms.renew_technology(model) if model.switches.novelty else None),
        ("directory", lambda: put("rings", Rings(model))),
        ("demand", lambda: put("deals", market.ask(model))),
        ("posting", lambda: market.post(model, now["deals"], now["rings"])),
        *bid(0),
        ("reoffer", lambda: market.reoffer(model, now["deals"], now["rings"])),
        *bid(1),
        ("close_demand", lambda: market.close(model, now["deals"])),
        ("delivery", lambda: (settlement.work(model), put("delivered", settlement.deliver(model)))),
        ("payment", lambda: settlement.settle(model, now["delivered"])),
        ("programme", lambda: programmes.reward(model)),
        ("running_costs", lambda: programmes.pay_running_costs(model)),
        ("trust", lambda: alliances.learn_trust(model, now["delivered"])),
        ("continuation", lambda: alliances.review(model, now["rings"])),
        ("satisfaction", lambda: loyalty.fare(model)),
        ("influence", lambda: loyalty.influence(model, now["rings"])),
        ("discovery", lambda: loyalty.discover(model, now["delivered"], now["deals"])),
        ("skills", lambda: firms.learn(model, now["delivered"])),
        ("membership", lambda: membership.run(model, now["rings"])),
        ("agreements", lambda: agreements.run(model)),
        ("hosts", lambda: hosts.run(model)),
        ("growth", lambda: firms.grow(model)),
    ]


def open_books(model: ReferenceModel) -> None:
    """Start the sums of a month at zero; let running years fade."""
    model.now = Chance(model.plan.seed, model.replication, model.tick)
    model.flows = {}
    fade, new_quarter = CONSTANTS["YEAR_FADE"], (model.tick - 1) % 3 == 2
    for partner in model.partners.values():
        partner.margin_month = partner.revenue_month = partner.won_month = 0.0
        partner.revenue_year *= fade
        partner.allied_year *= fade
        partner.sourced = [x * fade for x in partner.sourced]
        partner.sourced_month = [0.0] * len(partner.sourced)
        for r in partner.relations.values():
            r.bought_month = r.margin_month = r.benefit_month = r.bids_month = r.conflicts_month = 0.0
            r.bought_year *= fade
            r.bought_quarter = 0.0 if new_quarter else r.bought_quarter
    for vendor in model.vendors:
        vendor.channel_month = vendor.direct_month = vendor.spend_month = 0.0
        vendor.channel_year *= fade
    for distributor in model.distributors:
        distributor.sales_month = 0.0
        distributor.sold_month = [0.0] * len(model.vendors)
        distributor.sales_year *= fade
        distributor.sold = [x * fade for x in distributor.sold]
    for marketplace in model.marketplaces:
        marketplace.jobs_month = marketplace.value_month = 0.0
    for network in model.networks:
        network.income_month = network.cost_month = network.value_month = 0.0
