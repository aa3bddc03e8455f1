"""Whether the parameters that a scenario gives one of our own rules are of the right kind and size."""

import inspect
import math
from typing import Any

from sim.scenario.problems import KeyPath, Problems, shown, unlike

LARGEST = 1e9
MOST_CONTACTS = 200.0  # a search that looks at more would need a table of that width for each deal


def options_of(rule_class: type) -> dict[str, Any]:
    """Parameter -> default of a rule's constructor, and of those that it hands on to."""
    found: dict[str, Any] = {}
    for parent in rule_class.__mro__:
        if "__init__" not in vars(parent) or parent is object:
            continue
        signature = inspect.signature(parent)
        for name, parameter in signature.parameters.items():
            if parameter.default is not parameter.empty:
                found.setdefault(name, parameter.default)
        if not any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values()):
            break
    return found


def check_options(rule_class: type, point: str, given: dict[str, Any], path: KeyPath, problems: Problems) -> bool:
    """Whether all given parameters are known and fit; what does not goes to ``problems``."""
    known = options_of(rule_class)
    before = len(problems)
    for name, value in given.items():
        if name not in known:
            says = unlike(name, known, "it takes") if known else "; it takes none, remove it"
            problems.add((*path, name), f"the rule takes no such parameter{says}")
            continue
        default = known[name]
        if isinstance(default, str):
            if not isinstance(value, str):
                problems.add((*path, name), f"expected a name, got {shown(value)}; write for instance {name} = {shown(default)}")
            continue
        contacts = point == "search" and name in ("allies", "friends", "members", "strangers")
        high = 1.0 if name == "per_month" else MOST_CONTACTS if contacts else LARGEST
        whole = isinstance(default, int)
        number = isinstance(value, int | float) and not isinstance(value, bool) and not (whole and isinstance(value, float))
        if not number or not 0.0 <= value <= high or not math.isfinite(value):
            kind = "a whole number" if whole else "a number"
            problems.add(
                (*path, name),
                f"expected {kind} from 0 to {high:g}, got {shown(value)}; write for instance {name} = {shown(default)}",
            )
    return len(problems) == before


def check_plain(given: dict[str, Any], path: KeyPath, problems: Problems) -> bool:
    """Whether a rule's parameters, which are part of the scenario's identity, are plain; what is not goes to ``problems``."""
    odd = [name for name, value in given.items() if not _is_plain(value)]
    for name in odd:
        says = "expected finite numbers, texts, true or false, or lists and tables of them"
        problems.add((*path, name), f"{says}, got {shown(given[name])}; write a date as a text")
    return not odd


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_is_plain, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))
