"""Interrupting whoever waits for a pool of processes: nothing stays locked, and the process ends."""

import os
import signal
import subprocess
import sys
from concurrent.futures import Future, _base
from pathlib import Path

import pytest

from experiments.pool import interrupts_afterwards, wait_for_one

ROOT = Path(__file__).parents[2]

AMID_THE_LOCKS = """
import os, runpy, signal, sys
from concurrent.futures import _base

entries = 0

def enter(self):
    global entries
    entries += 1
    for future in self.futures:
        future._condition.acquire()
    if entries == 2:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(1000))  # the interpreter looks at signals between two steps

_base._AcquireFutures.__enter__ = enter
if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    sys.argv = sys.argv[1:]
    runpy.run_path(os.path.join(sys.argv[0], "run_sim.py"), run_name="__main__")
"""


def test_ctrl_c_amid_the_locks_of_futures_leaves_none_held(monkeypatch):
    """The interrupt is raised once all locks are free again, and the handler is back."""
    futures: list[Future[int]] = [Future() for _ in range(3)]
    futures[1].set_result(1)

    def enter(self):
        for number, future in enumerate(self.futures):
            future._condition.acquire()
            if number == 1:
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_base._AcquireFutures, "__enter__", enter)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        wait_for_one(futures)
    assert [future._condition._is_owned() for future in futures] == [False] * 3
    assert signal.getsignal(signal.SIGINT) is before


def test_the_end_that_a_batch_system_asks_for_is_put_off_as_well():
    """SIGTERM is put off where a handler of ours raises on it, and left as it is where none does."""

    def stop(number, frame):
        raise KeyboardInterrupt

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    with interrupts_afterwards():
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    done = []

    def work():
        with interrupts_afterwards():
            signal.raise_signal(signal.SIGTERM)
            done.append(True)

    signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(KeyboardInterrupt):
            work()
        assert done
        assert signal.getsignal(signal.SIGTERM) is stop
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@pytest.mark.parametrize(
    "call",
    [
        ("run", "quick", "--replications", "40", "--months", "6", "--workers", "2", "--out", "there"),
        ("compare", "quick", "--set", "switches.trust=false", "--pairs", "20", "--jobs", "2", "--out", "there"),
    ],
)
def test_a_command_interrupted_amid_the_locks_ends(tmp_path, call):
    """The command says that it was interrupted and ends; a lock left held would let it hang on its own pool."""
    script = tmp_path / "amid.py"
    script.write_text(AMID_THE_LOCKS)
    done = subprocess.run(
        [sys.executable, str(script), str(ROOT), *call],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: interrupted")
