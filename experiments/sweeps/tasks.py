"""What supervisor, executor and worker say to each other: tasks, results, failures."""

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


class Result(NamedTuple):
    """What became of a task; either values or a failure."""

    task: Task
    run: str  # its identity
    values: tuple[float, ...] | None
    series: dict[str, Any]
    failure: Failure | None
    seconds: float
