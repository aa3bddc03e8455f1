"""What a worker is at, in memory that it shares with its supervisor: readable also after it was killed.

A run that hangs or kills its worker says nothing any more; the marker says which run it was and at what stage.
"""

import mmap
import os
import struct
import tempfile

_LAYOUT = struct.Struct("<q56s")  # task, stage


class Marker:
    """One task number and the name of a stage.

    Parameters
    ----------
    descriptor
        Of the file behind it; a new one, without a name, when left out.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        if descriptor is None:
            with tempfile.TemporaryFile() as file:
                descriptor = os.dup(file.fileno())
            os.ftruncate(descriptor, _LAYOUT.size)
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, _LAYOUT.size)
        self._task = -1

    def task(self, number: int) -> None:
        """Say which task begins."""
        self._task = number
        self.stage("")

    def stage(self, name: str) -> None:
        """Say at what the task is."""
        _LAYOUT.pack_into(self._memory, 0, self._task, name.encode()[:56])

    def read(self) -> tuple[int, str]:
        """Task and stage as last said; -1 before any."""
        task, stage = _LAYOUT.unpack_from(self._memory)
        return task, stage.rstrip(b"\0").decode(errors="replace")

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
        os.close(self.descriptor)
