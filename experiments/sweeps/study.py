"""A study, read from its file, checked and resolved: what varies, over which points, how often, within which limits."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from experiments.pool import StudyError
from experiments.sweeps import designs
from experiments.sweeps.designs import Design
from experiments.sweeps.factor_reading import read_design, read_factors
from experiments.sweeps.factors import Factor
from experiments.sweeps.overlaps import check_overlaps
from experiments.sweeps.schema import StudyFile
from experiments.sweeps.subjects import FunctionSubject, ScenarioSubject, Subject, digest, imported, names_of, outcomes_of
from experiments.sweeps.trouble import Where, flattened
from sim.scenario import ScenarioError
from sim.scenario.document import read_document, read_toml, with_settings
from sim.scenario.explanation import explained
from sim.scenario.problems import shown, unlike

SHIPPED = Path(__file__).resolve().parents[1] / "studies"
CHECKED_POINTS = 200  # points that are resolved before anything runs, evenly over the design
FIXED_REPLICATIONS = 8


class Replications(NamedTuple):
    """How often a point is run: ``least`` to ``most`` times, until each half width is small enough."""

    least: int
    most: int
    half_width: tuple[tuple[str, float], ...] = ()  # outcome -> in its own unit
    relative_half_width: tuple[tuple[str, float], ...] = ()  # outcome -> share of the mean
    paired: bool = True

    @property
    def adaptive(self) -> bool:
        """Whether the number of runs of a point depends on their outcomes."""
        return bool(self.half_width or self.relative_half_width)


class Limits(NamedTuple):
    """What a run may take; None is no limit."""

    seconds: float | None = None
    memory_mb: int | None = None


class Analysis(NamedTuple):
    """What the report shows."""

    outcomes: tuple[str, ...]
    missing: str = "repair"
    axes: tuple[str, str] | None = None
    confidence: float = 0.95
    resamples: int = 500


class Study(NamedTuple):
    """A study; where it came from, and all that determines its table."""

    name: str
    path: Path | None
    title: str
    question: str
    subject: Subject
    factors: tuple[Factor, ...]
    design: Design
    replications: Replications
    limits: Limits
    analysis: Analysis

    @property
    def points(self) -> int:
        """Points of the design."""
        return designs.total(self.design, self.factors)

    def with_samples(self, samples: int) -> "Study":
        """The study with so many samples, where its design can grow."""
        return self._replace(design=self.design._replace(samples=samples)) if self.design.extensible else self

    def identity(self) -> dict[str, Any]:
        """What two sweeps must share so that their runs may stand in one table, as JSON."""
        sources = self.subject.sources(f.settings(value) for f in self.factors for value in f.values)
        return {
            "subject": self.subject.identity(),
            "series": list(self.subject.series),
            "factors": {f.name: f._asdict() for f in self.factors},
            "design": {
                k: v for k, v in self.design._asdict().items() if k not in ("samples", "file") or not self.design.extensible
            },
            "paired": self.replications.paired,
            **({"sources": sources} if sources else {}),
        }

    def seed(self, point: int) -> int | None:
        """The seed of a point's runs; None is the scenario's own, the same at every point."""
        if self.replications.paired:
            return None
        return int(digest(["seed", self.design.seed, point])[:15], 16)


def shipped() -> list[str]:
    """Names of the studies that come with the simulator; other files in their folder are protocols of hypotheses."""
    found = []
    for path in sorted(SHIPPED.glob("*.toml")):
        if isinstance(tomllib.loads(path.read_text(encoding="utf-8")).get("design"), dict):
            found.append(path.stem)
    return found


def find(name_or_path: str | os.PathLike[str]) -> Path:
    """The file of a study: a path, or the name of a shipped study."""
    asked = os.fspath(name_or_path)
    path = Path(asked)
    if path.suffix == ".toml" or os.sep in asked:
        return path
    names = shipped()
    if asked not in names:
        raise Where(asked).error("", f"there is no such study{unlike(asked, names)}; a file of your own ends in .toml")
    return SHIPPED / f"{asked}.toml"


def read_study(name_or_path: str | os.PathLike[str]) -> Study:
    """Read a study and check all of it.

    Parameters
    ----------
    name_or_path
        A TOML file, or the name of a study in ``experiments/studies``.

    Returns
    -------
    Study
        Resolved.

    Raises
    ------
    StudyError
        When anything is wrong; names file, key and remedy.
    """
    path = find(name_or_path)
    try:
        return study_of(read_toml(path), path)
    except ScenarioError as error:
        raise StudyError(str(error)) from error


def study_of(tree: Mapping[str, Any], path: Path | None = None) -> Study:
    """The study that a parsed file describes; without a file its name comes from the title, its files are here."""
    where, folder = Where(str(path or "study")), path.parent if path else Path()
    written = _validated(StudyFile, dict(tree), where)
    subject = _subject(written, folder, where)
    factors = read_factors(written, subject, folder, where)
    design, factors = read_design(written, factors, subject, folder, where)
    check_overlaps(factors, flattened(written.settings), subject, written.replications.paired, where)
    columns = names_of(subject.columns)
    study = Study(
        path.stem if path else _plain_name(written.title), path, written.title, written.question.strip(),
        subject, factors, design,
        _replications(written.replications, columns, where),
        Limits(written.limits.seconds_per_run, written.limits.memory_mb_per_run),
        _analysis(written, columns, [f.name for f in factors], where),
    )  # fmt: skip
    _check_names(study, columns, where)
    _check_points(study, where)
    return study


def _plain_name(title: str) -> str:
    """A title as the name of a folder.

    >>> _plain_name("What drives membership?")
    'what-drives-membership'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "study"


