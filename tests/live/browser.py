"""Headless Chromium for the tests that look at what is drawn."""

import os
import shutil
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium and its driver are needed: apt-get install chromium chromium-driver"


def chromium(width: int = 1400, height: int = 900, theme: str = "dark", offline: bool = False) -> webdriver.Chrome:
    """A browser of that size; fails, and does not skip, when there is none."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    assert program, MISSING
    assert driver, MISSING
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"} if offline else {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
    resize(browser, width, height)
    browser.set_script_timeout(30)
    return browser


def resize(browser: webdriver.Chrome, width: int, height: int) -> None:
    """Give the page another size."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def until(browser: webdriver.Chrome, condition: str, seconds: float = 30.0) -> object:
    """The value of an expression of the page once it is true; what went wrong on the page when it never is."""
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
    raise AssertionError(f"never true: {condition}; {logs}; {os.getpid()}")


def drawn(browser: webdriver.Chrome, condition: str = "true", seconds: float = 30.0) -> None:
    """Wait until a month is drawn and a condition on ``live`` holds."""
    until(browser, f"window.channelSim && channelSim.drawn[0] && channelSim.drawn[0].firms > 0 && ({condition})", seconds)


def pixels(browser: webdriver.Chrome, pane: int = 0) -> list[int]:
    """How many of the base picture's pixels are not background, and a sum that tells one picture from another."""
    return browser.execute_script(
        """const c = channelSim.page.pictures[arguments[0]].base, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        let n = 0, h = 0; const r = d[0], g = d[1], b = d[2];
        for (let i = 0; i < d.length; i += 4) { if (Math.abs(d[i]-r)+Math.abs(d[i+1]-g)+Math.abs(d[i+2]-b) > 24) { n++; }
          h = (h * 31 + d[i] + 3 * d[i+1] + 7 * d[i+2]) % 2147483647; }
        return [n, h];""",
        pane,
    )
