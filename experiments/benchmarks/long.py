"""One long run of a big world with its series, kept from time to time, so that an interrupted one goes on.

A stage is a folder: the world (``sim.checkpoint``), what the observer remembers, the series so far, and last
``stage.json``, without which the others do not count.  Older stages are removed once a newer one is complete.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from experiments.benchmarks.measures import plan_of, seconds, set_up, state_bytes
from experiments.durable import write_aside, write_text
from experiments.memory import available, gb, needed, peak
from experiments.runner import RunError, model_code
from sim import checkpoint
from sim.engine import advance
from sim.observe.series import Memory, observe
from sim.observe.store import series_table
from sim.world import World

STAGE = "stage.json"
SERIES = "series.parquet"
SHOWN = ("partners", "memberships_per_partner", "networks", "alliances", "joint_share", "trust", "attitude", "retention")


class Run(NamedTuple):
    """A long run as it stands between two months."""

    world: World
    memory: Memory
    rows: list[dict[str, float]]  # the series, one entry a month
    spent: float  # CPU seconds so far
    peak: int  # bytes, the most that any process of the run has held


def long_run(partners: int, months: int, say: Callable[[str], None], folder: Path | None = None, every: int = 12) -> Run:
    """Let one world pass its months with its series observed, and say now and then how it goes.

    Parameters
    ----------
    partners, months
        How many of the baseline's.
    say
        Takes a line at a time.
    folder
        Where the run is kept; the same call goes on from there.  Nothing is kept without it.
    every
        Months between two stages.

    Raises
    ------
    RunError
        When memory does not suffice, or the folder cannot be written or holds a run of something else.
    """
    wanted, free = needed(plan_of(partners)._replace(burn_in=0, months=months), recording=False), available()
    has = "" if free is None else f"; {gb(free)} are available"
    say(f"memory: about {gb(wanted)}{has}")
    if free is not None and wanted > free:
        raise RunError(f"{partners:,} partners need about {gb(wanted)} of memory{has}; use fewer partners")
    head = {"partners": partners, "model_code": model_code()}
    run = _latest(folder, head) if folder else None
    if run:
        say(f"going on after month {run.world.month}")
    world, memory, rows, spent, most = run or Run(set_up(partners)[0], Memory(), [], 0.0, 0)
    step, told, since = 12 if months > 48 else max(1, months // 4), spent, world.month
    while world.month < months:
        spent += seconds(lambda: (advance(world), rows.append(observe(world, memory))))  # type: ignore[func-returns-value]
        most = max(most, peak())
        if world.month % step == 0 or world.month == months:
            lately = 1e9 * (spent - told) / (world.month - since) / partners
            say(
                f"month {world.month:4d}: {spent:8.0f} CPU s, lately {lately:,.0f} ns a partner-month; "
                f"{state_bytes(world) / partners:,.0f} bytes a partner, peak {most / 1e9:.2f} GB"
            )
            told, since = spent, world.month
        if folder and (world.month % every == 0 or world.month == months):
            _keep(folder, head, Run(world, memory, rows, spent, most))
    return Run(world, memory, rows, spent, most)


def shown(rows: Sequence[dict[str, float]], every: int = 24) -> list[tuple[str, ...]]:
    """The month and the series ``SHOWN`` at the end of every so many months, and of the last."""
    at = sorted({*range(every - 1, len(rows), every), len(rows) - 1})
    return [(str(month + 1), *(f"{rows[month][name]:.4g}" for name in SHOWN)) for month in at]


def _keep(folder: Path, head: dict[str, Any], run: Run) -> None:
    """Keep a run as it is now; raises RunError when the folder cannot be written, and what was kept before stays."""
    place = folder / f"month-{run.world.month:06d}"
    memory = run.memory
    remembered: dict[str, Any] = {"partners": memory.partners, "networks": memory.networks}
    for n, (who, carried) in enumerate(memory.line_cards):
        remembered |= {f"who_{n}": who, f"carried_{n}": carried}
    columns = {name: np.array([row[name] for row in run.rows]) for name in run.rows[0]}
    try:
        place.mkdir(parents=True, exist_ok=True)
        write_aside(place / SERIES, lambda draft: pq.write_table(series_table(columns), draft))
        write_aside(place / "memory.npz", lambda draft: _save_arrays(draft, remembered))
        checkpoint.save(run.world, place / "world.npz")
        stage = head | {"month": run.world.month, "cpu_seconds": run.spent, "peak_bytes": run.peak}
        write_text(place / STAGE, json.dumps(stage, indent=2) + "\n")
        for older in folder.glob("month-*"):
            if older != place:
                shutil.rmtree(older)
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror or error}; name another with --out") from error


def _save_arrays(draft: Path, arrays: dict[str, Any]) -> None:
    with draft.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _latest(folder: Path, head: dict[str, Any]) -> Run | None:
    """The latest stage that is complete, None where there is none; RunError when it is damaged or of something else."""
    stages = sorted(place.parent for place in folder.glob(f"month-*/{STAGE}"))
    if not stages:
        return None
    try:
        stage = json.loads((stages[-1] / STAGE).read_text(encoding="utf-8"))
        if not (differing := [name for name in head if stage[name] != head[name]]):
            return _load(stages[-1], stage)
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"{stages[-1]}: damaged ({error}); name another with --out or remove that one") from error
    says = ", ".join(f"{name} {stage[name]} (now {head[name]})" for name in differing)
    raise RunError(f"{folder}: holds a run of something else: {says}; name another with --out or remove that one")


def _load(place: Path, stage: dict[str, Any]) -> Run:
    world = checkpoint.load(place / "world.npz", plan_of(stage["partners"]))
    memory = Memory()
    with np.load(place / "memory.npz", allow_pickle=False) as kept:
        memory.partners, memory.networks = kept["partners"], kept["networks"]
        for n in range(sum(name.startswith("who_") for name in kept.files)):
            memory.line_cards.append((kept[f"who_{n}"], kept[f"carried_{n}"]))
    rows = pq.read_table(place / SERIES).drop_columns(["month"]).to_pylist()
    return Run(world, memory, rows, stage["cpu_seconds"], stage["peak_bytes"])
