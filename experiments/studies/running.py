"""Running a study: its arms as they are, with each mechanism taken away, along each axis, and at points of all axes."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.arms import run_arms, values_of
from experiments.coefficients import with_values
from experiments.outcomes import Outcomes
from experiments.pool import StudyError
from experiments.studies.budget import Budget
from experiments.studies.judging import Values, effects, planned
from experiments.studies.protocol import Arm, Contrast, Protocol
from sim.observe.evidence import figure
from sim.plan import Plan

BASE, SECOND_SEED, POINT, PLAUSIBLE = "as it is", "other seeds", "point", "plausible"
SEED_APART = 1_000_000  # added to the seed for the repetition
Progress = Callable[[int, int], None]
Points = Sequence[Mapping[str, float]]


class Condition(NamedTuple):
    """What is changed in all arms."""

    name: str
    settings: Mapping[str, Any]
    coefficients: Mapping[str, float]


class Job(NamedTuple):
    """Some arms under a condition, with so many replications."""

    condition: Condition
    arms: tuple[str, ...]
    replications: int
    apart: int = 0  # added to the seed


class Results(NamedTuple):
    """Outcomes of a study by condition, arm and outcome."""

    tables: dict[str, pa.Table]  # by measure
    measures: dict[str, str]  # arm -> measure
    replications: int  # of the study as it is

    def values(self, condition: str) -> Values:
        """Outcomes under a condition."""

        def of(arm: str, outcome: str) -> NDArray[np.float64]:
            return values_of(self.tables[self.measures[arm]], f"{condition}|{arm}", outcome)

        return of


def outcomes_of(measure: str) -> Outcomes:
    """What a measure's name in a protocol stands for.

    Parameters
    ----------
    measure
        panel, capped, synergy, lot or second_membership.

    Returns
    -------
    Outcomes
        Imported when asked for.

    Raises
    ------
    StudyError
        When there is no such measure.
    """
    from experiments.studies import lot, panel, synergy

    known = {
        "panel": panel.PANEL, "capped": panel.CAPPED, "synergy": synergy.SYNERGY, "lot": lot.ENROLLED,
        "second_membership": lot.SECOND,
    }  # fmt: skip
    if measure not in known:
        raise StudyError(f"there is no measure {measure!r}; there are {', '.join(known)}")
    return known[measure]


def plan_for(protocol: Protocol, arm: Arm, condition: Condition, budget: Budget, seed: int | None) -> Plan:
    """The plan of an arm under a condition.

    Parameters
    ----------
    protocol, arm, condition
        Settings of the study, of the condition and of the arm, the last prevailing; then coefficients in the same order.
    budget
        Size of the world.
    seed
        Of all chance, the scenario's where None.

    Returns
    -------
    Plan
        Checked.

    Raises
    ------
    StudyError, ScenarioError
        When a coefficient or a setting names nothing; says where it stands.
    """
    from sim.scenario import load

    world: dict[str, Any] = {"population.partners": budget.partners * protocol.partners_times, "months": budget.months}
    if seed is not None:
        world["seed"] = seed
    settings = {**world, **protocol.settings, **condition.settings, **arm.settings}
    if arm.events:
        settings["events"] = arm.events
    label = f"{protocol.path.name}, arm {arm.name!r}"
    plan = load("baseline", [(f"{label}: {key}", key, value) for key, value in settings.items()]).plan
    try:
        return with_values(plan, {**condition.coefficients, **arm.coefficients})
    except ValueError as error:
        raise StudyError(f"{label}, condition {condition.name!r}: {error}") from error


def arms_of(contrasts: Sequence[Contrast]) -> tuple[str, ...]:
    """Names of the arms that some contrasts need."""
    return tuple(dict.fromkeys(arm for contrast in contrasts for arm in contrast.arms))


def side_arms(protocol: Protocol) -> tuple[str, ...]:
    """Arms that are run along axes and at points: those of the primary contrasts, and those that are ranked."""
    ranked = [protocol.ranking["control"], *protocol.ranking["arms"]] if protocol.ranking else []
    return tuple(dict.fromkeys([*arms_of(protocol.primaries), *ranked]))


def along_axes(protocol: Protocol, plan: Plan, ends: bool = False) -> Iterator[tuple[str, float, Condition]]:
    """A condition for each value on each axis, or for its ends; the value of the default channel is the study as it is."""
    from experiments.coefficients import coefficients

    now = {c.key: c.value for c in coefficients(plan)}
    for axis in protocol.axes:
        for value in axis.values:
            same = now.get(axis.key) == value
            if ends and not same and value not in (axis.values[0], axis.values[-1]):
                continue
            yield axis.key, value, Condition(BASE if same else f"{axis.key} = {value:g}", {}, {} if same else {axis.key: value})


def sweep_points(protocol: Protocol, points: int) -> list[dict[str, float]]:
    """Points of all axes at once, by Latin hypercube between the lowest and highest value of each.

    Parameters
    ----------
    protocol
        With its axes.
    points
        How many.

    Returns
    -------
    list of dict
        Values by key; the same in every run.
    """
    from scipy.stats import qmc

    if not protocol.axes or points == 0:
        return []
    unit = qmc.LatinHypercube(len(protocol.axes), rng=np.random.default_rng(int(protocol.id[1:]))).random(points)
    low, high = (np.array([pick(axis.values) for axis in protocol.axes]) for pick in (min, max))
    return [{axis.key: float(v) for axis, v in zip(protocol.axes, row, strict=True)} for row in low + unit * (high - low)]


def plausible_points(path: Path, most: int) -> list[dict[str, float]]:
    """Points that fit what is known of real channels, as ``experiments.calibrate`` writes them; evenly out of the file.

    Parameters
    ----------
    path
        CSV: point, loss, and a column a coefficient.
    most
        How many at most.

    Returns
    -------
    list of dict
        Values by key.

    Raises
    ------
    StudyError
        When the file cannot be read or a value is no number.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        points = [{k: float(v) for k, v in row.items() if k not in ("point", "loss")} for row in rows]
    except (OSError, ValueError, TypeError) as error:
        raise StudyError(
            f"{path}: cannot be read as a table of plausible points: {error}; make it with experiments.calibrate"
        ) from error
    at = sorted({round(i) for i in np.linspace(0, len(points) - 1, min(most, len(points)))}) if points else []
    return [points[i] for i in at]


