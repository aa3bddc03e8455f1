"""Keys that set the same: the table states a value of each, though only one is used, so they are refused."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from experiments.sweeps.factors import LEVER, UNCERTAINTY, Factor
from experiments.sweeps.subjects import Path, ScenarioSubject, Subject
from experiments.sweeps.trouble import Where

SECTION = {UNCERTAINTY: "uncertainties", LEVER: "levers"}


class Varied(NamedTuple):
    """Something that a factor sets."""

    path: Path
    by: str  # the factor, as messages call it


def check_overlaps(factors: tuple[Factor, ...], fixed: Mapping[str, Any], subject: Subject, paired: bool, where: Where) -> None:
    """See that every value that the table or the study states is used.

    Parameters
    ----------
    factors
        What varies.
    fixed
        The study's settings; one for all rows of a list may be varied in some of them.
    subject
        What is run.
    paired
        Whether the seed is the scenario's own.
    where
        How messages call the study.

    Raises
    ------
    StudyError
        Names both keys.
    """
    varied: list[Varied] = []
    for factor in factors:
        for key, paths in subject.places(factor.settings(factor.value(0.5))).items():
            name = f"{SECTION[factor.role]}: {factor.name}" + ("" if key == factor.name else f": {key}")
            if key == "seed" and not paired and isinstance(subject, ScenarioSubject):
                raise where.error(name, "is not used with paired = false, which gives each point its own; remove one of them")
            if other := next((v.by for v in varied for p in paths if _within(p, v.path) or _within(v.path, p)), None):
                raise where.error(name, f"sets what {other} sets too, so a value of one would not be used; remove one of them")
            varied += [Varied(path, name) for path in paths]
    for key, paths in subject.places(fixed).items():
        by = [next((v.by for v in varied if _within(path, v.path)), None) for path in paths]
        if all(by):
            raise where.error(f"settings: {key}", f"is not used, since {by[0]} varies it; remove one of them")


def _within(path: Path, table: Path) -> bool:
    """Whether a path is a table's, or the table itself."""
    return path[: len(table)] == table
