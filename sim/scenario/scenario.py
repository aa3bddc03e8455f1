"""A scenario: what a strategist writes, read, checked and resolved into the plan of a run."""

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from sim.plan import Plan
from sim.scenario.csv_table import CsvTable, read_table
from sim.scenario.document import Document, read_document, read_limited
from sim.scenario.explanation import explained
from sim.scenario.given import TIES, PartnerSources, TieTables, partner_sources
from sim.scenario.partners_csv import LARGEST_FILE, GivenNames, PartnerFile, parse_partners
from sim.scenario.problems import Problem, Problems, ScenarioError, shown
from sim.scenario.resolution import Resolved, resolve, rule_source
from sim.scenario.schema import SCHEMA_VERSION, scenario_model


class Scenario(NamedTuple):
    """A resolved scenario."""

    name: str
    question: str
    text: str
    origin: tuple[str, ...]  # its file, then those that it extends
    replications: int
    plan: Plan
    settings: dict[str, Any]  # everything that determines a replication's results, as JSON
    partners: PartnerSources | None  # where the inputs of partners come from when there is a CSV file
    document: Document  # what was written, and which file said what

    @classmethod
    def load(
        cls,
        name_or_path: str | os.PathLike[str],
        settings: Mapping[str, Any] | Iterable[tuple[str, str, Any]] = (),
    ) -> "Scenario":
        """Read a scenario, check it and resolve it: see ``sim.scenario.load``."""
        return load(name_or_path, settings)

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.plan.title

    @property
    def folder(self) -> Path:
        """What the name of its CSV file is relative to."""
        return self.document.owner(("population", "csv")).folder or self.document.file.folder or Path()

    def digest(self) -> str:
        """SHA-256 of all that determines a replication's results: equal digests, equal results.

        Prose and the number of replications are left out; the content of a CSV file and of a user's own
        rule is in.
        """
        canonical = json.dumps(self.settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The resolved scenario, prose included."""
        prose = {"title": self.title, "question": self.question, "text": self.text}
        head = {"name": self.name, **prose, "origin": list(self.origin), "replications": self.replications}
        written = {"folder": str(self.folder.absolute()), "tree": self.document.tree}
        return {**head, "digest": self.digest(), "settings": self.settings, "written": written}


def load(name_or_path: str | os.PathLike[str], settings: Mapping[str, Any] | Iterable[tuple[str, str, Any]] = ()) -> Scenario:
    """Read a scenario, check it and resolve it.

    Parameters
    ----------
    name_or_path
        Name of a shipped scenario, or path of a file.
    settings
        Values that prevail over the file's, for instance ``{"demand.growth_per_year": 0.03}``; or triples
        (label for messages, dotted key, value).

    Raises
    ------
    ScenarioError
        When anything is wrong; one message says what, where and what to do.
    """
    return from_document(read_document(name_or_path, settings))


def from_document(document: Document) -> Scenario:
    """Check what was written and resolve it.

    Raises
    ------
    ScenarioError
        As ``load`` does.
    """
    _check_version(document)
    model = scenario_model()
    try:
        checked: Any = model.model_validate(document.tree)
    except ValidationError as error:
        raise document.error(explained(error, model)) from error
    data, contents = _partner_file(document, checked)
    ties = _tie_tables(document, checked, contents)
    problems = Problems()
    resolved = resolve(checked, data, ties, problems)
    if resolved is None:
        raise document.error(problems)
    return Scenario(
        name=document.name,
        question=checked.question.strip(),
        text=checked.text.strip(),
        origin=tuple(layer.label for layer in document.layers if layer.folder is not None),
        replications=checked.replications,
        plan=resolved.plan,
        settings=_settings(checked, resolved, contents),
        partners=None if data is None else partner_sources(data, resolved.plan, checked.population.csv),
        document=document,
    )


def _check_version(document: Document) -> None:
    """See that no file is of a later layout, whose new keys would be told as unknown."""
    for layer in document.layers:
        version = layer.tree.get("schema_version")
        if isinstance(version, int) and version > SCHEMA_VERSION:
            says = f"{shown(version)}, made for a newer channel-sim than this, which reads {SCHEMA_VERSION}; update channel-sim"
            raise ScenarioError(f"{layer.label}: schema_version: {says}")


def _partner_file(document: Document, checked: Any) -> tuple[PartnerFile | None, dict[str, str]]:
    """The partners of the scenario's CSV file, and the hash of its content under the key that names it."""
    if checked.population.csv is None:
        return None, {}
    content, label = _csv_file(document, "csv", checked.population.csv)
    names = GivenNames(checked.names.skills, checked.names.verticals, checked.names.regions)
    return parse_partners(content, label, names), {"csv": hashlib.sha256(content).hexdigest()}


def _tie_tables(document: Document, checked: Any, contents: dict[str, str]) -> TieTables | None:
    """The tables of ties that the scenario names; their hashes go to ``contents``."""
    tables: dict[str, CsvTable] = {}
    for sort, (columns, needed, example) in TIES.items():
        key = f"{sort}_csv"
        written = getattr(checked.population, key)
        if written is None:
            continue
        if checked.population.csv is None:
            says = "needs the partners that it speaks of; name their file as population.csv"
            raise document.error(Problems([Problem(("population", key), says)]))
        content, label = _csv_file(document, key, written)
        tables[sort] = read_table(content, label, columns, needed, example)
        contents[key] = hashlib.sha256(content).hexdigest()
    return TieTables(**tables) if tables else None


def _csv_file(document: Document, name: str, written: str) -> tuple[bytes, str]:
    """The bytes of a CSV file that the scenario names under population, and how messages call it."""
    key = ("population", name)
    folder = document.owner(key).folder or document.file.folder or Path()
    problem = Problem(
        key,
        f"expected a file beside the scenario file or in a folder below it, got {shown(written)}; "
        "put it there and write its relative name",
    )
    try:
        inside = (folder / written).resolve().is_relative_to(folder.resolve()) and not Path(written).is_absolute()
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        raise document.error(Problems([problem]))
    label = f"{document.owner(key).label}: population.{name}: {written}"
    return read_limited(folder / written, label, LARGEST_FILE, "a CSV"), label


def _settings(checked: Any, resolved: Resolved, contents: dict[str, str]) -> dict[str, Any]:
    plan = resolved.plan
    rules = {}
    for point, options in resolved.rules.items():
        source = rule_source(options["name"])
        rules[point] = {**options, **({"source_sha256": hashlib.sha256(source.read_bytes()).hexdigest()} if source else {})}
    return {
        "schema_version": SCHEMA_VERSION,
        "months": plan.months,
        "burn_in_months": plan.burn_in,
        "seed": plan.seed,
        "partners": plan.partners,
        **{f"{name}_sha256": contents.get(name, "") for name in ("csv", *(f"{sort}_csv" for sort in TIES))},
        "names": {kind: list(names) for kind, names in plan.names._asdict().items()},
        "parameters": {process: values._asdict() for process, values in plan.parameters.items()},
        "rules": rules,
        "switches": plan.switches._asdict(),
        "networks": [_plain(group) for group in plan.networks],
        "vendors": list(plan.vendors),
        "distributors": list(plan.distributors),
        "marketplaces": list(plan.marketplaces),
        "events": [_plain(event) for event in plan.schedule],
    }


def _plain(value: Any) -> Any:
    """NamedTuples as dicts, all the way down; a bound that is infinite is left out."""
    if not hasattr(value, "_asdict"):
        return value
    return {k: _plain(v) for k, v in value._asdict().items() if not (isinstance(v, float) and math.isinf(v))}


__all__ = ["Scenario", "ScenarioError", "from_document", "load"]