def jobs_as_it_is(protocol: Protocol, budget: Budget, n: int) -> list[Job]:
    """The study as it is: ``n`` replications of the arms on which the verdict hangs, of the others up to as many."""
    whole, primary = Condition(BASE, {}, {}), arms_of(protocol.primaries)
    rest = tuple(arm.name for arm in protocol.arms if arm.name not in primary)
    return [Job(whole, arms, r) for arms, r in ((primary, n), (rest, min(n, budget.aside))) if arms]


def jobs_of(protocol: Protocol, budget: Budget, n: int, seed: int | None, plausible: Points = ()) -> list[Job]:
    """All of a study: ``n`` replications as it is, on other seeds and of ablations, fewer on axes and at points."""
    first = plan_for(protocol, protocol.arms[0], Condition(BASE, {}, {}), budget, seed)
    primary = side_arms(protocol)
    jobs = jobs_as_it_is(protocol, budget, n)
    jobs += [
        Job(Condition(a.name, a.settings, a.coefficients), arms_of([protocol.contrast(a.contrast)]), n)
        for a in protocol.ablations
    ]
    jobs += [
        Job(condition, primary, budget.side)
        for _, _, condition in along_axes(protocol, first, budget.ends)
        if condition.name != BASE
    ]
    jobs += [
        Job(Condition(f"{sort} {n}", {}, at), primary, budget.seeds)
        for sort, points in ((POINT, sweep_points(protocol, budget.points)), (PLAUSIBLE, plausible))
        for n, at in enumerate(points)
    ]
    if budget.second_seed:
        jobs.append(Job(Condition(SECOND_SEED, {}, {}), arms_of(protocol.primaries), n, SEED_APART))
    return jobs


def run_study(
    protocol: Protocol,
    budget: Budget,
    folder: Path,
    workers: int,
    seed: int | None,
    progress: Progress | None,
    plausible: Points = (),
) -> Results:
    """Run all of a study, as far as it is not in the folder.

    The number of replications comes from the power calculation on the spreads assumed beforehand; where the spreads found
    ask for more, more are run until they do not, up to the budget's most. Only spreads are looked at for that, not means.

    Parameters
    ----------
    protocol, budget
        What, and how much.
    folder
        Of finished runs.
    workers
        Processes.
    seed
        Of all chance, the scenario's where None.
    progress
        Told what is done.
    plausible
        Points that fit what is known of real channels.

    Returns
    -------
    Results
        Of every condition.
    """
    n, asked = 0, budget.least or min(budget.most, planned(protocol.primaries))
    while asked > n:
        n = asked
        if not budget.least:
            values = _run(protocol, jobs_as_it_is(protocol, budget, n), budget, folder, workers, seed, progress, n).values(BASE)
            spreads = {c.name: figure(effects(c, values)).sd for c in protocol.primaries}
            asked = min(budget.most, planned(protocol.primaries, spreads))
    return _run(protocol, jobs_of(protocol, budget, n, seed, plausible), budget, folder, workers, seed, progress, n)


def _run(
    protocol: Protocol,
    jobs: Sequence[Job],
    budget: Budget,
    folder: Path,
    workers: int,
    seed: int | None,
    progress: Progress | None,
    n: int,
) -> Results:
    """Run jobs, grouped by measure and number of replications."""
    by_name = {arm.name: arm for arm in protocol.arms}
    groups: dict[tuple[str, int], dict[str, Plan]] = {}
    for job in jobs:
        for name in job.arms:
            apart = job.apart + (seed or 1) if job.apart else seed
            plan = plan_for(protocol, by_name[name], job.condition, budget, apart)
            groups.setdefault((by_name[name].measure, job.replications), {})[f"{job.condition.name}|{name}"] = plan
    parts: dict[str, list[pa.Table]] = {}
    total, before = sum(len(plans) * r for (_, r), plans in groups.items()), 0
    for (measure, replications), plans in groups.items():
        tell = None if progress is None else partial(_told, progress, before, total)
        table = run_arms(plans, range(replications), outcomes_of(measure), folder, workers, tell)
        before += len(plans) * replications
        parts.setdefault(measure, []).append(table)
    tables = {measure: pa.concat_tables(found) for measure, found in parts.items()}
    return Results(tables, {arm.name: arm.measure for arm in protocol.arms}, n)


def _told(progress: Progress, before: int, total: int, done: int, _: int) -> None:
    progress(before + done, total)


def cost_of(protocol: Protocol, budget: Budget, seed: int | None, plausible: Points = ()) -> tuple[int, float]:
    """Runs of a study and their partner-months, before anything is run."""
    n = budget.least or min(budget.most, planned(protocol.primaries))
    runs = sum(len(job.arms) * job.replications for job in jobs_of(protocol, budget, n, seed, plausible))
    plan = plan_for(protocol, protocol.arms[0], Condition(BASE, {}, {}), budget, seed)
    return runs, float(runs * plan.partners * (plan.burn_in + plan.months))
