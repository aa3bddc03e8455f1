"""A recorded run as one HTML file: the page of the live view, playing and scrubbing without a server."""

import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sim.live.binary import packed
from sim.live.bundle import page_with
from sim.live.frame import frame_of
from sim.live.happened import TABLES
from sim.live.messages import history_message, month_message, snapshot_message
from sim.live.sentences import story
from sim.live.track import Track
from sim.scenario import Scenario
from sim.state.ties import PROJECT

KEYFRAME = 24  # months between whole months
LONGEST = 300  # lines of a story, the latest


def recorded(scenario: Scenario, tell: Callable[[int, int], None] = lambda done, of: None) -> str:
    """The page with the scenario's first replication inside, from its first month to its last.

    Parameters
    ----------
    scenario : Scenario
        What to run.
    tell : callable, optional
        Called with months done and months in all.
    """
    with tempfile.TemporaryDirectory(prefix="channel-sim-replay-") as folder:
        track = Track(scenario, Path(folder))
        messages = _months(track, tell)
    messages = [_head(track), history_message(0, track), *messages, packed({"type": "stories", "stories": _stories(track)}, {})]
    return page_with(zlib.compress(b"".join(map(_framed, messages)), 9), f"{scenario.title} - channel-sim")


def _framed(message: bytes) -> bytes:
    """A message with its length before it, padded to 8 bytes."""
    return len(message).to_bytes(8, "little") + message + b"\0" * (-len(message) % 8)


def _months(track: Track, tell: Callable[[int, int], None]) -> list[bytes]:
    frame = frame_of(track.world)
    out = [snapshot_message(0, track, frame)]
    while not track.ended:
        month = track.step()
        after = frame_of(track.world)
        out.append(month_message(0, track, month, frame, after))
        frame = after
        if track.world.month % KEYFRAME == 0:
            out.append(snapshot_message(0, track, frame))
        tell(track.world.month, track.last)
    return out


def _head(track: Track) -> bytes:
    state = {"recorded": True, "burn_in": track.scenario.plan.burn_in, "last": track.last, "month": 0}
    return packed({"type": "recording", "state": state}, {})


def _stories(track: Track) -> dict[int, dict[str, Any]]:
    """The story of every firm that ever was, without projects, which are many and short."""
    by_firm: dict[int, dict[str, list[dict[str, float]]]] = {}
    for table in TABLES:
        columns = track.chronicle.all_of(table)
        keep = columns["form"] != PROJECT if "form" in columns else np.ones(columns["month"].size, bool)
        for n in np.flatnonzero(keep):
            row = {name: column[n].item() for name, column in columns.items()}
            for end in ("a", "b") if "b" in row else ("a",):
                by_firm.setdefault(int(row[end]), {t: [] for t in TABLES})[table].append(row)
    return {uid: _told(track, uid, rows) for uid, rows in by_firm.items()}


def _told(track: Track, uid: int, rows: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    lines = story(rows, uid, track.names, track.world)[-LONGEST:]
    return {"name": track.names.partner(uid), "story": [[x["month"], x["sort"], x["text"], x["other"]] for x in lines]}
