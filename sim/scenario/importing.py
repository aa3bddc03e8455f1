"""From CSV files to a scenario: what they say is taken, what is missing is drawn, nothing is written of what is wrong.

    my_channel.toml          the scenario
    my_channel/              its cleaned CSV files: partners, memberships, alliances, relations

Both appear when everything is right, or not at all.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenario import fitting
from sim.scenario.csv_table import CsvTable
from sim.scenario.document import NAME, read_limited
from sim.scenario.import_tables import FILES, Collected, collect, columns_of, put_first, tables_of
from sim.scenario.import_writing import Files, files_of
from sim.scenario.partners_csv import LARGEST_FILE
from sim.scenario.problems import ScenarioError, shown
from sim.scenario.scenario import Scenario, load

Tell = Callable[[str], None]


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


class BadRowsError(ScenarioError):
    """Rows that cannot be used; ``rows`` has a line for each, and nothing was written."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows
        count = _rows(len(rows))
        super().__init__(
            f"{count} cannot be used, the first: {rows[0]}. "
            "Nothing was written; correct them or leave them out with --skip-bad-rows"
        )


class Imported(NamedTuple):
    """What an import made."""

    path: Path  # the scenario file
    scenario: Scenario
    columns: tuple[str, ...]  # for each file, which column was taken for what and which were ignored
    assumed: tuple[str, ...]  # what was assumed where the data are silent
    skipped: tuple[str, ...]  # rows left out
    fits: tuple[fitting.Fit, ...]
    focus: str  # which vendor is in focus, and how to choose another

    def lines(self) -> list[str]:
        """What to show: columns, rows left out, assumptions, the fit, the next command."""
        out = [*self.columns]
        if self.skipped:
            out += [f"Left out, {_rows(len(self.skipped))} that cannot be used:", *(f"  {row}" for row in self.skipped)]
        out += self.scenario.partners.lines() if self.scenario.partners is not None else []
        out += [f"Assumed: {line}" for line in self.assumed]
        if self.fits:
            out += ["Fitted to the past:", fitting.HEADER, *(row.line() for row in self.fits)]
        return [*out, self.focus, f"Written: {self.path}", f"Next: channel-sim run {self.path}"]


def import_data(
    partners: Path | None = None,
    *,
    vendors: Path | None = None,
    distributors: Path | None = None,
    memberships: Path | None = None,
    alliances: Path | None = None,
    relations: Path | None = None,
    revenue: Path | None = None,
    churn: Path | None = None,
    name: str | None = None,
    title: str | None = None,
    question: str | None = None,
    about: str | None = None,
    out: Path | None = None,
    focal: str | None = None,
    skip_bad_rows: bool = False,
    tell: Tell = lambda line: None,
) -> Imported:
    """Make a scenario from CSV files.

    Parameters
    ----------
    partners, vendors, distributors, memberships, alliances, relations, revenue, churn
        The files; partners or memberships are needed, and without the first, whoever is a member is a partner.
    name
        Of the scenario, in letters, digits, - and _; else that of the first file.
    title, question, about
        Prose for the scenario; ``about`` is where the data come from.
    out
        Folder into which the scenario is written; else the present one.
    focal
        The vendor in focus, which becomes the first; else the first of the vendors' file, or the most frequent.
    skip_bad_rows
        Leave out rows that cannot be used.
    tell
        Called with a line when something takes long, and with the columns when something is wrong.

    Returns
    -------
    Imported
        The scenario, loaded from what was written, and what to show of it.

    Raises
    ------
    ScenarioError
        When something is wrong; nothing was written then.  ``BadRowsError`` lists rows.
    """
    given = (partners, vendors, distributors, memberships, alliances, relations, revenue, churn)
    files = {sort: file for sort, file in zip(FILES, given, strict=True) if file is not None}
    if partners is None and memberships is None:
        raise ScenarioError("import: no partners; name a CSV file of partners, or one with --memberships")
    name = _name(name, next(iter(files.values())))
    place = out or Path()
    _check_place(place, name)
    words = _prose(title, question, about, name, files)
    tables = tables_of({sort: (str(f), read_limited(f, str(f), LARGEST_FILE, "a CSV")) for sort, f in files.items()})
    try:
        return _made(tables, name, words, place, focal, skip_bad_rows, tell)
    except ScenarioError:
        for line in columns_of(tables):
            tell(line)
        raise


