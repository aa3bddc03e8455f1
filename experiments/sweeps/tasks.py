"""What supervisor, executor and worker say to each other: tasks, results, failures."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

RAISED, KILLED, HUNG, MEMORY = "raised", "killed its worker", "took too long", "took too much memory"


class Task(NamedTuple):
    """One run."""

    point: int
    replication: int
    settings: dict[str, Any]
    seed: int | None
    labels: tuple[Any, ...] = ()  # values of the factors as the table shows them


class Caps(NamedTuple):
    """What a run may take; None is no limit."""

    seconds: float | None = None
    memory_mb: int | None = None


class Job(NamedTuple):
    """What all tasks of a study share."""

    subject: bytes  # pickled
    digest: str  # of the subject's identity: part of every run's
    path: tuple[str, ...]  # where modules are found
    caps: Caps


class Failure(NamedTuple):
    """Why a run has no outcomes."""

    kind: str  # RAISED, KILLED, HUNG or MEMORY
    stage: str  # scenario, month 7 of 156, outcomes
    reason: str  # one line
    traceback: str


def numbers_of(values: Mapping[str, Any], names: Sequence[str]) -> tuple[float, ...]:
    """The outcomes in their order, as the table holds them."""
    return tuple(float(values[name]) for name in names)


def reason_of(error: BaseException) -> str:
    """What was raised, on one line."""
    name, text = type(error).__name__, " ".join(str(error).split())
    return f"{name}: {text}"[:1000] if text else name


class Result(NamedTuple):
    """What became of a task; either values or a failure."""

    task: Task
    run: str  # its identity
    values: tuple[float, ...] | None
    series: dict[str, Any]
    failure: Failure | None
    seconds: float
