"""Which mechanisms carry the difference between two scenarios, found by switching them off.

v(S) is the difference when, of the mechanisms in question, only those in S are on in *both* scenarios, from the first month.
A mechanism carries its Shapley value: the mean, over all orders of switching on, of what it adds to the difference.  The
values sum to v(all) - v(none); v(none), what remains with all of them off, is the residual: it is carried by what was not
switched.  Each replication gives one value, since the value is a weighted sum of differences within it, so intervals are
ordinary t intervals over pairs.

Of all mechanisms that are on, only the few that matter most are players: those whose absence alone changes the difference
most, in a screening with fewer pairs.  What was screened out is in the residual, and printed.
"""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.arms import run_arms, values_of
from experiments.comparison.cases import Case
from experiments.comparison.differences import change
from experiments.comparison.indicators import Indicator
from experiments.outcomes import HEADLINE
from experiments.runner import RunError, write_file
from sim.observe.account.choice import shapley
from sim.observe.evidence import Figure, figure
from sim.plan import Plan
from sim.switches import Switches

SCREENING_PAIRS = 4
FEW = 4  # players: 2^4 = 16 combinations
Progress = Callable[[int, int], None]


class Attribution(NamedTuple):
    """The difference of one scenario in one indicator, by mechanism."""

    base: str
    case: str
    indicator: str
    unit: str  # "share of the baseline", or the indicator's own
    pairs: int
    total: Figure  # v(all)
    carried: dict[str, Figure]  # Shapley's values
    residual: Figure  # v(none)
    screened: dict[str, Figure]  # change of the difference when one mechanism alone is off


def without(plan: Plan, off: Sequence[str]) -> Plan:
    """A plan with some mechanisms switched off from the first month."""
    return plan._replace(switches=plan.switches._replace(**dict.fromkeys(off, False)))


def candidates(base: Case, other: Case) -> list[str]:
    """Mechanisms that are on in both scenarios."""
    return [name for name in Switches._fields if getattr(base.plan.switches, name) and getattr(other.plan.switches, name)]


def attribute(
    base: Case,
    other: Case,
    indicator: Indicator,
    folder: Path,
    mechanisms: Sequence[str] = (),
    pairs: int = 8,
    few: int = FEW,
    workers: int = 1,
    progress: Callable[[str], Any] | None = None,
) -> Attribution:
    """Find which mechanisms carry a difference.

    Parameters
    ----------
    base, other
        The two scenarios.
    indicator
        In which they differ.
    folder
        Where finished runs are kept.
    mechanisms
        The players; found by screening when left out.
    pairs
        Pairs of runs for each combination of mechanisms.
    few
        How many players screening may leave.
    workers
        Processes.
    progress
        Makes a context that shows progress, given the unit.

    Raises
    ------
    RunError
        When a mechanism does not exist or is off.
    """
    on = candidates(base, other)
    for name in mechanisms:
        if name not in on:
            raise RunError(f"mechanism {name!r} is not one that is on in both scenarios; there are {', '.join(on)}")
    screened: dict[str, Figure] = {}
    players = list(mechanisms)
    if not players:
        found = _differences(
            base, other, [(), *((name,) for name in on)], indicator, min(pairs, SCREENING_PAIRS), folder, workers, progress
        )
        screened = {name: figure(found[()] - found[(name,)]) for name in on}
        ranked = sorted(on, key=lambda name: -abs(screened[name].mean) if math.isfinite(screened[name].mean) else 0.0)
        players = [name for name in ranked[:few] if screened[name].mean != 0.0]
    sets = [tuple(name for i, name in enumerate(players) if not s >> i & 1) for s in range(1 << len(players))]  # what is off
    found = _differences(base, other, sets, indicator, pairs, folder, workers, progress)
    worth = np.array([found[off] for off in sets])  # 2^P x R
    values = shapley(worth) if players else np.zeros((0, pairs))
    return Attribution(
        base.name, other.name, indicator.name, "share of the baseline" if indicator.relative else indicator.outcome.unit, pairs,
        figure(worth[-1]), {name: figure(values[i]) for i, name in enumerate(players)}, figure(worth[0]), screened,
    )  # fmt: skip


def _differences(
    base: Case, other: Case, sets: Sequence[tuple[str, ...]], indicator: Indicator, pairs: int, folder: Path, workers: int,
    progress: Callable[[str], Any] | None,
) -> dict[tuple[str, ...], NDArray[np.float64]]:  # fmt: skip
    """The difference of each pair, with each of some sets of mechanisms off."""
    arms = {f"{n} {off}": without(case.plan, off) for off in sets for n, case in enumerate((base, other))}
    if progress is None:
        table = run_arms(arms, range(pairs), HEADLINE, folder, workers, say=lambda line: None)
    else:
        with progress("runs") as tell:
            table = run_arms(arms, range(pairs), HEADLINE, folder, workers, tell)
    both = {off: [values_of(table, f"{n} {off}", indicator.name) for n in (0, 1)] for off in sets}
    return {off: change(values[1], values[0], indicator) for off, values in both.items()}


def save(found: Attribution, folder: Path) -> Path:
    """Keep an attribution beside its comparison, for the report."""
    path = folder / f"attribution-{''.join(c if c.isalnum() else '-' for c in found.case)}-{found.indicator}.json"
    plain = found._asdict() | {"total": list(found.total), "residual": list(found.residual)}
    plain |= {part: {name: list(f) for name, f in getattr(found, part).items()} for part in ("carried", "screened")}
    write_file(path, json.dumps(plain))
    return path


def read_all(folder: Path) -> list[Attribution]:
    """Every attribution that is kept in the folder of a comparison.

    Raises
    ------
    RunError
        When one is damaged.
    """
    out = []
    for path in sorted(folder.glob("attribution-*.json")):
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            for part in ("carried", "screened"):
                kept[part] = {name: Figure(*f) for name, f in kept[part].items()}
            out.append(Attribution(**kept | {"total": Figure(*kept["total"]), "residual": Figure(*kept["residual"])}))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise RunError(f"{path}: damaged ({type(error).__name__}); remove it and attribute again") from error
    return out
