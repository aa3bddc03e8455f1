"""A small run, and a server that shows it."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from sim.live.access import Access, Tokens
from sim.live.binary import unpacked
from sim.live.server import listening, server_of
from sim.scenario import Scenario, load

SMALL = {
    "population.partners": 60, "population.vendors": 4, "population.distributors": 2, "population.marketplaces": 1,
    "population.regions": 4, "burn_in_months": 6, "months": 30,
    "networks": [{"kind": "pure_p2p", "count": 2}, {"kind": "vendor", "count": 2}, {"kind": "marketplace", "count": 1}],
}  # fmt: skip


@pytest.fixture(scope="session")
def small() -> Scenario:
    """A scenario of which a month takes milliseconds."""
    return load("baseline", SMALL)


class Served:
    """A server under test."""

    def __init__(self, scenario: Scenario, tokens: Tokens | None = None) -> None:
        self.socket = listening("127.0.0.1", 0)
        self.port = self.socket.getsockname()[1]
        self.tokens = tokens
        self.server = server_of(scenario, Access(self.port, (), tokens))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()
        until(lambda: self.server.started)

    @property
    def session(self):
        """The session that the server shows."""
        return self.server.config.app.app.state.live.session

    def close(self) -> None:
        """Stop it."""
        self.server.should_exit = True
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()

    def address(self, path: str = "/", scheme: str = "http") -> str:
        """A path as an address."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def viewer(self, **more) -> "Client":
        """A viewer as the page is one: with our own Origin."""
        return Client(self, {"origin": f"http://127.0.0.1:{self.port}", **more})


class Client:
    """A viewer without a browser."""

    def __init__(self, served: Served, options: dict) -> None:
        self._opened = contextlib.ExitStack()
        self.socket = self._opened.enter_context(
            connect(served.address(f"/run/{served.session.id}/feed", "ws"), max_size=None, **options)
        )
        self.heads: list[dict] = []
        self.columns: list[dict] = []

    def say(self, **what) -> None:
        """Send a command."""
        self.socket.send(json.dumps(what))

    def hear(self, wanted, seconds: float = 20.0) -> dict:
        """The next message of which ``wanted`` is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = self.socket.recv(timeout=max(0.01, end - time.monotonic()))
            if isinstance(message, bytes):
                head, columns = unpacked(message)
                head["values"] = columns
            else:
                head = json.loads(message)
            self.heads.append(head)
            if wanted(head):
                return head
        raise AssertionError(f"not heard; heard {[h.get('type') for h in self.heads][-20:]}")

    def ready(self) -> dict:
        """Wait until burn-in has passed."""
        return self.hear(lambda m: m["type"] == "state" and m["tracks"] and not m["opening"])

    def close(self) -> None:
        """Leave."""
        self._opened.close()


def until(true, seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def served(small) -> Iterator[Served]:
    """A server on the loopback address, without tokens."""
    server = Served(small)
    yield server
    server.close()


@pytest.fixture
def guarded(small) -> Iterator[Served]:
    """A server that asks for a token."""
    server = Served(small, Tokens("control-secret", "view-secret"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def quick_server() -> Iterator[Served]:
    """A server over 120 partners, with a short burn-in."""
    scenario = load("quick", {"population.partners": 120, "burn_in_months": 14, "months": 60, "population.regions": 6})
    server = Served(scenario)
    yield server
    server.close()


@pytest.fixture(scope="session")
def downloads(tmp_path_factory) -> Path:
    """Where the browser saves."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def browser(downloads):
    """One browser for all tests that look at the page."""
    from tests.live.browser import chromium

    made = chromium(downloads=downloads)
    yield made
    made.quit()


@pytest.fixture
def page(quick_server, browser):
    """The page, at the first month after burn-in, as a new visitor sees it."""
    from tests.live.browser import MONTH, READY, drawn, resize

    resize(browser, 1400, 900)
    browser.get("about:blank")  # so that the address counts afresh
    until(lambda: not quick_server.session.viewers)  # who is still there has control, and the page would only watch
    browser.get(quick_server.address("/"))
    drawn(browser, f"{READY} && channelSim.page.state.controls")
    before = quick_server.session.tracks[0]
    browser.execute_script("channelSim.page.feed.tell({do: 'restart', seed: 1})")
    until(lambda: quick_server.session.tracks[0] is not before and not quick_server.session.opening)
    drawn(browser, f"{READY} && {MONTH} === 14 && channelSim.page.tracks.length === 1")
    yield browser
    assert browser.execute_script("return channelSim.page.error") == ""
    severe = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert not severe
