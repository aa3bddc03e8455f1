"""Agent-based simulator of IT channel ecosystems.

>>> from sim import ChannelModel
>>> model = ChannelModel("baseline")  # doctest: +SKIP
>>> model.step()  # doctest: +SKIP

Names are imported when they are first used, so a worker that only simulates never loads Mesa.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.agents import Distributor, Marketplace, Partner, Vendor
    from sim.model import ChannelModel
    from sim.plan import Plan
    from sim.scenario import Scenario, load
    from sim.simulate import advance, build
    from sim.world import World

__version__ = "0.1.0"

_HOMES = {
    "ChannelModel": "sim.model",
    "Distributor": "sim.agents",
    "Marketplace": "sim.agents",
    "Partner": "sim.agents",
    "Plan": "sim.plan",
    "Scenario": "sim.scenario",
    "Vendor": "sim.agents",
    "World": "sim.world",
    "advance": "sim.simulate",
    "build": "sim.simulate",
    "load": "sim.scenario",
}

__all__ = [
    "ChannelModel",
    "Distributor",
    "Marketplace",
    "Partner",
    "Plan",
    "Scenario",
    "Vendor",
    "World",
    "advance",
    "build",
    "load",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
