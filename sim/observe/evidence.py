"""Evidence across replications: one number a replication, then an interval, a band and how many more runs.

A single path's trend test is wrong more than half of the time on autocorrelated output, so nothing here looks
for significance within a path.
"""

import math
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
INNER = 0.9  # two-sided confidence whose interval must lie inside the band for equivalence: two tests of 5 % each
POWER = 0.8
MANY_RUNS = 10_000  # above this "how many more" is not worth saying

Place = Literal["above", "within", "below", "undecided"]


class Figure(NamedTuple):
    """A mean across replications with its 95 % t interval; ``low`` and ``high`` are NaN below two replications."""

    mean: float
    low: float
    high: float
    sd: float  # standard deviation across replications
    n: int  # replications in which it is defined


class Judgement(NamedTuple):
    """Where a quantity lies with respect to the band from -margin to +margin.

    ``more_runs`` is about how many further replications would decide it: 0 when decided, None when unknown (fewer
    than two replications) or beyond ``MANY_RUNS``.
    """

    place: Place
    figure: Figure
    margin: float
    more_runs: int | None


def t_quantile(p: float, df: int) -> float:
    """Quantile of Student's t.

    Parameters
    ----------
    p : float
        Probability.
    df : int
        Degrees of freedom.

    Returns
    -------
    float
        The p-quantile.
    """
    from scipy.special import stdtrit  # a tenth of what scipy.stats costs to import

    return float(stdtrit(df, p))


def half_width(sd: float, n: int, confidence: float = CONFIDENCE) -> float:
    """Half the width of a t interval, ``t(1 - (1 - confidence)/2, n - 1) sd / sqrt n``.

    Parameters
    ----------
    sd : float
        Standard deviation across replications.
    n : int
        Replications.
    confidence : float
        Two-sided.

    Returns
    -------
    float
        NaN below two replications.
    """
    if n < 2:
        return math.nan
    return t_quantile(0.5 + confidence / 2, n - 1) * sd / math.sqrt(n)


def figure(values: NDArray, confidence: float = CONFIDENCE) -> Figure:
    """Mean and 95 % t interval of one number a replication.

    Parameters
    ----------
    values : array, R
        NaN where a replication does not define it; such a replication is left out.
    confidence : float
        Of the interval, two-sided.

    Returns
    -------
    Figure
        All NaN when nothing is defined.
    """
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return Figure(math.nan, math.nan, math.nan, math.nan, 0)
    mean = float(known.mean())
    sd = float(known.std(ddof=1)) if known.size > 1 else math.nan
    width = half_width(sd, known.size, confidence)
    return Figure(mean, mean - width, mean + width, sd, known.size)


def judge_band(values: NDArray, margin: float, confidence: float = CONFIDENCE, inner: float = INNER) -> Judgement:
    """Whether a quantity lies above, within or below the band from ``-margin`` to ``margin``, or is undecided.

    - *above*: the 95 % interval lies above 0 and the mean is at least the margin (below: mirrored);
    - *within*: two one-sided tests (TOST) at 5 % each, that is the 90 % interval lies inside the band;
    - else *undecided*.

    No null effect is called above or below more than 2.5 % of the time each; a real effect that is smaller than
    the margin ends up within as replications are added, and a larger one outside.

    Parameters
    ----------
    values : array, R
        One number a replication, NaN where undefined.
    margin : float
        Smallest change of interest, positive, in the unit of ``values``.
    confidence, inner : float
        Of the interval, and of the one that must lie inside the band; higher where several looks or several
        comparisons share an error of 5 %.

    Returns
    -------
    Judgement
        Undecided below two replications.
    """
    found = figure(values, confidence)
    if found.n < 2:
        return Judgement("undecided", found, margin, None)
    width = half_width(found.sd, found.n, inner)
    place: Place = "undecided"
    if found.low > 0.0 and found.mean >= margin:
        place = "above"
    elif found.high < 0.0 and found.mean <= -margin:
        place = "below"
    elif found.mean - width > -margin and found.mean + width < margin:
        place = "within"
    return Judgement(place, found, margin, 0 if place != "undecided" else more_runs(found, margin, confidence, inner))


