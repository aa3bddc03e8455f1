"""Sections on what follows: synergy, when and where, and the network as a picture."""

import numpy as np

from experiments.comparison.material import Material
from experiments.comparison.moved import QUANTITIES, Move, moves
from experiments.comparison.report.eroding import kind_words
from experiments.comparison.report.head import spread, within_shares
from sim.observe.evidence import figure
from sim.observe.measures import one_plus_one
from sim.report.blocks import Chart, Section, Table
from sim.report.charts.bars import histogram
from sim.report.charts.network import network_chart, picture_of

MOVED_SHOWN = 12


def synergy(material: Material) -> Section:
    """1 + 1 = Sigma, over runs and over sampled alliances."""
    text = (
        "Twice the joint profit of allied firms over the last 24 months, divided by that of the same firms in a branch "
        "of the run in which their alliance is forbidden, on the "
        "same random numbers. 2 means that the alliance adds nothing. A pair of small firms earns lumpily, so single "
        "pairs scatter widely; the sum over pairs is what counts."
    )
    charts: list[Chart] = []
    rows: list[tuple[str, ...]] = []
    for case in material.cases:
        records = material.records[case.name]
        made = figure(np.array([r.outcomes["one_plus_one"] for r in records]))
        impossible = within_shares(figure(np.array([r.impossible for r in records])))
        rows.append((case.name, spread(made, 1.0, 2), spread(impossible, 100.0, 0, " %")))
        pairs = np.concatenate([r.pairs for r in records]) if records else np.zeros((0, 2))
        if pairs.size and len(charts) < 3:
            charts.append(_pairs_chart(case.name, pairs))
    table = Table(
        ("scenario", "1 + 1 =", "joint work that its owner could not have done alone"),
        tuple(rows),
        "Means over runs with 95 % intervals; shares of value.",
        (1, 2),
    )
    blocks: list[object] = [text, table]
    if charts:
        blocks.append(tuple(charts))
    elif len(material.months) < 24:
        blocks.append("The run is shorter than 24 months after burn-in, so no branch was made and nothing can be said.")
    return Section("synergy", "Synergy: 1 + 1 = Σ", tuple(blocks))


def _pairs_chart(case: str, pairs: np.ndarray) -> Chart:
    sums = one_plus_one(float(pairs[:, 0].sum()), float(pairs[:, 1].sum()))
    known = pairs[pairs[:, 1] > 0.0]
    ratios = 2.0 * known[:, 0] / known[:, 1]
    title = f"1 + 1 of single alliances, {case}"
    svg = histogram(
        title,
        f"Σ of each of {len(known)} pairs; the outer hundredths stand at the ends",
        ratios,
        (("2", 2.0), (f"sum {sums:.2f}", sums)),
    )
    lost = len(pairs) - len(known)
    caption = f"{lost} of {len(pairs)} pairs earned nothing without their alliance and have no ratio." if lost else ""
    rows = tuple((float(a), float(b)) for a, b in pairs)
    return Chart(title, svg, f"pairs_{case}", ("profit_allied_usd", "profit_without_usd"), rows, caption)


def moved(material: Material) -> Section | None:
    """Which groups moved first; None for a single run."""
    if material.comparison is None:
        return None
    since, base = material.burn_in + material.since, material.cases[0].name
    rows: list[tuple[object, ...]] = []
    for case in material.cases[1:]:
        names = [n for n in material.records[base][0].series if "@" in n]
        paths = [{n: np.array([r.series[n] for r in material.records[c]]) for n in names} for c in (base, case.name)]
        found = moves(paths[0], paths[1], since)
        clear = [m for m in found if m.first is not None][:MOVED_SHOWN]
        rows += [_move_row(case.name, m) for m in clear]
        if not clear:
            rows.append((case.name, "no group moved clearly", "", "", ""))
    text = (
        "Groups of partners in the order in which the difference showed: the first month after the change from which, "
        "six months in a row, the 95 % interval of the paired "
        "difference lies on one side of zero. Many small groups were looked at; read it as where to look, not as a test."
    )
    headers = ("scenario", "group", "what", "after months", "difference in the last year")
    return Section("moved", "When and where it showed first", (text, Table(headers, tuple(rows), "", (3, 4))))


def _move_row(case: str, move: Move) -> tuple[object, ...]:
    scale, unit = (100.0, " points") if move.quantity == "wallet" else (1.0, "")
    late = f"{scale * move.late:+.2f}{unit} ({scale * move.low:+.2f} to {scale * move.high:+.2f})"
    group = (
        f"{kind_words(move.group)} networks"
        if move.grouping == "kind" and move.group in ("pure_p2p", "community", "vendor", "distributor", "marketplace")
        else move.group
    )
    return case, f"{move.grouping}: {group}", QUANTITIES[move.quantity], move.first, late


def pictures(material: Material) -> Section:
    """The network at the start, the middle and the end, of the first run of the baseline and of the last scenario."""
    rows: list[tuple[Chart, ...]] = []
    for case in dict.fromkeys((material.cases[0].name, material.cases[-1].name)):
        plan, tables = material.cases[0].plan, material.tables[case]
        last = material.burn_in + len(material.months) - 1
        charts = []
        for words, month in (("start", material.burn_in), ("middle", (material.burn_in + last) // 2), ("end", last)):
            seen = picture_of(tables, month)
            title = f"{case}, {words} (month {month - material.burn_in})"
            svg = network_chart(seen, plan.names.regions, plan.names.vendors, title)
            data = tuple(
                (int(seen.partners[i]), int(seen.partners[j]), "formal" if f else "occasional")
                for (i, j), f in zip(seen.pairs, seen.formal, strict=True)
            )
            charts.append(
                Chart(
                    title,
                    svg,
                    f"network_{case}_{words}",
                    ("uid_a", "uid_b", "form"),
                    data,
                    f"{seen.alliances} occasional and formal alliances.",
                )
            )
        rows.append(tuple(charts))
    focal = material.cases[0].plan.names.vendors[0]
    text = (
        f"Partners by region (wedges) and staff (size), blue where they carry {focal}; vendors by number in the ring; "
        f"occasional and formal alliances in amber, formal ones thick, fainter the more there are. "
        "The first run of each scenario; with more than 1,000 partners, the largest and the allied."
    )
    return Section("pictures", "The network", (text, *rows))
