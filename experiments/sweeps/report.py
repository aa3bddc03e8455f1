"""The report of a sweep: what drives each outcome, in which regimes the runs end, how factors interact, what is missing."""

import re
import shlex
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.coefficients import coefficients
from experiments.durable import write_text
from experiments.pool import StudyError
from experiments.sweeps import figures
from experiments.sweeps.command import command
from experiments.sweeps.designs import block
from experiments.sweeps.figures import Figure
from experiments.sweeps.grid import Grid
from experiments.sweeps.interactions import interaction, main_effects
from experiments.sweeps.means import Means, means_of
from experiments.sweeps.page import figure_html, page, table_html
from experiments.sweeps.regime_map import MOST_VALUES, NEEDED, has_regimes, regime_map, regimes_in_words
from experiments.sweeps.schema import FactorFile
from experiments.sweeps.sensitivity import Index, Sensitivity, coordinates, regional, sensitivity
from experiments.sweeps.study import Study
from experiments.sweeps.subjects import ScenarioSubject, names_of
from experiments.sweeps.sweeping import Status, opened, status
from experiments.sweeps.trouble import flattened
from sim.observe.evidence import figure
from sim.scenario import ScenarioError
from sim.scenario.document import read_toml

FILE = "report.html"
MOST_FAILURES = 50
TOP, MOST_NAMED = 3, 6  # factors of a sentence: that drive an outcome, that do not
WIDE = 0.4  # interval of a share of variance that says little
POLICIES = {
    "rerun": "runs that failed were run once more; what failed again is repaired",
    "repair": "a sample or trajectory with a missing point is left out whole, elsewhere the point; a point is missing when none "
    "of its replications has a value",
    "refuse": "an outcome with a missing point gets no indices",
}


