"""Looking at a report in headless Chromium: whether it draws every chart, complains of nothing and asks for nothing.

Needs selenium, Chromium and its driver (on Debian: apt-get install chromium chromium-driver).
"""

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WIDE, NARROW = (1280, 900), (390, 800)
SMALLEST_TEXT = 8.0  # CSS pixels on a telephone

_CHARTS = """
return [...document.querySelectorAll('figure')].map(f => {
  const s = f.querySelector('svg'), box = s.getBoundingClientRect(), words = [...s.querySelectorAll('text')];
  const scale = box.width / s.viewBox.baseVal.width;
  return {title: f.querySelector('strong').textContent, width: box.width, height: box.height,
          shapes: s.querySelectorAll('path,rect,circle,line').length,
          text: Math.min(...words.map(t => scale * parseFloat(getComputedStyle(t).fontSize)), 99),
          cut: words.filter(t => {const b = t.getBoundingClientRect(); return b.left < box.left - 1 || b.right > box.right + 1})
                    .map(t => t.textContent)}})"""


def is_there() -> bool:
    """Whether Chromium and its driver are installed."""
    return shutil.which("chromium") is not None and shutil.which("chromedriver") is not None


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium that notes what it requests and what it complains of."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def problems_of(report: Path, driver: Any, pictures: Path | None = None) -> list[str]:
    """What is wrong with a report as a person would see it; nothing when all is well.

    Parameters
    ----------
    report
        The HTML file.
    driver
        As ``browser`` gives it.
    pictures
        Folder for screenshots (wide, narrow, dark) and the print as PDF, if wanted.
    """
    address = report.resolve().as_uri()
    driver.get_log("performance")
    found: list[str] = []
    for name, size in (("wide", WIDE), ("narrow", NARROW)):
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        )
        driver.get(address)
        found += [f"{name}: {words}" for words in _seen(driver)]
        _shoot(driver, pictures, report.stem, name)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    if _brightness(driver) > 80:
        found.append("dark: the page stays light")
    _shoot(driver, pictures, report.stem, "dark")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    printed = base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])
    if not printed.startswith(b"%PDF") or len(printed) < 20_000:
        found.append("print: nothing comes out")
    if pictures is not None:
        (pictures / f"{report.stem}.pdf").write_bytes(printed)
    found += [f"console: {entry['message']}" for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    return found + [f"requests {url[:120]}" for url in _requested(driver) if url != address and not url.startswith("data:")]


def _seen(driver: Any) -> list[str]:
    """What is wrong with the page at its present width."""
    found = []
    wider = driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
    if wider > 1:
        found.append(f"the page is {wider} pixels wider than the window")
    charts = driver.execute_script(_CHARTS)
    if not charts:
        found.append("there is no chart")
    for chart in charts:
        if chart["width"] < 200 or chart["height"] < 40 or not chart["shapes"]:
            found.append(f"{chart['title']}: not drawn")
        if chart["text"] < SMALLEST_TEXT:
            found.append(f"{chart['title']}: text of {chart['text']:.1f} pixels")
        if chart["cut"]:
            found.append(f"{chart['title']}: cut off: {', '.join(chart['cut'])}")
    return found


def _brightness(driver: Any) -> float:
    colour = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    parts = [float(x) for x in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3


def _requested(driver: Any) -> list[str]:
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


def _shoot(driver: Any, pictures: Path | None, stem: str, name: str) -> None:
    """The whole page as a picture."""
    if pictures is None:
        return
    pictures.mkdir(parents=True, exist_ok=True)
    data = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})["data"]
    (pictures / f"{stem}-{name}.png").write_bytes(base64.b64decode(data))