def _made(
    tables: Mapping[str, CsvTable],
    name: str,
    words: Mapping[str, str],
    place: Path,
    focal: str | None,
    skip_bad_rows: bool,
    tell: Tell,
) -> Imported:
    """The import of tables that were read."""
    collected = collect(tables)
    if collected.faults and not skip_bad_rows:
        raise BadRowsError(list(collected.faults))
    if focal is not None:
        put_first(collected.vendors, focal)
    made = files_of(collected, name, words)
    place_above = next(p for p in (place.absolute(), *place.absolute().parents) if p.is_dir())
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=place_above))
    except OSError as error:
        raise ScenarioError(f"{place}: cannot be written: {error.strerror or error}; name another folder with --out") from error
    try:
        made, fits = _fitted(collected, made, draft, name, tell)
        _write(made, draft, name)
        scenario = _load(draft, place, name)
        _move(draft, place, name)
    except OSError as error:
        raise ScenarioError(f"{place}: cannot be written: {error.strerror or error}; name another folder with --out") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    path, columns = place / f"{name}.toml", tuple(columns_of(tables))
    focus = _focus(collected, "vendors" in tables, focal)
    return Imported(path, scenario, columns, tuple(collected.assumed), tuple(collected.faults), tuple(fits), focus)


def _focus(collected: Collected, from_file: bool, focal: str | None) -> str:
    """Which vendor's loyalty the results are about, and how to choose another."""
    if not collected.vendors:
        return (
            "Vendor in focus: none of your own, the vendors are drawn; give them in a column, or with --relations or --vendors."
        )
    carried = "the most frequent" if collected.relations else "the first that hosts a network"
    why = "as asked" if focal is not None else "the first of the vendors' file" if from_file else carried
    return f"Vendor in focus: {collected.vendors[0]['name']}, {why}; --focal NAME chooses another."


def _name(name: str | None, first: Path) -> str:
    made = name if name is not None else "".join(c if c.isascii() and c.isalnum() else "_" for c in first.stem).strip("_")
    if not NAME.fullmatch(made):
        raise ScenarioError(f"import: {shown(made)} is no name for a scenario; write --name with letters, digits, - and _")
    return made


def _check_place(place: Path, name: str) -> None:
    for path in (place / f"{name}.toml", place / name):
        if path.exists() or path.is_symlink():
            raise ScenarioError(f"{path}: is there already; remove it, or choose another --name or --out")
    if place.exists() and not place.is_dir():
        raise ScenarioError(f"{place}: not a folder; name another with --out")


def _prose(title: str | None, question: str | None, about: str | None, name: str, files: Mapping[str, Path]) -> dict[str, str]:
    for key, value, most in (("title", title, 100), ("question", question, 1_000), ("about", about, 5_000)):
        if value is not None and (not value.strip() or len(value) > most or not value.isprintable()):
            raise ScenarioError(f"import: --{key}: expected 1 to {most:,} characters on one line, got {shown(value)}; change it")
    sources = ", ".join(file.name for file in files.values())
    return {
        "title": title or name.replace("_", " "),
        "question": question or "What becomes of networks, alliances and loyalty among these partners?",
        "about": about or "",
        "sources": "".join(c if c.isprintable() else "?" for c in sources),
    }


def _fitted(collected: Collected, made: Files, draft: Path, name: str, tell: Tell) -> tuple[Files, list[fitting.Fit]]:
    """The files with parameters fitted to the past, where there is one."""
    if not collected.has_past:
        return made, []
    _write(made, draft, name)
    small = {"population.partners": min(fitting.MOST_PARTNERS, len(collected.partners.rows))}
    tell("fitting to the past, with short runs")

    def plan_of(settings: Mapping[str, Any]) -> Any:
        return load(draft / f"{name}.toml", {**small, **settings}).plan

    a_head = collected.revenue_a_head
    settings, fits = fitting.fit(plan_of, collected.churn, a_head)
    return made.with_settings(settings, fits), fits


def _write(made: Files, draft: Path, name: str) -> None:
    (draft / name).mkdir(exist_ok=True)
    for file, content in made.tables.items():
        (draft / name / file).write_bytes(content)
    (draft / f"{name}.toml").write_text(made.text(), encoding="utf-8", newline="\n")


def _load(draft: Path, place: Path, name: str) -> Scenario:
    """The scenario as ``load`` sees it; a problem is told of the place where it would have been."""
    try:
        scenario = load(draft / f"{name}.toml")
    except ScenarioError as error:
        raise ScenarioError(f"import: {str(error).replace(str(draft), str(place))}. Nothing was written") from error
    return scenario._replace(origin=tuple(o.replace(str(draft), str(place)) for o in scenario.origin))


def _move(draft: Path, place: Path, name: str) -> None:
    """Put the CSV files in place, then the scenario; without the second, the first go again."""
    made = not place.exists()
    place.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(draft / name, place / name)
        os.rename(draft / f"{name}.toml", place / f"{name}.toml")
    except BaseException:
        shutil.rmtree(place / name, ignore_errors=True)
        if made:
            place.rmdir()
        raise
