"""Coefficients of a plan by name: those that are assumed, and a plan with some of them changed.

Names are ``process.parameter``, ``policy.KIND.field`` for the networks that a plan begins with, and
``rules.POINT.option`` for numbers of the rules in force.  A rule's options that are not named have their defaults.
"""

import inspect
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.parameters import declared
from sim.plan import Plan
from sim.policy import Policy
from sim.state.networks import KINDS


class Coefficient(NamedTuple):
    """One number that a plan rests on."""

    key: str
    value: float  # in this plan
    low: float  # what the program allows
    high: float
    source: str
    meaning: str
    whole: bool  # a whole number


def coefficients(plan: Plan) -> list[Coefficient]:
    """Every numeric coefficient of a plan, parameters first, then policies, then rules.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    list of Coefficient
        In a fixed order.
    """
    out = []
    for process, values in plan.parameters.items():
        for name, (kind, _, par) in declared(type(values)).items():
            if kind in (int, float):
                value = float(getattr(values, name))
                out.append(Coefficient(f"{process}.{name}", value, par.low, par.high, par.source, par.meaning, kind is int))
    for group in plan.networks:
        for name, (kind, _, par) in declared(Policy).items():
            if kind in (int, float) and name not in ("mix", "entry_rule"):
                key, value = f"policy.{KINDS[group.kind]}.{name}", float(getattr(group.policy, name))
                out.append(Coefficient(key, value, par.low, par.high, par.source, par.meaning, kind is int))
    for point, rule in plan.rules.items():
        for name, default in _options(type(rule)).items():
            key = f"rules.{point}.{name}"
            meaning, whole = f"{type(rule).__name__}: {name}", isinstance(default, int)
            out.append(Coefficient(key, float(default), -math.inf, math.inf, "assumed", meaning, whole))
    return out


def _options(rule_class: type) -> dict[str, float]:
    found = inspect.signature(rule_class).parameters
    return {n: p.default for n, p in found.items() if isinstance(p.default, int | float) and not isinstance(p.default, bool)}


def assumed(plan: Plan) -> list[Coefficient]:
    """Those coefficients whose source begins with "assumed".

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    list of Coefficient
        Zeros included.
    """
    return [c for c in coefficients(plan) if c.source.startswith("assumed")]


def scaled(coefficient: Coefficient, factor: float) -> float | None:
    """A coefficient times a factor, within what the program allows and whole where it must be.

    Parameters
    ----------
    coefficient
        What to change.
    factor
        Positive.

    Returns
    -------
    float or None
        None where that changes nothing: a zero, a bound, a small whole number.
    """
    value = min(coefficient.high, max(coefficient.low, coefficient.value * factor))
    if coefficient.whole:
        value = float(round(value))
    return None if value == coefficient.value else value


def with_values(plan: Plan, values: Mapping[str, float]) -> Plan:
    """A plan with some coefficients changed.

    Parameters
    ----------
    plan
        The plan; it is not changed.
    values
        Values by key; kept as whole numbers where the coefficient is one.

    Returns
    -------
    Plan
        With the new values.

    Raises
    ------
    ValueError
        When a key names nothing.
    """
    parameters, networks = dict(plan.parameters), list(plan.networks)
    options: dict[str, dict[str, float]] = {}
    for key, value in values.items():
        head, _, name = key.rpartition(".")
        point = head.partition(".")[2]
        if head in parameters and name in type(parameters[head])._fields:
            old = getattr(parameters[head], name)
            parameters[head] = parameters[head]._replace(**{name: type(old)(value)})
        elif head.startswith("policy.") and point in KINDS and name in Policy._fields:
            networks = [_with_policy(g, name, value) if KINDS[g.kind] == point else g for g in networks]
        elif head.startswith("rules.") and point in plan.rules and name in _options(type(plan.rules[point])):
            options.setdefault(point, {})[name] = type(_options(type(plan.rules[point]))[name])(value)
        else:
            ways = "process.parameter, policy.KIND.field or rules.POINT.option"
            raise ValueError(f"{key}: there is no such coefficient; write {ways}")
    rules = plan.rules | {point: type(plan.rules[point])(**given) for point, given in options.items()}
    return plan._replace(parameters=parameters, networks=tuple(networks), rules=rules)


def _with_policy(group: Any, name: str, value: float) -> Any:
    old = getattr(group.policy, name)
    return group._replace(policy=group.policy._replace(**{name: type(old)(value)}))
