"""What a viewer takes away: a picture as PNG or SVG, a link, a scenario file; each is what was seen."""

import base64
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from sim.scenario import load
from tests.live.browser import READY, click, drawn, pixels, press, resize, shown, until

pytestmark = pytest.mark.browser
PLACE = """const { camera, filter, pinned, colour, by } = channelSim.shared;
return [camera.zoom, camera.x, camera.y, colour, by, pinned, JSON.stringify(filter)];"""
SVG = "{http://www.w3.org/2000/svg}"


def saved(page, button: str, folder: Path, ending: str) -> Path:
    """The file that a button of the share menu saves."""
    before = set(folder.iterdir())
    page.find_element(By.CSS_SELECTOR, "#share-menu summary").click()
    click(page, button)
    end = time.monotonic() + 20
    while not (new := [file for file in set(folder.iterdir()) - before if file.suffix == ending and file.stat().st_size]):
        assert time.monotonic() < end, f"{button} saved nothing"
        time.sleep(0.05)
    return new[0]


def test_the_png_is_the_picture_at_twice_its_size(page, downloads):
    file = saved(page, "save-png", downloads, ".png")
    assert file.name == "channel-sim-month-0.png"
    width, height, background, coloured, hubs = page.execute_async_script(
        """const done = arguments[1], image = new Image();
        image.onload = () => { const c = document.createElement('canvas'); c.width = image.width; c.height = image.height;
          const pen = c.getContext('2d'); pen.drawImage(image, 0, 0); const d = pen.getImageData(0, 0, c.width, c.height).data;
          let n = 0; for (let i = 0; i < d.length; i += 4) n += Math.abs(d[i] - d[0]) + Math.abs(d[i+1] - d[1]) + Math.abs(d[i+2] - d[2]) > 24;
          const at = (x, y) => [...pen.getImageData(Math.round(2 * x), Math.round(2 * y), 1, 1).data].slice(0, 3);
          done([c.width, c.height, [d[0], d[1], d[2]], n, channelSim.drawn[0].hubs.slice(0, 4).map((h) => at(h.x - 0.7 * h.r, h.y))]); };
        image.src = 'data:image/png;base64,' + arguments[0];""",
        base64.b64encode(file.read_bytes()).decode(),
    )
    size = page.execute_script(
        "const p = channelSim.page.pictures[0]; return [Math.floor(2 * p.width), Math.floor(2 * p.height)]"
    )
    assert [width, height] == size
    assert background == [13, 21, 29]  # the dark theme's
    assert coloured > 2.5 * pixels(page)[0]  # of four times the pixels; lines of less than a pixel are paler in both
    assert all(hub == [255, 107, 107] for hub in hubs)  # vendors stand where the page shows them


def test_the_svg_holds_every_partner_and_says_what_it_shows(page, downloads):
    root = ET.fromstring(saved(page, "save-svg", downloads, ".svg").read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    title = root.find(f"{SVG}title").text
    assert "month 0" in title
    assert page.find_element(By.ID, "headline-networks").text in title
    colours = page.execute_script("return channelSim.page.pictures[0].current.palette.types")
    firms = [path for path in root.iter(f"{SVG}path") if path.get("fill") in colours]
    assert sum(path.get("d").count("M") for path in firms) == page.execute_script("return channelSim.page.tracks[0].partners")
    assert {text.text for text in root.iter(f"{SVG}text")} >= {f"Region {n}" for n in range(1, 7)}


def test_the_link_shows_another_viewer_the_same_place(page):
    origin = page.execute_script("return location.origin")
    permissions = {"origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.execute_cdp_cmd("Browser.grantPermissions", permissions)
    Select(page.find_element(By.ID, "colour")).select_by_value("loyalty")
    Select(page.find_element(By.ID, "by")).select_by_value("vertical")
    page.find_element(By.CSS_SELECTOR, '[data-group="types"][data-key="1"]').click()
    press(page, "+")
    press(page, "+")
    page.execute_script("channelSim.page.pictures[0].on.pick({row: 7}, channelSim.page.pictures[0])")
    until(page, "!document.getElementById('card').hidden && location.hash.includes('at=')")
    shown(page, 14)
    page.find_element(By.CSS_SELECTOR, "#share-menu summary").click()
    click(page, "copy-link")
    until(page, "document.getElementById('notice').textContent === 'The link is copied.'")
    link = page.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    seen = page.execute_script(PLACE)
    before, first = pixels(page), page.current_window_handle
    page.switch_to.new_window("tab")
    try:
        page.get(link)
        drawn(page, READY)
        until(page, "!document.getElementById('card').hidden")
        shown(page, 14)
        there = page.execute_script(PLACE)
        assert there[:3] == pytest.approx(seen[:3], abs=0.006)  # the address has two digits of the camera's place
        assert there[3:] == seen[3:]
        assert there[3:5] == ["loyalty", "vertical"]
        resize(page, 1400, 900)
        page.execute_script(
            "Object.assign(channelSim.shared.camera, {zoom: arguments[0], x: arguments[1], y: arguments[2]}); channelSim.redraw()",
            *seen[:3],
        )
        until(page, "innerWidth === 1400 && innerHeight === 900 && channelSim.page.pictures[0].settled")
        assert pixels(page)[0] == pytest.approx(before[0], rel=0.05)  # the same picture; edges of letters may differ
    finally:
        page.close()
        page.switch_to.window(first)


def test_the_scenario_file_is_saved_with_the_levers_moved(page, downloads):
    page.execute_script("channelSim.page.feed.tell({do: 'steer', key: 'vendors.all.list_margin', value: 0.05})")
    until(page, "channelSim.page.state.tracks[0].moves.length === 1")
    file = saved(page, "save-scenario", downloads, ".toml")
    assert file.name == "quick_live.toml"
    plan = load(file).plan
    assert plan.partners == 120
    assert [event.month for event in plan.schedule] == [0]
