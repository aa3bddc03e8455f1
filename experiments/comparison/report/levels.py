"""Sections on levels over time: networks, alliances and loyalty, with bands and differences."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.comparison.material import Material
from experiments.comparison.report.head import spread, within_shares
from sim.observe.catalogue import describe
from sim.observe.evidence import figure
from sim.observe.measures import LOYALTIES
from sim.report.blocks import Chart, Section, Table
from sim.report.charts.bands import QUANTILES, Bands, band_chart, legend, quantiles_of
from sim.state.networks import KINDS
from sim.verdict import KIND_WORDS

HEADS = ("memberships_per_partner", "wallet_0", "attitude_0", "retention")
MORE = ("alliances", "joint_share", "satisfied_share", "line_card", "trust", "demand_unserved")


def levels(material: Material) -> Section:
    """The headline paths and some more."""
    text = (
        "Medians with bands that hold half (dark) and nine tenths (light) of the runs; the first "
        "scenario is grey. Beneath each, the difference "
        "within pairs of runs with its zero line."
        if material.comparison is not None
        else "Medians with bands that hold half (dark) and nine tenths (light) of the runs."
    )
    return Section("levels", "Levels and differences", (text, charts(material, (*HEADS, *MORE))), _legend(material))


def networks(material: Material) -> Section:
    """Members by kind of network."""
    rows = []
    for case in material.cases:
        verdict = material.verdicts[case.name]
        for kind in verdict.kinds:
            late = kind.networks.late.mean
            phase = f", {kind.members.phase}" if kind.members.phase else ""
            rows.append(
                (
                    case.name,
                    KIND_WORDS[kind.kind],
                    f"{late:.1f}",
                    f"{kind.members.late.mean:,.0f}",
                    f"{kind.members.verdict}{phase}",
                )
            )
    table = Table(
        ("scenario", "kind", "open", "members", "verdict"),
        tuple(rows),
        "At the end, means over runs; the verdict is on members over time.",
        (2, 3),
    )
    named = {f"members_{k}": f"members of {KIND_WORDS[k]} networks" for k in KINDS if _ever(material, f"members_{k}")}
    return Section("networks", "Networks by kind", (charts(material, tuple(named), named), table), _legend(material))


def _ever(material: Material, series: str) -> bool:
    """Whether a series is ever other than 0."""
    return any(np.nan_to_num(material.paths(case.name, series)).any() for case in material.cases)


def loyalty(material: Material) -> Section:
    """Wallet and attitude, and the Dick-Basu table."""
    focal = material.cases[0].plan.names.vendors[0]
    cells = []
    for case in material.cases:
        late = slice(-12, None)
        found = [figure(np.nanmean(material.paths(case.name, f"dick_basu_{cell}_0")[:, late], axis=1)) for cell in LOYALTIES]
        cells.append((case.name, *(spread(within_shares(f), 100.0, 1, " %") for f in found)))
    table = Table(
        ("scenario", *LOYALTIES), tuple(cells),
        f"Dick-Basu table: share of all partners with true (liked and bought), latent (liked), spurious (bought) "
            f"and no loyalty to {focal}, last year, 95 % intervals.",
    )  # fmt: skip
    named = {f"dick_basu_{cell}_0": f"{cell if cell != 'none' else 'no'} loyalty to {focal}" for cell in LOYALTIES}
    text = (
        f"Loyalty is two things: what partners buy (share of wallet of {focal} over all partners, "
        f"zeros included) and what they say (attitude). "
        "The share of the primary vendor is not used: it rises when partners are unhappy and drop the others."
    )
    return Section("loyalty", "Loyalty", (text, charts(material, tuple(named), named), table), _legend(material))


def _legend(material: Material) -> str:
    return legend([c.name for c in material.cases]) if len(material.cases) > 1 else ""


def charts(material: Material, series: Sequence[str], titles: dict[str, str] | None = None) -> tuple[Chart, ...]:
    """A band chart for each series."""
    return tuple(_chart(material, name, (titles or {}).get(name)) for name in series)


def _chart(material: Material, series: str, title: str | None) -> Chart:
    unit, meaning = describe(series)
    focal = material.cases[0].plan.names.vendors[0]
    words = title or meaning.replace(" [0]", "").replace("the vendor", focal)
    scale, shown = (100.0, "%") if unit == "share" else (1.0, unit)
    base = scale * material.paths(material.cases[0].name, series)
    bands, rows = [], []
    for n, case in enumerate(material.cases):
        paths = scale * material.paths(case.name, series)
        difference = quantiles_of(paths - base) if n else None
        bands.append(Bands(case.name, quantiles_of(paths), difference))
        rows += _rows(case.name, material, bands[-1])
    change = "difference, points" if scale == 100.0 else f"difference, {shown}"
    names = tuple(f"q{100 * q:.0f}" for q in QUANTILES)
    headers = ("scenario", "month", *names, *(f"difference_{name}" for name in names))
    svg = band_chart(words, shown, list(material.months), bands, change)
    return Chart(_capital(words), svg, series, headers, tuple(rows), f"{shown}.")


def _rows(case: str, material: Material, bands: Bands) -> list[tuple[Any, ...]]:
    nothing = [float("nan")] * len(QUANTILES)
    return [
        (
            case,
            month,
            *map(float, bands.quantiles[:, t]),
            *(nothing if bands.difference is None else map(float, bands.difference[:, t])),
        )
        for t, month in enumerate(material.months)
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
