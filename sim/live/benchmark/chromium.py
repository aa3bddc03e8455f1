"""Headless Chromium, drawing in software, and what its processes spend."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium and its driver are needed: apt-get install chromium chromium-driver"
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


def chromium(
    width: int = 1400, height: int = 900, theme: str = "dark", performance_log: bool = False, downloads: Path | None = None
) -> Any:
    """A browser of that size; the caller quits it.

    Raises
    ------
    FileNotFoundError
        When Chromium or its driver is not there.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program, driver = next((found for name in PROGRAMS if (found := shutil.which(name))), None), shutil.which("chromedriver")
    if program is None or driver is None:
        raise FileNotFoundError(MISSING)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", **({"performance": "ALL"} if performance_log else {})})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
    if downloads is not None:
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
    resize(browser, width, height)
    browser.set_script_timeout(60)
    return browser


def resize(browser: Any, width: int, height: int) -> None:
    """Give the page another size."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def until(browser: Any, condition: str, seconds: float = 30.0) -> Any:
    """The value of an expression of the page once it is true.

    Raises
    ------
    AssertionError
        When it never is, with what went wrong on the page.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            value = browser.execute_script(f"return ({condition});")
        except Exception:  # the page is not there yet
            value = None
        if value:
            return value
        time.sleep(0.05)
    logs = [entry["message"][:300] for entry in browser.get_log("browser")]
    raise AssertionError(f"never true: {condition}; {logs}")


def seconds_spent(browser: Any) -> float:
    """Processor seconds of the browser's process and all below it so far."""
    return sum(processes(browser).values())


def processes(browser: Any) -> dict[int, float]:
    """The browser's process and all below it, with the processor seconds of each."""
    parents, spent = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            parents[int(folder.name)] = int(fields[1])
            spent[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    below = {browser.service.process.pid}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return {pid: spent[pid] for pid in below if pid in spent}


def prefer(pids: set[int]) -> None:
    """Give every thread of these processes precedence; raises PermissionError where that is not allowed."""
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), -15)
