"""Figures of a report: what plotly draws, as plain JSON, and the table behind each."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.interactions import Interaction
from experiments.sweeps.means import Means
from experiments.sweeps.regime_map import LOYALTY, NETWORKS, RegimeMap
from experiments.sweeps.sensitivity import Regional, Sensitivity
from experiments.sweeps.study import Study
from sim.observe.evidence import half_width

BLUE, ORANGE, GREY = "#1f5fa8", "#c2651a", "#57606a"
LINES = ("#1f5fa8", "#c2651a", "#2f7d4f", "#8250df", "#57606a", "#bf3989", "#0f7f8c", "#7a5c00", "#333333", "#b4432e")
EMPTY = "#c9d1d9"
SHADES = [[0.0, "#f6f8fa"], [1.0, "#1f5fa8"]]
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SHOWN = 12  # factors of a figure; its table has all
PANELS = 3  # side by side
MOST_POINTS = 3_000  # of a figure; its table has all
FONT = {"family": "system-ui, sans-serif", "size": 12, "color": "#1b1f24"}
NAMES = {
    "first": "alone (first order)", "total": "with interactions (total order)", "pawn": "PAWN index", "mu_star": "mu*",
}  # fmt: skip


class Figure(NamedTuple):
    """A figure, what it shows, and its data."""

    title: str
    caption: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    file: str  # name of its CSV file
    headers: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def layout(height: int, x: str = "", y: str = "", **more: Any) -> dict[str, Any]:
    """What all figures share."""
    axis = {"gridcolor": "#e7ebef", "zerolinecolor": "#57606a", "automargin": True}
    return {
        "height": height, "font": FONT, "margin": {"l": 10, "r": 20, "t": 10, "b": 40}, "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)", "xaxis": {**axis, "title": {"text": x}}, "yaxis": {**axis, "title": {"text": y}},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, "hoverlabel": {"align": "left"}, **more,
    }  # fmt: skip


def sensitivity_figure(found: Sensitivity, unit: str) -> Figure:
    """Indices with their intervals, the largest on top; mu* against sigma for Morris."""
    headers = ("factor", "other", "measure", "value", "low", "high", "chance alone")
    rows = [(i.factor, i.other, i.measure, i.value, i.low, i.high, i.chance) for i in found.indices]
    top = [i.label for i in found.ranked()[:SHOWN]][::-1]
    file = f"sensitivity-{found.outcome}.csv"
    if found.method == "Elementary effects":
        return _morris_figure(found, unit, top, (file, headers, rows))
    data = []
    measures = [m for m in ("total", "first", "pawn") if any(i.measure == m for i in found.indices)]
    places = np.arange(len(top), dtype=float)
    for colour, shift, measure in zip((BLUE, ORANGE), (0.14, -0.14), measures, strict=False):
        chosen = {i.label: i for i in found.indices if i.measure == measure}
        some = [chosen[name] for name in top]
        data.append({
            "type": "scatter", "mode": "markers", "name": NAMES[measure], "text": top,
            "y": _plain(places + shift), "x": _plain([i.value for i in some]),
            "error_x": {"type": "data", "symmetric": False, "array": _plain([i.high - i.value for i in some]),
                        "arrayminus": _plain([i.value - i.low for i in some]), "color": colour},
            "marker": {"color": colour, "size": 9, "symbol": "circle" if measure != "first" else "diamond-open"},
            "hovertemplate": "%{text}: %{x:.3f}<extra></extra>",
        })  # fmt: skip
    floors = {i.label: np.minimum(1.0, i.chance) for i in found.ranked()}  # shares, or distances of distributions
    data += _chance_marks([floors[name] for name in top], places, "line-ns-open")
    share = "share of the variance" if "total" in measures else "PAWN index: 0 no influence, 1 full"
    intervals = "" if "pawn" in measures else " with intervals"
    caption = f"{found.outcome}: {found.method}{intervals}; {found.used:,} points"
    shape = layout(100 + 30 * len(top), share)
    shape["yaxis"] |= {"tickvals": _plain(places), "ticktext": top, "zeroline": False}
    return Figure(found.outcome, caption, data, shape, file, headers, rows)


def pairs_figure(found: Sensitivity) -> Figure | None:
    """Indices of second order, the largest on top; None when there are none."""
    pairs = sorted((i for i in found.indices if i.measure == "second"), key=lambda i: -np.nan_to_num(i.value))
    if not pairs:
        return None
    some = pairs[:SHOWN][::-1]
    names = [f"{i.factor} with {i.other}" for i in some]
    data = [{
        "type": "scatter", "mode": "markers", "x": _plain([i.value for i in some]), "y": names, "showlegend": False,
        "error_x": {"type": "data", "array": _plain([i.high - i.value for i in some]), "color": BLUE},
        "marker": {"color": BLUE, "size": 9}, "hovertemplate": "%{y}: %{x:.3f}<extra></extra>",
    }]  # fmt: skip
    shown = f"the {SHOWN} largest of {len(pairs)} pairs" if len(pairs) > SHOWN else "all pairs"
    caption = f"{found.outcome}: indices of second order with intervals, {shown}; what two factors do only together"
    rows = [(i.factor, i.other, i.value, i.low, i.high) for i in pairs]
    shape = layout(100 + 30 * len(some), "share of the variance")
    headers = ("factor", "other", "value", "low", "high")
    return Figure(found.outcome, caption, data, shape, f"pairs-{found.outcome}.csv", headers, rows)


def _chance_marks(x: Sequence[float], y: Sequence[float] | NDArray[np.float64], symbol: str) -> list[dict[str, Any]]:
    """Marks of what a factor that does nothing gets from chance alone, where that is known."""
    if not np.isfinite(x).any():
        return []
    return [{
        "type": "scatter", "mode": "markers", "name": "a factor that does nothing, by chance", "x": _plain(x), "y": _plain(y),
        "marker": {"color": GREY, "size": 16, "symbol": symbol, "line": {"width": 2}},
        "hovertemplate": "by chance: %{x:.3g}<extra></extra>",
    }]  # fmt: skip


def _morris_figure(found: Sensitivity, unit: str, top: list[str], table: tuple[str, tuple[str, ...], list[Any]]) -> Figure:
    file, headers, rows = table
    of = {(i.factor, i.measure): i for i in found.indices}
    some = [of[name, "mu_star"] for name in top]
    data = [{
        "type": "scatter", "mode": "markers+text", "text": top, "textposition": "top center",
        "x": _plain([i.value for i in some]), "y": _plain([of[name, "sigma"].value for name in top]), "showlegend": False,
        "error_x": {"type": "data", "symmetric": False, "array": _plain([i.high - i.value for i in some]),
                    "arrayminus": _plain([i.value - i.low for i in some]), "color": BLUE},
        "marker": {"color": BLUE, "size": 9},
    }]  # fmt: skip
    data += _chance_marks([i.chance for i in some], [of[name, "sigma"].value for name in top], "line-ns-open")
    caption = f"{found.outcome}: elementary effects of a factor's whole range; {found.used:,} points"
    x, y = f"mu*: mean size of the effect, {unit}", f"sigma: how far it depends on the others, {unit}"
    return Figure(found.outcome, caption, data, layout(420, x, y), file, headers, rows)


def regional_figure(found: Regional) -> Figure:
    """Which factors tell a quarter of the outcome from the rest."""
    quarters = ("lowest", "second", "third", "highest")
    order = np.argsort(np.nan_to_num(found.quarters).max(axis=0))[-SHOWN:]
    z = found.quarters[:, order].T
    rows = [
        (factor, quarter, float(found.quarters[q, n]))
        for n, factor in enumerate(found.factors)
        for q, quarter in enumerate(quarters)
    ]
    data = [{
        "type": "heatmap", "x": [f"{q} quarter" for q in quarters], "y": [found.factors[n] for n in order],
        "z": [_plain(r) for r in z],
        "text": [[f"{v:.2g}" if v < 99.5 else f"{v:.0f}" for v in r] for r in z], "texttemplate": "%{text}", "colorscale": SHADES,
        "showscale": False, "hovertemplate": "%{y}, %{x}: %{z:.3g}<extra></extra>",
    }]  # fmt: skip
    caption = (
        f"{found.outcome}: how differently a factor is spread in a quarter of the outcome and in the rest (Cramer-von Mises)"
    )
    headers = ("factor", "quarter of the outcome", "criterion")
    return Figure(found.outcome, caption, data, layout(80 + 24 * len(order)), f"regional-{found.outcome}.csv", headers, rows)


def regime_figure(found: RegimeMap) -> Figure:
    """A panel a regime: the share of runs in it over two factors."""
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    notes: list[dict[str, Any]] = []
    rows = []
    for i, networks in enumerate(NETWORKS):
        for j, loyalty in enumerate(LOYALTY):
            number = 1 + i + len(NETWORKS) * j
            mark = "" if number == 1 else str(number)
            z = found.share[i, j]
            data.append({
                "type": "heatmap", "x": list(found.columns), "y": list(found.rows), "z": [_plain(r) for r in z],
                "zmin": 0, "zmax": 1, "colorscale": SHADES, "xaxis": f"x{mark}", "yaxis": f"y{mark}", "showscale": number == 1,
                "text": [[_percent(v) for v in r] for r in z], "texttemplate": "%{text}",
                "colorbar": {"title": {"text": "share"}, "tickformat": ".0%"},
                "hovertemplate": f"networks {networks}, loyalty {loyalty}<br>{found.across}: %{{x}}<br>{found.up}: %{{y}}"
                                 "<br>%{z:.0%} of the runs<extra></extra>",
            })  # fmt: skip
            left, bottom = i / 3, 1 - (j + 1) / 4
            axes[f"xaxis{mark}"] = {
                "domain": [left + 0.015, left + 0.315],
                "anchor": f"y{mark}",
                "showticklabels": j == 3,
                "title": {"text": found.across if number == 11 else ""},
                "automargin": True,
            }
            axes[f"yaxis{mark}"] = {
                "domain": [bottom + 0.02, bottom + 0.19],
                "anchor": f"x{mark}",
                "showticklabels": i == 0,
                "title": {"text": found.up if number == 4 else ""},
                "automargin": True,
            }
            notes.append({
                "text": f"networks {networks}<br>loyalty {loyalty}", "x": 0.5, "y": 1.0,
                "xref": f"x{mark} domain", "yref": f"y{mark} domain", "showarrow": False, "font": {"size": 12},
                "yanchor": "bottom",
            })  # fmt: skip
            rows += [
                (networks, loyalty, column, row, float(z[y, x]), int(found.runs[y, x]))
                for y, row in enumerate(found.rows) for x, column in enumerate(found.columns)
            ]  # fmt: skip
    shape = {**layout(840), **axes, "annotations": notes, "margin": {"l": 10, "r": 20, "t": 30, "b": 90}, "plot_bgcolor": EMPTY}
    headers = ("networks", "loyalty", found.across, found.up, "share of runs", "runs in the cell")
    caption = (
        f"Percent of the runs in each regime over {found.across} (across) and {found.up} (up); a cell sums to 100 over the panels"
        ", and is grey without a number where there is no run"
    )
    return Figure("Regimes", caption, data, shape, "regimes.csv", headers, rows)


def interaction_figure(found: Interaction, unit: str) -> Figure:
    """A line for each part of the second factor."""
    data, rows = [], []
    for n, line in enumerate(found.lines):
        colour = LINES[n % len(LINES)]
        data.append({
            "type": "scatter", "mode": "lines+markers", "name": f"{found.by} {line}", "x": list(found.parts),
            "y": _plain(found.mean[n]),
            "error_y": {"type": "data", "array": _plain(found.half[n]), "color": colour, "thickness": 1},
            "line": {"color": colour, "dash": DASHES[n % len(DASHES)]}, "marker": {"symbol": n % 10, "size": 8},
        })  # fmt: skip
        rows += [
            (part, line, float(found.mean[n, k]), float(found.half[n, k]), int(found.points[n, k]))
            for k, part in enumerate(found.parts)
        ]
    headers = (found.along, found.by, f"mean {found.outcome}", "half of interval", "points")
    bars = f"; bars are {found.bars}" if np.isfinite(found.half).any() else ""
    caption = f"{found.outcome} along {found.along}, by {found.by}{bars}"
    shape = layout(380, found.along, _label(found.outcome, unit))
    shape["xaxis"]["type"] = "category"
    return Figure(found.outcome, caption, data, shape, f"interaction-{found.outcome}.csv", headers, rows)


def alone_figure(study: Study, found: Means, labels: list[dict[str, Any]], unit: str) -> Figure:
    """A panel a factor, those that move the outcome most first: the outcome over its values, the others nominal."""
    first, panels, rows = 1, [], []
    for factor in study.factors:
        points = list(range(first, first + len(factor.evenly(study.design.levels))))
        first += len(points)
        y = found.mean[points]
        half = np.array([half_width(math.sqrt(found.within[p]), int(found.runs[p]), study.analysis.confidence) for p in points])
        known = np.append(y, found.mean[0])[np.isfinite(np.append(y, found.mean[0]))]
        panels.append((float(np.ptp(known)) if len(known) else 0.0, factor.name, points, y, half))
        rows += [
            (factor.name, labels[p][factor.name], float(v), float(h), p, float(v - found.mean[0]))
            for p, v, h in zip(points, y, half, strict=True)
        ]
    shown = sorted(panels, key=lambda panel: -panel[0])[:SHOWN]
    lines = -(-len(shown) // PANELS)
    data: list[dict[str, Any]] = []
    shape: dict[str, Any] = layout(60 + 190 * lines)
    for k, (_, name, points, y, half) in enumerate(shown):
        mark, row = "" if k == 0 else str(k + 1), k // PANELS
        axes = {"xaxis": f"x{mark}", "yaxis": f"y{mark}", "showlegend": False}
        chosen = {"color": ORANGE, "size": 11, "symbol": "diamond-open", "line": {"width": 2}}
        hover = f"{name} %{{x}}<br>{found.outcome} %{{y:.4g}}<extra>point %{{customdata}}</extra>"
        data.append({
            "type": "scatter", "mode": "lines+markers", "x": [_cell(labels[p][name]) for p in points], "y": _plain(y),
            "error_y": {"type": "data", "array": _plain(half), "thickness": 1}, "line": {"color": BLUE}, "customdata": points,
            "hovertemplate": hover, **axes,
        })  # fmt: skip
        data.append({
            "type": "scatter", "mode": "markers", "x": [_cell(labels[0][name])], "y": _plain(found.mean[:1]), "customdata": [0],
            "marker": chosen, "hovertemplate": hover, **axes,
        })  # fmt: skip
        left, top = (k % PANELS) / PANELS, 1 - row / lines
        shape[f"xaxis{mark}"] = {
            "domain": [left + 0.04, left + 0.97 / PANELS], "anchor": f"y{mark}", "title": {"text": name, "standoff": 4},
            "gridcolor": "#e7ebef",
        }  # fmt: skip
        shape[f"yaxis{mark}"] = {
            "domain": [top - 1 / lines + 0.3 / lines, top - 0.03 / lines], "anchor": f"x{mark}", "gridcolor": "#e7ebef",
            **({"matches": "y"} if k else {}), "showticklabels": k % PANELS == 0,
        }  # fmt: skip
    shape["margin"] = {"l": 40, "r": 20, "t": 10, "b": 30}
    more = f"; the {SHOWN} factors that move it most" if len(panels) > SHOWN else ""
    caption = (
        f"{_label(found.outcome, unit)} over each factor, the others nominal{more}. The diamond is the nominal point; bars are "
        f"{100 * study.analysis.confidence:g} % intervals of chance, where known. Click a point for its command"
    )
    headers = ("factor", "value", f"mean {found.outcome}", "half of interval", "point", "less nominal")
    return Figure(found.outcome, caption, data, shape, f"alone-{found.outcome}.csv", headers, rows)


def points_figure(study: Study, found: Means, values: list[Any], factor: str, unit: str) -> Figure:
    """Every point: the outcome over its most telling factor; a click gives the command that shows the point live."""
    known = np.flatnonzero(~found.missing)
    step = max(1, len(known) // MOST_POINTS)
    shown = known[::step]
    rows = [(int(p), values[int(p)], float(found.mean[p]), int(found.runs[p])) for p in known]
    data = [{
        "type": "scatter", "mode": "markers", "x": [_cell(values[int(p)]) for p in shown], "y": _plain(found.mean[shown]),
        "customdata": [int(p) for p in shown], "marker": {"color": BLUE, "size": 6, "opacity": 0.55},
        "hovertemplate": f"point %{{customdata}}<br>{factor} %{{x}}<br>{found.outcome} %{{y:.4g}}<extra></extra>",
        "showlegend": False,
    }]  # fmt: skip
    some = f"; one in {step} of them is drawn" if step > 1 else ""
    caption = (
        f"{found.outcome} of {len(known):,} points, mean of replications{some}. Click a point for the command that shows it live"
    )
    headers = ("point", factor, f"mean {found.outcome}", "replications")
    return Figure(
        found.outcome,
        caption,
        data,
        layout(380, factor, _label(found.outcome, unit)),
        f"points-{found.outcome}.csv",
        headers,
        rows,
    )


def _plain(values: Sequence[float] | NDArray[np.float64]) -> list[float | None]:
    """Numbers as JSON knows them, six figures; None where not known."""
    return [float(f"{v:.6g}") if np.isfinite(v) else None for v in np.asarray(values, np.float64)]


def _label(outcome: str, unit: str) -> str:
    return outcome if unit in (outcome, "1") else f"{outcome}, {unit}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}" if np.isfinite(share) else ""


def _cell(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else str(value) if isinstance(value, bool) else value
