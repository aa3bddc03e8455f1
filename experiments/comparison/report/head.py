"""The first screen: the answer in a few sentences, and the table of verdicts."""

import math
from html import escape
from typing import Any

import numpy as np

from experiments.comparison.differences import NO_GROUND, Difference
from experiments.comparison.material import Material
from experiments.comparison.report.causes import kinds_chart
from experiments.comparison.report.eroding import which_and_why
from experiments.comparison.screen import ARROWS, aims, amount, answer, in_focus, label, more, own_verdicts, scale_of
from sim.grounds import support
from sim.observe.account.books import WALLET
from sim.observe.evidence import Figure
from sim.report.blocks import Table, table_html
from sim.report.screen import answer as answer_of_run
from sim.report.screen import not_from_data
from sim.verdict import KIND_WORDS, Trend

ALSO = ("alliances", "joint_share", "one_plus_one", "satisfied", "line_card", "profit", "revenue")


def spread(found: Figure, scale: float, digits: int, unit: str = "") -> str:
    """A mean with its interval; a dash where nothing is known, no interval of one run."""
    if math.isnan(found.mean):
        return "-"
    mean = f"{scale * found.mean:.{digits}f}{unit}"
    return mean if math.isnan(found.low) else f"{mean} ({scale * found.low:.{digits}f} to {scale * found.high:.{digits}f})"


def within_shares(found: Figure) -> Figure:
    """A share whose interval ends where shares end."""
    low, high = np.clip([found.low, found.high], 0.0, 1.0)
    return found._replace(low=float(low), high=float(high))


def signed_spread(found: Figure, unit: str, digits: int) -> str:
    """A change with its interval, in hundredths."""
    if math.isnan(found.mean):
        return "-"
    mean = f"{100 * found.mean:+.{digits}f}{unit}"
    return mean if math.isnan(found.low) else f"{mean}, {100 * found.low:+.{digits}f} to {100 * found.high:+.{digits}f}"


def head(material: Material) -> str:
    """HTML of the first screen."""
    base = material.cases[0]
    title = base.plan.title if material.comparison is None else f"{base.plan.title}: what if?"
    asked = "".join(f'<p class="question">{escape(q)}</p>' for q in _questions(material))
    sentences = "".join(f'<p class="answer">{escape(s)}</p>' for s in answers(material) if s)
    own = [not_from_data(base.plan)] if material.comparison is None else own_verdicts(material.comparison)
    sentences += "".join(f"<p>{escape(s)}</p>" for s in own if s)
    lead = f'<div class="lead"><div>{sentences}</div>{_picture(material)}</div>'
    return f"<h1>{escape(title)}</h1>{asked}{lead}{table_html(verdict_table(material))}{_reading(material)}"


def _questions(material: Material) -> list[str]:
    """What each scenario is and asks: its question, after its name and title where scenarios are compared."""
    base, *others = material.cases
    if not others:
        return [base.scenario.question] if base.scenario.question else []
    said = [f"{c.name}: {c.plan.title}. {c.scenario.question}".strip() for c in others if c.plan.title != base.plan.title]
    return list(dict.fromkeys(said)) or ([base.scenario.question] if base.scenario.question else [])


def _picture(material: Material) -> str:
    """What each kind of network does to the share of wallet, beside the answer."""
    found = material.accounts[material.cases[0].name]
    if len(found) < 2:
        return ""
    chart = kinds_chart(found, WALLET, f"{material.cases[0].name}, {len(found)} runs")
    return f'<div class="aside"><p>{escape(chart.title)}; whiskers 95 %</p>{chart.svg}</div>'


def answers(material: Material) -> list[str]:
    """What changes, of vendors aimed at too, which kind of network erodes loyalty and how surely, and why."""
    aimed = [] if material.comparison is None else aims(material.comparison)
    return [_what(material), *aimed, *which_and_why(material)]


def _what(material: Material) -> str:
    if material.comparison is None:
        case = material.cases[0]
        return answer_of_run(material.verdicts[case.name], support(case.plan))
    comparison, base = material.comparison, material.cases[0].name
    said = [answer(c.name, comparison).rstrip(".") for c in material.cases[1:]]
    if len(said) > 3:
        said = _extremes(material)
    return f"Against {base}, {'; '.join(said)}."


def _extremes(material: Material) -> list[str]:
    """Of many scenarios, the ones that move a headline most each way."""
    assert material.comparison is not None
    out = []
    for name in dict.fromkeys(d.indicator.name for d in material.comparison.differences if d.indicator.headline):
        found = [d for d in material.comparison.differences if d.indicator.name == name and d.verdict in ("more", "less")]
        words = [f"{d.case} {d.verdict} ({amount(d)})" for d in sorted(found, key=lambda d: d.judgement.figure.mean)]
        ends = words if len(words) <= 2 else [words[0], words[-1]]
        out.append(f"{label(name, in_focus(material.cases[0].plan))}: {' and '.join(ends) or 'no scenario differs'}")
    return out


