"""The ladder of forms: how alliances move from project to occasional to formal, and what success has to do with it."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.studies.joint_work import Pairs
from sim.state.ties import FORMS, OCCASIONAL, PROJECT

STEPS = (("project", "occasional"), ("project", "formal"), ("occasional", "formal"))
WITHIN = 24  # months in which a pair may climb

Rungs = dict[tuple[int, int], list[tuple[int, int, int]]]


def rungs_of(alliances: pa.Table) -> Rungs:
    """Each pair's alliances in order: start, form, end (-1 while it runs)."""
    out: Rungs = {}
    form = {name: n for n, name in enumerate(FORMS)}
    columns = (alliances[name].to_pylist() for name in ("uid_a", "uid_b", "start", "form", "end"))
    for a, b, start, what, end in zip(*columns, strict=True):
        out.setdefault((min(a, b), max(a, b)), []).append((start, form[what], -1 if end is None else end))
    for spells in out.values():
        spells.sort()
    return out


def transitions(rungs: Rungs, since: int) -> dict[str, float]:
    """Where alliances of each form that have ended went next, and after how many months.

    Parameters
    ----------
    rungs
        As ``rungs_of`` gives them.
    since
        First month of beginning that counts.

    Returns
    -------
    dict of str to float
        For each step the share of ended spells of the lower form that it follows at once, and its mean time in months; and the
        share of formal spells that came up from below.
    """
    ended = {form: 0 for form in FORMS[PROJECT:]}
    times: dict[tuple[str, str], list[int]] = {step: [] for step in STEPS}
    formal = from_below = 0
    for spells in rungs.values():
        for n, (start, form, end) in enumerate(spells):
            if start < since:
                continue
            name = FORMS[form]
            if name == "formal":
                formal += 1
                from_below += n > 0 and spells[n - 1][1] < form and spells[n - 1][2] == start
            if end >= 0:
                ended[name] += 1
                after = spells[n + 1] if n + 1 < len(spells) else None
                if after is not None and after[0] == end and after[1] > form:
                    times[name, FORMS[after[1]]].append(end - start)
    out = {"formal_from_below": from_below / formal if formal else np.nan}
    for (low, high), months in times.items():
        out[f"{low}_to_{high}"] = len(months) / ended[low] if ended[low] else np.nan
        out[f"{low}_to_{high}_months"] = float(np.mean(months)) if months else np.nan
    return out


def climb_after_success(pairs: Pairs, rungs: Rungs, since: int, until: int, within: int = WITHIN) -> dict[str, float]:
    """Share of pairs in a higher form within some months of their first joint deal, after success and after failure.

    Parameters
    ----------
    pairs
        All joint deals.
    rungs
        As ``rungs_of`` gives them.
    since, until
        First month that counts, and months of the run; the months in which a pair may climb must lie within.
    within
        Months.

    Returns
    -------
    dict of str to float
        Pairs that stood higher than a project when the deal was delivered are left out; NaN where there are none.
    """
    first = (pairs.earlier == 0) & (pairs.month >= since) & (pairs.month + within <= until)
    seen: set[tuple[int, int]] = set()
    climbed: dict[bool, list[bool]] = {True: [], False: []}
    entries = (pairs.low, pairs.high, pairs.month, pairs.success)
    for low, high, month, success in zip(*(column[first].tolist() for column in entries), strict=True):
        if (low, high) in seen:
            continue
        seen.add((low, high))
        higher = [start for start, form, _ in rungs.get((low, high), []) if form >= OCCASIONAL]
        if any(start <= month for start in higher):
            continue
        climbed[success].append(any(start <= month + within for start in higher))
    yes, no = (_mean(np.array(climbed[s], float)) for s in (True, False))
    return {"climb_after_success": yes, "climb_after_failure": no, "climb_after_success_gap": yes - no}


def _mean(values: NDArray) -> float:
    return float(values.mean()) if values.size else np.nan
