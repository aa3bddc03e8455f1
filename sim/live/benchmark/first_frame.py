"""From the start of the command to the first drawn frame."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from sim.live.benchmark.chromium import chromium, prefer, processes, until

ROOT = Path(__file__).resolve().parents[3]
_DRAWN = "performance.getEntriesByName('first-frame')[0]?.startTime + performance.timeOrigin"


class Started(NamedTuple):
    """Seconds since the command was started."""

    listening: float  # until it printed the address
    drawn: float  # until the page showed the first month
    processor: float  # processor seconds of the command until then


def first_frame(priority: bool = False) -> Started:
    """Start ``channel-sim live``, open what it prints in a browser that is there already, and wait for the first frame."""
    command = [sys.executable, str(ROOT / "run_sim.py"), "live", "--port", "0", "--no-browser"]
    browser = chromium()
    try:
        if priority:
            prefer({os.getpid(), *processes(browser)})  # the command inherits it
        began = time.time()  # the clock that the browser tells too
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
            try:
                return _watched(program, browser, began)
            finally:
                program.terminate()
    finally:
        browser.quit()


def _watched(program: subprocess.Popen[str], browser: Any, began: float) -> Started:
    assert program.stdout is not None
    for line in program.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            break
    else:
        raise RuntimeError("the command ended without an address")
    listening = time.time() - began
    browser.get(found.group())
    drawn = until(browser, _DRAWN, 120.0) / 1000 - began
    fields = Path(f"/proc/{program.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return Started(listening, drawn, (int(fields[11]) + int(fields[12])) / 100.0)


def print_first_frame(priority: bool = False) -> None:
    """Print it for the baseline as it is, twice: the first start may find nothing in memory or compiled yet."""
    for what in ("first", "second"):
        found = first_frame(priority)
        print(f"  baseline, {what} start: it listens after {found.listening:.1f} s, "
              f"the first frame is drawn after {found.drawn:.1f} s; "
              f"the command has spent {found.processor:.1f} s of a core by then", flush=True)  # fmt: skip
