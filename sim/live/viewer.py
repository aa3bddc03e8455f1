"""A viewer: a bounded queue between the run, which never waits, and one connection, which may be slow."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable

QUEUED = 64  # messages
QUEUED_BYTES = 8_000_000

Message = str | bytes
_numbers = itertools.count(1)


class Viewer:
    """One connection.

    ``offer`` is called on the event loop.  A viewer hears nothing before ``begin``, which comes with a whole snapshot.  When
    the queue is full all of it is dropped, the viewer hears nothing more and, once it has room, asks to start afresh.
    """

    def __init__(self, role: str, start_afresh: Callable[["Viewer"], None]) -> None:
        self.number = next(_numbers)
        self.role = role
        self.hears = False
        self._behind = True
        self._start_afresh = start_afresh
        self._queue: deque[Message] = deque()
        self._bytes = 0
        self._ready = asyncio.Event()
        self.closed = False

    def begin(self) -> None:
        """Hear everything from now on."""
        self.hears = True

    def offer(self, message: Message) -> None:
        """Queue a message, or drop the queue when it is full."""
        if self.closed or not self.hears:
            return
        if self._queue and (len(self._queue) >= QUEUED or self._bytes + len(message) > QUEUED_BYTES):
            self._queue.clear()
            self._bytes = 0
            self.hears, self._behind = False, True
            self._ready.set()
            return
        self._queue.append(message)
        self._bytes += len(message)
        self._ready.set()

    async def next(self) -> Message:
        """The next message; asks for a fresh start first when the viewer fell behind."""
        while True:
            if self._queue:
                message = self._queue.popleft()
                self._bytes -= len(message)
                return message
            self._ready.clear()
            if self._behind:
                self._behind = False
                self._start_afresh(self)
            await self._ready.wait()

    def close(self) -> None:
        """Nothing more is queued."""
        self.closed = True
        self._queue.clear()
