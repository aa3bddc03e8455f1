"""Levers: what a viewer may move while a run is under way, each with its unit, range and present value.

A lever is named by the key that ``--set`` and ``branch`` of the command line take ("vendors.all.list_margin"), and moving it
is an event of the scenario in the present month.  A lever over several rows shows and sets the same value for all.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.parameters import declared
from sim.plan import Plan
from sim.scenario.columns import CHANGEABLE
from sim.state.networks import KINDS
from sim.world import World

# Of the many parameters those that the studies turn: what actors decide, and what decides the course of the market; in
# plain words where their own are those of the equations.
_PARAMETERS = {
    "demand.growth_per_year": "", "demand.load": "", "demand.novelty": "", "demand.further_needs": "",
    "firm.outside_weight": "how much of what a firm could earn with other work counts against a joint deal",
    "membership.attention": "",
    "membership.imitation": "how fast partners learn of networks from contacts who are in them",
    "influence.most": "weight of what peers and hosts say in a partner's attitude, at most",
    "discovery.co_delivery": "that a partner takes on an ally's vendor after a joint deal with it went well, at most",
    "continuation.hazard_per_month": "", "hosts.entry": "",
}  # fmt: skip
_VENDOR = ("list_margin", "rebate_1", "rebate_2", "mdf", "support", "training", "conflict", "openness")
_NETWORK = ("fee_per_month_usd", "density", "broadcast", "tools_per_member_usd", "education_per_member_usd")
_SWITCHES = {
    "imitation": "partners learn of networks from contacts who are in them",
    "peer_influence": "what peers in networks say moves a partner's attitude",
    "host_influence": "what hosts of networks say moves a partner's attitude",
    "discovery": "partners meet vendors in joint deals",
    "stickiness": "members who have used a network long leave it less easily",
    "outside_options": "firms leave an alliance for a better partner",
    "rival_response": "other vendors answer a vendor's policy",
}


class Lever(NamedTuple):
    """One slider or tick box."""

    key: str
    group: str
    label: str
    unit: str
    low: float
    high: float
    value: float  # at present; the mean where rows differ
    kind: str  # number, whole or switch
    meaning: str = ""


def levers(world: World, plan: Plan) -> list[Lever]:
    """All levers at their present values, in the order of the page."""
    return [*_vendors(world, plan), *_networks(world), *_other(world), *_parameters(world), *_switches(world)]


def with_moves(found: list[Lever], moved: Mapping[str, Any]) -> list[Lever]:
    """The same with the values that levers were moved to, by key: the world takes them over when the month passes."""
    return [lever._replace(value=float(moved[lever.key])) if lever.key in moved else lever for lever in found]


def as_json(found: list[Lever]) -> list[dict[str, Any]]:
    """For the page."""
    return [lever._asdict() for lever in found]


def _label(name: str) -> str:
    return name.replace("_usd", "").replace("_", " ")


def _vendors(world: World, plan: Plan) -> list[Lever]:
    fields, active, out = CHANGEABLE["change_vendor"], np.flatnonzero(world.vendors.active), []
    if active.size == 0:
        return []
    focal = int(active[0])
    for target, rows, group in (("all", active, "All vendors"), (str(focal + 1), active[:1], plan.names.vendors[focal])):
        for name in _VENDOR:
            field = fields[name]
            value = float(getattr(world.vendors, field.column)[rows].mean())
            out.append(_lever(f"vendors.{target}.{name}", group, name, field.par, value))
    return out


def _networks(world: World) -> list[Lever]:
    fields, out = CHANGEABLE["change_network"], []
    for k, kind in enumerate(KINDS):
        rows = np.flatnonzero(world.networks.open & (world.networks.kind == k))
        if rows.size == 0:
            continue
        for name in _NETWORK:
            field = fields[name]
            value = float(getattr(world.networks, field.column)[rows].mean())
            out.append(_lever(f"networks.{kind}.{name}", f"{_label(kind).capitalize()} networks", name, field.par, value))
    return out


def _other(world: World) -> list[Lever]:
    out = []
    for kind, name in (("distributors", "margin"), ("distributors", "service"), ("marketplaces", "take_rate")):
        table = getattr(world, kind)
        rows = np.flatnonzero(table.active)
        if rows.size:
            par = CHANGEABLE[f"change_{kind[:-1]}"][name].par
            out.append(_lever(f"{kind}.all.{name}", f"All {kind}", name, par, float(getattr(table, name)[rows].mean())))
    return out


def _parameters(world: World) -> list[Lever]:
    out = []
    for key, meaning in _PARAMETERS.items():
        process, name = key.split(".")
        if process in world.parameters and name in type(world.parameters[process])._fields:
            kind, _, par = declared(type(world.parameters[process]))[name]
            value = getattr(world.parameters[process], name)
            lever = _lever(key, "Market", name, par, float(value), "whole" if kind is int else "number")
            out.append(lever._replace(meaning=meaning or lever.meaning))
    return out


def _switches(world: World) -> list[Lever]:
    values = world.switches._asdict()
    return [
        Lever(f"switches.{name}", "Mechanisms", _label(name), "on or off", 0.0, 1.0, float(values[name]), "switch", meaning)
        for name, meaning in _SWITCHES.items()
    ]


def _lever(key: str, group: str, name: str, par: Any, value: float, kind: str = "number") -> Lever:
    return Lever(key, group, _label(name), par.unit, float(par.low), float(par.high), value, kind, par.meaning)


def as_setting(lever: Lever, value: float) -> bool | int | float:
    """The value as a scenario file would write it."""
    return bool(value) if lever.kind == "switch" else round(value) if lever.kind == "whole" else float(value)
