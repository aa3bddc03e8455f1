"""Sections on why: the loyalty account, what each kind of network does, and what differs between scenarios by cause."""

import numpy as np

from experiments.comparison.accounts import Summary
from experiments.comparison.attribution_screen import scale_of
from experiments.comparison.material import Material
from experiments.comparison.report.eroding import by_kind, kind_words
from experiments.comparison.screen import in_focus, label
from sim.observe.account.books import ATTITUDE, CAUSES, WALLET
from sim.observe.account.causes import KIND_NAMES, OUTSIDE, WORDS
from sim.observe.evidence import figure
from sim.report.blocks import Chart, Section
from sim.report.charts.bars import Estimate, forest, waterfall

SHOWN = {ATTITUDE: ("attitude, -1..1", 1.0), WALLET: ("points of wallet", 100.0)}
SMALL = 0.005  # of the shown unit: smaller amounts are gathered as "all others"


def kinds(material: Material) -> Section:
    """What each kind of network contributes to loyalty to the focal vendor."""
    base = material.cases[0]
    focal = base.plan.names.vendors[0]
    found = material.accounts[base.name]
    text = (
        f"At the end of the run: how far what is heard in each kind of network moves the attitude to {focal} "
        f"from partners' own experience, and how many points "
        "of wallet the vendors that were discovered in joint deals, and what is said, bring or cost it. "
        "Filled dots: the 95 % interval leaves out zero."
    )
    charts = tuple(kinds_chart(found, quantity, f"{base.name}, {len(found)} runs.") for quantity in (WALLET, ATTITUDE))
    return Section("kinds", "Which networks erode loyalty", (text, charts))


def kinds_chart(found: list[Summary], quantity: str, caption: str) -> Chart:
    """What each kind of network does to loyalty to the focal vendor."""
    unit, scale = SHOWN[quantity]
    values = by_kind(found, quantity)
    estimates = [_estimate(kind_words(KIND_NAMES[k]), values[:, k]) for k in range(OUTSIDE + (quantity == WALLET))]
    title = f"What kinds of networks do to {'the share of wallet' if quantity == WALLET else 'the attitude'}"
    return Chart(title, forest(title, unit, estimates, scale), f"kinds_{quantity}", _HEADERS, _rows(estimates), caption)


def account(material: Material) -> Section:
    """The waterfall of the baseline, and of each scenario what differs by cause."""
    focal = material.cases[0].plan.names.vendors[0]
    first = material.since
    left = [s.left_over[q] for found in material.accounts.values() for s in found for q in (ATTITUDE, WALLET)]
    gap = max((s.gap for found in material.accounts.values() for s in found), default=0.0)
    text = (
        f"Every change of loyalty to {focal} from month {first} to {len(material.months)} is booked to its cause as "
        f"it happens; the bookings miss the change by at most "
        f"{gap:.0e}. Of the gross movement, {100 * max((x[0] for x in left), default=0.0):.1f} % at most is unexplained "
        f"and up to {100 * max((x[1] for x in left), default=0.0):.0f} % is chance "
        "(which single deal or month came out how), booked as such."
    )
    how = (
        "Attitude is own experience plus what peers and hosts add; own experience is a sum of memories, one for each "
        "component, that fade as new months come in. The share of "
        "wallet moves by purchases; each purchase's choice of vendor is split over its drivers by Shapley's "
        "value, from an equal split over the line card to the "
        "probabilities of the choice, and chance. Amounts are changes: a driver that works as before shows nothing."
    )
    base = [_waterfall(material.accounts[material.cases[0].name], q, material.cases[0].name, focal) for q in (WALLET, ATTITUDE)]
    blocks: list[object] = [text, how, tuple(base)]
    for case in material.cases[1:]:
        pairs = (material.accounts[material.cases[0].name], material.accounts[case.name])
        blocks.append(tuple(_difference(*pairs, q, case.name) for q in (WALLET, ATTITUDE)))
    return Section("account", "The loyalty account: why", tuple(blocks))


_HEADERS = ("cause", "mean", "low", "high")


