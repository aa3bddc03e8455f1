"""The code of the ODD protocol, taken from the document and run, is the model: nothing that a reader needs is left out of it.

From the model itself come only what the document says in tables and words: columns of state, bundles of columns, numbered
lists, defaults, and how a scenario is read.
"""

import importlib
import re
from functools import partial
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.odd.columns import SIM
from experiments.odd.protocol import lines_of_code, protocol
from experiments.odd.vocabulary import constants, engine_files, lists, places
from sim import chance, engine, given, ledger, plan
from sim.plan import Plan
from sim.scenario import load
from sim.state.table import empty
from sim.world import TABLES, World, extend

MONTHS = 13  # every process has come round, year ends included
HEADING = re.compile(r"^(?:## (\d) .*|### (7\.1) .*|### 7\.\d+ .*\n\n\*`(\w+)`\*|#### (.*))$", re.MULTILINE)
PARTS = {"3": "month", "5": "population", "7.1": "reading"}
EVENTS = [
    {"month": 2, "kind": "change_vendor", "target": "1", "field": "list_margin", "value": 0.02, "how": "add"},
    {"month": 2, "kind": "change_vendor", "target": "2", "field": "budget", "value": 0.02},
    {"month": 4, "kind": "close_network", "target": "marketplace"},
    {"month": 5, "kind": "open_network", "network": {"kind": "community", "count": 1}},
    {"month": 6, "kind": "vendor_leaves", "target": "3"},
    {"month": 7, "kind": "shock", "field": "cash", "value": -50_000, "how": "add", "share": 0.3},
]
SCENARIO = {
    "population.partners": 40, "burn_in_months": 3, "months": 24, "networks.pure_p2p.count": 3, "switches.rival_response": True,
    "events": EVENTS,
}  # fmt: skip


def parts_of(document: str) -> dict[str, list[str]]:
    """Blocks of code by the module that they stand for; a rule point's begin with ``rules.``."""
    found = list(HEADING.finditer(document))
    parts = {}
    for at, after in zip(found, [*found[1:], None], strict=True):
        section, reading, process, point = at.groups()
        rule = f"rules.{point.lower().replace(' ', '_')}" if point else ""
        if name := process or rule or PARTS.get(reading or section or "", ""):
            parts[name] = list(lines_of_code(document[at.start() : after.start() if after else None]))
    return parts


def vocabulary() -> dict[str, Any]:
    """What the document says in words and tables."""
    words: dict[str, Any] = {
        "np": np, "Any": Any, "World": World, "partial": partial, "NormalDist": NormalDist, "empty": empty, "extend": extend,
        "Purpose": chance.Purpose, "NetworkGroup": plan.NetworkGroup, "given": given, "Outer": ledger.Outer, "Flow": ledger.Flow,
        "empty_ledger": ledger.empty_ledger,
    }  # fmt: skip
    for path in engine_files():
        home = importlib.import_module(".".join(path.relative_to(SIM.parent).with_suffix("").parts))
        words |= {name: thing for name, thing in vars(home).items() if isinstance(thing, type) and issubclass(thing, tuple | int)}
        words |= {name: thing for name, thing in vars(home).items() if name.startswith("empty_")}
    return words | places() | lists() | {c.name: c.value for c in constants()}


def model_in(document: str) -> dict[str, dict[str, Any]]:
    """The functions of the document, each part in a namespace of its own that sees the public names of all others."""
    spaces: dict[str, dict[str, Any]] = {}
    words, worlds = vocabulary(), []
    for name, blocks in parts_of(document).items():
        own: dict[str, Any] = {}
        for block in blocks:
            seen = dict(words)
            exec(compile(block, name, "exec"), seen, own)
            worlds.append((seen, own))
        spaces[name] = own
    public = {name: thing for own in spaces.values() for name, thing in own.items() if not name.startswith("_") and name != "run"}
    modules = {name: SimpleNamespace(**own) for name, own in spaces.items() if "." not in name}
    modules |= {"chance": modules["reading"], "bits": modules["reading"]}
    kinds = {kind: spaces["scenario_events"].get(kind) or spaces["scenario_events"][f"{kind}s"] for kind in plan.EVENT_KINDS}
    for seen, own in worlds:
        seen |= {**public, **modules, **own, "KINDS_OF_EVENT": kinds, "_USUAL": spaces["rules.form"]["HighestValue"]()}
    return spaces


def with_rules_of(spaces: dict[str, dict[str, Any]], scenario: Plan) -> Plan:
    """A plan whose rules are the document's, with the same options."""
    chosen = {}
    for point, rule in scenario.rules.items():
        chosen[point] = object.__new__(spaces[f"rules.{point}"][type(rule).__name__])
        chosen[point].__dict__.update(rule.__dict__)
    return scenario._replace(rules=chosen)


@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_the_code_in_the_document_runs_as_the_model_does():
    scenario = load("baseline", SCENARIO).plan
    spaces = model_in(protocol())
    twin = spaces["population"]["build"](with_rules_of(spaces, scenario), 0)
    world = engine.build(scenario, 0)
    for _ in range(MONTHS):
        engine.advance(world)
        spaces["month"]["advance"](twin)
    assert world.projects.used.any()
    assert (world.ties.form[world.ties.used] > 0).any()
    for name in TABLES:
        for field, column in getattr(world, name)._asdict().items():
            told = getattr(getattr(twin, name), field)
            if column.dtype == np.float64:
                np.testing.assert_allclose(told, column, rtol=1e-9, atol=1e-6, err_msg=f"{name}.{field}")
            else:
                np.testing.assert_array_equal(told, column, err_msg=f"{name}.{field}")
