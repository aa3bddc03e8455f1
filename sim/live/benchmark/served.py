"""A server in a thread of this process, and what a process has spent."""

import gc
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sim.live.access import Access
from sim.live.server import listening, server_of
from sim.scenario import load

LONGEST = 600.0  # seconds that anything is waited for


class Served:
    """A baseline of so many partners, and a server that shows it."""

    def __init__(self, partners: int, burn_in: int = 12) -> None:
        self.socket = listening("127.0.0.1", 0)
        self.port = self.socket.getsockname()[1]
        scenario = load("baseline", {"population.partners": partners, "burn_in_months": burn_in, "months": 1_200})
        self.server = server_of(scenario, Access(self.port))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    @property
    def session(self) -> Any:
        """The run that it shows."""
        return self.server.config.app.app.state.live.session

    @property
    def origin(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def feed(self) -> str:
        """The address of the feed."""
        return f"ws://127.0.0.1:{self.port}/run/{self.session.id}/feed"

    def warmed_up(self) -> None:
        """Wait until burn-in has passed."""
        while self.session.opening:
            time.sleep(0.05)

    def in_its_thread(self, what: Callable[[], None]) -> None:
        """Let the thread of the run do something, and wait for it."""
        done: Future[None] = Future()

        def asked() -> None:
            try:
                what()
            except Exception as error:
                done.set_exception(error)
            else:
                done.set_result(None)

        self.session.request(asked)
        done.result(LONGEST)

    def close(self) -> None:
        """Stop it."""
        self.server.should_exit = True
        self.thread.join(30)


def megabytes() -> float:
    """Memory of this process that is in use."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