def _estimate(name: str, values: np.ndarray) -> Estimate:
    f = figure(values)
    return Estimate(name, f.mean, f.low, f.high)


def _rows(estimates: list[Estimate]) -> tuple[tuple[str, float, float, float], ...]:
    return tuple((e.name, e.mean, e.low, e.high) for e in estimates)


def _waterfall(found: list[Summary], quantity: str, case: str, focal: str) -> Chart:
    unit, scale = SHOWN[quantity]
    amounts = np.array([s.moved[quantity].sum(axis=1) for s in found])
    bars = [
        _estimate(WORDS[c], amounts[:, n]) for n, c in enumerate(CAUSES[quantity]) if np.abs(amounts[:, n]).max(initial=0.0) > 0.0
    ]
    start, end = (float(np.mean([x[quantity] for x in side])) for side in ([s.start for s in found], [s.end for s in found]))
    title = f"{'Share of wallet' if quantity == WALLET else 'Attitude'}: what moved it"
    rows = (("start", start, np.nan, np.nan), *_rows(bars), ("end", end, np.nan, np.nan))
    svg = waterfall(title, unit, start, _gathered(bars, scale), end, scale)
    return Chart(title, svg, f"account_{quantity}", _HEADERS, rows, f"{focal}, {case}; mean of {len(found)} runs, {unit}.")


def _gathered(bars: list[Estimate], scale: float) -> list[Estimate]:
    """Small amounts as one bar."""
    large = [b for b in bars if abs(b.mean * scale) >= SMALL]
    small = [b for b in bars if abs(b.mean * scale) < SMALL]
    return [*large, Estimate("all others", sum(b.mean for b in small))] if small else large


def _difference(base: list[Summary], other: list[Summary], quantity: str, case: str) -> Chart:
    """By cause, how much more or less was booked than in the baseline, over pairs."""
    unit, scale = SHOWN[quantity]
    amounts = np.array([b.moved[quantity].sum(axis=1) - a.moved[quantity].sum(axis=1) for a, b in zip(base, other, strict=True)])
    total = np.array(
        [(b.end[quantity] - b.start[quantity]) - (a.end[quantity] - a.start[quantity]) for a, b in zip(base, other, strict=True)]
    )
    causes = [(n, c) for n, c in enumerate(CAUSES[quantity]) if np.abs(amounts[:, n]).max(initial=0.0) * scale >= SMALL]
    estimates = [_estimate(WORDS[c], amounts[:, n]) for n, c in causes] + [_estimate("all together", total)]
    title = f"{case}: what it changes in {'the share of wallet' if quantity == WALLET else 'the attitude'}, by cause"
    svg = forest(title, unit, estimates, scale)
    return Chart(
        title,
        svg,
        f"difference_{quantity}_{case}",
        _HEADERS,
        _rows(estimates),
        f"Difference of the accounts, {len(amounts)} pairs, {unit}.",
    )


def attributions(material: Material) -> Section | None:
    """Which mechanisms carry the differences, as far as that was found out."""
    if not material.attributions:
        return None
    charts = []
    for found in material.attributions:
        scale, unit = scale_of(found)
        named = {**found.carried, "residual: all of these off": found.residual, "all together": found.total}
        estimates = [Estimate(name.replace("_", " "), f.mean, f.low, f.high) for name, f in named.items()]
        title = f"{found.case}: {label(found.indicator, in_focus(material.cases[0].plan))}"
        caption = f"{found.pairs} pairs for each of {2 ** len(found.carried)} combinations, {unit}."
        name = f"attribution_{found.case}_{found.indicator}"
        charts.append(Chart(title, forest(title, unit, estimates, scale), name, _HEADERS, _rows(estimates), caption))
    text = (
        "Mechanisms are switched off in both scenarios, in every combination; each carries its Shapley value, what it "
        "adds to the difference on average over all orders of "
        "switching on. The residual is the difference that remains with all of them off."
    )
    return Section("mechanisms", "Which mechanisms carry the difference", (text, tuple(charts)))
