"""The first screen: the answer in three sentences, and the table of verdicts."""

import math
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.accounts import Summary
from experiments.comparison.differences import Difference
from experiments.comparison.material import Material
from experiments.comparison.screen import ARROWS, LABELS, amount, answer, more, scale_of
from sim.grounds import support
from sim.observe.account.books import ATTITUDE, CAUSES, WALLET
from sim.observe.account.causes import KIND_NAMES, OUTSIDE
from sim.observe.evidence import Figure, figure
from sim.report.blocks import Table, table_html
from sim.report.screen import answer as answer_of_run
from sim.verdict import KIND_WORDS, Trend

MEETING = ("peers", "hosts", "co_delivery")  # what networks bring to loyalty
ALSO = ("alliances", "joint_share", "one_plus_one", "satisfied", "line_card", "profit", "revenue")


def kind_words(kind: str) -> str:
    """A kind of network in words."""
    return {"none": "outside networks"}.get(kind, KIND_WORDS.get(kind, kind))


def spread(found: Figure, scale: float, digits: int, unit: str = "") -> str:
    """A mean with its interval; a dash where nothing is known, no interval of one run."""
    if math.isnan(found.mean):
        return "-"
    mean = f"{scale * found.mean:.{digits}f}{unit}"
    return mean if math.isnan(found.low) else f"{mean} ({scale * found.low:.{digits}f} to {scale * found.high:.{digits}f})"


def signed_spread(found: Figure, unit: str, digits: int) -> str:
    """A change with its interval, in hundredths."""
    if math.isnan(found.mean):
        return "-"
    mean = f"{100 * found.mean:+.{digits}f}{unit}"
    return mean if math.isnan(found.low) else f"{mean}, {100 * found.low:+.{digits}f} to {100 * found.high:+.{digits}f}"


def by_kind(summaries: list[Summary], quantity: str) -> NDArray[np.float64]:
    """What each kind of network contributes to loyalty to the focal vendor at the end, replications x kinds."""
    causes = [CAUSES[quantity].index(c) for c in MEETING if c in CAUSES[quantity]]
    return np.array([s.made[quantity][causes].sum(axis=0) for s in summaries])


def head(material: Material) -> str:
    """HTML of the first screen."""
    base = material.cases[0]
    title = base.plan.title if material.comparison is None else f"{base.plan.title}: what if?"
    questions = [c.scenario.question for c in material.cases[1:] or material.cases if c.scenario.question]
    asked = "".join(f'<p class="question">{escape(q)}</p>' for q in dict.fromkeys(questions))
    sentences = "".join(f'<p class="answer">{escape(s)}</p>' for s in three_sentences(material) if s)
    return f"<h1>{escape(title)}</h1>{asked}{sentences}{table_html(verdict_table(material))}{_reading(material)}"


def three_sentences(material: Material) -> list[str]:
    """What changes, which kind of network erodes loyalty and how surely, and why."""
    return [_what(material), *_which_and_why(material)]


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
        out.append(f"{LABELS.get(name, name)}: {' and '.join(ends) or 'no scenario differs'}")
    return out


def _which_and_why(material: Material) -> list[str]:
    summaries = material.accounts[material.cases[0].name]
    if len(summaries) < 2:
        return ["Which kind of network erodes loyalty was not accounted for (one run or none).", ""]
    plan = material.cases[0].plan
    focal, runs = plan.names.vendors[0], len(summaries)
    wallet = by_kind(summaries, WALLET)[:, :OUTSIDE]
    figures = [figure(wallet[:, k]) for k in range(OUTSIDE)]
    worst = int(np.argmin([f.mean for f in figures]))
    found, kind = figures[worst], kind_words(KIND_NAMES[worst])
    agree = int((wallet[:, worst] < 0.0).sum())
    share = (
        f"{100 * found.mean:+.2f} points of its wallet, {100 * found.low:+.2f} to "
        f"{100 * found.high:+.2f}, in {agree} of {runs} runs"
    )
    ground = support(plan)
    drawn = (
        " (vendors are drawn: about the model's vendors, not yours)" if ground is not None and ground.loyalty == "refused" else ""
    )
    if not found.mean < 0.0:
        return [f"No kind of network costs {focal} loyalty{drawn}.", _why(summaries, worst, focal)]
    sure = "clearly" if found.high < 0.0 else "probably, not surely"
    return [
        f"Of the kinds of networks, {kind} ones erode loyalty to {focal} most, {sure}: {share}{drawn}.",
        _why(summaries, worst, focal),
    ]


def _why(summaries: list[Summary], kind: int, focal: str) -> str:
    def part(quantity: str, cause: str) -> float:
        return float(np.mean([s.made[quantity][CAUSES[quantity].index(cause), kind] for s in summaries]))

    discovered, heard = (100 * x for x in (part(WALLET, "co_delivery"), part(WALLET, "peers") + part(WALLET, "hosts")))
    peers, hosts = part(ATTITUDE, "peers"), part(ATTITUDE, "hosts")
    words = kind_words(KIND_NAMES[kind])
    routes = [
        (discovered, "members take on other vendors that their allies' joint deals used"),
        (heard, "of what peers and hosts say there"),
    ]
    (first, main), (second, other) = sorted(routes)
    also = f"; by {_points(second)} because {other}" if abs(second) >= 0.005 else ""
    return (
        f"Why: in {words} networks the wallet changes by {_points(first)} because {main}{also}. "
        f"The attitude to {focal} is moved there by {peers:+.3f} through peers and {hosts:+.3f} through the host."
    )


def _points(value: float) -> str:
    return f"{value:+.2f} points"


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
        rows.append((f"{LABELS.get(i.name, i.outcome.meaning)}{'' if i.headline else ' *'}", level, *cells))
    caption = (
        "▲ more, ▼ less, = no material difference, ? undecided; n/N: pairs of runs whose difference has that sign; 95 % interval."
    )
    return Table(("indicator", f"{comparison.cases[0].name} (level)", *cases), tuple(rows), caption, (1,))


def _level(level: Figure, d: Difference) -> str:
    if math.isnan(level.mean):
        return "-"
    if d.indicator.outcome.unit in ("share",):
        return f"{100 * level.mean:.1f} %"
    return f"{level.mean:,.0f}" if abs(level.mean) >= 1000 else f"{level.mean:.3g}"


def _cell(d: Difference) -> tuple[str, str]:
    kind = {"more": "more", "less": "less"}.get(d.verdict, "open")
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
        rows.append((f"loyalty to {loyalty.name}", f"{100 * loyalty.behaviour_late.mean:.1f} %", change, (loyalty.verdict, kind)))
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
        f"{LABELS.get(d.indicator.name, d.indicator.name)} {_least(d)}" for d in headline if d.case == comparison.cases[1].name
    )
    return (
        f"<p>{escape(pairs)}, looks planned at {', '.join(map(str, comparison.looks))} "
        f"pairs.{achieved}{within}{saved}. Smallest difference that matters: "
        f"{escape(matters)}. Rows with * are not headlines: Benjamini-Hochberg over all "
        f"{len(comparison.indicators)} indicators.</p>"
    )


def _least(d: Difference) -> str:
    scale, unit = scale_of(d)
    return f"{scale * d.indicator.matters:g}{unit}"
