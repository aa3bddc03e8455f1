"""How long alliances last: Kaplan-Meier survival and the hazard by age, with the exit of a partner as censoring."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

CENSORED_BY = ("partner_left", "changed_form")  # not an end of the alliance as such; so is the end of the run


class Spells(NamedTuple):
    """Lives of alliances, n each."""

    months: NDArray[np.int64]  # length, at least 0
    ended: NDArray[np.bool_]  # False where censored


def alliance_spells(alliances: pa.Table, form: str, since: int, until: int) -> Spells:
    """Alliances of one form that began in a period.

    Parameters
    ----------
    alliances : pyarrow.Table
        ``alliances`` of ``sim.observe.schema``.
    form : str
        project, occasional or formal.
    since, until : int
        First month of beginning that counts, and the month after the last of the run.

    Returns
    -------
    Spells
        A partner's exit and a change of form censor, and so does the end of the run.
    """
    start, forms = alliances["start"].to_numpy(), np.array(alliances["form"].to_pylist(), object)
    chosen = (forms == form) & (start >= since)
    end = alliances["end"].fill_null(until).to_numpy()
    reason = np.array(alliances["why_ended"].to_pylist(), object)
    ended = alliances["end"].is_valid().to_numpy() & ~np.isin(reason.astype(str), CENSORED_BY)
    return Spells((end - start)[chosen], ended[chosen])


def survival(spells: Spells, age: int) -> float:
    """Kaplan-Meier estimate of the share that lasts beyond an age, ``prod_{t <= age} (1 - d_t / n_t)``.

    Parameters
    ----------
    spells : Spells
        Lives.
    age : int
        Months.

    Returns
    -------
    float
        NaN when none was under observation at that age and some lived until shortly before.

    References
    ----------
    E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53 (1958).
    """
    alive = 1.0
    for t in np.unique(spells.months[spells.ended]):
        if t > age:
            break
        alive *= 1.0 - (spells.ended & (spells.months == t)).sum() / (spells.months >= t).sum()
    return float(alive) if alive == 0.0 or (spells.months >= age).any() else np.nan


def median_life(spells: Spells) -> float:
    """Age at which half have ended by the Kaplan-Meier estimate.

    Parameters
    ----------
    spells : Spells
        Lives.

    Returns
    -------
    float
        Months; infinity when more than half last longer than is known, NaN when there are none.
    """
    if spells.months.size == 0:
        return np.nan
    alive = 1.0
    for t in np.unique(spells.months[spells.ended]):
        alive *= 1.0 - (spells.ended & (spells.months == t)).sum() / (spells.months >= t).sum()
        if alive <= 0.5:
            return float(t)
    return np.inf


def hazard_by_age(spells: Spells, edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ends and months at risk in each interval of age.

    Parameters
    ----------
    spells : Spells
        Lives.
    edges : int array, n + 1
        Ages that bound the intervals, ``edges[k] < age <= edges[k + 1]``.

    Returns
    -------
    tuple of int array, n
        Ends, and months at risk; the hazard a month is their ratio.
    """
    months, ended = spells
    ends = np.array([(ended & (months > a) & (months <= b)).sum() for a, b in pairwise(edges)])
    risk = np.array([(np.clip(months, a, b) - a).sum() for a, b in pairwise(edges)])
    return ends, risk
