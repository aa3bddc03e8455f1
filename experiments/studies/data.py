"""The figures behind the report: verdicts as CSV, and as Parquet every number of every run that one rests on.

Effects in the CSVs are above the contrast's reference; shares are of 1. Along axes and over points the contrast is the one that
decided.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.console import write_csv
from experiments.durable import write_aside
from experiments.studies.finding import Finding
from experiments.studies.leaving import CLASSES
from experiments.studies.protocol import Protocol
from experiments.studies.running import Results

VERDICTS = (
    "study", "protocol", "claim_verdict", "contrast", "primary", "outcome", "expected", "reference", "smallest", "mean", "low",
    "high", "sd", "runs", "verdict", "by_the_mean", "power", "runs_needed",
)  # fmt: skip
ABLATIONS = (
    "study", "ablation", "contrast", "before", "without", "without_low", "without_high", "change", "change_low", "change_high",
    "said",
)  # fmt: skip
AXES = (
    "study", "contrast", "coefficient", "value", "default", "mean", "low", "high", "runs", "verdict", "by_the_means", "best_arm",
)  # fmt: skip
SWEEP = ("study", "contrast", "over", "points", "mean", "low", "high", "supported", "coefficient", "rank_correlation")
RUNS = pa.schema(
    [
        ("study", pa.string()), ("condition", pa.string()), ("arm", pa.string()), ("replication", pa.int32()),
        ("outcome", pa.string()), ("value", pa.float64()),
    ]
)  # fmt: skip


def write(folder: Path, findings: Sequence[Finding], results: dict[str, Results]) -> list[str]:
    """Write all tables.

    Parameters
    ----------
    folder
        Where; it is made when missing.
    findings
        Of all studies.
    results
        By id.

    Returns
    -------
    list of str
        Names of the files.
    """
    tables: dict[str, tuple[tuple[str, ...], list[Sequence[Any]]]] = {
        "verdicts.csv": (VERDICTS, [row for f in findings for row in _verdicts(f)]),
        "ablations.csv": (ABLATIONS, [row for f in findings for row in _ablations(f)]),
        "axes.csv": (AXES, [row for f in findings for row in _axes(f)]),
        "sweep.csv": (SWEEP, [row for f in findings for row in _sweep(f)]),
    }
    for name, (headers, rows) in tables.items():
        write_csv(folder / name, headers, rows)
    numbers = pa.concat_tables([RUNS.empty_table(), *(_runs(f.protocol, results[f.protocol.id]) for f in findings)])
    write_aside(folder / "runs.parquet", lambda draft: pq.write_table(numbers, draft, compression="zstd"))
    return [*tables, "runs.parquet"]


def _verdicts(f: Finding) -> list[Sequence[Any]]:
    out: list[Sequence[Any]] = []
    for r in f.rulings:
        c = r.contrast
        asked = (c.name, c.primary, c.outcome, c.expected, c.reference, c.smallest)
        out.append((f.protocol.id, f.protocol.hash, f.verdict, *asked, *r.figure, r.verdict, r.leans, r.power, r.needed))
    return out


def _ablations(f: Finding) -> list[Sequence[Any]]:
    return [
        (f.protocol.id, a.ablation.name, a.contrast.name, a.before.mean, *a.without[:3], *a.change[:3], a.said)
        for a in f.ablations
    ]


def _axes(f: Finding) -> list[Sequence[Any]]:
    asked = (f.protocol.id, f.deciding.contrast.name)
    return [
        (*asked, axis.key, v.value, v.default, *v.effect[:3], v.effect.n, v.verdict, v.leans, v.best)
        for axis in f.axes
        for v in axis.values
    ]


def _sweep(f: Finding) -> list[Sequence[Any]]:
    asked, sorts = (f.protocol.id, f.deciding.contrast.name), (("all axes", f.sweep), ("plausible points", f.plausible))
    return [
        (*asked, over, s.points, *s.effect[:3], s.supported, key, r)
        for over, s in sorts
        if s is not None
        for key, r in s.drivers
    ]


def _runs(protocol: Protocol, results: Results) -> pa.Table:
    """Outcomes that a contrast or a ranking uses."""
    wanted = {c.outcome for c in protocol.contrasts} | ({protocol.ranking["outcome"]} if protocol.ranking else set())
    stems = {c.outcome for c in protocol.contrasts if c.statistic == "mantel_haenszel"}
    classes = [f"{stem}_{what}_{k}" for stem in sorted(stems) for what in ("exits", "months") for k in range(CLASSES)]
    out: list[Sequence[Any]] = []
    for table in results.tables.values():
        names = [n for n in table.column_names if n in wanted - stems or n in classes]
        where = [name.rpartition("|") for name in table["arm"].to_pylist()]
        numbers = table["replication"].to_pylist()
        for name in names:
            for (condition, _, arm), r, value in zip(where, numbers, table[name].to_pylist(), strict=True):
                if name not in classes or value:
                    out.append((protocol.id, condition, arm, r, name, value))
    return pa.Table.from_pylist([dict(zip(RUNS.names, row, strict=True)) for row in out], schema=RUNS)
