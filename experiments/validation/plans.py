"""Small plans with default parameters, and the worlds made of them, for checks whose answers are known."""

from typing import Any

import numpy as np

from sim.engine import advance
from sim.events import EventLog
from sim.plan import Names, NetworkGroup, Plan
from sim.policy import POLICIES
from sim.population import build
from sim.processes import PARAMETERS
from sim.rules.registry import DEFAULTS, make_rule
from sim.state.networks import KINDS
from sim.switches import Switches
from sim.world import Size, World

SIZE = Size(skills=20, verticals=6, regions=4, vendors=8, distributors=2, marketplaces=1)
NETWORKS = {"pure_p2p": 4, "community": 1, "vendor": 3, "distributor": 2, "marketplace": 1}


def small_plan(partners: int = 100, months: int = 24, seed: int = 1, **other: Any) -> Plan:
    """A plan with default parameters and rules; ``other`` are fields of Plan."""
    size = other.get("size", SIZE)
    words = ("skill", "vertical", "region", "vendor", "distributor", "marketplace")
    names = Names(*(tuple(f"{word} {i + 1}" for i in range(k)) for word, k in zip(words, size, strict=True)))
    plan = Plan(
        title="test", partners=partners, size=size, names=names, months=months, burn_in=0, seed=seed,
        parameters={process: group() for process, group in PARAMETERS.items()},
        rules={point: make_rule(point, name, {}) for point, name in DEFAULTS.items()},
        switches=Switches(), networks=groups(NETWORKS), vendors=(), distributors=(), marketplaces=(), schedule=(),
    )  # fmt: skip
    return plan._replace(**other)


def groups(counts: dict[str, int]) -> tuple[NetworkGroup, ...]:
    """That many networks of each kind, with the policy of the kind."""
    return tuple(NetworkGroup(KINDS.index(kind), n, POLICIES[KINDS.index(kind)]) for kind, n in counts.items())


def with_parameters(plan: Plan, **changes: dict[str, Any]) -> Plan:
    """The plan with some parameters of some processes changed: ``with_parameters(plan, demand={"load": 1.0})``."""
    parameters = dict(plan.parameters)
    for process, values in changes.items():
        parameters[process] = parameters[process]._replace(**values)
    return plan._replace(parameters=parameters)


def with_rules(plan: Plan, **rules: Any) -> Plan:
    """The plan with some rules replaced: a name, (name, options) or a rule object."""
    made = dict(plan.rules)
    for point, rule in rules.items():
        if isinstance(rule, str):
            rule = (rule, {})
        made[point] = make_rule(point, *rule) if isinstance(rule, tuple) else rule
    return plan._replace(rules=made)


def built(plan: Plan, replication: int = 0) -> World:
    """The world at the start, with a log."""
    return build(plan, replication, EventLog())


def after(world: World, months: int) -> World:
    """The same world some months later."""
    for _ in range(months):
        advance(world)
    return world


def balances(world: World) -> tuple[float, float]:
    """The sum of all balances, and the sum of their sizes to measure it by."""
    columns = (world.partners.cash, world.vendors.cash, world.distributors.cash, world.networks.cash, world.ledger.outer)
    everything = np.concatenate(columns)
    return float(everything.sum()), float(np.abs(everything).sum())
