"""The headline: what grows, what erodes, in which kind of network, since when, and why; of one run, in words.

A movement is the change over 12 months, judged by the margins of ``sim.verdict``; "since" is the first month of the
present spell in which the change was beyond the margin.  One run has no interval, so these are words about this run;
verdicts across replications are those of the command ``run``.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.live.names import KIND_WORDS
from sim.observe.loyalty_account import CAUSES, GROUPS
from sim.state.networks import KINDS
from sim.verdict import MARGIN_ATTITUDE, MARGIN_LEVEL, MARGIN_RETENTION

YEAR = 12
SMALLEST_GROUP = 20  # relations below which a group's mean says nothing
CAUSE_WORDS = {
    "experience": "partners' own experience with their vendors",
    "others": "what peers and hosts say",
    "taken_on": "vendors newly taken on",
    "dropped": "vendors dropped",
    "came_and_went": "who joined and left",
}
Series = Mapping[str, Sequence[float]]


def headline(series: Series, burn_in: int) -> dict[str, Any]:
    """Two sentences with what they rest on.

    Parameters
    ----------
    series : mapping of str to list
        Monthly values from the start of the run: those of ``observe`` and of ``loyalty_series``.
    burn_in : int
        Months of burn-in; months are counted from its end.

    Returns
    -------
    dict
        ``networks`` and ``loyalty``: a sentence each; ``eroding``: the kind of network in which loyalty erodes most, or None.
    """
    months = len(series.get("memberships_per_partner", ()))
    if months <= YEAR:
        waits = f"The first words on what grows and what erodes come after {YEAR} months; this is month {months - burn_in}."
        return {"networks": waits, "loyalty": "", "eroding": None}
    eroding, loyalty = _loyalty(series, burn_in)
    networks = _networks(series, burn_in)
    return {"networks": signed(networks), "loyalty": signed(loyalty), "eroding": eroding}


def signed(text: str) -> str:
    """With a minus sign before numbers in place of a hyphen."""
    return re.sub(r"-(?=\d)", "\N{MINUS SIGN}", text)


def changes(values: Sequence[float], relative: bool) -> np.ndarray:
    """Change over 12 months at the end of each month; NaN in the first year."""
    now = np.asarray(values, np.float64)
    out = np.full(now.size, np.nan)
    difference = now[YEAR:] - now[:-YEAR]
    if relative:
        difference = np.divide(difference, now[:-YEAR], out=np.full(difference.size, np.nan), where=now[:-YEAR] > 0.0)
    out[YEAR:] = difference
    return out


def since(change: np.ndarray, margin: float) -> int:
    """First month of the present spell in which the change lay on its side of the margin; -1 when it is within now."""
    sign = np.sign(change[-1]) if abs(change[-1]) >= margin else 0.0
    if not sign:
        return -1
    beyond = sign * change >= margin
    inside = np.flatnonzero(~beyond)
    return int(inside[-1]) + 1 if inside.size else 0


def when(month: int, burn_in: int) -> str:
    """Since a month of the run, in words."""
    return "since the burn-in" if month <= burn_in else f"since month {month - burn_in}"


def _networks(series: Series, burn_in: int) -> str:
    change = changes(series["memberships_per_partner"], relative=True)
    moved = {kind: changes(series[f"members_{kind}"], relative=True) for kind in KINDS}
    level = series["memberships_per_partner"][-1]
    start = f"Networks: {level:.1f} memberships a partner, "
    began = since(change, MARGIN_LEVEL)
    words = "steady over the year" if began < 0 else f"{100 * change[-1]:+.0f} % in a year, {when(began, burn_in)}"
    up = [k for k in KINDS if np.isfinite(moved[k][-1]) and moved[k][-1] >= MARGIN_LEVEL and series[f"members_{k}"][-1] >= 5]
    down = [k for k in KINDS if np.isfinite(moved[k][-1]) and moved[k][-1] <= -MARGIN_LEVEL]
    up.sort(key=lambda k: series[f"members_{k}"][-1 - YEAR] - series[f"members_{k}"][-1])
    down.sort(key=lambda k: series[f"members_{k}"][-1] - series[f"members_{k}"][-1 - YEAR])
    parts = [f"{KIND_WORDS[k]} networks grow ({100 * moved[k][-1]:+.0f} %)" for k in up[:1]]
    parts += [f"{KIND_WORDS[k]} networks decline ({100 * moved[k][-1]:+.0f} %)" for k in down[:1]]
    return start + "; ".join([words, *parts]) + "."


def _loyalty(series: Series, burn_in: int) -> tuple[str | None, str]:
    overall = changes(series["attitude"], relative=False)
    groups = [g for g in GROUPS[1:] if series[f"relations_in_{g}"][-1] >= SMALLEST_GROUP]
    moved = {g: changes(series[f"attitude_in_{g}"], relative=False) for g in groups}
    moved = {g: change for g, change in moved.items() if np.isfinite(change[-1])}
    worst = min(moved, key=lambda g: moved[g][-1], default=None)
    kept = changes(series["retention"], relative=False)
    began = since(overall, MARGIN_ATTITUDE)
    level = series["attitude"][-1]
    words = "holds" if began < 0 else f"{'strengthens' if overall[-1] > 0 else 'erodes'} {when(began, burn_in)}"
    acts = _behaviour(kept, series)
    first = f"Loyalty {words} (attitude {level:+.2f}, {overall[-1]:+.2f} in a year{acts})"
    if worst is None:
        return None, first + "."
    if moved[worst][-1] > -0.005:
        return None, f"{first}; in no kind of network does it erode."
    spell = since(moved[worst], MARGIN_ATTITUDE)
    strong = "erodes most" if spell >= 0 else "slips most"
    then = f" {when(spell, burn_in)}" if spell >= 0 else ""
    return worst, f"{first}; it {strong} {where(worst)} ({moved[worst][-1]:+.2f}){then}, mainly through {_cause(series, worst)}."


def _behaviour(kept: np.ndarray, series: Series) -> str:
    if not np.isfinite(kept[-1]):
        return ""
    moves = "" if abs(kept[-1]) < MARGIN_RETENTION else f", {100 * kept[-1]:+.0f} points"
    return f"; {100 * series['retention'][-1]:.0f} % of vendor relations kept a year{moves}"


def where(group: str) -> str:
    """Among whom, in words."""
    return "among partners in no network" if group == "none" else f"in {KIND_WORDS[group]} networks"


def _cause(series: Series, group: str) -> str:
    sums = {cause: float(np.nansum(series[f"account_{group}_{cause}"][-YEAR:])) for cause in CAUSES}
    cause = min(sums, key=lambda c: sums[c])
    return f"{CAUSE_WORDS[cause]} ({sums[cause]:+.2f})"
