"""The checks of the pictures find what they are there to find, and the page passes them."""

import pytest

from sim.live.benchmark.chromium import chromium, resize, until
from sim.live.gallery.checks import SEEN, contrast, faint, outside, overlapping, problems
from sim.scenario import load
from tests.live.conftest import Served


def label(text, x0, x1, y0=0.0, y1=10.0):
    return {"text": text, "x0": x0, "x1": x1, "y0": y0, "y1": y1}


def test_labels_that_overlap_are_found_and_those_that_touch_are_not():
    assert overlapping([label("a", 0, 10), label("b", 9, 20)], []) == ["labels 'a' and 'b' overlap"]
    assert overlapping([label("a", 0, 10), label("b", 10, 20)], []) == []


def test_hubs_that_overlap_and_labels_on_hubs_are_found():
    hubs = [{"hub": 0, "x": 0, "y": 0, "r": 5}, {"hub": 1, "x": 9, "y": 0, "r": 5}]
    assert overlapping([], hubs) == ["hubs 0 and 1 overlap"]
    assert overlapping([label("a", 12, 20)], hubs[1:]) == ["label 'a' lies on hub 1"]
    assert overlapping([label("a", 14.5, 20)], hubs[1:]) == []


def test_a_label_that_is_cut_off_is_found():
    assert outside([label("a", -1, 5), label("b", 0, 5)], 100, 100) == ["label 'a' is cut off"]


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the grey that just fails


@pytest.fixture(scope="module")
def browser():
    made = chromium()
    yield made
    made.quit()


@pytest.fixture(scope="module")
def run():
    """A small run of 16 months, so that the headline speaks."""
    server = Served(load("quick", {"population.partners": 120, "burn_in_months": 16, "months": 24, "population.regions": 6}))
    yield server
    server.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1400, 900), (390, 844)])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_passes_and_a_planted_fault_is_found(browser, run, width, height, theme):
    resize(browser, width, height)
    browser.get(f"{run.address(f'/run/{run.session.id}')}#theme={theme}")
    browser.refresh()
    until(browser, "!channelSim.page.state.opening && channelSim.page.pictures[0].settled && !channelSim.page.untold")
    seen = browser.execute_script(SEEN)
    assert problems(seen) == []
    browser.execute_script("document.querySelector('#legend [data-group=kinds]').remove()")
    twice = browser.execute_script(SEEN)
    twice["palette"]["quiet"] = twice["palette"]["background"]
    assert faint(twice["palette"]) == ["quiet: 1.0"]
    assert len(problems(twice)) == 2
