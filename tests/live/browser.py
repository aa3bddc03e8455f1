"""Headless Chromium for the tests that look at what is drawn."""

from selenium import webdriver
from selenium.webdriver.common.by import By

from sim.live.benchmark.chromium import chromium, resize, until

__all__ = ["MONTH", "READY", "chromium", "click", "drawn", "pixels", "press", "resize", "shown", "until"]
MONTH = "channelSim.page.state.month"
READY = "!channelSim.page.state.opening"


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


def shown(browser: webdriver.Chrome, month: int) -> None:
    """Wait until the picture is that of a month."""
    picture = "channelSim.page.pictures[0]"
    until(browser, f"{picture}.track.month === {month} && {picture}.settled")


def click(browser: webdriver.Chrome, name: str) -> None:
    """Click what has an id."""
    browser.find_element(By.ID, name).click()


def press(browser: webdriver.Chrome, key: str) -> None:
    """Press a key on the page."""
    browser.find_element(By.TAG_NAME, "body").send_keys(key)
