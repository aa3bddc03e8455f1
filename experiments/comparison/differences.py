"""Paired differences between scenarios: interval, verdict, what pairing achieved and what it saved.

Both scenarios of a pair draw the same chance, so what is judged is the difference within each replication.  Verdicts
are those of ``sim.observe.evidence.judge_band``: *more* or *less* when the interval excludes zero and the mean reaches
the smallest difference that matters, *no material difference* when two one-sided tests (TOST) say so, else *undecided*.

Headline differences share their error over looks and scenarios (``experiments.comparison.looks``).  The other
indicators are many: their p-values, multiplied by the number of looks (Bonferroni), pass through Benjamini and
Hochberg's procedure (1995) over all scenarios and indicators, and one that does not pass is not called more or less.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.indicators import Indicator
from experiments.comparison.looks import correlation_of, nominal_level
from sim.observe.evidence import CONFIDENCE, INNER, Figure, Judgement, figure, judge_band, relative_change
from sim.verdict import UNDECIDED

Sample = Mapping[str, Mapping[str, NDArray[np.float64]]]  # scenario -> outcome -> one value a replication
WORDS = {"above": "more", "below": "less", "within": "no material difference", "undecided": UNDECIDED}
NOT_DEFINED = "not defined"  # in any replication: it looks back further than the run reaches
NO_GROUND = "no verdict"  # the data that partners come from support none
FALSE_DISCOVERIES = 0.05  # share of the differences called such that may be none


class Difference(NamedTuple):
    """One scenario against the baseline in one indicator."""

    case: str
    indicator: Indicator
    verdict: str  # more, less, no material difference, undecided, not defined, no verdict
    judgement: Judgement  # of the difference on the indicator's scale: share of the baseline's mean, or its own unit
    base: Figure  # level of the baseline
    level: Figure  # level of the scenario
    unit: Figure  # the difference in the indicator's own unit
    correlation: float  # of the pair, over replications
    unpaired: int | None  # runs a scenario that unpaired comparison needs for an interval as narrow
    agreeing: int  # replications whose difference has the sign of the mean
    p: float  # two-sided, after what the looks cost
    q: float  # Benjamini-Hochberg over the indicators that are no headlines; NaN for a headline


def compare_pairs(sample: Sample, indicators: Sequence[Indicator], looks: Sequence[int]) -> list[Difference]:
    """Judge every scenario against the first.

    Parameters
    ----------
    sample
        Outcomes by scenario, the baseline first; as many replications as one of the looks.
    indicators
        What is compared.
    looks
        All planned looks, those to come included.

    Returns
    -------
    list of Difference
        By scenario, then indicator.
    """
    base, *others = sample
    found: list[Difference] = []
    for indicator in indicators:
        values = {case: np.asarray(sample[case][indicator.name], np.float64) for case in sample}
        changes = np.column_stack([change(values[case], values[base], indicator) for case in others])
        joint = correlation_of(changes) if indicator.headline else np.eye(1)
        outer = 1.0 - nominal_level(tuple(looks), joint, 1.0 - CONFIDENCE)
        inner = 1.0 - nominal_level(tuple(looks), joint, 1.0 - INNER)
        for n, case in enumerate(others):
            judged = judge_band(changes[:, n], indicator.matters, outer, inner)
            found.append(_difference(case, indicator, judged, values[case], values[base], len(looks), outer))
    found = _without_false_discoveries(found)
    return sorted(found, key=lambda d: others.index(d.case))


def change(values: NDArray[np.float64], base: NDArray[np.float64], indicator: Indicator) -> NDArray[np.float64]:
    """The difference of each pair on the indicator's scale; NaN where either is unknown."""
    return relative_change(values, base) if indicator.relative else values - base


def _difference(
    case: str, indicator: Indicator, judged: Judgement, values: NDArray, base: NDArray, looks: int, level: float
) -> Difference:
    unit = figure(values - base, level)
    agreeing = int((np.sign(values - base) == np.sign(unit.mean)).sum())
    p = min(1.0, looks * p_value(judged.figure))
    unpaired = runs_unpaired(values, base)
    verdict = WORDS[judged.place] if judged.figure.n else NOT_DEFINED
    return Difference(
        case, indicator, verdict, judged, figure(base), figure(values), unit, pair_correlation(values, base),
        unpaired, agreeing, p, math.nan,
    )  # fmt: skip


def p_value(found: Figure) -> float:
    """Two-sided p-value of a mean of zero; 1 where nothing differs, NaN below two replications."""
    from scipy.special import stdtr

    if found.n < 2 or not math.isfinite(found.sd):
        return math.nan
    if found.sd == 0.0:
        return 1.0 if found.mean == 0.0 else 0.0
    return float(2.0 * stdtr(found.n - 1, -abs(found.mean) / (found.sd / math.sqrt(found.n))))


def pair_correlation(one: NDArray, other: NDArray) -> float:
    """Correlation of a pair over replications: 1 where both are the same, NaN where one does not vary or there are but two."""
    known = np.isfinite(one) & np.isfinite(other)
    a, b = np.asarray(one)[known], np.asarray(other)[known]
    if a.size < 2:
        return math.nan
    if np.array_equal(a, b):
        return 1.0
    if a.size < 3 or a.std() == 0.0 or b.std() == 0.0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])


def runs_unpaired(one: NDArray, other: NDArray) -> int | None:
    """Runs a scenario for which an unpaired difference has as small an error: n (s1^2 + s2^2) / s_d^2.

    None where the difference does not vary, so that no number of unpaired runs would do, or nothing is known.
    """
    known = np.isfinite(one) & np.isfinite(other)
    a, b = np.asarray(one)[known], np.asarray(other)[known]
    if a.size < 2:
        return None
    spread = float((a - b).var(ddof=1))
    if spread <= 0.0:
        return None
    return math.ceil(a.size * float(a.var(ddof=1) + b.var(ddof=1)) / spread)


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjusted p-values that control the false discovery rate; NaN stays NaN.

    Parameters
    ----------
    p : array, n
        p-values.

    Returns
    -------
    array, n
        q_(i) = min over j >= i of n p_(j) / j.

    References
    ----------
    Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57 (1995).
    """
    out = np.full(p.size, np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    ranked = p[order] * order.size / np.arange(1, order.size + 1)
    out[order] = np.minimum(1.0, np.minimum.accumulate(ranked[::-1])[::-1])
    return out


def _without_false_discoveries(found: list[Difference]) -> list[Difference]:
    many = [d for d in found if not d.indicator.headline]
    adjusted = benjamini_hochberg(np.array([d.p for d in many]))
    out = [d for d in found if d.indicator.headline]
    for d, q in zip(many, adjusted, strict=True):
        passed = not q > FALSE_DISCOVERIES
        verdict = d.verdict if passed or d.verdict not in ("more", "less") else UNDECIDED
        out.append(d._replace(q=float(q), verdict=verdict))
    return out


def decided(found: Sequence[Difference]) -> bool:
    """Whether every headline difference is decided; one that is defined in no replication is left aside."""
    return all(d.verdict != UNDECIDED for d in found if d.indicator.headline)
