"""A1-A9: what must hold exactly, or to within chance."""

from collections.abc import Callable

from experiments.validation import awareness, choice, connections, coverage, influence, money, projects, tie_formation, trust
from experiments.validation.check import Check

ANALYTIC: dict[str, Callable[[], list[Check]]] = {
    "A1": awareness.checks,
    "A2": connections.checks,
    "A3": tie_formation.checks,
    "A4": projects.checks,
    "A5": coverage.checks,
    "A6": trust.checks,
    "A7": influence.checks,
    "A8": choice.checks,
    "A9": money.checks,
}
