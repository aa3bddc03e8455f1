"""Frames and months a second of the page in headless Chromium, and what both sides spend."""

import os
import time
from typing import Any, NamedTuple

from sim.live.benchmark.chromium import chromium, prefer, processes, seconds_spent, until
from sim.live.benchmark.served import Served

READY = "window.channelSim && channelSim.drawn[0] && !channelSim.page.state.opening"
_COUNTS = "return [performance.now(), channelSim.page.frames, channelSim.page.months, channelSim.page.pictures[0].drawings]"
_DRAW = """const p = channelSim.page.pictures[0], t = performance.now();
for (let n = 0; n < 10; n++) { p.stale = true; p.draw(performance.now()); p.base.getContext('2d').getImageData(0, 0, 1, 1); }
return (performance.now() - t) / 10;"""


class Played(NamedTuple):
    """What was counted while a run played in a page."""

    frames: float  # a second
    months: float  # a second
    drawings: float  # of the whole picture, a second
    draw: float  # milliseconds of wall time to draw the picture once
    server: float  # milliseconds of processor time a month
    browser: float  # milliseconds of processor time a month, all processes


def played(partners: int, speed: float, seconds: float = 8.0, priority: bool = False) -> Played:
    """Let a run play at that speed, in months a second, and count; with ``priority`` before all other programs."""
    served = Served(partners)
    served.warmed_up()
    browser = chromium()
    try:
        browser.get(served.origin)
        until(browser, READY, 120.0)
        browser.execute_script(
            f"channelSim.page.feed.tell({{do: 'speed', value: {speed}}}); channelSim.page.feed.tell({{do: 'play'}})"
        )
        if priority:
            prefer({os.getpid(), *processes(browser)})
        time.sleep(3)
        return _counted(browser, seconds)
    finally:
        browser.quit()
        served.close()


def _counted(browser: Any, seconds: float) -> Played:
    own, other, first = time.process_time(), seconds_spent(browser), browser.execute_script(_COUNTS)
    time.sleep(seconds)
    last = browser.execute_script(_COUNTS)
    own, other = time.process_time() - own, seconds_spent(browser) - other
    browser.execute_script("channelSim.page.feed.tell({do: 'pause'})")
    took, frames, months, drawings = (b - a for a, b in zip(first, last, strict=True))
    a_second, a_month = 1000.0 / took, 1000.0 / max(1, months)
    return Played(
        frames * a_second, months * a_second, drawings * a_second, browser.execute_script(_DRAW), own * a_month, other * a_month
    )


def print_played(partners: int, speed: float, priority: bool = False) -> None:
    """Print what was counted."""
    found = played(partners, speed, priority=priority)
    print(f"{partners:>6} partners asked for {speed:.0f} months a second: {found.months:.1f} months, "
          f"{found.frames:.1f} frames and "
          f"{found.drawings:.1f} drawings a second, {found.draw:.0f} ms to draw; a month costs the server {found.server:.0f} ms "
          f"and the browser {found.browser:.0f} ms of a core", flush=True)  # fmt: skip
