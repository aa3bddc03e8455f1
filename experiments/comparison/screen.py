"""A comparison as one screen of text: the answer, the headline differences, then what else differs."""

import math
from collections.abc import Sequence

from experiments import console
from experiments.comparison.aimed import aimed_at
from experiments.comparison.differences import NO_GROUND, NOT_DEFINED, Difference
from experiments.comparison.procedure import Comparison
from experiments.outcomes import FOCAL
from sim.plan import Plan
from sim.report.screen import NO_LOYALTY, not_from_data
from sim.verdict import UNDECIDED

ARROWS = {"more": "▲", "less": "▼", "no material difference": "=", UNDECIDED: "?", NOT_DEFINED: "-", NO_GROUND: "-"}


def render(comparison: Comparison) -> str:
    """The screen.

    Parameters
    ----------
    comparison
        What came.

    Returns
    -------
    str
        Lines.
    """
    base = comparison.cases[0]
    plan = base.plan
    world = "one world of suppliers" if comparison.fixed_world else "drawn worlds"
    head = (
        f"Against {base.name}: {plan.partners:,} partners, {plan.months} months after {plan.burn_in} of burn-in, "
        f"{comparison.pairs} pairs of runs on common random numbers, {world}."
    )
    lines = [*answers(comparison), *aims(comparison), *own_verdicts(comparison), "", head, stopping(comparison), ""]
    headlines = [d for d in comparison.differences if d.indicator.headline]
    lines += [console.show(HEADERS, [row(d) for d in headlines]), ""]
    other = [d for d in comparison.differences if not d.indicator.headline]
    found = [d for d in other if d.verdict in ("more", "less")]
    lines.append(f"Further differences: {len(found)} of {len(other)} looked at (Benjamini-Hochberg, 5 % false discoveries).")
    if found:
        lines.append(console.show(HEADERS, [row(d) for d in found]))
    lines += ["", f"What pairing achieved ({comparison.given_world_pairs or 'no'} pairs given the world):"]
    lines.append(console.show(PAIRING, [pairing(d, comparison) for d in headlines]))
    return "\n".join([*lines, "", f"Results: {comparison.folder}"])


HEADERS = ("scenario", "indicator", "", "verdict", "difference", "interval", "matters from", "agree")
PAIRING = ("scenario", "indicator", "correlation", "given the world", "runs a scenario if unpaired")


def scale_of(d: Difference) -> tuple[float, str]:
    """How a difference is said: its factor and its unit."""
    if d.indicator.relative:
        return 100.0, " %"
    unit = d.indicator.outcome.unit
    return (100.0, " points") if unit == "share" else (1.0, "" if unit in ("1", "-1..1", "0..1") else f" {unit}")


def row(d: Difference) -> list[str]:
    """One line of the table of verdicts."""
    if d.verdict == NO_GROUND:
        return [d.case, d.indicator.name, ARROWS[d.verdict], d.verdict, "-", "-", "-", "-"]
    scale, unit = scale_of(d)
    found = d.judgement.figure
    return [
        d.case, d.indicator.name, ARROWS[d.verdict], d.verdict + more(d), f"{_signed(scale * found.mean)}{unit}",
        f"{_signed(scale * found.low)} to {_signed(scale * found.high)}", f"{scale * d.indicator.matters:g}{unit}",
        f"{d.agreeing}/{found.n}",
    ]  # fmt: skip


def pairing(d: Difference, comparison: Comparison) -> list[str]:
    """What pairing achieved for one difference."""
    given = comparison.given_world.get((d.case, d.indicator.name), math.nan)
    unpaired = "-" if d.unpaired is None else f"{d.unpaired:,} instead of {comparison.pairs:,}"
    return [d.case, d.indicator.name, _correlation(d.correlation), _correlation(given), unpaired]


def more(d: Difference) -> str:
    """How many more pairs would decide."""
    if d.verdict != UNDECIDED:
        return ""
    wanted = d.judgement.more_runs
    return ", more pairs than can be said" if wanted is None else f", about {wanted} more pairs" if wanted else ""


def answers(comparison: Comparison) -> list[str]:
    """One sentence a scenario: what it changes of the headlines."""
    return [answer(case.name, comparison) for case in comparison.cases[1:]]


