"""What many viewers cost, in processor time and memory."""

import asyncio
import os
import subprocess
import sys
import time
from typing import Any

from sim.live.benchmark.served import Served, megabytes


def cost_of_viewers(partners: int, count: int, months: int = 40) -> tuple[float, float, float]:
    """Processor seconds that sending a month to so many viewers costs, its bytes, and months a viewer received a second.

    The same month is sent again and again, ten times a second, so that nothing but sending is measured; the viewers are
    in a process of their own.
    """
    served = Served(partners)
    served.warmed_up()
    month = _month(served)
    command = [sys.executable, "-m", "sim.live.benchmark", "--listen", served.feed, served.origin, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listeners:
        while sum(viewer.hears for viewer in served.session.viewers.values()) < count:
            time.sleep(0.1)
        time.sleep(3.0)  # until all had their first whole month
        began, clock = time.process_time(), time.monotonic()
        for _ in range(months):
            served.session.tell(month)
            time.sleep(0.1)
        took = time.monotonic() - clock
        time.sleep(1.0)  # what is queued goes out
        spent = time.process_time() - began
        served.close()  # ends the viewers, who then say what they heard
        assert listeners.stdout is not None
        heard = int(listeners.stdout.read() or 0)
    return spent / months, len(month), (heard / count) / took


def _month(served: Served) -> bytes:
    """The message of one month."""
    heard: list[bytes] = []
    session = served.session
    tell, session.tell = session.tell, lambda message, viewer=None: heard.append(message)
    served.in_its_thread(session.step)
    session.tell = tell
    return next(message for message in heard if isinstance(message, bytes))


def print_viewers(partners: int, count: int) -> None:
    """Print what they cost."""
    spent, size, rate = cost_of_viewers(partners, count)
    print(f"{partners:>6} partners, {count} viewers: each received {rate:.1f} months a second; "
          f"a month of {size / 1000:.0f} kB costs "
          f"{1000 * spent:.0f} ms of a core, {400 * spent:.0f} % of a core at 4 months a second", flush=True)  # fmt: skip


async def listen(address: str, origin: str, count: int) -> None:
    """Be so many viewers until the server closes; print how many months all of them heard."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    heard = 0

    async def one() -> None:
        nonlocal heard
        async with connect(address, additional_headers={"Origin": origin}, max_size=None) as socket:
            try:
                async for message in socket:
                    heard += isinstance(message, bytes) and b'"type":"month"' in message[:200]
            except ConnectionClosed:
                return

    await asyncio.gather(*(one() for _ in range(count)))
    print(heard)


def print_memory(months: int, reconnects: int, partners: int = 100) -> None:
    """Print the memory of a server as months pass, run after run, and as viewers come and go."""
    served = Served(partners)
    served.warmed_up()
    print(f"{partners:>6} partners, {served.session.tracks[0].last} months a run, begun again at its end", flush=True)
    for part in range(10):
        served.in_its_thread(lambda: _months(served.session, months // 10))
        print(f"  {(part + 1) * months // 10:>5} months: {megabytes():.0f} MB", flush=True)
    for part in range(5):
        for _ in range(reconnects // 5):
            _come_and_go(served)
        there, files = len(served.session.viewers), len(os.listdir("/proc/self/fd"))
        count = (part + 1) * reconnects // 5
        print(f"  {count:>5} viewers came and went: {megabytes():.0f} MB, {there} there, {files} files open", flush=True)
    served.close()


def _months(session: Any, count: int) -> None:
    for _ in range(count):
        if session.ended:
            session.open(session.scenario)
        session.step()


def _come_and_go(served: Served) -> None:
    from websockets.sync.client import connect

    with connect(served.feed, additional_headers={"Origin": served.origin}, max_size=None) as socket:
        socket.recv(timeout=30)
