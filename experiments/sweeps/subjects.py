"""What a study runs: a scenario of the model, or a function.

A subject travels to the workers as it is; there it turns settings into something prepared, and that with a replication
into one value an outcome, and series when asked.
"""

import hashlib
import importlib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from experiments.outcomes import Outcome, Outcomes
from experiments.pool import StudyError
from experiments.sweeps.trouble import flattened
from sim.scenario.document import Document, with_settings

Series = dict[str, Any]  # name -> T numbers
Path = tuple[str, ...]  # keys and list positions, outermost first
Stage = Callable[[str], None]  # told what a run is at


class ScenarioSubject(NamedTuple):
    """A scenario of the model."""

    document: Document
    measure: str = "headline"
    series: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Outcome, ...]:
        """The outcomes."""
        return outcomes_of(self.measure).columns

    def prepare(self, settings: Mapping[str, Any], seed: int | None) -> Any:
        """The plan under some settings; a seed prevails over the scenario's."""
        return self.scenario(settings, seed).plan

    def scenario(self, settings: Mapping[str, Any], seed: int | None) -> Any:
        """The scenario under some settings; those of rows of lists last, so that there are as many rows as asked for."""
        from sim.scenario.scenario import from_document

        seeded = {} if seed is None else {"seed": seed}
        return from_document(with_settings(self.document, dict(_rows_last(settings)) | seeded))

    def places(self, settings: Mapping[str, Any]) -> dict[str, list[Path]]:
        """Key -> all that it sets: of rows of a list it may be several."""
        labelled = [(key, key, value) for key, value in _rows_last(settings)]
        layers = with_settings(self.document, labelled).layers[: len(labelled)]
        return {layer.label: [tuple(path.split(".")) for path in flattened(layer.tree)] for layer in layers}

    def run(self, plan: Any, replication: int, stage: Stage) -> tuple[Mapping[str, float], Series]:
        """Outcomes and series of one run."""
        if self.measure != "headline" and not self.series:
            stage("run")
            return outcomes_of(self.measure).measure(plan, replication), {}
        from experiments.outcomes import headline
        from sim.observe.run import run_replication

        result = run_replication(plan, replication, progress=lambda done, months: stage(f"month {done + 1} of {months}"))
        stage("outcomes")
        values = headline(result.series, result.tables, plan)
        return values, {name: result.series[name] for name in self.series}

    def load(self) -> None:
        """Make a process ready, so that no run pays for loading the compiled model: a tiny world for two months."""
        from sim.observe.run import run_replication
        from sim.warm_up import warm_up

        plan = self.prepare({}, None)
        warm_up(plan, lambda line: None)
        run_replication(
            plan._replace(partners=min(plan.partners, 60), months=2, burn_in=0, schedule=(), given=None, ties=None), 0
        )

    def identity(self) -> dict[str, Any]:
        """All that its results depend on, as JSON: the resolved scenario, the code of the model and of the outcomes."""
        from experiments.arms import code_of
        from sim.scenario.scenario import from_document

        scenario = from_document(self.document)
        return {"scenario": scenario.settings, "measure": self.measure, "code": code_of(outcomes_of(self.measure))}

    def sources(self, varied: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Name -> hash of the content of each file that some settings name: a rule of one's own, a CSV file."""
        out: dict[str, str] = {}
        for settings in varied:
            named = {k: v for k, v in settings.items() if _names_a_file(k, v) and v not in out}
            if not named:
                continue
            resolved = self.scenario(settings, None).settings
            for key, name in named.items():
                table, _, last = key.rpartition(".")
                rule = resolved["rules"].get(table.removeprefix("rules."), {})
                out[name] = str(rule.get("source_sha256") or resolved.get(f"{last}_sha256") or "")[:16]
        return out


class FunctionSubject(NamedTuple):
    """A function of settings, replication and seed, with its outcomes in an attribute ``columns``."""

    path: str
    fixed: tuple[tuple[str, Any], ...] = ()

    series: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Outcome, ...]:
        """The outcomes."""
        return tuple(imported(self.path).columns)

    def prepare(self, settings: Mapping[str, Any], seed: int | None) -> Any:
        """Settings and seed."""
        return dict(self.fixed) | dict(settings), seed or 0

    def places(self, settings: Mapping[str, Any]) -> dict[str, list[Path]]:
        """Key -> what it sets, itself."""
        return {key: [(key,)] for key in settings}

    def run(self, prepared: Any, replication: int, stage: Stage) -> tuple[Mapping[str, float], Series]:
        """Outcomes of one call."""
        stage("run")
        settings, seed = prepared
        return imported(self.path)(settings, replication, seed), {}

    def load(self) -> None:
        """Import the function."""
        imported(self.path)

    def identity(self) -> dict[str, Any]:
        """The function's path, source and fixed settings."""
        function = imported(self.path)
        source = inspect.getsource(inspect.getmodule(function) or function)
        code = hashlib.sha256(source.encode()).hexdigest()[:16]
        return {"function": self.path, "settings": dict(self.fixed), "code": code}

    def sources(self, varied: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """Nothing: what a function reads is not known."""
        return {}


Subject = ScenarioSubject | FunctionSubject


def _rows_last(settings: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Settings with those of rows of lists last."""
    from sim.scenario.rows import EXAMPLES

    return sorted(settings.items(), key=lambda item: item[0].partition(".")[0] in EXAMPLES)


def _names_a_file(key: str, value: Any) -> bool:
    """Whether a setting is a rule of one's own or a CSV file."""
    own_rule = key.startswith("rules.") and key.endswith(".name") and ":" in str(value)
    return isinstance(value, str) and (own_rule or key.endswith("csv"))


def outcomes_of(measure: str) -> Outcomes:
    """The outcomes that a study names: the headline ones or its own."""
    if measure == "headline":
        from experiments.outcomes import HEADLINE

        return HEADLINE
    return imported(measure)


def imported(path: str) -> Any:
    """What "package.module:name" names.

    Raises
    ------
    StudyError
        When it cannot be imported.
    """
    module, colon, name = path.partition(":")
    if not colon or not module or not name:
        raise StudyError(f'"{path}" names nothing to import; write "package.module:name"')
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:
        raise StudyError(f'"{path}" cannot be imported: {type(error).__name__}: {error}; correct the name') from error


def digest(value: Any) -> str:
    """Sixteen hexadecimal digits that stand for a JSON value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run_id(study: str, settings: Mapping[str, Any], seed: int | None, replication: int) -> str:
    """Identity of a run: what it depends on, and nothing else.

    Parameters
    ----------
    study
        Digest of the subject's identity, that is of the resolved scenario and of the code.
    settings, seed, replication
        Of the run.

    Returns
    -------
    str
        Sixteen hexadecimal digits.
    """
    return digest([study, dict(settings), seed, replication])


def names_of(columns: Sequence[Outcome]) -> list[str]:
    """Names of outcomes in order."""
    return [c.name for c in columns]
