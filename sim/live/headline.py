"""The headline: what grows, what erodes, in which kind of network, to which vendor, since when, and why; of one run, in words.

A movement is the change over 12 months, judged by the margins of ``sim.verdict``; "since" is the first month of the
present spell in which the change was beyond the margin.  One run has no interval, so these are words about this run;
verdicts across replications are those of the command ``run``.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.live.names import KIND_WORDS
from sim.live.scheduled import Aim
from sim.observe.loyalty_account import CAUSES, GROUPS
from sim.state.networks import KINDS
from sim.verdict import MARGIN_ATTITUDE, MARGIN_LEVEL, MARGIN_RETENTION, MARGIN_WALLET

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


def headline(series: Series, burn_in: int, vendors: Sequence[str] = (), aimed: Sequence[Aim] = ()) -> dict[str, Any]:
    """What grows and what erodes, with what it rests on.

    Parameters
    ----------
    series : mapping of str to list
        Monthly values from the start of the run: those of ``observe`` and of ``loyalty_series``.
    burn_in : int
        Months of burn-in; months are counted from its end.
    vendors : sequence of str
        Their names.
    aimed : sequence of Aim
        Events aimed at a vendor; where there are none the first vendor is in focus.

    Returns
    -------
    dict
        ``networks``, ``loyalty``, ``apart``: words on each, the last on one vendor that moves apart from the others, "" where
        none does; ``vendor``: its row, or None; ``eroding``: the kind of network in which loyalty erodes most, or None;
        ``course`` of loyalty, to that vendor where there is one: -1 where it erodes, 1 where it strengthens, 0 where it holds.
    """
    months = len(series.get("memberships_per_partner", ()))
    if months <= YEAR:
        waits = f"The first words on what grows and what erodes come after {YEAR} months; this is month {months - burn_in}."
        return {"networks": waits, "loyalty": "", "apart": "", "eroding": None, "vendor": None, "course": 0}
    vendor, apart, moves = _apart(series, burn_in, vendors, aimed)
    eroding, loyalty, course = _loyalty(series, burn_in, brief=vendor is not None)
    said = {"networks": signed(_networks(series, burn_in)), "loyalty": signed(loyalty), "apart": signed(apart)}
    return said | {"eroding": eroding, "vendor": vendor, "course": moves or course}


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


def _loyalty(series: Series, burn_in: int, brief: bool) -> tuple[str | None, str, int]:
    overall = changes(series["attitude"], relative=False)
    groups = [g for g in GROUPS[1:] if series[f"relations_in_{g}"][-1] >= SMALLEST_GROUP]
    moved = {g: changes(series[f"attitude_in_{g}"], relative=False) for g in groups}
    moved = {g: change for g, change in moved.items() if np.isfinite(change[-1])}
    worst = min(moved, key=lambda g: moved[g][-1], default=None)
    kept = changes(series["retention"], relative=False)
    began = since(overall, MARGIN_ATTITUDE)
    course = 0 if began < 0 else int(np.sign(overall[-1]))
    level = series["attitude"][-1]
    words = "holds" if not course else f"{'strengthens' if course > 0 else 'erodes'} {when(began, burn_in)}"
    acts = _behaviour(kept, series)
    first = f"Loyalty {'to all vendors ' if brief else ''}{words} (attitude {level:+.2f}, {overall[-1]:+.2f} in a year{acts})"
    if worst is None:
        return None, first + ".", course
    if moved[worst][-1] > -0.005:
        return None, f"{first}; in no kind of network does it erode.", course
    spell = since(moved[worst], MARGIN_ATTITUDE)
    if brief and spell < 0:
        return worst, f"{first}.", course
    strong = "erodes most" if spell >= 0 else "slips most"
    then = f" {when(spell, burn_in)}" if spell >= 0 else ""
    through = _cause(series, worst, -YEAR, -1)
    return worst, f"{first}; it {strong} {where(worst)} ({moved[worst][-1]:+.2f}){then}, mainly through {through}.", course


def _apart(series: Series, burn_in: int, vendors: Sequence[str], aimed: Sequence[Aim]) -> tuple[int | None, str, int]:
    """The vendor that moved most apart from the others since its event, a sentence on it, and its course; None within margins."""
    now, found = len(series["attitude"]) - 1, []
    for aim in aimed or [Aim(0, -1, "")] * (len(vendors) > 1):
        base = aim.month + burn_in - 1 if aim.what else now - YEAR
        if not 0 <= base < now:
            continue
        moved = np.array([series[f"attitude_{v}"][now] - series[f"attitude_{v}"][base] for v in range(len(vendors))])
        wallet = series[f"wallet_{aim.vendor}"][now] - series[f"wallet_{aim.vendor}"][base]
        rest = np.delete(moved, aim.vendor)
        others = float(rest[np.isfinite(rest)].mean()) if np.isfinite(rest).any() else np.nan
        gap = (moved[aim.vendor] - others) / MARGIN_ATTITUDE
        by = gap if abs(gap) >= 1.0 else wallet / MARGIN_WALLET
        if np.isfinite(gap) and abs(by) >= 1.0:
            found.append((abs(by), aim, base, by, float(moved[aim.vendor]), others, wallet))
    if not found:
        return None, "", 0
    _, aim, base, by, own, others, wallet = max(found, key=lambda one: one[0])
    then = f"since month {aim.month}, {aim.what}" if aim.what else "in a year"
    verb = "erodes" if by < 0 else "strengthens"
    how = f"attitude {own:+.2f}, the others' {round(others, 2) + 0.0:+.2f}; share of wallet {100 * wallet:+.1f} points"
    through = _cause(series, f"to_{aim.vendor}", base + 1, by)
    return aim.vendor, f"Loyalty to {vendors[aim.vendor]} {verb} ({then}: {how}), mainly through {through}.", int(np.sign(by))


def _behaviour(kept: np.ndarray, series: Series) -> str:
    if not np.isfinite(kept[-1]):
        return ""
    moves = "" if abs(kept[-1]) < MARGIN_RETENTION else f", {100 * kept[-1]:+.0f} points"
    return f"; {100 * series['retention'][-1]:.0f} % of vendor relations kept a year{moves}"


def where(group: str) -> str:
    """Among whom, in words."""
    return "among partners in no network" if group == "none" else f"in {KIND_WORDS[group]} networks"


def _cause(series: Series, group: str, first: int, sign: float) -> str:
    """Which cause moved loyalty most in a direction from a month on."""
    sums = {cause: float(np.nansum(series[f"account_{group}_{cause}"][first:])) for cause in CAUSES}
    cause = max(sums, key=lambda c: sign * sums[c])
    return f"{CAUSE_WORDS[cause]} ({sums[cause]:+.2f})"