def verdict_table(material: Material) -> Table:
    """Indicators in rows, scenarios in columns; of one run, its own verdicts."""
    if material.comparison is None:
        return _table_of_run(material)
    comparison = material.comparison
    cases = [c.name for c in comparison.cases[1:]]
    found = {(d.case, d.indicator.name): d for d in comparison.differences}
    shown = [i for i in comparison.indicators if i.headline or i.name in ALSO]
    rows = []
    for i in shown:
        base = found[cases[0], i.name]
        level = _level(base.base, base)
        cells = [_cell(found[case, i.name]) for case in cases]
        words = label(i.name, in_focus(comparison.cases[0].plan), i.outcome.meaning)
        rows.append((f"{words}{'' if i.headline else ' *'}", level, *cells))
    caption = (
        "▲ more, ▼ less, = no material difference, ? undecided; n/N: pairs of runs whose difference has that sign; 95 % interval."
    )
    return Table(("indicator", f"{comparison.cases[0].name} (level)", *cases), tuple(rows), caption, (1,))


def _level(level: Figure, d: Difference) -> str:
    if math.isnan(level.mean):
        return "-"
    if d.indicator.outcome.unit in ("share",):
        return f"{100 * level.mean:.1f} %"
    number = f"{level.mean:,.0f}" if abs(level.mean) >= 1000 else f"{level.mean:.3g}"
    return f"{number} {d.indicator.outcome.unit}" if "US dollars" in d.indicator.outcome.unit else number


def _cell(d: Difference) -> tuple[str, str]:
    kind = {"more": "more", "less": "less"}.get(d.verdict, "open")
    if d.verdict == NO_GROUND:
        return "no verdict: the data do not say which vendors partners carry", "open"
    if math.isnan(d.judgement.figure.mean):
        return "not defined", "open"
    return f"{ARROWS[d.verdict]} {amount(d)} ({d.agreeing}/{d.judgement.figure.n}){more(d)}", kind


def _table_of_run(material: Material) -> Table:
    verdict = material.verdicts[material.cases[0].name]
    refused = (ground := support(material.cases[0].plan)) is not None and ground.loyalty == "refused"
    rows = [_trend("memberships per partner", verdict.overall)]
    rows += [_trend(f"members of {KIND_WORDS[k.kind]} networks", k.members) for k in verdict.kinds]
    rows += [_trend(t.name, t) for t in verdict.alliances]
    for loyalty in () if refused else (verdict.vendors[verdict.focal], verdict.loyalty):
        kind = {"strengthens": "more", "erodes": "less"}.get(loyalty.verdict, "open")
        acts = loyalty.behaviour.figure
        change = signed_spread(acts, " points", 1)
        acts_are = "relations kept 12 months" if loyalty.vendor < 0 else "share of wallet"
        level = f"{100 * loyalty.behaviour_late.mean:.1f} %"
        rows.append((f"loyalty to {loyalty.name}, {acts_are}", level, change, (loyalty.verdict, kind)))
    return Table(("", "level at the end", "change", "verdict"), tuple(rows), "95 % intervals across replications.", (1,))


def _trend(name: str, trend: Trend) -> tuple[Any, ...]:
    f = trend.level.figure
    kind = {"grow": "more", "decline": "less"}.get(trend.verdict, "open")
    word = trend.verdict if not trend.phase else f"{trend.verdict}, {trend.phase}"
    change = signed_spread(f, " %", 0)
    return name, f"{trend.late.mean:,.3g}", change, (word, kind)


def _reading(material: Material) -> str:
    """How to read the table, in small print."""
    if material.comparison is None:
        runs = len(material.records[material.cases[0].name])
        return (
            f"<p>{runs} replications of {len(material.months)} months after {material.burn_in} of burn-in, "
            f"{material.cases[0].plan.partners:,} partners.</p>"
        )
    comparison = material.comparison
    headline = [d for d in comparison.differences if d.indicator.headline]
    known = [d.correlation for d in headline if math.isfinite(d.correlation)]
    given = [g for g in comparison.given_world.values() if math.isfinite(g)]
    pairs = (
        f"{comparison.pairs} pairs of runs on common random numbers, "
        f"{comparison.cases[0].plan.partners:,} partners, {len(material.months)} months"
    )
    achieved = f" Correlation of the pairs {min(known):.2f} to {max(known):.2f}" if known else ""
    within = f", given the world of suppliers {np.median(given):.2f} (median)" if given else ""
    unpaired = [d.unpaired for d in headline if d.unpaired is not None]
    saved = f"; an unpaired comparison would have needed up to {max(unpaired):,} runs a scenario" if unpaired else ""
    matters = "; ".join(
        f"{label(d.indicator.name, in_focus(comparison.cases[0].plan))} {_least(d)}"
        for d in headline
        if d.case == comparison.cases[1].name
    )
    return (
        f"<p>{escape(pairs)}, looks planned at {', '.join(map(str, comparison.looks))} "
        f"pairs.{achieved}{within}{saved}. Smallest difference that matters: "
        f"{escape(matters)}. Rows with * are not headlines: Benjamini-Hochberg over the "
        f"{sum(not i.headline for i in comparison.indicators)} indicators that are none, and all scenarios.</p>"
    )


def _least(d: Difference) -> str:
    scale, unit = scale_of(d)
    return f"{scale * d.indicator.matters:g}{unit}"
