"""The page in headless Chromium: every control does what it says, seen in what is drawn."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.live.browser import MONTH, READY, click, drawn, pixels, press, shown, until

pytestmark = pytest.mark.browser


def test_play_pause_step_and_back_move_the_month_and_the_picture(page):
    shown(page, 14)
    before = pixels(page)
    assert before[0] > 5_000
    click(page, "step")
    shown(page, 15)
    assert pixels(page) != before
    click(page, "play")
    until(page, f"{MONTH} >= 18 && channelSim.page.state.playing")
    assert page.find_element(By.ID, "play").text == "Pause"
    click(page, "play")
    until(page, "!channelSim.page.state.playing")
    click(page, "back")
    month = page.execute_script(f"return {MONTH}")
    press(page, Keys.SPACE)
    until(page, f"{MONTH} > {month}")
    press(page, Keys.SPACE)
    until(page, "!channelSim.page.state.playing")


def test_going_back_shows_the_same_picture_again(page):
    click(page, "step")
    shown(page, 15)
    then = pixels(page)
    for _ in range(3):
        press(page, Keys.ARROW_RIGHT)
    shown(page, 18)
    page.execute_script("const t = document.getElementById('time'); t.value = 15; t.dispatchEvent(new Event('change'));")
    shown(page, 15)
    assert pixels(page) == then


def test_speed_and_the_end_of_the_run(page):
    Select(page.find_element(By.ID, "speed")).select_by_value("60")
    click(page, "play")
    until(page, "channelSim.page.state.ended")
    assert page.execute_script(f"return {MONTH}") == 74
    assert not page.find_element(By.ID, "play").is_enabled()
    assert "Networks:" in page.find_element(By.ID, "headline-networks").text
    assert page.find_element(By.ID, "headline-loyalty").text.startswith("Loyalty")
    click(page, "prolong")
    until(page, "!channelSim.page.state.ended && channelSim.page.state.last === 134")


def test_the_legend_filters_what_is_drawn(page):
    full = page.execute_script("return channelSim.drawn[0]")
    before = pixels(page)
    page.find_element(By.CSS_SELECTOR, '[data-group="forms"][data-key="1"]').click()
    until(page, f"channelSim.drawn[0].alliances < {full['alliances']}")
    assert pixels(page)[0] < before[0]
    page.find_element(By.CSS_SELECTOR, '[data-group="forms"][data-key="1"]').click()
    page.find_element(By.CSS_SELECTOR, '[data-group="kinds"][data-key="2"]').click()
    until(page, f"channelSim.drawn[0].arcs > 0 && channelSim.drawn[0].arcs < {full['arcs']}")
    press(page, Keys.ESCAPE)
    until(page, f"channelSim.drawn[0].arcs === {full['arcs']}")


def test_a_click_pins_a_firm_and_its_card_tells_its_story_and_why_a_tie_ended(page):
    for _ in range(4):
        click(page, "step")
    drawn(page, f"{MONTH} === 18")
    place = page.execute_script(
        """const p = channelSim.page.pictures[0], t = p.track, row = t.firms.revenue.indexOf(Math.max(...t.firms.revenue));
        const [x, y] = p.current.at(p.layout.x[row], p.layout.y[row]), box = p.pane.getBoundingClientRect();
        return [box.left + x, box.top + y, t.nameOf(row), t.firms.uid[row]];"""
    )
    for kind in ("mousePressed", "mouseReleased"):
        page.execute_cdp_cmd(
            "Input.dispatchMouseEvent", {"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1}
        )
    until(page, "!document.getElementById('card').hidden")
    card = page.find_element(By.ID, "card")
    assert card.find_element(By.TAG_NAME, "h2").text == place[2]
    for heading in ("Vendors", "Networks", "Alliances", "Skills", "story"):
        assert heading in card.text
    why = card.find_elements(By.XPATH, ".//button[contains(., 'Why did it end?')]")
    assert why
    page.execute_script("arguments[0].click()", why[0])
    until(page, "document.getElementById('card').textContent.includes('Why did this tie end?')")
    page.get(page.current_url)  # a reload keeps the place
    drawn(page, READY)
    until(page, f"document.getElementById('card').textContent.includes({place[2]!r})")
    press(page, Keys.ESCAPE)
    until(page, "document.getElementById('card').hidden")


def test_search_finds_a_firm_and_brings_it_into_view(page):
    press(page, "/")
    box = page.find_element(By.ID, "search-box")
    name = page.execute_script("return channelSim.page.tracks[0].nameOf(40)")
    box.send_keys(name, Keys.ENTER)
    until(page, f"document.querySelector('#card h2')?.textContent === {name!r}")
    assert page.execute_script("return channelSim.shared.camera.zoom") > 2
    press(page, Keys.ESCAPE)


def test_wedges_and_colours_can_be_chosen_and_zoom_and_theme_work(page):
    pictures = [pixels(page)[1]]
    for choice, value in (("by", "vertical"), ("by", "network"), ("colour", "loyalty"), ("colour", "vendor")):
        Select(page.find_element(By.ID, choice)).select_by_value(value)
        page.execute_script("return new Promise(r => setTimeout(r, 120))")
        pictures.append(pixels(page)[1])
    press(page, "+")
    page.execute_script("return new Promise(r => setTimeout(r, 120))")
    pictures.append(pixels(page)[1])
    press(page, "l")
    page.execute_script("return new Promise(r => setTimeout(r, 120))")
    pictures.append(pixels(page)[1])
    assert len(set(pictures)) == len(pictures)
    assert page.execute_script("return document.documentElement.dataset.theme") == "light"
    press(page, "l")
    page.execute_script("history.replaceState(null, '', location.pathname); localStorage.clear()")


def test_a_lever_is_an_event_and_a_branch_shows_the_difference(page):
    click(page, "branch")
    until(page, "channelSim.page.pictures.length === 2 && channelSim.drawn[1]?.firms > 0")
    page.execute_script("return new Promise(r => setTimeout(r, 150))")
    assert page.execute_script("return channelSim.page.tracks[0].allies.size === channelSim.page.tracks[1].allies.size")
    click(page, "tab-levers")
    page.find_element(By.CSS_SELECTOR, 'input[name="which"][value="1"]').click()
    page.execute_script(
        "const s = document.querySelector('[data-key=\"vendors.all.list_margin\"]'); s.value = s.min; s.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    until(page, "channelSim.page.state.tracks[1].moves.length === 1")
    page.execute_script("channelSim.page.feed.tell({do: 'speed', value: 60}); channelSim.page.feed.tell({do: 'play'})")
    until(page, f"{MONTH} >= 24")
    page.execute_script("channelSim.page.feed.tell({do: 'pause'})")
    until(page, "!channelSim.page.state.playing")
    until(page, "channelSim.page.tracks[0].last('attitude') !== channelSim.page.tracks[1].last('attitude')")
    assert "Moved so far" in page.find_element(By.ID, "levers").text
    click(page, "tab-charts")
    until(page, "document.querySelector('#differences')?.textContent.includes('attitude')")
    click(page, "alone")
    until(page, "channelSim.page.pictures.length === 1")


def test_a_new_alliance_flashes(page):
    click(page, "step")
    until(page, "channelSim.page.pictures[0].flashed > 0", 5)


def test_charts_show_the_past_and_a_click_on_a_point_goes_there(page):
    until(page, "document.querySelector('#chart-loyalty .scatterlayer .js-line')")
    page.execute_script("document.getElementById('chart-loyalty').emit('plotly_click', {points: [{x: -4}]})")
    until(page, f"{MONTH} === 10")


def test_the_table_twin_says_what_the_picture_shows(page):
    press(page, "t")
    table = page.find_element(By.ID, "table")
    until(page, "!document.getElementById('table').hidden")
    partners = page.execute_script("return channelSim.page.tracks[0].partners")
    assert f"{partners} partners" in table.text
    assert "Vendor 1" in table.text
    press(page, Keys.ESCAPE)
    until(page, "document.getElementById('table').hidden")


def test_the_guide_explains_a_firm_an_alliance_and_a_defection(page):
    press(page, "g")
    guide = page.find_element(By.ID, "guide")
    assert guide.text.startswith("One firm:")
    for text in ("One alliance:", "One defection:"):
        page.execute_script("document.querySelector('[data-guide=next]').click()")
        until(page, f"document.getElementById('guide').textContent.includes({text!r})", 40)
    page.execute_script("document.querySelector('[data-guide=end]').click()")
    until(page, "document.getElementById('guide').hidden && !channelSim.page.state.playing")
    press(page, Keys.ESCAPE)


def test_the_view_can_be_saved_as_svg(page):
    svg = page.execute_script("return import('/static/saving.js').then((m) => m.asSvg(channelSim.page.pictures[0], 'a <title>'))")
    assert svg.startswith("<svg ")
    assert "a &lt;title&gt;" in svg
    assert svg.count("<path") > 20
    assert page.execute_script(
        "return new DOMParser().parseFromString(arguments[0], 'image/svg+xml').querySelector('parsererror') === null", svg
    )


def test_reduced_motion_is_respected(page):
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    until(page, "channelSim.shared.calm")
    click(page, "step")
    drawn(page, f"{MONTH} === 15")
    assert page.execute_script("return channelSim.page.pictures[0].flashes.length") == 0
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    until(page, "!channelSim.shared.calm")


def test_axe_finds_no_serious_fault(page):
    from importlib.resources import files

    axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    for theme in ("dark", "light"):
        page.execute_script(f"if (channelSim.shared.theme !== '{theme}') document.getElementById('theme').click()")
        for tab in ("tab-charts", "tab-levers"):
            click(page, tab)
            page.execute_script(axe)
            found = page.execute_async_script(
                "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations))"
            )
            serious = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]
            assert not serious, (theme, tab, serious)


def test_an_event_has_its_caption_its_mark_on_charts_and_the_account_can_be_that_of_a_vendor(page):
    page.execute_script("channelSim.page.feed.tell({do: 'steer', key: 'vendors.1.list_margin', value: 0.02})")
    until(page, "channelSim.page.tracks[0].events.length === 1")
    click(page, "step")
    caption = "document.querySelector('#captions .scenario')?.textContent"
    until(page, f"{caption}?.includes('list margin of Vendor 1 is set to 0.02')")
    click(page, "step")
    until(page, f"{MONTH} === 16 && {caption}")  # it stays while others come
    until(
        page,
        "document.querySelector('#chart-loyalty').layout?.annotations?.[0]?.text === 'Vendor 1: list margin = 0.02, month 0'",
    )
    assert page.execute_script("return document.querySelector('#chart-loyalty').layout.xaxis.title.text") == "month"
    assert "month=2" in page.execute_script("return location.hash")  # as the page counts
    said, colour = page.execute_script(
        "return [channelSim.page.tracks[0].headline, document.getElementById('headline-loyalty').className]"
    )
    assert said["apart"] or colour == {-1: "down", 0: "", 1: "up-word"}[said["course"]]
    assert page.execute_script(
        "return document.querySelector('#chart-loyalty').layout.shapes.some((s) => s.x0 === 0 && s.line.dash === 'dash')"
    )
    Select(page.find_element(By.CSS_SELECTOR, ".chart-title select")).select_by_visible_text("to Vendor 1")
    year = "channelSim.page.tracks[0].series.account_to_0_experience.slice(-12).reduce((a, b) => a + b)"
    until(page, f"Math.abs(document.querySelector('#chart-account').data?.[0].y.at(-1) - {year}) < 1e-6")
