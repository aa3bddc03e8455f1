"""Every further control of the page, each driven as a person would and seen in what is drawn."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.live.browser import MONTH, READY, click, pixels, resize, shown, until
from tests.live.conftest import until as happened

pytestmark = pytest.mark.browser
PICTURE = "channelSim.page.pictures[0]"


def place_of(page, row: int) -> list[float]:
    """Where a firm is drawn, in pixels of the page."""
    return page.execute_script(
        f"""const p = {PICTURE}, [x, y] = p.current.at(p.layout.x[arguments[0]], p.layout.y[arguments[0]]), box = p.pane.getBoundingClientRect();
        return [box.left + x, box.top + y];""",
        row,
    )


def mouse(page, kind: str, place: list[float], **more) -> None:
    page.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": place[0], "y": place[1], **more})


def press(page, place: list[float], count: int = 1) -> None:
    for kind in ("mousePressed", "mouseReleased"):
        mouse(page, kind, place, button="left", clickCount=count)


def redrawn(page, before) -> list[int]:
    """The pixels once the picture has settled and is another one."""
    until(page, f"{PICTURE}.settled")
    now = pixels(page)
    assert now != before
    return now


def test_the_wheel_zooms_at_the_pointer_a_drag_moves_and_a_double_click_shows_all(page):
    shown(page, 14)
    until(page, f"{PICTURE}.settled")
    whole, place = pixels(page), place_of(page, 5)
    mouse(page, "mouseWheel", place, deltaX=0, deltaY=-400)
    until(page, "channelSim.shared.camera.zoom > 1.5")
    until(page, f"{PICTURE}.settled")
    assert place_of(page, 5) == pytest.approx(place, abs=1.5)  # what was under the pointer still is
    near = redrawn(page, whole)
    mouse(page, "mousePressed", place, button="left", clickCount=1)
    mouse(page, "mouseMoved", [place[0] + 30, place[1] + 20], button="left", buttons=1)
    mouse(page, "mouseMoved", [place[0] + 60, place[1] + 40], button="left", buttons=1)
    mouse(page, "mouseReleased", [place[0] + 60, place[1] + 40], button="left", clickCount=1)
    until(page, f"{PICTURE}.settled")
    assert place_of(page, 5) == pytest.approx([place[0] + 60, place[1] + 40], abs=31)
    redrawn(page, near)
    corner = page.execute_script(f"const b = {PICTURE}.pane.getBoundingClientRect(); return [b.left + 8, b.bottom - 8]")
    for count in (1, 2):  # where no firm is, since a click on one shows its ties
        press(page, corner, count)
    happened(lambda: pixels(page) == whole, 8.0)


def test_hovering_names_a_firm_and_a_hub(page):
    shown(page, 14)
    mouse(page, "mouseMoved", place_of(page, 5))
    name = page.execute_script("return channelSim.page.tracks[0].nameOf(5)")
    until(page, f"document.querySelector('#hover strong')?.textContent === {name!r}")
    hub = page.execute_script(
        f"const h = channelSim.drawn[0].hubs[0], b = {PICTURE}.pane.getBoundingClientRect(); return [b.left + h.x, b.top + h.y]"
    )
    mouse(page, "mouseMoved", hub)
    until(page, "document.querySelector('#hover strong')?.textContent === 'Vendor 1'")
    press(page, hub)
    until(page, "document.getElementById('notice').textContent.startsWith('Vendor 1: carried by')")
    mouse(page, "mouseMoved", [5, 5])
    until(page, "document.getElementById('hover').hidden")


def test_the_legend_hides_kinds_of_firm_hubs_and_main_vendors(page):
    shown(page, 14)
    before = pixels(page)
    for group, key, hook in (("types", "0", "types[0]"), ("hubs", "vendor", "hubs.vendor"), ("ties", "", "ties")):
        page.find_element(By.CSS_SELECTOR, f'[data-group="{group}"][data-key="{key}"]').click()
        until(page, f"channelSim.shared.filter.{hook} === false")
        before = redrawn(page, before)


def test_the_card_leads_to_an_ally_and_to_a_network_and_closes(page):
    row = page.execute_script(
        "const t = channelSim.page.tracks[0]; return [...t.allies.values()].map((x) => x.a).find((a) => t.firms.clubs[a] > 0)"
    )
    page.execute_script(f"{PICTURE}.on.pick({{row: arguments[0]}}, {PICTURE})", row)
    until(page, "document.querySelector('#card [data-firm]')")
    until(page, f"{PICTURE}.settled")
    before = pixels(page)
    page.execute_script("document.querySelector('#card [data-network]').click()")
    until(page, "channelSim.shared.spotNetwork >= 0")
    redrawn(page, before)
    ally = page.execute_script("const b = document.querySelector('#card [data-firm]'); b.click(); return b.textContent")
    until(page, f"document.querySelector('#card h2')?.textContent === {ally!r}")
    page.find_element(By.CSS_SELECTOR, "#card .close").click()
    until(page, "document.getElementById('card').hidden && channelSim.shared.pinned === -1")


def test_captions_appear_while_it_plays_and_lead_to_the_firm(page):
    page.execute_script("channelSim.page.feed.tell({do: 'play'})")
    until(page, "[...document.querySelectorAll('#captions button')].length > 0", 60)
    page.execute_script("channelSim.page.feed.tell({do: 'pause'})")
    until(page, "!channelSim.page.state.playing")
    until(page, "(document.querySelector('#captions button')?.click(), !document.getElementById('card').hidden)")


def test_the_speed_is_kept_by_the_clock(page):
    Select(page.find_element(By.ID, "speed")).select_by_value("2")
    until(page, "channelSim.page.state.speed === 2")
    click(page, "play")
    until(page, f"{MONTH} > 14")
    began, month = page.execute_script(f"return [performance.now(), {MONTH}]")
    until(page, f"{MONTH} >= {month} + 4")
    took = page.execute_script("return performance.now()") - began
    click(page, "play")
    assert took > 1_500  # four months at two a second take two seconds, and more on a busy machine


def test_help_theme_and_table_have_buttons(page):
    click(page, "help")
    until(page, "document.getElementById('keys').open")
    assert "What you see" in page.find_element(By.ID, "keys").text
    page.find_element(By.CSS_SELECTOR, "#keys button").click()
    until(page, "!document.getElementById('keys').open")
    shown(page, 14)
    before = pixels(page)
    click(page, "theme")
    until(page, "document.documentElement.dataset.theme === 'light'")
    redrawn(page, before)
    click(page, "table-button")
    until(page, "!document.getElementById('table').hidden")
    assert page.find_element(By.ID, "table-button").get_attribute("aria-expanded") == "true"
    click(page, "table-button")
    until(page, "document.getElementById('table').hidden")


def test_escape_closes_the_help_and_then_the_card_behind_it(page):
    page.execute_script(f"const p = {PICTURE}; p.on.pick({{row: p.track.firms.uid.findIndex((uid) => uid >= 0)}}, p)")
    until(page, "!document.getElementById('card').hidden")  # of the very first firm, if it still lives
    click(page, "help")
    until(page, "document.getElementById('keys').open && document.getElementById('keys').scrollTop === 0")
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    until(page, "!document.getElementById('keys').open")
    assert page.execute_script("return !document.getElementById('card').hidden")
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    until(page, "document.getElementById('card').hidden")


def test_the_help_explains_words_and_charts(page):
    click(page, "help")
    for word in ("Attitude", "Own experience", "Peers and hosts", "Share of wallet", "Trust", "What moved loyalty"):
        assert word in page.find_element(By.ID, "keys").text
    page.find_element(By.CSS_SELECTOR, "#keys button").click()


def test_search_opens_what_is_called_so_also_a_firm_that_left_and_says_when_nothing_is(page, quick_server):
    def find(text: str) -> str:
        box = page.find_element(By.ID, "search-box")
        box.clear()
        box.send_keys(text, Keys.ENTER)
        until(page, "!document.getElementById('notice').hidden && document.activeElement.id !== 'search-box'")
        return page.find_element(By.ID, "notice").text

    track = quick_server.session.tracks[0]
    firms = track.chronicle.all_of("firms")
    gone = track.names.partner(firms["a"][~firms["began"]][0])
    assert find(gone.lower()).startswith(f"{gone} is not in the market: it left in month -")
    until(page, f"document.querySelector('#card h2')?.textContent === {gone!r}")
    assert "left the market" in page.find_element(By.ID, "card").text
    page.execute_script("document.getElementById('notice').hidden = true")
    name = page.execute_script("return channelSim.page.tracks[0].nameOf(40)")
    assert (
        find(name[1:])
        == f"Nothing here is called \N{LEFT DOUBLE QUOTATION MARK}{name[1:]}\N{RIGHT DOUBLE QUOTATION MARK}; the nearest name is {name}."
    )
    assert page.find_element(By.ID, "search-box").get_attribute("value") == name
    until(page, f"document.querySelector('#card h2')?.textContent === {name!r}")


def test_the_card_says_what_attitudes_come_from_and_what_its_numbers_are(page):
    page.execute_script(f"const p = {PICTURE}; p.on.pick({{row: p.track.firms.clubs.findIndex((n) => n > 0)}}, p)")
    until(page, "!document.getElementById('card').hidden")
    heads = page.execute_script(
        "return [...document.querySelectorAll('#card th')].map((th) => th.innerText.replace(/\\s+/g, ' '))"
    )
    assert heads[:6] == ["vendor", "attitude", "own experience", "peers and hosts", "wallet", "network"]
    assert heads[6:8] == ["joined in", "brought it, a month"]
    attitude, own, others = page.execute_script(
        "return [...document.querySelectorAll('#card tr')[1].querySelectorAll('td.n')].slice(0, 3).map((td) => Number(td.textContent.replace('\\u2212', '-')))"
    )
    assert attitude == pytest.approx(own + others, abs=0.011)


def test_the_table_shows_both_runs_and_on_a_narrow_page_lies_over_the_card(page):
    page.execute_script(f"{PICTURE}.on.pick({{row: 7}}, {PICTURE})")
    until(page, "!document.getElementById('card').hidden")
    click(page, "branch")
    until(page, "channelSim.page.pictures.length === 2 && channelSim.page.tracks[1]?.firms")
    resize(page, 420, 900)
    click(page, "table-button")
    heads = [head.text for head in page.find_elements(By.CSS_SELECTOR, "#table h2")]
    assert [head[:16] for head in heads] == ["A: Quick look, m", "B: Quick look, m"]
    assert page.execute_script("return document.elementFromPoint(210, 600).closest('#table') !== null")
    fits = "return [...document.querySelectorAll('#table .wide')].slice(0, 2).map((box) => box.scrollWidth <= box.clientWidth)"
    assert page.execute_script(fits) == [True, True]
    page.find_element(By.CSS_SELECTOR, "#table .close").click()
    until(page, "document.getElementById('table').hidden")
    resize(page, 1400, 900)


def test_a_value_is_typed_exactly_and_a_slider_reaches_what_is_allowed_in_round_steps(page):
    click(page, "tab-levers")
    number, slider = (
        page.find_element(By.CSS_SELECTOR, f'[data-key="vendors.1.list_margin"][type={kind}]') for kind in ("number", "range")
    )
    assert [slider.get_attribute(name) for name in ("min", "max", "step")] == ["0", "0.5", "0.002"]
    number.clear()
    number.send_keys("0.7", Keys.ENTER)
    assert page.execute_script("return channelSim.page.state.tracks[0].moves.length") == 0  # more than is allowed
    number.clear()
    number.send_keys("0.1234567", Keys.ENTER)
    until(page, "channelSim.page.state.tracks[0].moves[0]?.value === 0.1234567")
    box = "document.querySelector('[data-key=\"vendors.1.list_margin\"][type=number]')"
    until(page, f"{box}.value === '0.1234567'")
    page.execute_script(
        "const s = document.querySelector('[data-key=\"vendors.1.list_margin\"][type=range]'); s.value = 0.2; s.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    until(page, "channelSim.page.state.tracks[0].moves[0]?.value === 0.2")


def test_the_guide_has_a_button_and_can_be_ended(page):
    click(page, "tour")
    until(page, f"!document.getElementById('guide').hidden && channelSim.shared.called.length === 1 && {PICTURE}.pulsed")
    page.find_element(By.CSS_SELECTOR, "[data-guide=end]").click()
    until(page, "document.getElementById('guide').hidden && channelSim.shared.called.length === 0")


def test_a_chart_hides_a_line_and_the_account_is_that_of_the_chosen_group(page):
    until(page, "document.querySelectorAll('#chart-loyalty .scatterlayer .trace').length === 6")
    page.execute_script("document.querySelector('#chart-loyalty').previousElementSibling.querySelector('button').click()")
    until(page, "document.querySelectorAll('#chart-loyalty .scatterlayer .trace').length === 5")
    until(
        page,
        "document.querySelector('#chart-account').data?.length === 5 && document.querySelector('#chart-account').data[0].y.length > 0",
    )
    all_of_them = page.execute_script("return document.querySelector('#chart-account').data[0].y.at(-1)")
    Select(page.find_element(By.CSS_SELECTOR, ".chart-title select")).select_by_value("none")
    until(page, f"document.querySelector('#chart-account').data[0].y.at(-1) !== {all_of_them}")
    sum_of_year = page.execute_script(
        "const s = channelSim.page.tracks[0].series.account_none_experience; return s.slice(-12).reduce((a, b) => a + b)"
    )
    assert page.execute_script("return document.querySelector('#chart-account').data[0].y.at(-1)") == pytest.approx(sum_of_year)


def test_a_switch_among_the_levers_acts_and_tabs_go_by_arrow(page):
    click(page, "tab-charts")
    page.find_element(By.ID, "tab-charts").send_keys(Keys.ARROW_RIGHT)
    until(page, "!document.getElementById('levers').hidden && document.activeElement.id === 'tab-levers'")
    switch = page.find_element(By.CSS_SELECTOR, '[data-key="switches.imitation"]')
    was = switch.is_selected()
    switch.click()
    until(page, "channelSim.page.state.tracks[0].moves.length === 1")
    until(page, f"document.querySelector('[data-key=\"switches.imitation\"]').checked === {str(not was).lower()}")
    assert page.execute_script("return channelSim.page.state.tracks[0].moves[0].value") is (not was)
    page.find_element(By.ID, "tab-levers").send_keys(Keys.ARROW_LEFT)
    until(page, "!document.getElementById('charts').hidden")


def test_another_scenario_runs_beside_the_headline_compares_and_b_can_be_kept(page):
    Select(page.find_element(By.ID, "beside")).select_by_value("quick")
    until(page, "channelSim.page.pictures.length === 2 && channelSim.drawn[1]?.firms > 0", 60)
    until(page, "document.getElementById('headline-networks').textContent.startsWith('B (Quick look, as shipped) against A: ')")
    page.execute_script("channelSim.page.feed.tell({do: 'steer', track: 1, key: 'vendors.all.list_margin', value: 0.0})")
    until(page, "channelSim.page.state.tracks[1].moves.length === 1")
    for _ in range(3):
        click(page, "step")
    until(page, f"{MONTH} === 17 && channelSim.page.tracks[1].month === 17")
    assert page.find_element(By.ID, "headline-loyalty").text.startswith(("Loyalty hardly differs", "With the change, loyalty"))
    click(page, "alone-b")
    until(page, "channelSim.page.pictures.length === 1 && channelSim.page.state.tracks[0].moves.length === 1")


def test_restart_takes_a_scenario_a_seed_and_partners(page, quick_server):
    session, scenario = quick_server.session, quick_server.session.scenario
    page.find_element(By.CSS_SELECTOR, "#restart-menu summary").click()
    for name, value in (("seed", "7"), ("partners", "60")):
        box = page.find_element(By.ID, name)
        box.clear()
        box.send_keys(value)
    page.find_element(By.CSS_SELECTOR, "#restart button").click()
    until(page, f"{READY} && {MONTH} === 14 && channelSim.page.state.tracks[0].seed === 7 && channelSim.drawn[0].firms < 90", 60)
    assert page.execute_script("return channelSim.page.tracks[0].partners") == pytest.approx(60, abs=8)
    session.request(lambda: session.open(scenario))
    happened(lambda: session.tracks[0].base is scenario and not session.opening)


def test_who_watches_takes_control_when_it_is_free(page, quick_server):
    first = page.current_window_handle
    page.switch_to.new_window("tab")
    try:
        page.get(quick_server.address("/"))
        until(page, "window.channelSim && channelSim.page.state && !channelSim.page.state.controls")
        assert not page.find_element(By.ID, "play").is_enabled()
        second = page.current_window_handle
        page.switch_to.window(first)
        page.get("about:blank")
        page.switch_to.window(second)
        until(page, "!document.getElementById('claim').hidden")
        click(page, "claim")
        until(page, "channelSim.page.state.controls && !document.getElementById('play').disabled")
    finally:
        page.close()
        page.switch_to.window(first)
        page.get(quick_server.address("/"))
        until(page, "window.channelSim && channelSim.page.state?.controls")


def test_a_bubble_of_many_firms_zooms_in(page):
    shown(page, 14)
    page.execute_script("channelSim.page.tracks[0].partners = 5000; channelSim.redraw()")  # as if there were so many
    until(page, "channelSim.drawn[0].bubbles > 10")
    place = page.execute_script(
        f"const p = {PICTURE}, b = p.current.bubbles.reduce((x, y) => (y.r > x.r ? y : x)), box = p.pane.getBoundingClientRect(); return [box.left + b.x, box.top + b.y]"
    )
    mouse(page, "mouseMoved", place)
    until(page, "document.querySelector('#hover')?.textContent.includes('Zoom in for each')")
    press(page, place)
    until(page, "channelSim.shared.camera.zoom > 2.4 && channelSim.drawn[0].bubbles === 0 && channelSim.drawn[0].firms > 0")


def test_a_key_in_a_text_box_types_and_does_not_steer(page):
    box = page.find_element(By.ID, "search-box")
    ActionChains(page).move_to_element(box).click().send_keys("g t ").perform()
    assert box.get_attribute("value") == "g t "
    assert page.execute_script(f"return [document.getElementById('table').hidden, {MONTH}]") == [True, 14]
