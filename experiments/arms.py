"""Named arms, each a plan, run on common random numbers; finished runs are kept and shared between studies.

    runs/headline-1f0c.../       one folder a set of outcomes and version of the code
        3a9e....parquet          chunks of finished runs, known by plan and replication

A run depends on its plan and replication only, so the table is the same whatever the number of workers, the order
and the interruptions; resuming, and reusing the arms of another study, is running what is not there yet.
"""

import hashlib
import inspect
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.chunks import ChunkStore, Key, Row
from experiments.compiling import compile_once, say_on_stderr
from experiments.outcomes import Outcomes
from experiments.pool import in_any_order
from sim.plan import Plan

Progress = Callable[[int, int], None]  # runs done, runs in all
FLUSH_RUNS, FLUSH_SECONDS = 256, 20.0  # how much an interruption may lose at most
ROOT = Path(__file__).resolve().parents[1]


def run_arms(
    arms: Mapping[str, Plan],
    replications: Sequence[int] | Mapping[str, Sequence[int]],
    outcomes: Outcomes,
    folder: Path,
    workers: int = 1,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> pa.Table:
    """Run every arm with every replication, as far as it is not in the folder, and collect their outcomes.

    Parameters
    ----------
    arms
        Plans by name; arms of equal plans are run once.
    replications
        Numbers of the replications, or those of each arm by name; the same number is the same chance in every arm.
    outcomes
        What is measured of each run.
    folder
        Where finished runs are kept.
    workers
        Processes; 1 runs in this one.
    progress
        Called with runs done and runs in all, those found in the folder included.
    say
        Where a word about compiling goes, standard error when left out.

    Returns
    -------
    pyarrow.Table
        ``arm``, ``replication`` and the outcomes; arms in their order, replications within.

    Raises
    ------
    StudyError
        When a worker was killed.
    RunFailedError
        When a run raised; names the arm and the replication.
    """
    store = ChunkStore(Path(folder) / f"{outcomes.name}-{code_of(outcomes)}", outcomes.columns)
    digests = {name: plan_digest(plan) for name, plan in arms.items()}
    plans = {digests[name]: (name, plan) for name, plan in reversed(list(arms.items()))}
    known = store.read()
    each = replications if isinstance(replications, Mapping) else dict.fromkeys(arms, replications)
    asked = list(dict.fromkeys((digests[name], r) for name in arms for r in each[name]))
    missing = sorted((key for key in asked if key not in known), key=lambda key: key[1])
    total = len(asked)
    tell = progress or (lambda done, total: None)
    tell(total - len(missing), total)
    if missing:
        compile_once(plans[missing[0][0]][1], say or say_on_stderr)
        tasks = ((*plans[d], r, d, outcomes.measure) for d, r in missing)
        for n, (key, values) in enumerate(_kept(in_any_order(_measure, tasks, workers), store), 1):
            known[key] = dict(values)
            tell(total - len(missing) + n, total)
    return _table(digests, each, known, outcomes)


class RunFailedError(RuntimeError):
    """A run raised; the message names the arm and the replication."""


def _measure(name: str, plan: Plan, replication: int, digest: str, measure: Callable[[Plan, int], Mapping[str, float]]):
    try:
        return measure(plan, replication)
    except Exception as error:
        raise RunFailedError(f"arm {name!r}, replication {replication}: {type(error).__name__}: {error}") from error


def _kept(results: Iterator[tuple[Any, Any]], store: ChunkStore) -> Iterator[tuple[Key, Mapping[str, float]]]:
    """Pass results on and write them in batches, what is left also when the study is interrupted."""
    batch: list[Row] = []
    began = time.monotonic()
    try:
        for (_, _, replication, digest, _), values in results:
            batch.append((digest, replication, values))
            if len(batch) >= FLUSH_RUNS or time.monotonic() - began > FLUSH_SECONDS:
                store.append(batch)
                batch, began = [], time.monotonic()
            yield (digest, replication), values
    finally:
        store.append(batch)


def _table(
    digests: Mapping[str, str], each: Mapping[str, Sequence[int]], known: Mapping[Key, Mapping[str, float]], outcomes: Outcomes
):
    rows = [(name, r, known[digest, r]) for name, digest in digests.items() for r in each[name]]
    columns: dict[str, Any] = {
        "arm": pa.array([name for name, _, _ in rows], pa.string()),
        "replication": pa.array([r for _, r, _ in rows], pa.int64()),
    }
    for outcome in outcomes.columns:
        columns[outcome.name] = pa.array([float(values[outcome.name]) for _, _, values in rows], pa.float64())
    return pa.table(columns)


def values_of(table: pa.Table, arm: str, outcome: str) -> NDArray[np.float64]:
    """One outcome of one arm, in the order of the replications.

    Parameters
    ----------
    table
        As ``run_arms`` gives it.
    arm, outcome
        Names.

    Returns
    -------
    array, R
        NaN where undefined.
    """
    chosen = np.array(table.column("arm").to_pylist(), object) == arm
    return table.column(outcome).to_numpy()[chosen]


def plan_digest(plan: Plan) -> str:
    """SHA-256 of all of a plan that determines its runs; the title does not.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    str
        Hexadecimal.
    """
    content = json.dumps(_plain(plan._replace(title="")), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value as JSON; floats by their exact digits, rules by their class, its source if it is a user's, and what they hold."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | np.generic):
        return repr(value.item() if isinstance(value, np.generic) else value)
    if hasattr(value, "_asdict"):
        return {k: _plain(v) for k, v in value._asdict().items()}
    if isinstance(value, np.ndarray):
        return [str(value.dtype), list(value.shape), [_plain(v) for v in value.ravel()]]
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(_plain(v)) for v in value)
    kind = type(value)
    source = "" if kind.__module__.split(".")[0] == "sim" else inspect.getsource(sys.modules[kind.__module__])
    return [kind.__module__, kind.__qualname__, hashlib.sha256(source.encode()).hexdigest(), _plain(vars(value))]


def code_of(outcomes: Outcomes) -> str:
    """Hash of the code that a row depends on: the model, what observes it, and the measure with what it uses.

    Parameters
    ----------
    outcomes
        What is measured.

    Returns
    -------
    str
        Sixteen hexadecimal digits.
    """
    from sim.compiled import source_hash

    digest = hashlib.sha256(source_hash().encode())
    used = {Path(m.__file__ or "") for m in _modules(sys.modules[outcomes.measure.__module__], set())}
    for path in sorted([*used, *(ROOT / "sim" / "observe").rglob("*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _modules(module: ModuleType, found: set[ModuleType]) -> set[ModuleType]:
    """A module and those outside sim's and others' packages whose names it uses."""
    found.add(module)
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        other = sys.modules.get(name) if isinstance(name, str) else None
        if other is not None and other not in found and other.__name__.split(".")[0] in ("experiments", "tests"):
            _modules(other, found)
    return found