class Report:
    """What a report shows of a study.

    Parameters
    ----------
    study
        As it goes on in its folder.
    folder
        Its runs.
    """

    def __init__(self, study: Study, folder: Path) -> None:
        self.study, self.store = opened(study, folder)
        self.folder, self.state = folder, status(study, folder)
        if not self.state.done:
            raise StudyError(f"{folder}: holds no finished runs yet; start the sweep first")
        self.units = {c.name: c.unit for c in self.study.subject.columns}
        self.said = {c.name: c.meaning for c in self.study.subject.columns}
        self.means = means_of(self.study, self.store, self.study.analysis.outcomes)
        self.found = {name: sensitivity(self.study, m) for name, m in self.means.items()}
        self.u: NDArray[np.float64] = coordinates(self.study)
        grid = Grid(self.study)
        self.labels = [grid.labels(p) for p in range(self.study.points)]
        judges = has_regimes(names_of(self.study.subject.columns))
        self.judged = self.store.rows(0, self.study.points, NEEDED) if judges else None  # what regimes are judged by
        self.figures: list[Figure] = []

    def html(self) -> str:
        """The whole page."""
        together = "Each factor by itself" if self.study.design.kind == "one_at_a_time" else "Interactions"
        sections = [
            ("What drives the outcomes", self._drivers()), ("Regimes", self._regimes()), (together, self._interactions()),
            ("Regional sensitivity", self._regional()), ("Points", self._points()), ("How it was run", self._how()),
        ]  # fmt: skip
        shown = [(name, html) for name, html in sections if html]
        question = f'<p class="question">{escape(self.study.question)}</p>' if self.study.question else ""
        head = f"<h1>{escape(self.study.title)}</h1>{question}<p>{self._summary()}</p>"
        return page(self.study.title, head, shown, self.figures, self._live())

    def answer(self) -> list[str]:
        """What drives each outcome and in which regimes the runs are, a line each."""
        out = [sentence(self.found[name], self.means[name]) for name in self.found]
        return [*out, regimes_in_words(self.judged)] if self.judged is not None else out

    def _place(self, figure: Figure, with_command: bool = False) -> str:
        self.figures.append(figure)
        return figure_html(len(self.figures) - 1, figure, with_command)

    def _live(self) -> str:
        if not isinstance(self.study.subject, ScenarioSubject):
            return f"{command(self.study, self.folder)} --run POINT:0"
        return f"{command(self.study, self.folder)} --point POINT > point-POINT.toml && channel-sim live point-POINT.toml"

    def _summary(self) -> str:
        rules = self.study.replications
        often = f"{rules.least} to {rules.most}" if rules.adaptive else str(rules.least)
        open_runs = self.state.total - self.state.done - len(self.state.failed)
        text = f"{self.study.points:,} points of {len(self.study.factors)} factors, {often} replications each"
        text += " with paired chance" if rules.paired else " with chance of their own"
        text += f": {self.state.done:,} runs finished"
        text += f", {len(self.state.failed):,} failed" if self.state.failed else ", none failed"
        return (
            escape(text + (f", <b>{open_runs:,} not run yet</b>" if open_runs > 0 else "") + ".")
            .replace("&lt;b&gt;", "<b>")
            .replace("&lt;/b&gt;", "</b>")
        )

    def _drivers(self) -> str:
        lines = [self._driver(name) for name in self.found]
        out = [f"<ul>{''.join(lines)}</ul>"]
        if self.study.design.kind == "saltelli":
            out.append(
                "<p>An index is a share of the outcome's variance over the ranges of this study: alone, or with all "
                "interactions. Intervals are bootstrapped over samples. Grey marks are what chance gives a factor that does "
                "nothing; where an interval reaches down to it, or to 0, the factor may do nothing.</p>"
            )
        out.append(self._advice())
        for name, found in self.found.items():
            if found.indices:
                out.append(self._place(figures.sensitivity_figure(found, self.units[name])))
            if (pairs := figures.pairs_figure(found)) is not None:
                out.append(self._place(pairs))
        return "".join(out)

    def _driver(self, name: str) -> str:
        """What drives an outcome, and what the outcome is."""
        rest = sentence(self.found[name], self.means[name]).removeprefix(name)
        return f"<li><b>{escape(name)}</b> ({escape(self.said[name])}){escape(rest)}</li>"

    def _advice(self) -> str:
        """What to do when intervals are too wide to rank factors by."""
        wide = [i for f in self.found.values() for i in f.ranked()[:1] if i.measure == "total" and i.high - i.low > WIDE]
        if not wide:
            return ""
        more = f"{command(self.study, self.folder)} --extend {self.study.design.samples}"
        return f"<p>The intervals are wide; twice the samples make them about 0.7 as wide:</p><pre>{escape(more)}</pre>"

    def _regimes(self) -> str:
        pair = self._axes()
        if self.judged is None or pair is None:
            return ""
        figure = figures.regime_figure(regime_map(self.study, self.judged, self.u, *pair))
        text = (
            "<p>Each run is judged by itself: networks by memberships per partner (10 % of level, 3 % a year of slope), loyalty "
            "by share of wallet (2 points) of and attitude (.05) to the focal vendor; mixed where the two disagree. The other "
            "factors vary as the design spreads them.</p>"
        )
        return text + f"<p>{escape(regimes_in_words(self.judged))}</p>" + self._place(figure)

    def _axes(self) -> tuple[str, str] | None:
        """Two factors: those that the study names, or the most telling of the first outcome."""
        if self.study.analysis.axes is not None or len(self.study.factors) < 2:
            return self.study.analysis.axes
        first, second, *_ = self._top(next(iter(self.means)))
        return first, second

    def _top(self, outcome: str) -> list[str]:
        """Factors, the most telling first; last those whose values are too many rows of a file to be shown one by one."""
        ranked = [i.factor for i in self.found[outcome].ranked()]
        if not ranked:
            effects = main_effects(self.study, self.means[outcome], self.u)
            ranked = sorted(effects, key=lambda name: -effects[name])
        rows = {f.name for f in self.study.factors if len(f.values) > MOST_VALUES and isinstance(f.values[0], Mapping)}
        return sorted(dict.fromkeys(ranked), key=lambda name: name in rows)

    def _valued(self) -> dict[str, Means]:
        """The outcomes that some run gives a value."""
        return {name: found for name, found in self.means.items() if not found.missing.all()}

    def _interactions(self) -> str:
        out = []
        if self.study.design.kind == "one_at_a_time":
            for name, found in self._valued().items():
                out.append(self._place(figures.alone_figure(self.study, found, self.labels, self.units[name]), with_command=True))
            return "".join(out)
        if len(self.study.factors) < 2:
            return ""
        for name, found in self._valued().items():
            along, by, *_ = self._top(name)
            out.append(
                self._place(figures.interaction_figure(interaction(self.study, found, self.u, along, by), self.units[name]))
            )
        text = (
            "<p>The two factors of each outcome with the largest indices, or, where it has none, along which its mean varies "
            "most. Lines that are not parallel mean that they interact.</p>"
        )
        return text + "".join(out) if out else ""

    def _regional(self) -> str:
        found = [r for m in self.means.values() if (r := regional(self.study, m)) is not None]
        text = "<p>Where a factor lies elsewhere in a quarter of the outcome than in the rest, it helps to tell that quarter. "
        if block(self.study.design, self.study.factors) == 1:
            text += "A factor that does nothing has about .17, and more than .46 in one quarter of twenty.</p>"
        else:
            text += "Points of one sample or trajectory are alike, so that it may be high for a factor that does nothing.</p>"
        return text + "".join(self._place(figures.regional_figure(r)) for r in found) if found else ""

    def _too_wide(self) -> list[str]:
        """How many points had all replications and still miss a half width, by outcome."""
        rules, out = self.study.replications, []
        widths = [(n, w, False) for n, w in rules.half_width] + [(n, w, True) for n, w in rules.relative_half_width]
        if not rules.adaptive:
            return []
        runs = self.store.rows(0, self.study.points, [name for name, _, _ in widths]).to_pandas()
        runs = runs[runs["replication"] < rules.most]
        full = runs.groupby("point").filter(lambda rows: rows["replication"].max() == rules.most - 1)
        for name, width, relative in widths:
            wide = 0
            for _, values in full.groupby("point")[name]:
                found = figure(values.to_numpy())
                wide += not (found.high - found.low) / 2 <= (width * abs(found.mean) if relative else width)
            share = f"{100 * width:g} % of the mean" if relative else f"{width:g}"
            out.append(
                f"{wide:,} of the points have all {rules.most} replications and still miss the half width of {name}, {share}."
            )
        return out

    def _points(self) -> str:
        out: list[str] = []
        if self.study.design.kind == "one_at_a_time":  # whose points are in the figures of each factor
            return ""
        for name, found in self._valued().items():
            factor = self._top(name)[0]
            values = [row[factor] for row in self.labels]
            out.append(self._place(figures.points_figure(self.study, found, values, factor, self.units[name]), with_command=True))
        return "".join(out)

    def _how(self) -> str:
        meaning = meanings(self.study)
        rows = [(f.name, f.role, _range(f), meaning.get(f.name, "")) for f in self.study.factors]
        factors = table_html(("factor", "role", "values", "meaning"), rows)
        design = self.study.design
        lines = [
            f"Design: {design.kind}, seed {design.seed}; {self.study.points:,} points.",
            f"Missing runs: {self.study.analysis.missing}: {POLICIES[self.study.analysis.missing]}.",
            f"Intervals: {100 * self.study.analysis.confidence:g} %.",
            *self._too_wide(),
        ]
        out = "".join(f"<p>{escape(line)}</p>" for line in lines)
        call = shlex.quote(str(self.study.path or self.study.name))
        out += f"<p>Run again or go on:</p><pre>{escape(command(self.study, self.folder))}</pre>"
        out += f"<p>The table:</p><pre>channel-sim collect {escape(call)} --out {escape(str(self.folder))} -o table.parquet</pre>"
        return out + factors + _failures(self.study, self.folder, self.state)