def _validated(model: type[BaseModel], tree: dict[str, Any], where: Where) -> Any:
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise where.found(explained(error, model)) from error


def _subject(written: StudyFile, folder: Path, where: Where) -> Subject:
    fixed = flattened(written.settings)
    if (written.scenario is None) == (written.function is None):
        raise where.error("scenario", 'expected a scenario or a function, one of them; write for instance scenario = "baseline"')
    if written.function is not None:
        if written.series:
            raise where.error("series", "a function has no series; leave series out")
        with where.about("function"):
            if not getattr(imported(written.function), "columns", None):
                raise StudyError(f"{written.function} has no attribute columns; give it a tuple of experiments.outcomes.Outcome")
        return FunctionSubject(written.function, tuple(fixed.items()))
    name = written.scenario or ""
    beside = folder / name
    with where.about("scenario"):
        document = read_document(beside if name.endswith(".toml") and not Path(name).is_absolute() else name)
    triples = [(f"{where.label}: settings", key, value) for key, value in fixed.items()]
    subject = ScenarioSubject(with_settings(document, triples), written.measure, tuple(written.series))
    with where.about("measure"):
        outcomes_of(written.measure)
        if written.measure != "headline" and written.series:
            raise StudyError("your own measure keeps no series; leave series out or measure headline")
    _check_series(written.series, where)
    subject.prepare({}, None)
    return subject


def _check_series(names: list[str], where: Where) -> None:
    from sim.observe.catalogue import SERIES, describe

    for name in names:
        try:
            describe(name)
        except ValueError:
            plain = [s for s in SERIES if "{" not in s]
            raise where.error("series", f"there is no series {shown(name)}{unlike(name, plain)}") from None


def _replications(written: Any, columns: list[str], where: Where) -> Replications:
    widths = {**written.half_width, **written.relative_half_width}
    for key in ("half_width", "relative_half_width"):
        for name in getattr(written, key):
            if name not in columns:
                raise where.error(f"replications.{key}", f"there is no outcome {shown(name)}{unlike(name, columns)}")
    if not widths:
        if written.most is not None:
            says = "a most is for adaptive replications; write half_width or relative_half_width, or count instead"
            raise where.error("replications.most", says)
        count = written.count or FIXED_REPLICATIONS
        return Replications(count, count, paired=written.paired)
    if written.count is not None:
        raise where.error("replications.count", "either count or half widths; remove one of them")
    if written.most is None or written.most < written.least:
        got = "none" if written.most is None else written.most
        says = f"expected a whole number from least ({written.least}) on, got {got}; write for instance most = 64"
        raise where.error("replications.most", says)
    return Replications(
        written.least, written.most, tuple(written.half_width.items()), tuple(written.relative_half_width.items()), written.paired
    )


def _analysis(written: StudyFile, columns: list[str], factors: list[str], where: Where) -> Analysis:
    for name in written.outcomes or []:
        if name not in columns:
            raise where.error("outcomes", f"there is no outcome {shown(name)}{unlike(name, columns)}")
    axes = written.analysis.axes
    for name in axes or []:
        if name not in factors:
            raise where.error("analysis.axes", f"there is no factor {shown(name)}{unlike(name, factors)}")
    if axes and axes[0] == axes[1]:
        raise where.error("analysis.axes", f"{shown(axes[0])} twice; name two factors or leave the key out")
    return Analysis(
        tuple(written.outcomes or columns), written.analysis.missing, (axes[0], axes[1]) if axes else None,
        written.analysis.confidence, written.analysis.resamples,
    )  # fmt: skip


def _check_names(study: Study, columns: list[str], where: Where) -> None:
    taken = {"point", "replication", "run", *columns}
    for factor in study.factors:
        if factor.name in taken:
            raise where.error(f"{factor.role}: {factor.name}", "is also the name of a column of the table; choose another")


def _check_points(study: Study, where: Where) -> None:
    """Resolve some points, evenly over the design, since values that are right one by one may not go together."""
    from experiments.sweeps.grid import Grid

    grid = Grid(study)
    step = max(1, study.points // CHECKED_POINTS)
    for point in range(0, study.points, step):
        settings = grid.settings(point)
        try:
            study.subject.prepare(settings, study.seed(point))
        except ScenarioError as error:
            says = f"values that do not go together: {str(error).partition(': ')[2]}"
            raise where.error(f"point {point}", says) from error
