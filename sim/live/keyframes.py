"""Keyframes: the world at some months past, on disk, from which any month between can be reached again.

They are checkpoints, written by a thread of their own while the run goes on: waiting for a disk is no part of a month.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from sim import checkpoint
from sim.events import EventLog
from sim.observe.series import Memory
from sim.plan import Plan
from sim.world import World


class Keyframes:
    """The keyframes of one track.

    Parameters
    ----------
    folder : Path
        Where they go; the caller removes it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._memories: dict[int, Memory] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="keyframes")
        self._under_way: Future[None] | None = None

    def __contains__(self, month: int) -> bool:
        return month in self._memories

    def __len__(self) -> int:
        return len(self._memories)

    @property
    def months(self) -> list[int]:
        """The months of which there is one, in order."""
        return sorted(self._memories)

    def _file(self, month: int) -> Path:
        return self.folder / f"month-{month}.npz"

    def settle(self) -> None:
        """Wait until what is being written is there; raises OSError when it could not be written."""
        if self._under_way is not None:
            writing, self._under_way = self._under_way, None
            writing.result()

    def keep(self, world: World, memory: Memory) -> None:
        """Keep a world as it is now; raises OSError when the one before could not be written."""
        self.settle()
        self._under_way = self._writer.submit(checkpoint.save, world.copy(), self._file(world.month))
        self._memories[world.month] = memory.copy()

    def latest(self, month: int) -> int:
        """The last keyframe that is not after a month."""
        return max(m for m in self._memories if m <= month)

    def load(self, month: int, plan: Plan, log: EventLog) -> tuple[World, Memory]:
        """The world and what the observer remembered; raises OSError when it could not be written or read."""
        self.settle()
        return checkpoint.load(self._file(month), plan, log), self._memories[month].copy()

    def forget_after(self, month: int) -> None:
        """Remove those of later months."""
        self.settle()
        for later in [m for m in self._memories if m > month]:
            self._file(later).unlink(missing_ok=True)
            del self._memories[later]

    def branch(self, folder: Path, month: int) -> "Keyframes":
        """The same keyframes up to a month for another track; the files are shared."""
        self.settle()
        twin = Keyframes(folder)
        for known, memory in self._memories.items():
            if known <= month:
                twin._file(known).hardlink_to(self._file(known))
                twin._memories[known] = memory.copy()
        return twin

    def close(self) -> None:
        """End the thread; what is being written is finished first."""
        self._writer.shutdown()