def answer(case: str, comparison: Comparison) -> str:
    """What one scenario changes, in a sentence."""
    found = [d for d in comparison.differences if d.case == case and d.indicator.headline]
    return f"{case}: {changes(found, in_focus(comparison.cases[0].plan))}."


def changes(found: Sequence[Difference], vendor: str) -> str:
    """What differs, what does not and what is not known, as a part of a sentence."""

    def named(verdict: str) -> list[str]:
        return [label(d.indicator.name, vendor, d.indicator.outcome.meaning) for d in found if d.verdict == verdict]

    clear = [
        f"{_change_word(d)} {label(d.indicator.name, vendor, d.indicator.outcome.meaning)} ({amount(d)})"
        for d in found
        if d.verdict in ("more", "less")
    ]
    parts = [", ".join(clear)] if clear else []
    parts += [f"no material difference in {_and(same)}"] if (same := named("no material difference")) else []
    parts += [f"undecided: {_and(unclear)}"] if (unclear := named(UNDECIDED)) else []
    parts += [f"not defined in this run: {_and(unknown)}"] if (unknown := named(NOT_DEFINED)) else []
    parts += [NO_LOYALTY] if any(d.verdict == NO_GROUND for d in found) else []
    return "; ".join(parts) or "nothing to say"


def aims(comparison: Comparison) -> list[str]:
    """Of each vendor that a scenario aims at and that is not the one in focus, a sentence on loyalty to it."""
    plan = comparison.cases[0].plan
    vendor = in_focus(plan)
    return [
        f"{case} changes {aimed}: {changes(found, vendor)}. All else on a vendor here is about {vendor}, the first one; "
        + (f'import with --focal "{aimed}" makes {aimed} the first.' if plan.given else "aim at that one to have all of it.")
        for case, aimed, found in aimed_at(comparison)
    ]


def own_verdicts(comparison: Comparison) -> list[str]:
    """What is not from the data that partners come from, in a sentence."""
    return list(dict.fromkeys(words for case in comparison.cases if (words := not_from_data(case.plan))))


def in_focus(plan: Plan) -> str:
    """Name of the vendor that headlines are about: the first."""
    return plan.names.vendors[FOCAL]


def label(indicator: str, vendor: str, meaning: str = "") -> str:
    """How an indicator is called, the vendor in focus by its name."""
    return LABELS.get(indicator, meaning or indicator).replace(THE_VENDOR, vendor)


def _change_word(d: Difference) -> str:
    """More or less of what is counted, higher or lower where it is a level."""
    counted = d.indicator.name in ("memberships", "alliances", "networks")
    return d.verdict if counted else "higher" if d.verdict == "more" else "lower"


THE_VENDOR = "the focal vendor"  # in the words of outcomes
LABELS = {
    "memberships": "memberships per partner",
    "focal_wallet": f"share of wallet of {THE_VENDOR}",
    "focal_attitude": f"attitude to {THE_VENDOR}",
    "retention": "retention of vendors",
    "one_plus_one": "1 + 1 (2: alliances add nothing)",
}


def amount(d: Difference) -> str:
    """The difference with its interval, as a strategist says it."""
    found, (scale, unit) = d.judgement.figure, scale_of(d)
    digits = 0 if d.indicator.relative else 1 if scale == 100.0 else 2 if abs(found.mean) >= 0.1 else 3
    mean = f"{scale * found.mean:+.{digits}f}{unit}"
    if math.isnan(found.low):
        return f"{mean}, no interval"
    return f"{mean}, {scale * found.low:+.{digits}f} to {scale * found.high:+.{digits}f}"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def stopping(comparison: Comparison) -> str:
    """When and why the comparison stopped, and what its intervals promise."""
    looks = ", ".join(map(str, comparison.looks))
    open_ones = sum(d.verdict == UNDECIDED for d in comparison.differences if d.indicator.headline)
    stay = "1 headline difference stays" if open_ones == 1 else f"{open_ones} headline differences stay"
    why = f"all planned pairs are run, {stay} open" if open_ones else "all headline differences are decided"
    many = f" and {len(comparison.cases) - 1} scenarios" if len(comparison.cases) > 2 else ""
    return (
        f"Looks planned at {looks} pairs; stopped at {comparison.pairs}: {why}. The intervals of a headline "
        f"hold at 95 % jointly over the looks{many}."
    )


def _signed(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"


def _correlation(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
