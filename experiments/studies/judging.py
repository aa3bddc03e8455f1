"""From runs to a verdict: paired differences across replications against the smallest effect of interest.

A contrast is *more* (or *less*) than nothing when the 95 % interval lies on that side of zero and the mean reaches the
smallest effect; *the same* when two one-sided tests at 5 % (TOST) place it inside the smallest effect; *no less* when
the one-sided test rejects a loss of the smallest effect. What is expected and found is supported; what is found to be
otherwise is refuted, also when an effect is shown to be smaller than the smallest of interest; the rest is not
distinguishable. A claim is supported when all its primary contrasts are, refuted when one is.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.studies.leaving import CLASSES, mantel_haenszel
from experiments.studies.protocol import Contrast
from sim.observe.evidence import POWER, Figure, figure, half_width, judge_band, power, relative_change

SUPPORTED, REFUTED, OPEN = "supported", "refuted", "not distinguishable"
TRUE_EFFECT = 1.5  # times the smallest effect: the effect that a study must not miss
LEAST, MOST = 30, 2_000  # replications

Values = Callable[[str, str], NDArray[np.float64]]  # arm, outcome -> one number a replication


class Ruling(NamedTuple):
    """One contrast, judged."""

    contrast: Contrast
    figure: Figure  # mean with 95 % interval, in the unit of the contrast
    verdict: str
    leans: str  # supported or refuted, by the mean alone
    power: float  # to decide, with the spread found
    needed: int  # replications for a power of .8, with the spread found
    unit: str = ""  # of the outcome; "%" where the contrast is relative


def effects(contrast: Contrast, values: Values) -> NDArray[np.float64]:
    """The contrast in each replication.

    Parameters
    ----------
    contrast
        With its arms and statistic.
    values
        Of an arm and an outcome.

    Returns
    -------
    array, R
        NaN where undefined.
    """
    if contrast.statistic == "mantel_haenszel":
        return _rate_ratios(contrast, values)
    above = sum(w * values(arm, contrast.outcome) for arm, w in contrast.arms.items() if w > 0.0)
    below = sum(-w * values(arm, contrast.outcome) for arm, w in contrast.arms.items() if w < 0.0)
    if contrast.scale == "relative":
        return relative_change(np.asarray(above), np.asarray(below)) - contrast.reference
    return np.asarray(above) - np.asarray(below) - contrast.reference


def _rate_ratios(contrast: Contrast, values: Values) -> NDArray[np.float64]:
    one = next(arm for arm, w in contrast.arms.items() if w > 0.0)
    other = next(arm for arm, w in contrast.arms.items() if w < 0.0)

    def classes(arm: str, what: str) -> NDArray[np.float64]:
        return np.stack([values(arm, f"{contrast.outcome}_{what}_{k}") for k in range(CLASSES)], axis=1)

    columns = [classes(arm, what) for arm in (one, other) for what in ("exits", "months")]
    return np.array([mantel_haenszel(*parts) for parts in zip(*columns, strict=True)]) - contrast.reference


def judge(contrast: Contrast, found: NDArray) -> Ruling:
    """The verdict on one contrast.

    Parameters
    ----------
    contrast
        What is expected, and the smallest effect of interest.
    found
        The contrast in each replication.

    Returns
    -------
    Ruling
        Not distinguishable below two replications.
    """
    band = judge_band(found, contrast.smallest)
    known = band.figure
    sd = known.sd if known.n > 1 else math.nan
    reached = chance_to_decide(contrast, known.n, sd) if known.n > 1 else math.nan
    needed = replications(contrast, sd) if known.n > 1 else MOST
    return Ruling(contrast, known, _verdict(contrast, band.place, known), _leaning(contrast, known.mean), reached, needed)


def _verdict(contrast: Contrast, place: str, found: Figure) -> str:
    if found.n < 2:
        return OPEN
    inner = half_width(found.sd, found.n, 0.9)
    if contrast.expected == "no less":
        return REFUTED if place == "below" else SUPPORTED if found.mean - inner > -contrast.smallest else OPEN
    if contrast.expected == "no more":
        return REFUTED if place == "above" else SUPPORTED if found.mean + inner < contrast.smallest else OPEN
    wanted = {"more": "above", "less": "below", "same": "within"}[contrast.expected]
    return OPEN if place == "undecided" else SUPPORTED if place == wanted else REFUTED


def _leaning(contrast: Contrast, mean: float) -> str:
    if math.isnan(mean):
        return OPEN
    m = contrast.smallest
    yes = {"more": mean >= m, "less": mean <= -m, "same": abs(mean) < m, "no less": mean > -m, "no more": mean < m}
    return SUPPORTED if yes[contrast.expected] else REFUTED


def combined(verdicts: Sequence[str]) -> str:
    """The verdict on a claim from those on its primary contrasts."""
    if REFUTED in verdicts:
        return REFUTED
    return SUPPORTED if verdicts and all(v == SUPPORTED for v in verdicts) else OPEN


def chance_to_decide(contrast: Contrast, n: int, sd: float) -> float:
    """Probability that ``n`` replications decide, where there is no effect and where there is 1.5 times the smallest; the lesser.

    Parameters
    ----------
    contrast
        What is expected; where that is no effect, or no loss, only no effect is asked about.
    n
        Replications, at least 2.
    sd
        Across replications.

    Returns
    -------
    float
        0..1, by the normal approximation.
    """
    m = contrast.smallest
    if contrast.expected in ("no less", "no more"):
        if sd <= 0.0:
            return 1.0
        return NormalDist().cdf((m - half_width(sd, n, 0.9)) / (sd / math.sqrt(n)))
    none = power(n, 0.0, sd, m)
    return none if contrast.expected == "same" else min(none, power(n, TRUE_EFFECT * m, sd, m))


def replications(contrast: Contrast, sd: float | None = None) -> int:
    """Least number of replications that decides four times in five.

    Parameters
    ----------
    contrast
        With the spread assumed beforehand.
    sd
        The spread found, where there is one.

    Returns
    -------
    int
        Between 2 and ``MOST``.
    """
    spread = contrast.sd if sd is None else sd
    if not math.isfinite(spread):
        return MOST
    few, many = 1, MOST
    while many - few > 1:
        middle = (few + many) // 2
        if chance_to_decide(contrast, middle, spread) >= POWER:
            many = middle
        else:
            few = middle
    return many


def planned(contrasts: Sequence[Contrast], spreads: Mapping[str, float] | None = None) -> int:
    """Replications for all of some contrasts, at least 30.

    Parameters
    ----------
    contrasts
        The primary ones.
    spreads
        Spreads found, by name of contrast; those assumed beforehand where left out.

    Returns
    -------
    int
        At most ``MOST``.
    """
    found = spreads or {}
    return max(LEAST, *(replications(c, found.get(c.name)) for c in contrasts))


def ranked(values: Values, outcome: str, control: str, arms: Sequence[str]) -> list[tuple[str, Figure]]:
    """Arms against a control, the best first: paired differences as shares of the control's mean."""
    found = [(arm, figure(relative_change(values(arm, outcome), values(control, outcome)))) for arm in arms]
    return sorted(found, key=lambda entry: -entry[1].mean if math.isfinite(entry[1].mean) else math.inf)
