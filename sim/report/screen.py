"""The verdicts as one screen of plain text: the answer first, then the figures behind it."""

import math
import os
from collections.abc import Sequence

from sim.grounds import INPUTS, Support, inputs, support
from sim.observe.evidence import Figure, Judgement
from sim.plan import Plan
from sim.verdict import (
    KIND_WORDS,
    LOYALTY_WORDS,
    MARGIN_ATTITUDE,
    MARGIN_LEVEL,
    MARGIN_SLOPE,
    MARGIN_WALLET,
    UNDECIDED,
    Loyalty,
    Trend,
    Verdict,
)

WIDTH = 100
LINES = 40
_VERBS = {"grow": "are growing", "stabilise": "are stable", "decline": "are declining"}
_NO_INTERVAL = "no interval"
NO_LOYALTY = "on loyalty to a vendor the data support no verdict"


def answer(verdict: Verdict, ground: Support | None = None) -> str:
    """The answer in one sentence: networks, loyalty, one plus one.

    Parameters
    ----------
    verdict : Verdict
        As ``judge`` gives it.
    ground : Support, optional
        What the verdicts rest on, for partners from data; loyalty to a vendor is refused where it says so.

    Returns
    -------
    str
        One sentence, undecided parts included.
    """
    networks, focal = verdict.overall, verdict.vendors[verdict.focal]
    if networks.verdict == UNDECIDED:
        first = "Whether partner networks grow or decline is undecided"
    else:
        first = f"Partner networks {_trend_verb(networks)}"
    made = verdict.synergy.one_plus_one.mean
    sums = (
        "what 1 + 1 makes is unknown, as the run was too short to tell"
        if math.isnan(made)
        else f"1 + 1 makes about {made:.2f}"
    )
    loyalty = NO_LOYALTY if ground is not None and ground.loyalty == "refused" else _loyalty_clause(focal)
    return f"{first} ({_change(networks.level)}); {loyalty}; and {sums}."


def _trend_verb(trend: Trend) -> str:
    """The verb with its phase: a path that has levelled off did grow, it is not growing."""
    if trend.phase == "levelled off":
        return {"grow": "have grown and levelled off", "decline": "have declined and levelled off"}[trend.verdict]
    words = {"still": "still ", "lately": "lately ", "at the end": "at the end "}.get(trend.phase, "")
    verb = _VERBS[trend.verdict]
    return verb.replace("are ", f"are {words}", 1) + (", after a fall" if trend.phase == "recovering" else "")


def _loyalty_clause(loyalty: Loyalty) -> str:
    points = loyalty.behaviour.figure.mean
    wallet = "" if math.isnan(points) else f" ({100 * points:+.1f} points of wallet)"
    if loyalty.verdict == UNDECIDED:
        return f"whether loyalty to {loyalty.name} changes is undecided{wallet}"
    halves = loyalty.verdict.split(", ")
    return f"loyalty to {loyalty.name} {' and '.join([halves[0] + wallet, *halves[1:]])}"


def render(verdict: Verdict, plan: Plan, folder: str | os.PathLike[str] | None = None) -> str:
    """One terminal screen, at most 40 lines of 100 columns.

    Parameters
    ----------
    verdict : Verdict
        As ``judge`` gives it.
    plan : Plan
        Title, months and partners.
    folder : path, optional
        Where the results lie.

    Returns
    -------
    str
        Lines ended by newlines, without colour.
    """
    runs = verdict.replications
    ground = support(plan)
    head = f"{plan.title}: {plan.partners} partners, {plan.months} months after {plan.burn_in} of burn-in, {_runs(runs)}"
    refused = ground is not None and ground.loyalty == "refused"
    rests = [] if ground is None else _ground_lines(plan, ground)
    lines = [*_wrap(answer(verdict, ground)), "", _cut(head), *map(_cut, _compared(verdict)), *rests, ""]
    lines += _network_lines(verdict)
    lines += ["", *(_no_loyalty_lines() if refused else _loyalty_lines(verdict))]
    lines += ["", *_collaboration_lines(verdict), ""]
    lines += _undecided_lines(verdict, _refused_names(verdict) if refused else ())
    if folder is not None:
        lines.append(f"Results: {folder}")
    return "\n".join(line.rstrip() for line in lines[: LINES + len(rests)]) + "\n"


