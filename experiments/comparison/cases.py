"""The cases that a comparison is about: scenarios by name or file, and variants of the first by settings."""

from collections.abc import Sequence
from typing import NamedTuple

from experiments.worlds import with_world
from sim.plan import Plan
from sim.scenario import ScenarioError, from_document
from sim.scenario.document import with_settings
from sim.scenario.scenario import Scenario
from sim.scenario.stored import open_document

Setting = tuple[str, str, object]  # label for messages, dotted key, value
FIXED_WORLD = 0  # the replication whose draw of suppliers a fixed world takes


class Case(NamedTuple):
    """One scenario of a comparison; the first is what the others are compared with."""

    name: str
    scenario: Scenario
    plan: Plan  # of the scenario, with its suppliers pinned where the world is fixed


def cases_of(
    names: Sequence[str],
    variants: Sequence[tuple[str, Sequence[Setting]]] = (),
    everywhere: Sequence[Setting] = (),
    fixed_world: bool = False,
) -> list[Case]:
    """Read the scenarios, and see that they can be compared.

    Parameters
    ----------
    names
        Names, TOML files or folders of results; the first is the baseline.
    variants
        Name and settings of each variant of the first.
    everywhere
        Settings that hold in every case.
    fixed_world
        Whether every replication has the vendors, distributors and marketplaces of replication 0; those that the
        scenario gives are kept either way.

    Returns
    -------
    list of Case
        At least two, with names of their own.

    Raises
    ------
    ScenarioError
        When one cannot be read, or they differ in what pairs must share; names both and the remedy.
    """
    asked = [(name, name, ()) for name in names] + [(label, names[0], tuple(settings)) for label, settings in variants]
    if len(asked) < 2:
        raise ScenarioError(
            "there is one scenario and nothing to compare it with; name another, or a variant with --set KEY=VALUE"
        )
    cases: list[Case] = []
    for label, source, settings in asked:
        scenario = from_document(with_settings(open_document(source, [*everywhere]), settings))
        name = _unused(label if settings else scenario.name, [case.name for case in cases])
        plan = with_world(scenario.plan, FIXED_WORLD) if fixed_world else scenario.plan
        cases.append(Case(name, scenario, plan))
    for case in cases[1:]:
        _check_alike(cases[0], case)
    return cases


def _unused(name: str, taken: Sequence[str]) -> str:
    count = sum(other == name or other.startswith(f"{name} (") for other in taken)
    return name if not count else f"{name} ({count + 1})"


def _check_alike(one: Case, other: Case) -> None:
    """Pairs share chance month by month and partner by partner, so both must be as long and as many."""
    theirs = [
        ("months after burn-in", "months", lambda plan: plan.months),
        ("months of burn-in", "burn_in_months", lambda plan: plan.burn_in),
        ("partners", "population.partners", lambda plan: plan.partners),
        ("vendors", "population.vendors", lambda plan: plan.size.vendors),
        ("skills", "population.skills", lambda plan: plan.size.skills),
        ("regions", "population.regions", lambda plan: plan.size.regions),
        ("verticals", "population.verticals", lambda plan: plan.size.verticals),
        ("seed", "seed", lambda plan: plan.seed),
    ]
    for words, key, value in theirs:
        first, second = value(one.plan), value(other.plan)
        if first != second:
            remedy = "change one of the files" if one.plan.given is not None else f"give both the same, e.g. --with {key}={first}"
            raise ScenarioError(
                f"{one.name} and {other.name} cannot be compared pair by pair: {words} {first:,} and {second:,}; {remedy}"
            )


__all__ = ["Case", "Setting", "cases_of"]
