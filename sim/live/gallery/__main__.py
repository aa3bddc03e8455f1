"""Pictures of the page at all sizes, light and dark, wide and narrow: taken, checked, and kept small; and two scenes.

    python -m sim.live.gallery [--out FOLDER] [--partners 300 1000] [--months 14]

Ends with status 1 when a picture fails a check of ``checks.py``.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from sim.live.benchmark.chromium import chromium, resize, until
from sim.live.benchmark.served import Served
from sim.live.gallery.checks import SEEN, problems
from sim.live.gallery.saving import WIDE, save
from sim.live.gallery.scenes import scenes

SIZES = (300, 1_000, 3_000, 10_000)
SHAPES = {"wide": WIDE, "narrow": (390, 844)}
THEMES = ("dark", "light")


def taken(browser: Any, served: Served, partners: int, out: Path) -> list[str]:
    """Take and check the pictures of one run; what is wrong, each with the picture's name."""
    found = []
    for shape, (width, height) in SHAPES.items():
        for theme in THEMES:
            resize(browser, width, height)
            browser.get(f"{served.origin}/run/{served.session.id}#theme={theme}")
            browser.refresh()
            until(browser, "channelSim.page.pictures[0].settled && channelSim.page.toldAt >= 0 && !channelSim.page.untold", 120.0)
            if shape == "wide":
                until(browser, "document.querySelector('#chart-account .trace')")
            browser.execute_async_script("setTimeout(arguments[0], 2500)")  # until the charts in view are drawn
            name = f"partners_{partners}_{theme}_{shape}"
            seen = browser.execute_script(SEEN)
            save(browser, out / f"{name}.webp", width, height)
            wrong = problems(seen)
            print(f"{name}: {seen['firms']} firms, {seen['bubbles']} bubbles, {100 * seen['covered']:.0f} % covered; "
                  f"{'; '.join(wrong) or 'no fault found'}", flush=True)  # fmt: skip
            found += [f"{name}: {what}" for what in wrong]
    return found


def main() -> int:
    """Take all that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m sim.live.gallery", description="Pictures of the page at all sizes, checked.")
    parser.add_argument("--out", type=Path, default=Path("gallery"), help="folder of the pictures (default: %(default)s)")
    parser.add_argument("--partners", type=int, nargs="+", default=list(SIZES), help="sizes (default: %(default)s)")
    parser.add_argument("--months", type=int, default=14, help="months shown, after 12 of burn-in (default: %(default)s)")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    for partners in asked.partners:
        served = Served(partners)
        served.warmed_up()
        for _ in range(asked.months):
            served.in_its_thread(served.session.step)
        browser = chromium()
        try:
            found += taken(browser, served, partners, asked.out)
            if partners == min(SIZES):
                scenes(browser, served, asked.out)
        finally:
            browser.quit()
            served.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
