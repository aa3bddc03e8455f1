"""What a strategist writes: a TOML file becomes a checked, resolved scenario with the plan of its runs.

>>> from sim.scenario import load
>>> load("baseline").plan.partners
1000
"""

from sim.scenario.document import shipped_names
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario, from_document, load
from sim.scenario.schema import json_schema

__all__ = ["Scenario", "ScenarioError", "from_document", "json_schema", "load", "shipped_names"]
