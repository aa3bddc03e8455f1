"""Where batches run: processes of this machine, or the workers of a Dask cluster; both are ``concurrent.futures`` executors."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from experiments.pool import StudyError
from experiments.sweeps import batch


class Place(NamedTuple):
    """An executor and how many batches it runs at a time."""

    executor: Executor
    workers: int


@contextmanager
def here(workers: int) -> Iterator[Place]:
    """So many processes of this machine; a thread each waits for its process, since a thread itself could not be killed."""
    batch.begin_all()
    executor = ThreadPoolExecutor(workers, thread_name_prefix="sweep")
    try:
        yield Place(executor, workers)
    finally:
        batch.stop_all()
        executor.shutdown(cancel_futures=True)
        batch.begin_all()


@contextmanager
def dask(address: str) -> Iterator[Place]:
    """The workers of a Dask cluster; killed workers are survived.

    Parameters
    ----------
    address
        ``dask://host:port``, of the scheduler.

    Raises
    ------
    StudyError
        When Dask is not installed, the scheduler cannot be reached, has no workers or workers of another version.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise StudyError('--executor dask://...: needs Dask; install it with pip install "channel-sim[cluster]"') from error
    where = address.replace("dask://", "tcp://", 1)
    try:
        client = Client(where, timeout=20, set_as_default=False)
    except (OSError, ValueError) as error:
        raise StudyError(
            f"--executor {address}: the scheduler cannot be reached; start dask scheduler there, or correct it"
        ) from error
    try:
        _check(client, address)
        threads = sum(w["nthreads"] for w in client.scheduler_info(n_workers=-1)["workers"].values())
        executor = client.get_executor(pure=False)
        yield Place(executor, threads)
        client.run(batch.retire)
    finally:
        client.close()


def _check(client: object, address: str) -> None:
    """See that there are workers and that they have this version of everything."""
    try:
        client.wait_for_workers(1, timeout=60)  # type: ignore[attr-defined]
    except TimeoutError as error:
        raise StudyError(f"--executor {address}: the cluster has no workers; start some with dask worker") from error
    ours = code_and_versions()
    for worker, theirs in client.run(code_and_versions).items():  # type: ignore[attr-defined]
        if different := sorted(k for k in ours if theirs.get(k) != ours[k]):
            says = f"{different[0]} is {theirs.get(different[0])} there, {ours[different[0]]} here"
            raise StudyError(f"--executor {address}: worker {worker} differs: {says}; install the same on all machines")


def code_and_versions() -> dict[str, str]:
    """What coordinator and workers must share."""
    from experiments.sweeps.versions import versions
    from sim.compiled import source_hash

    return {**versions(), "the simulator's code": source_hash()}


@contextmanager
def place(name: str | None, workers: int) -> Iterator[Place]:
    """Where a command line's ``--executor`` points; this machine when it is left out.

    Raises
    ------
    StudyError
        When it is of no known form.
    """
    if name is None:
        with here(workers) as found:
            yield found
    elif name.startswith(("dask://", "tcp://", "tls://")):
        with dask(name) as found:
            yield found
    else:
        raise StudyError(f"--executor {name}: expected dask://HOST:PORT; leave it out to run on this machine")
