"""The runs of a comparison: one Parquet file each, there complete or not at all, so an interrupted one goes on.

records/5f0c.../r00003.parquet     months in rows; series and groups in columns; outcomes in its footer
baseline/                          the first replication of each case, as an ordinary folder of results
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.arms import RunFailedError, code_of, plan_digest
from experiments.comparison.watching import Watcher
from experiments.compiling import compile_once
from experiments.durable import write_aside
from experiments.outcomes import COLUMNS, Outcomes, headline
from experiments.pool import in_any_order
from experiments.runner import RunError
from sim.observe.counterfactual import MONTHS
from sim.observe.run import run_replication
from sim.plan import Plan

Progress = Callable[[int, int], None]
OUTCOMES, PAIRS, IMPOSSIBLE = b"outcomes", b"pairs", b"impossible"


class Record(NamedTuple):
    """What is kept of one run."""

    outcomes: dict[str, float]
    series: dict[str, NDArray[np.float64]]  # series of ``sim.observe.catalogue``, and those of ``watching``
    pairs: NDArray[np.float64]  # n x 2, joint profit over 24 months of sampled pairs, with and without their alliance
    impossible: float  # share of the value of joint work of the last 24 months that its owner could not have done alone


def measure(plan: Plan, replication: int) -> Record:
    """Run one replication and give what a comparison needs of it."""
    watcher = Watcher(plan)
    result = run_replication(plan, replication, watch=watcher)
    pairs = np.zeros((0, 2)) if result.pairs is None else result.pairs
    last = plan.burn_in + plan.months - MONTHS
    series = {**result.series, **watcher.columns}
    return Record(headline(result.series, result.tables, plan), series, pairs, impossible_alone(result.tables["deals"], last))


def record_of(series: Mapping[str, NDArray], tables: Mapping[str, pa.Table], plan: Plan) -> Record:
    """The record of a run that was kept in full, of which groups were not watched."""
    known = {name: np.asarray(column) for name, column in series.items() if name != "month"}
    last = plan.burn_in + plan.months - MONTHS
    pairs = compared_pairs(tables["alliances"])
    return Record(headline(known, tables, plan), known, pairs, impossible_alone(tables["deals"], last))


def compared_pairs(alliances: pa.Table) -> NDArray[np.float64]:
    """Joint profit of the sampled alliances, and the same where they are forbidden; n x 2, US dollars."""
    sampled = alliances.filter(alliances["joint_profit"].is_valid())
    return np.column_stack([sampled[name].to_numpy() for name in ("joint_profit", "joint_profit_without")]).reshape(-1, 2)


def impossible_alone(deals: pa.Table, since: int) -> float:
    """Share of the value of joint deals, delivered from a month on, that their owner could not have done alone.

    NaN when there was no joint work.
    """
    value, alone = deals["value"].to_numpy(), deals["alone"].to_numpy(zero_copy_only=False)
    joint = deals["member_1"].is_valid().to_numpy(zero_copy_only=False) & (deals["delivered"].to_numpy() >= since)
    total = float(value[joint].sum())
    return float(value[joint & ~alone.astype(bool)].sum()) / total if total > 0.0 else np.nan


def measured_outcomes(plan: Plan, replication: int) -> dict[str, float]:
    """The outcomes alone."""
    return measure(plan, replication).outcomes


COMPARED = Outcomes("compared", COLUMNS, measured_outcomes)


def record_all(
    plans: Mapping[str, Plan],
    replications: Sequence[int],
    folder: Path,
    workers: int = 1,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> dict[str, list[Path]]:
    """Run every plan with every replication, as far as that is not in the folder.

    Parameters
    ----------
    plans
        By name; equal plans are run once.
    replications
        The same number is the same chance in every plan.
    folder
        Where records are kept.
    workers
        Processes.
    progress
        Called with runs done and runs in all.
    say
        Where a word about compiling goes.

    Returns
    -------
    dict of str to list of Path
        The files of each plan, in the order of the replications.

    Raises
    ------
    RunFailedError
        When a run raised.
    StudyError
        When a worker was killed.
    """
    paths = record_paths(plans, replications, folder)
    wanted = {path: (name, plans[name], r) for name in plans for path, r in zip(paths[name], replications, strict=True)}
    missing = [(path, *what) for path, what in wanted.items() if not path.exists()]
    tell = progress or (lambda done, total: None)
    tell(len(wanted) - len(missing), len(wanted))
    if missing:
        compile_once(missing[0][2], say or (lambda line: None))
        by_replication = sorted(missing, key=lambda task: task[3])
        for n, _ in enumerate(in_any_order(_record, by_replication, workers), 1):
            tell(len(wanted) - len(missing) + n, len(wanted))
    return paths


def record_paths(plans: Mapping[str, Plan], replications: Sequence[int], folder: Path) -> dict[str, list[Path]]:
    """Where the records of some plans are, or will be: a place of their own for each version of the code."""
    place = folder / f"records-{code_of(COMPARED)}"
    return {name: [place / plan_digest(plan)[:24] / f"r{r:05d}.parquet" for r in replications] for name, plan in plans.items()}


def _record(path: Path, name: str, plan: Plan, replication: int) -> None:
    try:
        record = measure(plan, replication)
    except Exception as error:
        raise RunFailedError(f"scenario {name}, replication {replication}: {type(error).__name__}: {error}") from error
    write(path, record)


def write(path: Path, record: Record) -> None:
    """Write a record, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(column) for name, column in record.series.items()})
    table = table.replace_schema_metadata(
        {
            OUTCOMES: json.dumps(record.outcomes),
            PAIRS: json.dumps(record.pairs.tolist()),
            IMPOSSIBLE: json.dumps(record.impossible),
        }
    )
    write_aside(path, lambda draft: pq.write_table(table, draft, compression="zstd"))


def read(path: Path) -> Record:
    """Read a record back.

    Raises
    ------
    RunError
        When the file is no record, or damaged.
    """
    try:
        table = pq.read_table(path)
        outcomes, pairs, impossible = (json.loads(table.schema.metadata[key]) for key in (OUTCOMES, PAIRS, IMPOSSIBLE))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"{path}: not a record of a run, or damaged ({type(error).__name__}); remove it and compare again"
        ) from error
    return Record(
        outcomes, {n: table.column(n).to_numpy() for n in table.column_names}, np.array(pairs).reshape(-1, 2), impossible
    )


def outcomes_of(path: Path) -> dict[str, float]:
    """The outcomes of a record, without its series.

    Raises
    ------
    RunError
        As ``read`` does.
    """
    try:
        return json.loads(pq.read_schema(path).metadata[OUTCOMES])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"{path}: not a record of a run, or damaged ({type(error).__name__}); remove it and compare again"
        ) from error


def sample_of(paths: Mapping[str, Sequence[Path]]) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Outcomes by scenario and name, one value a replication."""
    rows = {name: [outcomes_of(path) for path in files] for name, files in paths.items()}
    return {name: {c.name: np.array([row[c.name] for row in found]) for c in COLUMNS} for name, found in rows.items()}


def fingerprint(paths: Mapping[str, Sequence[Path]]) -> str:
    """A hash of all records' content, by which a report can tell whether they are still the same."""
    digest = hashlib.sha256()
    for files in paths.values():
        for path in files:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
