"""Rule names -> rules; a user's own class by import path ("package.module:Class")."""

import importlib
import inspect
from typing import Any

from sim.rules import consent, dissolution, form, influence, search, vendor_choice
from sim.rules.user import PerAgent

RULES: dict[str, dict[str, type]] = {
    "vendor_choice": {"softmax": vendor_choice.Softmax, "argmax": vendor_choice.Argmax},
    "search": {"contacts": search.BestContacts, "random_meeting": search.RandomMeeting},
    "consent": {"private_estimate": consent.PrivateEstimate, "known_surplus": consent.KnownSurplus},
    "form": {"value": form.HighestValue, "fixed_form": form.FixedForm},
    "dissolution": {"goodwill": dissolution.Goodwill, "fixed_hazard": dissolution.FixedHazard},
    "influence": {"friedkin_johnsen": influence.FriedkinJohnsen, "degroot": influence.DeGroot},
}
DEFAULTS = {point: next(iter(names)) for point, names in RULES.items()}


class RuleError(ValueError):
    """A rule that cannot be found or built; the message names the rule and the remedy."""


def make_rule(point: str, name: str, options: dict[str, Any]) -> Any:
    """The rule of that name at that point, with its parameters.

    Raises RuleError when the name is unknown, cannot be imported, takes no such parameter or decides
    nothing.
    """
    rule_class = _rule_class(point, name)
    known = inspect.signature(rule_class).parameters
    for key in options:
        if key not in known and not any(p.kind is p.VAR_KEYWORD for p in known.values()):
            takes = ", ".join(known) or "no parameters"
            raise RuleError(f"rule {name!r} takes no parameter {key!r}; it takes {takes}")
    try:
        rule = rule_class(**options)
    except (TypeError, ValueError) as error:
        raise RuleError(f"rule {name!r} could not be made: {error}") from error
    if hasattr(rule, "decide"):
        return rule
    if hasattr(rule, "decide_one"):
        return PerAgent(point, rule)
    raise RuleError(f"rule {name!r} has neither decide(table, chance) nor decide_one(case, chance)")


def _rule_class(point: str, name: str) -> type:
    if point not in RULES:
        raise RuleError(f"there is no rule point {point!r}; there are {', '.join(RULES)}")
    if name in RULES[point]:
        return RULES[point][name]
    if ":" not in name:
        known = ", ".join(RULES[point])
        raise RuleError(f"there is no {point} rule {name!r}; there are {known}, or your own as 'package.module:Class'")
    module_name, class_name = name.split(":", 1)
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise RuleError(f"rule {name!r}: module {module_name!r} cannot be imported: {error}") from error
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        raise RuleError(f"rule {name!r}: module {module_name!r} has no class {class_name!r}")
    return found