def _ground_lines(plan: Plan, ground: Support) -> list[str]:
    """What was given and what was drawn, and which verdicts are therefore not from the data."""
    parts = inputs(plan)
    given = [INPUTS[name] + (f" ({x.given} of {x.of})" if x.drawn else "") for name, x in parts.items() if x.given]
    drawn = [INPUTS[name] for name, x in parts.items() if not x.given]
    allied = plan.ties is not None and plan.ties.alliances is not None
    out = _wrap(f"Given: {', '.join(['names', *given, *(['alliances'] if allied else [])])}.")
    out += _wrap(f"Drawn: {', '.join(drawn)}.")
    return out + _wrap(not_from_data(plan))


def not_from_data(plan: Plan) -> str:
    """Which verdicts are the model's own and not from the data that partners come from, in a sentence; empty where none is."""
    ground = support(plan)
    if ground is None:
        return ""
    why = {
        "networks": (ground.networks, "memberships are drawn"),
        "loyalty": (ground.loyalty, "for too few partners the vendors carried are given"),
        "1 + 1": (ground.joint_work, "no alliances are given"),
    }
    found = [f"{what} ({reason})" for what, (source, reason) in why.items() if source == "drawn"]
    return f"Not from your data but the model's own: {'; '.join(found)}." if found else ""


def _no_loyalty_lines() -> list[str]:
    return _wrap(
        "Loyalty to a vendor: no verdict. Vendors and who carries them are drawn, none is in your data; import them "
        "(--relations, --vendors) to have one."
    )


def _refused_names(verdict: Verdict) -> list[str]:
    """What is undecided about vendors, as ``judge`` calls it."""
    return [f"loyalty to {loyalty.name}" for loyalty in (verdict.loyalty, *verdict.vendors)]


def _compared(verdict: Verdict) -> list[str]:
    early, late = verdict.windows.early, verdict.windows.late
    return [
        f"Change: months {early[0]}-{early[1] - 1} to months {late[0]}-{late[1] - 1}, "
        "95 % intervals across replications in brackets.",
        f"Stable: within {100 * MARGIN_LEVEL:.0f} % and {100 * MARGIN_SLOPE:.0f} % a year. "
        f"Loyalty holds: within {100 * MARGIN_WALLET:.0f} points, attitude within {MARGIN_ATTITUDE:.2f}.",
    ]


def _network_lines(verdict: Verdict) -> list[str]:
    out = [f"{'Networks':<22}{'open':>5}{'members':>8} {'change':>20} {'slope a year':>20}  verdict"]
    for kind in verdict.kinds:
        out.append(_trend_line(KIND_WORDS[kind.kind], kind.members, _number(kind.networks.late.mean, 1)))
    out.append(_trend_line("all, per partner", verdict.overall, "", 2))
    out += [_trend_line(trend.name, trend, "") for trend in verdict.alliances]
    return out


def _trend_line(name: str, trend: Trend, count: str, digits: int = 0) -> str:
    level = _number(trend.late.mean, digits)
    change, slope = (_with_interval(j.figure, 100, 0, " %") for j in (trend.level, trend.slope))
    word = trend.verdict if not trend.phase else f"{trend.verdict}, {trend.phase}"
    return _cut(f"{name:<22}{count:>5}{level:>8} {change:>20} {slope:>20}  {word}")


