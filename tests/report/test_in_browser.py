"""Three small reports in headless Chromium: every chart drawn, nothing cut off, no complaint, no request."""

import pytest

from experiments.comparison.browsing import browser, problems_of
from experiments.comparison.every_report import small_report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def driver():
    with browser() as found:
        yield found


@pytest.mark.parametrize(("name", "months"), [("vendor_builds_community", 40), ("quick", 26), ("opensearch_partners", 4)])
def test_a_report_is_drawn_whole_and_asks_for_nothing(name, months, driver, tmp_path):
    path, gap, left = small_report(name, tmp_path, 40, months, 2, 1)
    assert gap < 1e-12
    assert left == 0.0
    assert problems_of(path, driver) == []


def test_the_browser_sees_what_is_wrong(driver, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        "<body style='width:3000px;background:#fff'><script src='https://example.invalid/x.js'></script><figure><strong>c</strong>"
        "<svg viewBox='0 0 400 100' width='300' height='75'><text x='390' y='9' font-size='4'>words cut off</text></svg></figure>",
        encoding="utf-8",
    )
    found = "\n".join(problems_of(page, driver))
    for words in ("wider than the window", "c: not drawn", "c: text of", "c: cut off: words cut off", "stays light", "console:", "requests https"):
        assert words in found
