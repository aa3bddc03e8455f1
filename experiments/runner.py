"""Running the replications of a plan, on one process or several, into a folder that can be resumed.

    results/
        scenario.json        the resolved scenario
        provenance.json      version, digest, seed, Python, packages, command
        replication-000/     Parquet tables of one replication, there complete or not at all
        ...

What a replication gives depends on plan and number only, so results are the same whatever the number of
workers, and resuming is running what is not there yet.
"""

import json
import multiprocessing
import os
import platform
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import metadata
from pathlib import Path
from typing import Any

from experiments.durable import write_text
from experiments.pool import become_worker, end_now, interrupts_afterwards, noticing_interrupts, wait_for_one
from sim.plan import Plan

Progress = Callable[[int, int], None]  # months done, months in all
PACKAGES = ("numpy", "numba", "pyarrow", "pydantic", "mesa", "scipy")


class RunError(RuntimeError):
    """Replications cannot be run, or one failed; the message says what to do."""


def run_replications(
    plan: Plan,
    digest: str,
    replications: int,
    folder: str | os.PathLike[str],
    workers: int = 1,
    progress: Progress | None = None,
    *,
    scenario: Mapping[str, Any] | None = None,
    command: Sequence[str] = (),
) -> list[Path]:
    """Run what is not yet in the folder.

    Parameters
    ----------
    plan
        What to run.
    digest
        The scenario's identity; a folder holds the results of one digest only.
    replications
        How many, numbered from 0.
    folder
        Where results go; made when missing.
    workers
        Processes; 1 runs in this one.
    progress
        Called with months done and months in all, finished replications included.
    scenario
        The resolved scenario, kept as ``scenario.json``.
    command
        The command line, kept in ``provenance.json``.

    Returns
    -------
    list of Path
        The folder of each replication, in order.

    Raises
    ------
    RunError
        When the folder holds something else or cannot be written, or a replication fails.
    """
    place = Path(folder)
    check_folder(place, digest)
    write_head(place, plan, digest, scenario, command)
    months = plan.burn_in + plan.months
    missing = [n for n in range(replications) if not is_finished(place, n)]
    done = (replications - len(missing)) * months
    tell = progress or (lambda done, total: None)
    tell(done, replications * months)
    if missing and workers <= 1:
        _run_here(plan, missing, place, lambda m: tell(done + m, replications * months))
    elif missing:
        _run_in_pool(plan, missing, place, min(workers, len(missing)), lambda m: tell(done + m, replications * months))
    return [replication_folder(place, n) for n in range(replications)]


def replication_folder(folder: Path, replication: int) -> Path:
    """Where a replication lies."""
    return folder / f"replication-{replication:03d}"


def is_finished(folder: Path, replication: int) -> bool:
    """Whether a replication is there; it appears only when it is complete."""
    return (replication_folder(folder, replication) / "provenance.json").is_file()


def check_folder(folder: Path, digest: str) -> None:
    """See that results of this digest can be written to the folder, without making it.

    Raises
    ------
    RunError
        When it holds results of something else, or cannot be written.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise RunError(f"{folder}: not a folder; name another with --out")
        above = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise RunError(f"{folder}: cannot be written, {above} does not allow it; name another with --out")
        if not (folder / "provenance.json").exists():
            if folder.exists() and any(p.name != "scenario.json" and p.suffix != ".tmp" for p in folder.iterdir()):
                raise RunError(f"{folder}: holds other files and no results; name an empty folder with --out")
            return
    except (OSError, ValueError) as error:
        raise RunError(f"{folder}: cannot be used: {error}; name another with --out") from error
    check_kept(folder, digest)


def check_kept(folder: Path, digest: str) -> None:
    """See that the results in a folder are those of this digest, made by this version of the simulator.

    Raises
    ------
    RunError
        When they are not, or the folder says nothing of it.
    """
    try:
        kept = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        kept = kept if isinstance(kept, dict) else {}
    except (OSError, ValueError) as error:
        raise RunError(f"{folder}: cannot be used: {error}; name another with --out") from error
    if kept.get("digest") != digest:
        raise RunError(
            f"{folder}: holds results of another scenario ({str(kept.get('digest'))[:8]}, this is {digest[:8]}); "
            "name another folder with --out or remove that one"
        )
    if kept.get("model_code") != model_code():
        raise RunError(
            f"{folder}: holds results of another version of the simulator ({kept.get('model_code')}, this is {model_code()}); "
            "name another folder with --out or remove that one"
        )


def model_code() -> str:
    """Hash of the simulator's source."""
    from sim.compiled import source_hash

    return source_hash()


