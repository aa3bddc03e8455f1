"""The section on money: what each scenario brings to whom, or for a single run who earns what and what its events bring."""

import numpy as np
from numpy.typing import NDArray

from experiments.comparison.material import WITHOUT, Material
from experiments.comparison.money import (
    ACTORS,
    DISCOUNT_PER_YEAR,
    Return,
    actor_words,
    dollars,
    flows_of,
    months_words,
    return_of,
)
from experiments.comparison.screen import in_focus
from sim.observe.evidence import figure
from sim.report.blocks import Chart, Section, Table
from sim.report.charts.bands import Bands, band_chart, legend, quantiles_of

WITH = "with its events"
_RETURNS = (
    "scenario", "for", "net present value, US dollars", "runs in which it gains", "most put up front", "paid back",
    "no monthly loss any more",
)  # fmt: skip
_QUANTILES = ("scenario", "month", "q5", "q25", "q50", "q75", "q95")


def money(material: Material) -> Section:
    """What each scenario brings to whom; of a single run, who earns what and what its events bring."""
    return _of_run(material) if material.comparison is None else _of_comparison(material)


def _of_comparison(material: Material) -> Section:
    base = material.cases[0].name
    paths = {a: {c.name: _paths(material.records[c.name], a) for c in material.cases} for a in ACTORS}
    table, charts = _returns(paths, base, material)
    text = (
        f"Difference from {base} in cash, from month {material.since} on, cumulated from every payment, what the policy "
        f"costs included; {_HOW}"
    )
    return Section("money", "Money", (text, table, charts), legend([c.name for c in material.cases]))


_HOW = (
    f"discounted at {100 * DISCOUNT_PER_YEAR:.0f} % a year (assumed). Worth: net present value by the end of the run. "
    "The median partner's profit is margin less overhead."
)


def _of_run(material: Material) -> Section:
    case = material.cases[0]
    vendor = in_focus(case.plan)
    blocks: list[object] = [
        f"What is earned a month in the last year: cash of {vendor} and of the distributors from all receipts and payments, "
        "and the profit of the median partner, its margin less overhead.",
        _levels(material),
        tuple(_earning(material, actor) for actor in ACTORS),
    ]
    if material.without:
        runs = len(material.without)
        paths = {a: {WITHOUT: _paths(material.without, a), WITH: _paths(material.records[case.name][:runs], a)} for a in ACTORS}
        table, charts = _returns(paths, WITHOUT, material)
        blocks.append(
            f"What the events of the scenario bring, from month {material.since} on: {runs} of these runs beside the same runs "
            f"without its events, on the same chance; cumulated from every payment, what the policy costs included; {_HOW}"
        )
        blocks += [table, charts]
    elif case.plan.schedule:
        blocks.append(
            "Payback, net present value and break-even of what the scenario does need the same runs without its events: "
            f"channel-sim report {material.folder} --accounts 6 runs them."
        )
    else:
        blocks.append(
            "Nothing changes in the course of this scenario, so there is no policy here that could pay for itself. "
            f"What it brings beside another: channel-sim compare baseline {case.name}."
        )
    return Section("money", "Money", tuple(blocks))


def _paths(records: list, actor: str) -> NDArray[np.float64]:
    return np.array([r.series[actor] for r in records])


def _levels(material: Material) -> Table:
    """Who earns what in the last year."""
    records = material.records[material.cases[0].name]
    rows = []
    for actor in ACTORS:
        rows.append((actor_words(actor, in_focus(material.cases[0].plan)), _monthly(flows_of(_paths(records, actor), actor))))
    rows.append(("all partners together, gross margin", _monthly(_paths(records, "margin_month"))))
    return Table(("for", "US dollars a month"), tuple(rows), "Mean over runs, 95 % interval in brackets.", (1,))


def _monthly(flows: NDArray[np.float64]) -> str:
    f = figure(flows[:, -12:].mean(axis=1))
    interval = "" if np.isnan(f.low) else f" ({dollars(f.low)} to {dollars(f.high)})"
    return f"{dollars(f.mean)}{interval}"


def _earning(material: Material, actor: str) -> Chart:
    """What one earns over time, a year's mean."""
    flows = flows_of(_paths(material.records[material.cases[0].name], actor), actor)
    width = min(12, flows.shape[1])
    smooth = np.array([np.convolve(row, np.full(width, 1.0 / width), "valid") for row in flows])
    first = max(0, material.burn_in - (width - 1))
    months = list(range(first + width - 1 - material.burn_in, len(material.months)))
    scale, unit = _unit(float(np.nanmax(np.abs(smooth), initial=0.0)), "US dollars a month")
    bands = Bands(material.cases[0].name, quantiles_of(scale * smooth[:, first:]))
    title = f"Earnings of {actor_words(actor, in_focus(material.cases[0].plan))}"
    rows = tuple((bands.name, m, *map(float, q)) for m, q in zip(months, (bands.quantiles / scale).T, strict=True))
    svg = band_chart(title, unit, months, [bands])
    return Chart(title, svg, f"earnings_{actor}", _QUANTILES, rows, f"{unit}, mean of 12 months; data in US dollars a month.")


def _unit(largest: float, unit: str) -> tuple[float, str]:
    return (1.0, unit) if largest < 1e4 else (1e-3, f"thousand {unit}") if largest < 1e6 else (1e-6, f"million {unit}")


def _returns(paths: dict[str, dict[str, NDArray]], base: str, material: Material) -> tuple[Table, tuple[Chart, ...]]:
    """Table and charts of what scenarios bring beside one of them."""
    since, vendor = material.burn_in + min(material.since, len(material.months) - 1), in_focus(material.cases[0].plan)
    rows, charts = [], []
    for actor, by_case in paths.items():
        bands = []
        for name in by_case:
            if name != base:
                found = return_of(by_case[base], by_case[name], actor, since)
                rows.append((name, *_money_row(found, vendor)))
                bands.append((name, found.cumulated))
        charts.append(_money_chart(actor, bands, material))
    return Table(_RETURNS, tuple(rows), "95 % interval of the mean.", (2, 3, 4)), tuple(charts)


def _money_row(found: Return, vendor: str) -> tuple[str, ...]:
    w = found.worth
    worth = f"{dollars(w.mean)} ({dollars(w.low)} to {dollars(w.high)})"
    return (
        actor_words(found.actor, vendor),
        worth,
        f"{found.breaking_even}/{w.n}",
        dollars(found.lowest),
        months_words(found.payback),
        months_words(found.break_even),
    )


def _money_chart(actor: str, bands: list[tuple[str, np.ndarray]], material: Material) -> Chart:
    months = list(material.months)[material.since :][: bands[0][1].shape[1]]
    largest = float(max(np.abs(c).max(initial=0.0) for _, c in bands))
    scale, unit = _unit(largest, "US dollars")
    drawn = [Bands("", np.zeros((5, len(months))))] + [Bands(name, quantiles_of(c * scale)) for name, c in bands]
    title = f"Cumulated gain of {actor_words(actor, in_focus(material.cases[0].plan))}"
    svg = band_chart(title, unit, months, drawn)
    rows = tuple((name, m, *map(float, q)) for name, c in bands for m, q in zip(months, quantiles_of(c).T, strict=True))
    return Chart(
        title,
        svg,
        f"money_{actor}",
        _QUANTILES,
        rows,
        f"{unit}, undiscounted.",
    )