def meanings(study: Study) -> dict[str, str]:
    """What the study's file says of its factors, as far as it can still be read; else what the model says of its own."""
    known: dict[str, str] = {}
    if isinstance(study.subject, ScenarioSubject):
        every = coefficients(study.subject.prepare({}, None))
        known = {re.sub("^policy[.]", "networks.", c.key): c.meaning for c in every if not c.key.startswith("rules.")}
    if study.path is None or not study.path.is_file():
        return known
    try:
        tree = read_toml(study.path)
    except ScenarioError:
        return known
    said: dict[str, Any] = {}
    for section in ("uncertainties", "levers"):
        said |= flattened(tree.get(section, {}), FactorFile.model_fields)
    return known | {name: str(value["meaning"]) for name, value in said.items() if isinstance(value, dict) and "meaning" in value}


def _range(factor: Any) -> str:
    if factor.values:
        shown = ", ".join(str(factor.label(v)) for v in factor.values[:12])
        return shown + (f" and {len(factor.values) - 12} more" if len(factor.values) > 12 else "")
    return f"{factor.low:g} to {factor.high:g}, {factor.distribution}" + (", whole" if factor.whole else "")


def _failures(study: Study, folder: Path, state: Status) -> str:
    if not state.failed:
        return ""
    rows = [
        (f.point, f.replication, f.kind, f.stage, f.reason, f"{command(study, folder)} --run {f.point}:{f.replication}")
        for f in state.failed[:MOST_FAILURES]
    ]
    more = f"<p>and {len(state.failed) - MOST_FAILURES:,} more</p>" if len(state.failed) > MOST_FAILURES else ""
    headers = ("point", "replication", "what", "at", "why", "reproduce")
    return "<h3>Runs that failed</h3>" + table_html(headers, rows) + more


