"""What a study found: rulings, what each ablation takes away, where the verdict flips, over how much of the range it holds."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.studies import running
from experiments.studies.budget import Budget
from experiments.studies.judging import (
    OPEN,
    REFUTED,
    SUPPORTED,
    Ruling,
    Values,
    combined,
    effects,
    judge,
    ranked,
)
from experiments.studies.protocol import Ablation, Contrast, Protocol
from experiments.studies.running import (
    BASE,
    PLAUSIBLE,
    POINT,
    SECOND_SEED,
    Condition,
    Points,
    Results,
    along_axes,
    plan_for,
    sweep_points,
)
from sim.observe.evidence import Figure, figure

TAKES_AWAY = 0.5  # share of the effect that must go


class Ablated(NamedTuple):
    """A mechanism taken away."""

    ablation: Ablation
    before: Figure  # the effect as it is, on the same replications
    without: Figure
    change: Figure  # paired
    said: str  # takes it away, leaves it, reverses it, no effect to take away, or not distinguishable


class AxisValue(NamedTuple):
    """The study at one value of a coefficient."""

    value: float
    default: bool
    effect: Figure  # of the first primary contrast
    verdict: str
    leans: str  # of all primary contrasts, by their means
    best: str  # arm that wins the ranking, empty where nothing is ranked


class Flip(NamedTuple):
    """Where what the means say changes along an axis."""

    low: float
    high: float
    at: float  # by straight line between the two, of the contrast that turns; NaN where several do


class AxisFound(NamedTuple):
    """A coefficient next to the claim."""

    key: str
    why: str
    values: tuple[AxisValue, ...]
    flips: tuple[Flip, ...]


class Sweep(NamedTuple):
    """All axes at once."""

    points: int
    supported: float  # share of points whose means support the claim
    opposite: float  # share at which the first primary effect reaches the smallest of interest the other way; NaN without a way
    drivers: tuple[tuple[str, float], ...]  # coefficient, rank correlation with the first primary effect
    winners: tuple[tuple[str, float], ...]  # arm, share of points at which it wins the ranking; the most frequent first


class Finding(NamedTuple):
    """All that a study says."""

    protocol: Protocol
    replications: int
    verdict: str
    rulings: tuple[Ruling, ...]
    ablations: tuple[Ablated, ...]
    axes: tuple[AxisFound, ...]
    sweep: Sweep | None
    plausible: Sweep | None  # over points that fit what is known of real channels
    ranking: tuple[tuple[str, Figure], ...]
    other_seeds: str  # verdict on other seeds, empty where not asked

    @property
    def primaries(self) -> tuple[Ruling, ...]:
        """Rulings on which the verdict hangs."""
        return tuple(r for r in self.rulings if r.contrast.primary)


def find(protocol: Protocol, results: Results, budget: Budget, seed: int | None, plausible: Points = ()) -> Finding:
    """Judge a study.

    Parameters
    ----------
    protocol, results, budget, seed, plausible
        As ``run_study`` takes and gives them.

    Returns
    -------
    Finding
        Complete.
    """
    values = results.values(BASE)
    rulings = tuple(judge(c, effects(c, values))._replace(unit=unit_of(protocol, c)) for c in protocol.contrasts)
    asked = protocol.ranking
    ranking = tuple(ranked(values, asked["outcome"], asked["control"], asked["arms"])) if asked else ()
    other = _verdict(protocol.primaries, results.values(SECOND_SEED)) if budget.second_seed else ""
    return Finding(
        protocol, results.replications, combined([r.verdict for r in rulings if r.contrast.primary]), rulings,
        tuple(_ablated(protocol, a, results) for a in protocol.ablations), _axes(protocol, results, budget, seed),
        _sweep(protocol, results, POINT, sweep_points(protocol, budget.points)),
        _sweep(protocol, results, PLAUSIBLE, plausible), ranking, other,
    )  # fmt: skip


def unit_of(protocol: Protocol, contrast: Contrast) -> str:
    """Unit in which a contrast is said: that of its outcome, "%" where it is relative, "ln" for a ratio of rates."""
    if contrast.statistic == "mantel_haenszel":
        return "ln"
    if contrast.scale == "relative":
        return "%"
    measure = next(arm.measure for arm in protocol.arms if arm.name in contrast.arms)
    return next(c.unit for c in running.outcomes_of(measure).columns if c.name == contrast.outcome)


def _verdict(contrasts: Sequence[Contrast], values: Values) -> str:
    return combined([judge(c, effects(c, values)).verdict for c in contrasts])


def _ablated(protocol: Protocol, ablation: Ablation, results: Results) -> Ablated:
    contrast = protocol.contrast(ablation.contrast)
    without = effects(contrast, results.values(ablation.name))
    before = effects(contrast, results.values(BASE))[: without.size]
    change = figure(without - before)
    return Ablated(ablation, figure(before), figure(without), change, _taken_away(contrast, before, without, change))


def _taken_away(contrast: Contrast, before: NDArray, without: NDArray, change: Figure) -> str:
    was, now = figure(before).mean, figure(without).mean
    if not (math.isfinite(was) and math.isfinite(now)):
        return OPEN
    if abs(was) < contrast.smallest and abs(now) < contrast.smallest:
        return "no effect to take away"
    if abs(was) < contrast.smallest:
        return "brings one about" if _sure(change) else OPEN
    if was * now < 0.0 and abs(now) >= contrast.smallest:
        return "reverses it" if _sure(change) else OPEN
    if abs(now) <= TAKES_AWAY * abs(was):
        return "takes it away" if _sure(change) else OPEN
    return "leaves it"


def _sure(change: Figure) -> bool:
    return math.isfinite(change.low) and (change.low > 0.0 or change.high < 0.0)


def _axes(protocol: Protocol, results: Results, budget: Budget, seed: int | None) -> tuple[AxisFound, ...]:
    plan = plan_for(protocol, protocol.arms[0], Condition(BASE, {}, {}), budget, seed)
    found: dict[str, list[tuple[AxisValue, list[Ruling]]]] = {}
    for key, value, condition in along_axes(protocol, plan, budget.ends):
        values = results.values(condition.name)
        rulings = [judge(c, effects(c, values)) for c in protocol.primaries]
        verdict, leans = combined([r.verdict for r in rulings]), combined([r.leans for r in rulings])
        default, best = condition.name == BASE, _best(protocol, values)
        found.setdefault(key, []).append((AxisValue(value, default, rulings[0].figure, verdict, leans, best), rulings))
    why = {axis.key: axis.why for axis in protocol.axes}
    return tuple(AxisFound(key, why[key], tuple(v for v, _ in at), _flips(at)) for key, at in found.items())


def _flips(found: Sequence[tuple[AxisValue, list[Ruling]]]) -> tuple[Flip, ...]:
    out = []
    for (one, before), (other, after) in pairwise(found):
        if one.leans == other.leans or OPEN in (one.leans, other.leans):
            continue
        turned = [(a, b) for a, b in zip(before, after, strict=True) if a.leans != b.leans]
        at = _crossing(one.value, other.value, *turned[0]) if len(turned) == 1 else math.nan
        out.append(Flip(one.value, other.value, at))
    return tuple(out)


def _crossing(low: float, high: float, before: Ruling, after: Ruling) -> float:
    """Where a straight line between two means crosses the smallest effect that separates them."""
    a, b, m = before.figure.mean, after.figure.mean, before.contrast.smallest
    for edge in (m, -m):
        if (a - edge) * (b - edge) <= 0.0 and a != b:
            return low + (high - low) * (edge - a) / (b - a)
    return math.nan


def _sweep(protocol: Protocol, results: Results, sort: str, points: Points) -> Sweep | None:
    if not points:
        return None
    leans, first, best = [], [], []
    for n in range(len(points)):
        values = results.values(f"{sort} {n}")
        rulings = [judge(c, effects(c, values)) for c in protocol.primaries]
        leans.append(combined([r.leans for r in rulings]))
        first.append(rulings[0].figure.mean)
        best.append(_best(protocol, values))
    drivers = [(key, _rank_correlation([p[key] for p in points], first)) for key in points[0]]
    drivers.sort(key=lambda entry: -abs(entry[1]) if math.isfinite(entry[1]) else 1.0)
    known = [word for word in leans if word != OPEN]
    wins = Counter(arm for arm in best if arm)
    winners = tuple((arm, n / wins.total()) for arm, n in wins.most_common())
    supported = known.count(SUPPORTED) / len(known) if known else math.nan
    return Sweep(len(known), supported, _opposite(protocol.primaries[0], first), tuple(drivers), winners)


def _opposite(contrast: Contrast, means: Sequence[float]) -> float:
    side = {"more": -1.0, "less": 1.0}.get(contrast.expected)
    found = np.array([m for m in means if math.isfinite(m)])
    return math.nan if side is None or not found.size else float((side * found >= contrast.smallest).mean())


def _best(protocol: Protocol, values: Values) -> str:
    """The arm that adds most to the ranked outcome, the control where none adds anything."""
    asked = protocol.ranking
    if not asked:
        return ""
    arm, found = ranked(values, asked["outcome"], asked["control"], asked["arms"])[0]
    return arm if found.mean > 0.0 else str(asked["control"])


def _rank_correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Spearman's."""
    a, b = np.array(x, float), np.array(y, float)
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 4:
        return math.nan
    ranks = [np.argsort(np.argsort(v[known])).astype(float) for v in (a, b)]
    spread = [r.std() for r in ranks]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1]) if min(spread) > 0.0 else math.nan


__all__ = ["OPEN", "REFUTED", "SUPPORTED", "Ablated", "AxisFound", "AxisValue", "Finding", "Flip", "Sweep", "find"]
