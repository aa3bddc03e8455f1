"""What a month costs the server, part by part, in processor time: other programs on the machine do not count."""

import time
from collections.abc import Callable
from typing import Any

import sim.checkpoint
import sim.live.keyframes
import sim.live.session
import sim.live.track
from sim.live.benchmark.served import Served

# What is timed: the part, where its function is looked up, and the function's name.
_PARTS: tuple[tuple[str, Any, str], ...] = (
    ("the model", sim.live.track, "advance"),
    ("series", sim.live.track, "observe"),
    ("loyalty account", sim.live.track, "relationships"),
    ("loyalty account", sim.live.track, "loyalty_series"),
    ("chronicle", sim.live.track, "before_month"),
    ("chronicle", sim.live.track, "month_of"),
    ("headline", sim.live.track, "headline"),
    ("captions", sim.live.track, "captions"),
    ("keyframes", sim.live.keyframes.Keyframes, "keep"),
    ("frame", sim.live.session, "frame_of"),
    ("message", sim.live.session, "month_message"),
)
_BESIDE = ("writing keyframes", sim.checkpoint, "save")  # in a thread of its own, so beside the month


class Split:
    """Processor seconds of the thread of the run, by part; functions are timed while it is entered."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {part: 0.0 for part, _, _ in (*_PARTS, _BESIDE)}
        self._before: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> "Split":
        for part, place, name in (*_PARTS, _BESIDE):
            function = getattr(place, name)
            self._before.append((place, name, function))
            setattr(place, name, self._timed(part, function))
        return self

    def __exit__(self, *_: object) -> None:
        for place, name, function in self._before:
            setattr(place, name, function)

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            began = time.thread_time()
            try:
                return function(*arguments)
            finally:
                self.spent[part] += time.thread_time() - began

        return timed


def cost_of_a_month(partners: int, months: int) -> dict[str, float]:
    """Processor milliseconds a month by part, of a run that one viewer watches; "rest" and "all" among them.

    Keyframes are written beside, in a thread of their own, so "writing keyframes" is no part of "all".
    """
    from websockets.sync.client import connect

    served = Served(partners)
    served.warmed_up()
    session, split, spent = served.session, Split(), [0.0]

    def run() -> None:
        began = time.thread_time()
        for _ in range(months):
            session.step()
        spent[0] = time.thread_time() - began

    with connect(served.feed, additional_headers={"Origin": served.origin}, max_size=None):
        while not any(viewer.hears for viewer in session.viewers.values()):
            time.sleep(0.02)
        with split:
            served.in_its_thread(run)
    served.close()
    parts = {part: 1000.0 * seconds / months for part, seconds in split.spent.items()}
    total = 1000.0 * spent[0] / months
    beside = {_BESIDE[0]: parts.pop(_BESIDE[0])}
    return parts | {"rest": total - sum(parts.values()), "all": total} | beside


def print_split(partners: int, months: int) -> None:
    """Print the cost of a month, and how many months a second of one core that allows."""
    cost = cost_of_a_month(partners, months)
    parts = ", ".join(f"{part} {spent:.1f}" for part, spent in cost.items() if part not in ("all", _BESIDE[0]))
    print(f"{partners:>6} partners: a month costs the server {cost['all']:.1f} ms of a core ({parts}), and beside it "
          f"{cost[_BESIDE[0]]:.1f} ms for writing keyframes; "
          f"a core of its own allows {1000 / cost['all']:.0f} months a second", flush=True)  # fmt: skip
