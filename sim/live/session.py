"""A session: one or two tracks that run in lockstep in a thread of their own, and the viewers who are told.

The thread alone touches the worlds.  Whoever wants something puts a request into its bounded queue; requests are answered
between two months.  What it has to tell goes to the event loop, which hands it to every viewer's queue, so nobody who is
slow, silent or gone can hold up the run.
"""

import asyncio
import json
import queue
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.live.binary import finite
from sim.live.commands import perform
from sim.live.frame import Frame, frame_of
from sim.live.messages import history_message, month_message, snapshot_message, state_of
from sim.live.track import RuleFailedError, Track
from sim.live.viewer import Message, Viewer
from sim.scenario import Scenario, ScenarioError

WAITING = 200  # requests
FASTEST = 60.0  # months a second
Request = Callable[[], None]


class Session:
    """A run that is watched.

    Parameters
    ----------
    scenario : Scenario
        What to run.
    loop : asyncio.AbstractEventLoop, optional
        Where viewers live; without one nobody is told, as in tests.
    """

    def __init__(self, scenario: Scenario, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.id = secrets.token_urlsafe(6).replace("_", "a").replace("-", "b")
        self.loop = loop
        self.viewers: dict[int, Viewer] = {}
        self.controller: int | None = None
        self.playing, self.speed = False, 4.0
        self.failed = ""
        self.tracks: list[Track] = []
        self.frames: list[Frame] = []
        self.opening = True
        self._requests: queue.Queue[Request] = queue.Queue(WAITING)
        self._folder = Path(tempfile.mkdtemp(prefix="channel-sim-live-"))
        self._snapshots: dict[tuple[int, int], bytes] = {}
        self._closed = threading.Event()
        self._state_is_stale = False  # told at the next turn of the thread, once for all who came or left
        self._due = 0.0
        self.scenario = scenario
        self._thread = threading.Thread(target=self._run, name="run", daemon=True)

    # from outside the thread

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End the thread and remove the keyframes."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        self._end_tracks()
        shutil.rmtree(self._folder, ignore_errors=True)

    def request(self, what: Request) -> bool:
        """Let the thread do something between two months; False when too much is waiting already."""
        try:
            self._requests.put_nowait(what)
        except queue.Full:
            return False
        return True

    def join(self, viewer: Viewer) -> None:
        """Send a viewer where the run stands, and everything from then on."""
        if viewer.closed:
            return
        self.viewers[viewer.number] = viewer
        if not self.request(lambda: self._welcome(viewer)) and self.loop is not None:
            self.loop.call_later(0.2, self.join, viewer)  # too much is waiting; nobody who came is forgotten

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        viewer.close()
        self.viewers.pop(viewer.number, None)
        if self.controller == viewer.number:
            self.controller = None
        self._state_is_stale = True

    # in the thread

    @property
    def month(self) -> int:
        """The month that comes next, burn-in included."""
        return self.tracks[0].world.month if self.tracks else 0

    @property
    def ended(self) -> bool:
        """Whether a track has reached its last month."""
        return any(track.ended for track in self.tracks)

    def open(self, scenario: Scenario) -> None:
        """Start a scenario from its first month; burn-in passes at once."""
        self._end_tracks()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self.scenario, self.failed, self.opening = scenario, "", True
        self.tracks = [Track(scenario, self.new_folder())]
        self._settle()

    def _end_tracks(self) -> None:
        for track in self.tracks:
            track.keyframes.close()

    def new_folder(self) -> Path:
        """An empty folder for the keyframes of a track."""
        return Path(tempfile.mkdtemp(dir=self._folder))

    def settle(self) -> None:
        """Tell every viewer everything afresh: after a jump, a branch, a restart."""
        self._settle()

    def _settle(self) -> None:
        self.frames = [frame_of(track.world) for track in self.tracks]
        self._snapshots.clear()
        self.tell_state()
        for n in range(len(self.tracks)):
            self.tell(history_message(n, self.tracks[n]))
            self.tell(self._snapshot(n))

    def _snapshot(self, n: int) -> bytes:
        key = (n, self.tracks[n].world.month)
        if key not in self._snapshots:
            self._snapshots = {k: v for k, v in self._snapshots.items() if k[1] == key[1]}
            self._snapshots[key] = snapshot_message(n, self.tracks[n], self.frames[n], self._beside(n))
        return self._snapshots[key]

    def _beside(self, n: int) -> Track | None:
        """The track that one is compared with."""
        return self.tracks[0] if n else None

    def _welcome(self, viewer: Viewer) -> None:
        if viewer.closed:
            return
        if self.controller is None and viewer.role == "control":
            self.controller = viewer.number
        self._on_loop(viewer.begin)
        self.tell(state_of(self, viewer), viewer)
        self._state_is_stale = True
        for n in range(len(self.frames)):
            self.tell(history_message(n, self.tracks[n]), viewer)
            self.tell(self._snapshot(n), viewer)

    def tell(self, message: Message | dict[str, Any], viewer: Viewer | None = None) -> None:
        """Queue a message for one viewer, or for all."""
        if isinstance(message, dict):
            message = json.dumps(finite(message), separators=(",", ":"))
        to = [viewer] if viewer is not None else list(self.viewers.values())
        if to:
            self._on_loop(_offer, to, message)

    def _on_loop(self, what: Callable[..., None], *arguments: Any) -> None:
        if self.loop is None:
            what(*arguments)
        elif not self.loop.is_closed():
            self.loop.call_soon_threadsafe(what, *arguments)

    def tell_state(self) -> None:
        """Tell everybody what the controls show."""
        for viewer in list(self.viewers.values()):
            self.tell(state_of(self, viewer), viewer)

    def _run(self) -> None:
        try:
            self.open(self.scenario)
        except Exception as error:  # whoever watches must learn of it
            self._fail(f"the run could not start: {type(error).__name__}: {error}")
        while not self._closed.is_set():
            self._answer()
            if self._state_is_stale:
                self._state_is_stale = False
                self.tell_state()
            if self.tracks and not self.failed and (self.opening or self.playing) and time.monotonic() >= self._due:
                self.step()

    def _answer(self) -> None:
        """Serve what is waiting; wait for something when there is nothing to do."""
        running = self.tracks and not self.failed and (self.opening or self.playing)
        wait = max(0.0, self._due - time.monotonic()) if running else 0.5
        try:
            what = self._requests.get(timeout=wait) if wait else self._requests.get_nowait()
        except queue.Empty:
            return
        try:
            what()
        except Exception as error:
            self._fail(f"a request failed: {type(error).__name__}: {error}")

    def step(self) -> None:
        """One month on every track, told to everybody."""
        began = time.monotonic()
        if self.ended:
            self.playing = self.opening = False
            self.tell_state()
            return
        for n, track in enumerate(self.tracks):
            try:
                month = track.step()
            except (RuleFailedError, OSError) as error:  # or a keyframe could not be written
                self._fail(str(error))
                self._settle()
                return
            frame = frame_of(track.world)
            self.tell(month_message(n, track, month, self.frames[n], frame, self._beside(n)))
            self.frames[n] = frame
        self._due = began if self.opening else began + 1.0 / min(FASTEST, self.speed)
        if self.opening and self.month >= self.tracks[0].scenario.plan.burn_in:
            self.opening = False
            self.tell_state()
        if self.ended:
            self.playing = False
            self.tell_state()

    def command(self, viewer: Viewer, asked: dict[str, Any]) -> None:
        """What a viewer asks for, done or refused in words."""
        try:
            perform(self, viewer, asked)
        except (ScenarioError, ValueError, LookupError, TypeError) as error:
            self.tell({"type": "refused", "text": str(error), "n": asked.get("n")}, viewer)

    def _fail(self, text: str) -> None:
        self.failed, self.playing, self.opening = text, False, False
        self.tell_state()


def _offer(viewers: list[Viewer], message: Message) -> None:
    for viewer in viewers:
        viewer.offer(message)
