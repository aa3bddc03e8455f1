"""What a study found: rulings, what each ablation takes away, where the verdict flips, over how much of the range it holds."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

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
    contrast: Contrast
    before: Figure  # the effect as it is, on the same replications
    without: Figure
    change: Figure  # paired
    said: str  # takes it away, leaves it, reverses it, brings one about, no effect to take away, or not distinguishable

    @property
    def asked(self) -> bool:
        """Whether the protocol asks for this contrast; else it is one whose arms were run and that has an effect."""
        return self.contrast.name == self.ablation.contrast


class AxisValue(NamedTuple):
    """The study at one value of a coefficient."""

    value: float
    default: bool
    effect: Figure  # of the contrast that decided
    verdict: str  # of the claim
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


class Held(NamedTuple):
    """How a primary contrast fares over points."""

    contrast: str
    supported: float  # share of points whose means support it
    effect: Figure  # over the points' means


class Sweep(NamedTuple):
    """All axes at once."""

    points: int
    effect: Figure  # of the contrast that decided, over the points' means
    supported: float  # share of points whose means support the claim
    held: tuple[Held, ...]  # the primary contrasts, the least supported first
    opposite: float  # share at which the contrast that decided reaches the smallest effect the other way; NaN without a way
    drivers: tuple[tuple[str, float], ...]  # coefficient, rank correlation with the effect
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

    @property
    def deciding(self) -> Ruling:
        """The first primary ruling that says what the verdict says."""
        return self.primaries[_deciding(self.primaries)]

    def ruling(self, contrast: str) -> Ruling:
        """The ruling on a contrast."""
        return next(r for r in self.rulings if r.contrast.name == contrast)


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
    decided = _deciding([r for r in rulings if r.contrast.primary])
    return Finding(
        protocol, results.replications, combined([r.verdict for r in rulings if r.contrast.primary]), rulings,
        tuple(found for a in protocol.ablations for found in _ablated(protocol, a, results)),
        _axes(protocol, results, budget, seed, decided),
        _sweep(protocol, results, POINT, sweep_points(protocol, budget.points), decided),
        _sweep(protocol, results, PLAUSIBLE, plausible, decided), ranking, other,
    )  # fmt: skip


def _deciding(primaries: Sequence[Ruling]) -> int:
    verdict = combined([r.verdict for r in primaries])
    return next(k for k, r in enumerate(primaries) if r.verdict == verdict)


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


def _ablated(protocol: Protocol, ablation: Ablation, results: Results) -> Iterator[Ablated]:
    """The contrast that the protocol asks for, then others with an effect between the arms that were run."""
    asked = protocol.contrast(ablation.contrast)
    for contrast in (asked, *(c for c in protocol.contrasts if c is not asked and set(c.arms) <= set(asked.arms))):
        before, without = (effects(contrast, results.values(name)) for name in (BASE, ablation.name))
        before = before[: without.size]
        was, now, change = figure(before), figure(without), figure(without - before)
        if contrast is asked or _sure(was):
            yield Ablated(ablation, contrast, was, now, change, _taken_away(contrast.smallest, was, now, change))


def _taken_away(smallest: float, was: Figure, now: Figure, change: Figure) -> str:
    if not (math.isfinite(was.mean) and math.isfinite(now.mean)):
        return OPEN
    there, still = (abs(f.mean) >= smallest or _sure(f) for f in (was, now))
    if not there:
        return "no effect to take away" if not still else "brings one about" if _sure(change) else OPEN
    if was.mean * now.mean < 0.0 and still:
        return "reverses it" if _sure(change) else OPEN
    if abs(now.mean) <= TAKES_AWAY * abs(was.mean):
        return "takes it away" if _sure(change) else OPEN
    return "leaves it" if _sure(now) else OPEN


def _sure(change: Figure) -> bool:
    return math.isfinite(change.low) and (change.low > 0.0 or change.high < 0.0)


def _axes(protocol: Protocol, results: Results, budget: Budget, seed: int | None, decided: int) -> tuple[AxisFound, ...]:
    plan = plan_for(protocol, protocol.arms[0], Condition(BASE, {}, {}), budget, seed)
    found: dict[str, list[tuple[AxisValue, list[Ruling]]]] = {}
    for key, value, condition in along_axes(protocol, plan, budget.ends):
        values = results.values(condition.name)
        rulings = [judge(c, effects(c, values)) for c in protocol.primaries]
        verdict, leans = combined([r.verdict for r in rulings]), combined([r.leans for r in rulings])
        default, best = condition.name == BASE, _best(protocol, values)
        found.setdefault(key, []).append((AxisValue(value, default, rulings[decided].figure, verdict, leans, best), rulings))
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


def _sweep(protocol: Protocol, results: Results, sort: str, points: Points, decided: int) -> Sweep | None:
    if not points:
        return None
    leans, rows, best = [], [], []
    for n in range(len(points)):
        values = results.values(f"{sort} {n}")
        rows.append([judge(c, effects(c, values)) for c in protocol.primaries])
        leans.append(combined([r.leans for r in rows[-1]]))
        best.append(_best(protocol, values))
    means = [row[decided].figure.mean for row in rows]
    held = sorted((_held([row[k] for row in rows]) for k in range(len(protocol.primaries))), key=lambda h: h.supported)
    drivers = [(key, _rank_correlation([p[key] for p in points], means)) for key in points[0]]
    drivers.sort(key=lambda entry: -abs(entry[1]) if math.isfinite(entry[1]) else 1.0)
    known = [word for word in leans if word != OPEN]
    wins = Counter(arm for arm in best if arm)
    winners = tuple((arm, n / wins.total()) for arm, n in wins.most_common())
    supported = known.count(SUPPORTED) / len(known) if known else math.nan
    opposite = _opposite(protocol.primaries[decided], means)
    return Sweep(len(known), figure(np.array(means)), supported, tuple(held), opposite, tuple(drivers), winners)


def _held(rulings: Sequence[Ruling]) -> Held:
    known = [r.leans == SUPPORTED for r in rulings if r.leans != OPEN]
    share = sum(known) / len(known) if known else math.nan
    return Held(rulings[0].contrast.name, share, figure(np.array([r.figure.mean for r in rulings])))


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


__all__ = ["OPEN", "REFUTED", "SUPPORTED", "Ablated", "AxisFound", "AxisValue", "Finding", "Flip", "Held", "Sweep", "find"]
