"""Two moments of a run that need a hand: the story of a firm, and a branch with a lever moved beside the run that it left."""

from pathlib import Path
from typing import Any

import numpy as np

from sim.live.benchmark.chromium import resize, until
from sim.live.benchmark.served import Served
from sim.live.gallery.saving import WIDE, save
from sim.world import World

DRAWN = "channelSim.page.pictures.every((p) => p.settled) && channelSim.page.toldAt >= 0 && !channelSim.page.untold"
AFTER = 18  # months after the branch
ALLIES = 1  # of the firm, so that its card has room for its story


def scenes(browser: Any, served: Served, out: Path) -> None:
    """Take both; the run has been left with its branch beside it.

    Parameters
    ----------
    browser
        That shows the run.
    served
        The run, past its burn-in.
    out
        Folder of the pictures.
    """
    resize(browser, *WIDE)
    _shown(browser, served, f"&firm={_firm(served.session.tracks[0].world)}")
    until(browser, "!document.getElementById('card').hidden")
    save(browser, out / "story_light.webp", *WIDE)

    served.in_its_thread(lambda: _branched(served.session))
    for _ in range(AFTER):
        served.in_its_thread(served.session.step)
    _shown(browser, served, "")
    save(browser, out / "beside_light.webp", *WIDE)


def _firm(world: World) -> int:
    """Uid of the first firm with so few allies."""
    rows = np.concatenate([world.ties.a[world.ties.used], world.ties.b[world.ties.used]])
    allies = np.bincount(rows, minlength=len(world.partners.uid))
    return int(world.partners.uid[world.partners.alive & (allies == ALLIES)].min())


def _branched(session: Any) -> None:
    """A second track in which the first vendor takes its margin away."""
    session.tracks.append(session.tracks[0].branch(session.new_folder()))
    session.tracks[1].steer("vendors.1.list_margin", 0.0)
    session.settle()


def _shown(browser: Any, served: Served, place: str) -> None:
    browser.get(f"{served.origin}/run/{served.session.id}#theme=light&colour=loyalty{place}")
    browser.refresh()
    until(browser, DRAWN, 120.0)
    browser.execute_async_script("setTimeout(arguments[0], 2500)")  # until the charts in view are drawn
