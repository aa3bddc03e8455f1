"""A worker process: it runs tasks one after another and tells its supervisor what became of each.

It is a fresh Python, never a fork, and not multiprocessing's either, which would import a notebook's or a script's main
module again.  It ends with its supervisor: the kernel kills it (Linux), or a thread that sees the pipe close does.
What a run prints goes to the error stream, so that it cannot disturb the talk on the pipe.
"""

import faulthandler
import os
import pickle
import signal
import struct
import sys
import threading
import time
import traceback
from typing import Any, BinaryIO

HEAD = struct.Struct("<q")


def send(stream: BinaryIO, message: Any) -> None:
    """Write a message and its length."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    left = memoryview(HEAD.pack(len(data)) + data)
    while left:
        left = left[stream.write(left) or 0 :]
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read a message.

    Raises
    ------
    EOFError
        When the other side has gone.
    """
    (length,) = HEAD.unpack(_exactly(stream, HEAD.size))
    return pickle.loads(_exactly(stream, length))


def _exactly(stream: BinaryIO, length: int) -> bytes:
    parts = []
    while length:
        part = stream.read(length)
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def main(marker: int, parent: int) -> None:
    """Work until the supervisor closes the pipe."""
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, chain=False)
    commands, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    from experiments.sweeps.marker import Marker

    try:
        job = receive(commands)
        _Worker(job, Marker(marker), commands, answers).work()
    except (EOFError, BrokenPipeError):
        os._exit(0)


def _end_with(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


class _Worker:
    """Runs the tasks of one job."""

    def __init__(self, job: Any, marker: Any, commands: BinaryIO, answers: BinaryIO) -> None:
        self.job, self.marker, self.commands, self.answers = job, marker, commands, answers
        self.subject: Any = None
        self.names: list[str] = []
        self.prepared: tuple[Any, Any] = (None, None)  # point and seed, what was prepared for them

    def work(self) -> None:
        """Answer one message of tasks after another."""
        if not self._begin():
            return
        while True:
            for number, task in receive(self.commands):
                answer = self._run(number, task)
                send(self.answers, answer)
                if answer[1] == "failed" and answer[2].kind != "raised":
                    os._exit(3)  # what a run without memory left behind is not to meet the next

    def _begin(self) -> bool:
        """Load what is run."""
        try:
            self.subject = pickle.loads(self.job.subject)
            self.names = [c.name for c in self.subject.columns]
            self.subject.load()
        except BaseException as error:
            send(self.answers, ("broken", f"{type(error).__name__}: {error}", traceback.format_exc()))
            return False
        _cap(self.job.caps.memory_mb)
        send(self.answers, ("ready", len(self.names), ""))
        return True

    def _run(self, number: int, task: Any) -> tuple[Any, ...]:
        from experiments.sweeps.tasks import MEMORY, RAISED, Failure, reason_of

        began = time.perf_counter()
        self.marker.task(number)
        try:
            values, series = self._outcomes(task)
            return number, "done", values, series, time.perf_counter() - began
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            _, stage = self.marker.read()
            kind = MEMORY if isinstance(error, MemoryError) else RAISED
            cap = self.job.caps.memory_mb if kind == MEMORY else None
            reason = reason_of(error) + (f" (memory_mb_per_run = {cap})" if cap else "")
            failure = Failure(kind, stage, reason, traceback.format_exc()[-20_000:])
            return number, "failed", failure, {}, time.perf_counter() - began

    def _outcomes(self, task: Any) -> tuple[tuple[float, ...], dict[str, Any]]:
        from experiments.sweeps.tasks import numbers_of

        self.marker.stage("scenario")
        if self.prepared[0] != (task.point, task.seed):
            self.prepared = ((task.point, task.seed), self.subject.prepare(task.settings, task.seed))
        values, series = self.subject.run(self.prepared[1], task.replication, self.marker.stage)
        return numbers_of(values, self.names), series


def _cap(memory_mb: int | None) -> None:
    """Let the process take so much memory beyond what it has now; where the system knows such limits."""
    if memory_mb is None:
        return
    try:
        import resource

        with open("/proc/self/status", encoding="ascii") as file:
            now = next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmData:"))
        limit = now + memory_mb * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    except (ImportError, OSError, StopIteration, ValueError):
        print("the memory cap cannot be set on this system", file=sys.stderr)