def sentence(found: Sensitivity, means: Means) -> str:
    """What drives an outcome, in one line."""
    left = f" Points not run yet: {found.waiting:,}." if found.waiting else ""
    left += f" Points left out for want of values: {found.left_out:,}." if found.left_out else ""
    if means.missing.all():
        return f"{found.outcome}: no run gives it a value.{left}"
    if not found.indices:
        return f"{found.outcome}: no indices: {found.note}.{left}{_partly(means)}"
    ranked = found.ranked()
    told, rest = [i for i in ranked if i.told], [i.label for i in ranked if not i.told]
    what = {"Sobol' indices": "of the variance, total order", "Elementary effects": "mean effect mu*"}.get(
        found.method, "PAWN index"
    )
    said = f"{', '.join(_valued(i) for i in told[:TOP])} ({what})" if told else "no factor is told from one that does nothing"
    more = f" and {len(rest) - MOST_NAMED} more" if len(rest) > MOST_NAMED else ""
    not_told = f" Not told from a factor that does nothing: {', '.join(rest[:MOST_NAMED])}{more}." if rest else ""
    return f"{found.outcome}: {said}.{not_told}{_chance(ranked, means)}{left}{_partly(means)}"


def _valued(index: Index) -> str:
    if index.measure == "total":
        return f"{index.label} {100 * index.value:.0f} % ({100 * index.low:.0f} to {100 * index.high:.0f})"
    return f"{index.label} {index.value:.3g}" + (f" ({index.low:.3g} to {index.high:.3g})" if np.isfinite(index.low) else "")


def _chance(ranked: list[Index], means: Means) -> str:
    """What chance does to the indices."""
    measure, most = ranked[0].measure, max(i.chance for i in ranked)
    if measure == "pawn":
        return f" By chance alone the largest of as many factors that do nothing stays below {most:.2g}."
    name = {"total": "total order", "mu_star": "mu*"}[measure]
    if not np.isfinite(most):
        lowers = " and lowers first order" if measure == "total" else ""
        return f" There is one replication a point, so it cannot be told how far chance raises {name}{lowers}; have two or more."
    share = means.by_chance
    if not np.isfinite(share) or share < 0.005:
        return ""
    gets = f"{100 * min(1.0, most):.0f} %" if measure == "total" else f"{most:.3g}"
    lowers = " and lowers first order by that share" if measure == "total" else ""
    return (
        f" Chance makes {100 * min(1.0, share):.0f} % of the variance between points{lowers}; a factor that does nothing gets "
        f"{name} up to {gets} from it."
    )


def _partly(means: Means) -> str:
    """How many points lack replications."""
    if not means.partial:
        return ""
    return f" Points with values of some of their replications only: {means.partial:,}."


def write_report(study: Study, folder: Path, say: Callable[[str], None] = lambda line: None) -> Path:
    """Write the report of what a folder holds.

    Parameters
    ----------
    study
        Whose sweep.
    folder
        Its runs; the report is written there.
    say
        What to do with each line of its answer: what drives an outcome, and the regimes.

    Returns
    -------
    Path
        The HTML file.

    Raises
    ------
    StudyError
        When there are no finished runs, or it cannot be written.
    """
    report = Report(study, folder)
    path = folder / FILE
    try:
        write_text(path, report.html())
    except OSError as error:
        raise StudyError(f"{path}: cannot be written: {error.strerror or error}; free some space and give --report") from error
    for line in report.answer():
        say(line)
    return path
