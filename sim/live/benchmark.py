"""How fast the live view is, measured: python -m sim.live.benchmark [--browser] [--clients]

Prints frames and months a second in headless Chromium, and what serving 50 viewers costs.  Figures depend on the machine
and on what else runs on it; the number of processors and the load are printed with them.
"""

import argparse
import asyncio
import os
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

    served = Served(partners)
    served.warmed_up()
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,900"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options)
    try:
        browser.get(f"http://127.0.0.1:{served.port}/")
        while not browser.execute_script("return window.channelSim && channelSim.drawn[0] && !channelSim.page.state.opening"):
            time.sleep(0.1)
        browser.execute_script(f"channelSim.page.feed.tell({{do: 'speed', value: {speed}}}); channelSim.page.feed.tell({{do: 'play'}})")
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


def clients(partners: int, count: int, months: int = 12) -> dict[str, float]:
    """What sending each month to so many viewers costs: processor seconds beside those of the run itself, and bytes."""
    return asyncio.run(_clients(partners, count, months))


async def _clients(partners: int, count: int, months: int) -> dict[str, float]:
    served = await asyncio.to_thread(Served, partners)
    await asyncio.to_thread(served.warmed_up)
    alone = await asyncio.to_thread(_cost, served, months)
    address, origin = f"ws://127.0.0.1:{served.port}/run/{served.session.id}/feed", f"http://127.0.0.1:{served.port}"
    command = [sys.executable, "-m", "sim.live.benchmark", "--listen", address, origin, str(count)]
    listeners = await asyncio.create_subprocess_exec(*command)
    while len(served.session.viewers) < count:
        await asyncio.sleep(0.1)
    await asyncio.sleep(3)
    watched = await asyncio.to_thread(_cost, served, months)
    listeners.terminate()
    await listeners.wait()
    await asyncio.to_thread(served.close)
    return {"alone": alone, "watched": watched, "extra": (watched - alone) / months}


def _cost(served: Served, months: int) -> float:
    """Processor seconds of this process for so many months."""
    done = threading.Event()

    def run() -> None:
        for _ in range(months):
            served.session.step()
        done.set()

    began = time.process_time()
    served.session.request(run)
    done.wait(600)
    time.sleep(1.0)  # what is queued goes out
    return time.process_time() - began


async def _listen(address: str, origin: str, count: int) -> None:
    from websockets.asyncio.client import connect

    async def one() -> None:
        async with connect(address, origin=origin, max_size=None) as socket:  # type: ignore[arg-type]
            async for _ in socket:
                pass

    await asyncio.gather(*(one() for _ in range(count)))


def main() -> None:
    """Measure what is asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--browser", action="store_true", help="frames a second in headless Chromium only")
    parser.add_argument("--clients", action="store_true", help="50 viewers at 10,000 partners only")
    parser.add_argument("--listen", nargs=3, metavar=("ADDRESS", "ORIGIN", "COUNT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.listen:
        asyncio.run(_listen(asked.listen[0], asked.listen[1], int(asked.listen[2])))
        return
    everything = not (asked.browser or asked.clients)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    if everything:
        for partners in (*SINGLY, *AGGREGATED):
            print(f"{partners:>6} partners: {months_per_second(partners, 24):.1f} months a second without viewers", flush=True)
    if everything or asked.browser:
        for partners in (*SINGLY, *AGGREGATED):
            found = in_browser(partners, 4.0)
            drawn = "aggregated" if partners in AGGREGATED else "singly"
            print(f"{partners:>6} partners {drawn}: {found['frames']:.1f} frames a second at {found['months']:.1f} months a second, "
                  f"{found['draw']:.0f} ms to draw a month", flush=True)  # fmt: skip
        found = in_browser(1_000, 60.0)
        print(f"  1000 partners as fast as it goes: {found['months']:.1f} months and {found['frames']:.1f} frames a second", flush=True)
    if everything or asked.clients:
        found = clients(10_000, 50)
        print(f" 10000 partners, 50 viewers: {1000 * found['extra']:.0f} ms of processor time a month for all of them, "
              f"{400 * found['extra']:.1f} % of a core at 4 months a second", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
