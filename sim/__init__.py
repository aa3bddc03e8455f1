"""Agent-based simulator of IT channel ecosystems.

>>> from sim import ChannelModel, Scenario, simulate
>>> scenario = Scenario.load("quick", {"demand.growth_per_year": 0.02})
>>> print(simulate(scenario, replications=2))  # doctest: +SKIP
>>> ChannelModel(scenario.plan).step()  # doctest: +SKIP

Names are imported when they are first used, so a worker that only simulates never loads Mesa.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.agents import Distributor, Marketplace, Partner, Vendor
    from sim.engine import advance, build
    from sim.model import ChannelModel
    from sim.plan import Plan
    from sim.report.results import Results, simulate
    from sim.scenario import Scenario, ScenarioError, load
    from sim.world import World

__version__ = "0.1.0"

_HOMES = {
    "ChannelModel": "sim.model",
    "Distributor": "sim.agents",
    "Marketplace": "sim.agents",
    "Partner": "sim.agents",
    "Plan": "sim.plan",
    "Results": "sim.report.results",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "Vendor": "sim.agents",
    "World": "sim.world",
    "advance": "sim.engine",
    "build": "sim.engine",
    "load": "sim.scenario",
    "simulate": "sim.report.results",
}

__all__ = [
    "ChannelModel",
    "Distributor",
    "Marketplace",
    "Partner",
    "Plan",
    "Results",
    "Scenario",
    "ScenarioError",
    "Vendor",
    "World",
    "advance",
    "build",
    "load",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