def write_head(folder: Path, plan: Plan, digest: str, scenario: Mapping[str, Any] | None, command: Sequence[str]) -> None:
    """Write what the results are results of, unless it is there.

    Raises
    ------
    RunError
        When the folder cannot be written.
    """
    import sim

    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    provenance = {
        "model_version": sim.__version__,
        "model_code": model_code(),
        "digest": digest,
        "seed": plan.seed,
        "python": platform.python_version(),
        "packages": packages,
        "command": list(command),
    }
    made = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (("scenario.json", scenario), ("provenance.json", provenance)):  # the latter: both are there
            if content is not None and not (folder / "provenance.json").exists():
                write_text(folder / name, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        if made:
            (folder / "scenario.json").unlink(missing_ok=True)
        for place in made:
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()
        raise RunError(f"{folder}: cannot be written: {error.strerror or error}; name another with --out") from error


def write_file(path: Path, text: str) -> None:
    """Write a text file, all of it or nothing.

    Raises
    ------
    RunError
        When it cannot be written.
    """
    try:
        write_text(path, text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError(f"{path}: cannot be written: {reason}; name another with --out") from error


def _run_one(plan: Plan, replication: int, folder: Path, progress: Callable[[int, int], None]) -> None:
    from sim.observe.run import run_replication

    try:
        run_replication(plan, replication, replication_folder(folder, replication), progress)
    except FileExistsError:
        if not is_finished(folder, replication):
            raise


def _run_here(plan: Plan, missing: list[int], folder: Path, tell: Callable[[int], None]) -> None:
    months = plan.burn_in + plan.months
    for n, replication in enumerate(missing):
        try:
            with noticing_interrupts():
                _run_one(plan, replication, folder, lambda done, total, before=n * months: tell(before + done))  # type: ignore[misc]
        except Exception as error:
            raise _failure(folder, replication, error) from error


def _run_in_pool(plan: Plan, missing: list[int], folder: Path, workers: int, tell: Callable[[int], None]) -> None:
    context = multiprocessing.get_context("spawn")
    months = context.Value("q", 0)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(plan, folder, months))
    futures: dict[Future[None], int] = {}
    try:
        with noticing_interrupts() as interrupted:
            with interrupts_afterwards():
                futures = {pool.submit(_work, replication): replication for replication in missing}
            waiting = set(futures)
            while waiting:
                finished, waiting = wait_for_one(waiting)
                if interrupted:
                    raise KeyboardInterrupt
                tell(months.value)
                for future in finished:
                    _see(future, futures[future], folder)
    except BaseException:
        end_now(pool)
        raise
    pool.shutdown()


def _see(future: Future[None], replication: int, folder: Path) -> None:
    try:
        future.result()
    except BrokenProcessPool as error:
        raise RunError(
            f"{folder}: a worker was killed, perhaps for want of memory; what is finished is kept, "
            "run again to go on, with fewer --workers"
        ) from error
    except Exception as error:
        raise _failure(folder, replication, error) from error


def _failure(folder: Path, replication: int, error: Exception) -> RunError:
    """Keep the traceback beside the results; the message names it."""
    if isinstance(error, OSError):
        return RunError(
            f"{folder}: replication {replication} could not be written: {error.strerror or error}; what is finished is kept"
        )
    path = folder / f"replication-{replication:03d}.failed.txt"
    try:
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        details = f"details in {path}"
    except OSError as why:
        details = f"details could not be written to {path} ({why.strerror or why})"
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return RunError(f"replication {replication} failed: {reason}; {details}, what is finished is kept")


_task: tuple[Plan, Path, Any] | None = None  # a worker's plan, folder and count of months


def _begin(plan: Plan, folder: Path, months: Any) -> None:
    """Make a process a worker and note what it works at."""
    global _task
    _task = (plan, folder, months)
    become_worker()


def _work(replication: int) -> None:
    assert _task is not None
    plan, folder, months = _task

    def count(done: int, total: int) -> None:
        with months.get_lock():
            months.value += 1

    _run_one(plan, replication, folder, count)