def _loyalty_lines(verdict: Verdict) -> list[str]:
    out = []
    for loyalty in (verdict.vendors[verdict.focal], verdict.loyalty):
        everyone = loyalty.vendor < 0
        acts, of = ("relations kept 12 months", "relations") if everyone else ("share of wallet", "partners")
        cells = ", ".join(f"{cell} {_number(100 * f.mean, 0)} %" for cell, f in loyalty.dick_basu.items())
        out += [
            f"Loyalty to {loyalty.name}: {loyalty.verdict}",
            f"  {acts} {_number(100 * loyalty.behaviour_late.mean, 1)} %, "
            f"change {_with_interval(loyalty.behaviour.figure, 100, 1, ' points')}",
            f"  attitude {_number(loyalty.attitude_late.mean, 2)}, change {_with_interval(loyalty.attitude.figure, 1, 2, '')}",
            f"  Dick-Basu, share of {of}: {cells}",
        ]
    words = [loyalty.verdict for loyalty in verdict.vendors]
    counted = []
    for word in LOYALTY_WORDS.values():
        if n := words.count(word):
            counted.append(f"{n} {word if n == 1 else word.removesuffix('s')}")
    if mixed := sum(" in " in w for w in words):
        counted.append(f"{mixed} differ in behaviour and attitude")
    out.append(f"  {len(words)} vendors: {', '.join(counted)}; HHI of their sales {_number(verdict.vendor_hhi.mean, 3)}")
    return [_cut(line) for line in out]


def _collaboration_lines(verdict: Verdict) -> list[str]:
    synergy = verdict.synergy
    made = _with_interval(synergy.one_plus_one, 1, 2, "", sign=False)
    surplus = _with_interval(synergy.surplus, 1, 2, "", sign=False)
    joint = _with_interval(synergy.joint_share, 100, 0, " %", sign=False)
    unserved, lost = (_with_interval(f, 100, 0, " %", sign=False) for f in (verdict.unserved, verdict.lost))
    return [
        _cut(f"1 + 1 = {made}: profit of allied firms, and of the same firms without the alliance"),
        _cut(f"Surplus of joint deals over what their members could do otherwise: {surplus} times that"),
        _cut(f"Joint work: {joint} of partners' revenue"),
        _cut(f"Demand: unserved {unserved}, lost to outside competitors {lost}"),
    ]


def _undecided_lines(verdict: Verdict, refused: Sequence[str] = ()) -> list[str]:
    undecided = [(name, runs) for name, runs in verdict.undecided if name not in refused]
    if not undecided:
        return ["Nothing is undecided."]
    if verdict.replications < 2:
        return _wrap("Undecided: everything. One run has no interval: run at least 10 replications.")
    named = [f"{name} ({_more(runs)})" for name, runs in undecided if runs is not None]
    unknown = [name for name, runs in undecided if runs is None]
    if unknown:
        named.append(f"by more runs than can be said: {', '.join(unknown)}")
    lines = _wrap(f"Undecided: {'; '.join(named)}.")
    if len(lines) > 5:
        lines = [*lines[:4], _cut(lines[4][: WIDTH - 4] + " ...")]
    return lines


def _more(runs: int) -> str:
    return f"about {runs} more {'run' if runs == 1 else 'runs'}"


def _runs(n: int) -> str:
    return "1 replication" if n == 1 else f"{n} replications"


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:,.{digits}f}"


def _with_interval(figure: Figure, scale: float, digits: int, unit: str, sign: bool = True) -> str:
    if math.isnan(figure.mean):
        return "-"
    style = f"{'+' if sign else ''}.{digits}f"
    mean = f"{scale * figure.mean:{style}}{unit}"
    if math.isnan(figure.low):
        return f"{mean} ({_NO_INTERVAL})"
    return f"{mean} ({scale * figure.low:{style}} to {scale * figure.high:{style}})"


def _change(judgement: Judgement) -> str:
    figure = judgement.figure
    if math.isnan(figure.mean):
        return "change of memberships per partner unknown"
    interval = "" if math.isnan(figure.low) else f", 95 % interval {100 * figure.low:+.0f} to {100 * figure.high:+.0f}"
    return f"memberships per partner {100 * figure.mean:+.0f} %{interval}"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 3] + "..."


def _wrap(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]
