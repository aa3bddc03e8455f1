"""How fast the live view is, measured.

    python -m sim.live.benchmark [--browser] [--clients] [--memory]

Prints frames and months a second in headless Chromium, what serving 50 viewers costs,
and how memory grows.  Figures depend on the machine
and on what else runs on it; the number of processors and the load are printed with them.
"""

import argparse
import asyncio
import gc
import os
import shutil
import subprocess
import sys
import threading
import time
from typing import Any

from sim.live.access import Access
from sim.live.server import listening, server_of
from sim.scenario import load

SINGLY, AGGREGATED = (300, 1_000, 3_000), (10_000,)


class Served:
    """A server in a thread of this process."""

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

    def warmed_up(self) -> None:
        """Wait until burn-in has passed."""
        while self.session.opening:
            time.sleep(0.05)

    def close(self) -> None:
        """Stop it."""
        self.server.should_exit = True
        self.thread.join(30)


def months_per_second(partners: int, months: int = 60) -> float:
    """Months a second of a session without viewers, as fast as it goes."""
    served = Served(partners)
    served.warmed_up()
    session, done = served.session, threading.Event()

    def run() -> None:
        for _ in range(months):
            session.step()
        done.set()

    began = time.perf_counter()
    session.request(run)
    done.wait(600)
    took = time.perf_counter() - began
    served.close()
    return months / took


def in_browser(partners: int, speed: float, seconds: float = 8.0) -> dict[str, float]:
    """Frames and months a second of the page while it plays in headless Chromium, and milliseconds to draw a month."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    served = Served(partners)
    served.warmed_up()
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,900"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        browser.get(f"http://127.0.0.1:{served.port}/")
        while not browser.execute_script("return window.channelSim && channelSim.drawn[0] && !channelSim.page.state.opening"):
            time.sleep(0.1)
        browser.execute_script(
            f"channelSim.page.feed.tell({{do: 'speed', value: {speed}}}); channelSim.page.feed.tell({{do: 'play'}})"
        )
        time.sleep(2)
        ask = "return [performance.now(), channelSim.page.frames, channelSim.page.months]"
        first = browser.execute_script(ask)
        time.sleep(seconds)
        last = browser.execute_script(ask)
        browser.execute_script("channelSim.page.feed.tell({do: 'pause'})")
        took = (last[0] - first[0]) / 1000
        draw = browser.execute_script(
            "const p = channelSim.page.pictures[0], t = performance.now(); for (let n = 0; n < 10; n++) { p.stale = true; "
            "p.frame(performance.now()); p.base.getContext('2d').getImageData(0, 0, 1, 1); } return (performance.now() - t) / 10;"
        )
        return {"frames": (last[1] - first[1]) / took, "months": (last[2] - first[2]) / took, "draw": draw}
    finally:
        browser.quit()
        served.close()


def clients(partners: int, count: int, months: int = 40) -> tuple[float, float]:
    """Processor seconds that sending a month to so many viewers costs, and the bytes of a month."""
    served = Served(partners)
    served.warmed_up()
    month = _month(served)
    address = f"ws://127.0.0.1:{served.port}/run/{served.session.id}/feed"
    command = [sys.executable, "-m", "sim.live.benchmark", "--listen", address, f"http://127.0.0.1:{served.port}", str(count)]
    with subprocess.Popen(command) as listeners:
        while len(served.session.viewers) < count:
            time.sleep(0.1)
        time.sleep(3.0)  # until all had their first whole month
        began = time.process_time()
        for _ in range(months):
            served.session.tell(month)
            time.sleep(0.1)
        time.sleep(1.0)  # what is queued goes out
        spent = time.process_time() - began
        listeners.terminate()
    served.close()
    return spent / months, len(month)


def _month(served: Served) -> bytes:
    """The message of one month."""
    heard: list[bytes] = []
    session = served.session
    tell, session.tell = session.tell, lambda message, viewer=None: heard.append(message)
    done = threading.Event()

    def run() -> None:
        session.step()
        done.set()

    session.request(run)
    done.wait(60)
    session.tell = tell
    return next(message for message in heard if isinstance(message, bytes))


def memory(months: int, reconnects: int) -> None:
    """Print the memory of a server after many months, run again and again, and after many viewers came and went."""
    from websockets.sync.client import connect

    served = Served(200)
    served.warmed_up()
    session, address = served.session, f"ws://127.0.0.1:{served.port}/run/{served.session.id}/feed"

    origin = f"http://127.0.0.1:{served.port}"

    def again(count: int) -> None:
        """So many months; at the end of the run, from its first month."""
        done = threading.Event()

        def run() -> None:
            for _ in range(count):
                if session.ended:
                    session.open(session.scenario)
                session.step()
            done.set()

        session.request(run)
        done.wait(900)

    for part in range(5):
        again(months // 5)
        print(f"  {(part + 1) * months // 5:>5} months: {_megabytes():.0f} MB", flush=True)
    for part in range(5):
        for _ in range(reconnects // 5):
            with connect(address, additional_headers={"Origin": origin}, max_size=None) as socket:
                socket.recv(timeout=30)
        print(
            f"  {(part + 1) * reconnects // 5:>5} viewers came and went: {_megabytes():.0f} MB, {len(session.viewers)} there",
            flush=True,
        )
    served.close()


def _megabytes() -> float:
    """Memory of this process that is in use."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _listen(address: str, origin: str, count: int) -> None:
    from websockets.asyncio.client import connect

    async def one() -> None:
        async with connect(address, additional_headers={"Origin": origin}, max_size=None) as socket:
            async for _ in socket:
                pass

    await asyncio.gather(*(one() for _ in range(count)))


def main() -> None:
    """Measure what is asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", action="store_true", help="frames a second in headless Chromium only")
    parser.add_argument("--clients", action="store_true", help="50 viewers at 10,000 partners only")
    parser.add_argument("--memory", action="store_true", help="memory over 5,000 months and 500 viewers only")
    parser.add_argument("--listen", nargs=3, metavar=("ADDRESS", "ORIGIN", "COUNT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.listen:
        asyncio.run(_listen(asked.listen[0], asked.listen[1], int(asked.listen[2])))
        return
    everything = not (asked.browser or asked.clients or asked.memory)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    if everything:
        for partners in (*SINGLY, *AGGREGATED):
            print(f"{partners:>6} partners: {months_per_second(partners, 24):.1f} months a second without viewers", flush=True)
    if everything or asked.browser:
        _frames()
    if everything or asked.clients:
        spent, size = clients(10_000, 50)
        print(f" 10000 partners, 50 viewers: a month of {size / 1000:.0f} kB costs {1000 * spent:.0f} ms of processor time, "
              f"{400 * spent:.0f} % of a core at 4 months a second", flush=True)  # fmt: skip
    if everything or asked.memory:
        memory(5_000, 500)


def _frames() -> None:
    for partners in (*SINGLY, *AGGREGATED):
        found = in_browser(partners, 4.0)
        drawn = "aggregated" if partners in AGGREGATED else "singly"
        print(f"{partners:>6} partners {drawn}: {found['frames']:.1f} frames and {found['months']:.1f} months a second, "
              f"{found['draw']:.0f} ms to draw a month", flush=True)  # fmt: skip
    found = in_browser(1_000, 60.0)
    print(
        f"  1000 partners as fast as it goes: {found['frames']:.1f} frames and {found['months']:.1f} months a second", flush=True
    )


if __name__ == "__main__":
    main()
