"""Building the page of a report, and verifying one."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from experiments.comparison.cases import FIXED_WORLD, Case
from experiments.comparison.indicators import indicators
from experiments.comparison.material import Material
from experiments.comparison.procedure import Comparison, judged
from experiments.comparison.report import causes, closing, effects, levels
from experiments.comparison.report.head import head, verdict_table
from experiments.comparison.report.money import money
from experiments.comparison.runs import measure
from experiments.outcomes import COLUMNS
from experiments.pages import check_page_path
from experiments.runner import RunError, model_code, write_file
from experiments.worlds import with_world
from sim.report.blocks import Section, charts_of, csv_of, table_html
from sim.report.page import ReportError, page, read_figures
from sim.scenario import from_document
from sim.scenario.document import SHIPPED, Document, Layer

SHIPPED_WORD = "shipped"  # stands for the folder of the scenarios that come with the simulator
CLOSE = 1e-9  # relative; bits are promised on one machine class and lock file only


def sections_of(material: Material) -> list[Section]:
    """Every section in the order of the page."""
    accounts = bool(material.accounts[material.cases[0].name])
    found = [
        causes.kinds(material) if accounts else None, levels.levels(material), levels.networks(material),
        levels.loyalty(material), causes.account(material) if accounts else None, causes.attributions(material),
        effects.synergy(material), money(material), effects.moved(material), effects.pictures(material),
        closing.limits(material), closing.assumptions(material), closing.provenance(material),
    ]  # fmt: skip
    return [s for s in found if s is not None]


def build(material: Material, out: Path, csv_folder: Path | None = None) -> int:
    """Write the report, all of it or nothing; returns its size in bytes.

    Raises
    ------
    RunError
        When it cannot be written, is no HTML file, or would be larger than 8 MB.
    """
    check_page_path(out)
    sections = sections_of(material)
    title = material.cases[0].plan.title
    try:
        html = page(title, head(material), sections, figures_of(material))
    except ValueError as error:
        raise RunError(f"{out}: {error}") from error
    write_file(out, html)
    if csv_folder is not None:
        csv_folder.mkdir(parents=True, exist_ok=True)
        for chart in charts_of(sections):
            write_file(csv_folder / f"{_file(chart.name)}.csv", csv_of(chart.headers, chart.rows))
    return len(html.encode())


def _file(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)


def figures_of(material: Material) -> dict[str, Any]:
    """What ``verify`` needs: the scenarios as written, every outcome of every run, how they were judged."""
    comparison = material.comparison
    return {
        "model_code": model_code(),
        "scenarios": [_written(case) for case in material.cases],
        "columns": [c.name for c in COLUMNS],
        "outcomes": {n: [[_plain(r.outcomes[c.name]) for c in COLUMNS] for r in rows] for n, rows in material.records.items()},
        "comparison": None if comparison is None else {
            "headline": [i.name for i in comparison.indicators if i.headline],
            "matters": {i.name: i.matters for i in comparison.indicators},
            "looks": list(comparison.looks), "pairs": comparison.pairs, "fixed_world": comparison.fixed_world,
        },
    }  # fmt: skip


def _written(case: Case) -> dict[str, Any]:
    scenario = case.scenario
    folder = _portable(scenario.folder) if scenario.settings["csv_sha256"] else ""  # only where a CSV file lies there
    return {
        "name": case.name,
        "digest": scenario.digest(),
        "file": scenario.name,
        "folder": folder,
        "tree": scenario.document.tree,
    }


def _portable(folder: Path) -> str:
    """A folder as another reader can find it: that of the shipped scenarios, or relative to where one stands."""
    place = folder.absolute()
    if place == SHIPPED:
        return SHIPPED_WORD
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def verify(path: Path, runs: int, say: Callable[[str], None]) -> None:
    """See that a report says what the simulator says.

    Its content must be as it was written; the table of verdicts must follow from the outcomes that it holds; and a sample of
    runs, made again, must have those outcomes.

    Parameters
    ----------
    path
        The report.
    runs
        How many runs to make again.
    say
        Told what held.

    Raises
    ------
    RunError
        When something does not hold; the message says what.
    """
    try:
        html = path.read_text(encoding="utf-8")
        figures = read_figures(html, str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except ReportError as error:
        raise RunError(str(error)) from error
    say("its content is as it was written")
    if figures["model_code"] != model_code():
        raise RunError(
            f"{path}: made by another version of the simulator ({figures['model_code']}, this is {model_code()}); make it again"
        )
    cases = [_case(entry, figures, path) for entry in figures["scenarios"]]
    outcomes = {
        name: np.array([[math.nan if v is None else v for v in row] for row in rows])
        for name, rows in figures["outcomes"].items()
    }
    if figures["comparison"] is not None:
        _check_table(html, cases, outcomes, figures, path)
        say("its table of verdicts follows from the outcomes of its runs")
    _check_runs(cases, outcomes, figures["columns"], runs, path)
    say(f"{min(runs, sum(map(len, outcomes.values())))} runs made again have the outcomes that it holds")


def _case(entry: dict[str, Any], figures: dict[str, Any], path: Path) -> Case:
    tree, folder = entry["tree"], SHIPPED if entry["folder"] == SHIPPED_WORD else Path(entry["folder"])
    scenario = from_document(Document(entry["file"], tree, (Layer(f"{path}: scenario {entry['name']}", folder, tree),)))
    if scenario.digest() != entry["digest"]:
        raise RunError(
            f"{path}: its scenario {entry['name']} means something else now, its data or rules "
            f"changed or it was altered; make it again"
        )
    fixed = figures["comparison"] is not None and figures["comparison"]["fixed_world"]
    return Case(entry["name"], scenario, with_world(scenario.plan, FIXED_WORLD) if fixed else scenario.plan)


def _check_table(html: str, cases: list[Case], outcomes: dict[str, Any], figures: dict[str, Any], path: Path) -> None:
    kept, columns = figures["comparison"], figures["columns"]
    chosen = tuple(indicators(kept["headline"], kept["matters"]))
    sample = {name: {c: rows[:, n] for n, c in enumerate(columns)} for name, rows in outcomes.items()}
    differences = tuple(judged(cases, sample, chosen, kept["looks"]))
    comparison = Comparison(
        path, tuple(cases), chosen, tuple(kept["looks"]), kept["pairs"], kept["fixed_world"], differences, {}, {}, 0
    )
    material = Material(path, tuple(cases), comparison, {}, {}, {}, {}, 0, ())
    if table_html(verdict_table(material)) not in html:
        raise RunError(f"{path}: its table of verdicts does not follow from the outcomes of its runs; it was altered")


def _check_runs(cases: list[Case], outcomes: dict[str, Any], columns: list[str], runs: int, path: Path) -> None:
    """Runs spread over scenarios and replications, made again."""
    every = [(case, r) for r in range(max(map(len, outcomes.values()))) for case in cases if r < len(outcomes[case.name])]
    step = max(1, len(every) // max(1, runs))
    for case, replication in every[::step][:runs]:
        found = measure(case.plan, replication).outcomes
        for n, name in enumerate(columns):
            told, is_now = float(outcomes[case.name][replication, n]), found[name]
            if not (math.isnan(told) and math.isnan(is_now)) and not abs(told - is_now) <= CLOSE * max(1.0, abs(is_now)):
                raise RunError(
                    f"{path}: {case.name}, run {replication}: {name} is {is_now:.6g}, the report holds "
                    f"{told:.6g}; it was altered or made elsewhere"
                )


__all__ = ["build", "verify"]