def power(n: int, mean: float, sd: float, margin: float, confidence: float = CONFIDENCE, inner: float = INNER) -> float:
    """Probability that ``n`` replications put a quantity where its true mean lies, by the normal approximation.

    Outside the band ``P(m >= max(margin, t sd / sqrt n))``; inside it the probability that both one-sided tests pass.

    Parameters
    ----------
    n : int
        Replications, at least 2.
    mean, sd : float
        True mean and standard deviation across replications.
    margin, confidence, inner : float
        As in ``judge_band``.

    Returns
    -------
    float
        0..1.
    """
    if sd <= 0.0:
        return 1.0
    error, away = sd / math.sqrt(n), abs(mean)
    normal = NormalDist().cdf
    if away >= margin:
        return normal((away - max(margin, half_width(sd, n, confidence))) / error)
    room = margin - half_width(sd, n, inner)
    return max(0.0, normal((room - away) / error) - normal((-room - away) / error))


def more_runs(found: Figure, margin: float, confidence: float = CONFIDENCE, inner: float = INNER) -> int | None:
    """About how many further replications would decide, if the mean and the spread stayed as they are.

    As many as bring the power to 80 %, so a fifth of such studies is undecided even then.

    Parameters
    ----------
    found : Figure
        Of at least two replications.
    margin, confidence, inner : float
        As in ``judge_band``.

    Returns
    -------
    int or None
        At least 1; None beyond ``MANY_RUNS``.
    """
    few, many = found.n, found.n + MANY_RUNS
    if power(many, found.mean, found.sd, margin, confidence, inner) < POWER:
        return None
    while many - few > 1:
        middle = (few + many) // 2
        if power(middle, found.mean, found.sd, margin, confidence, inner) < POWER:
            few = middle
        else:
            many = middle
    return many - found.n


def theil_sen(values: NDArray) -> float:
    """Theil-Sen slope: the median of the slopes between all pairs of points.

    Parameters
    ----------
    values : array, T
        At equal steps; NaN points are left out.

    Returns
    -------
    float
        Per step; NaN when fewer than two points are known.

    References
    ----------
    P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", J. Am. Stat. Assoc. 63 (1968).
    """
    y = np.asarray(values, np.float64)
    t = np.flatnonzero(np.isfinite(y))
    if t.size < 2:
        return math.nan
    i, j = np.triu_indices(t.size, 1)
    return float(np.median((y[t[j]] - y[t[i]]) / (t[j] - t[i])))


def relative_change(late: NDArray, early: NDArray) -> NDArray[np.float64]:
    """Change as a ratio of means, one value a replication whose mean and spread are those of the ratio.

    ``v_r = R - 1 + (late_r - R early_r) / mean(early)`` with ``R = mean(late) / mean(early)``: the linearised ratio
    estimator, defined also where a single replication began at 0.

    Parameters
    ----------
    late, early : array, R
        Levels, not negative; a replication with a NaN in either is left out.

    Returns
    -------
    array, R
        0 where all levels are 0; ``late_r / mean(late)``, about +1, where all began at 0 and some ended above it.
        NaN but for one where only one of several is not 0 throughout: from it alone no spread can be told.
    """
    known = np.isfinite(late) & np.isfinite(early)
    out = np.full(late.shape, np.nan)
    if not known.any():
        return out
    base, now = float(early[known].mean()), float(late[known].mean())
    if base <= 0.0:
        out[known] = late[known] / now if now > 0.0 else 0.0
        return out
    ratio = now / base
    some = known & ((late != 0.0) | (early != 0.0))
    if some.sum() == 1 and ratio != 1.0:
        out[some] = ratio - 1.0
        return out
    out[known] = ratio - 1.0 + (late[known] - ratio * early[known]) / base
    return out
