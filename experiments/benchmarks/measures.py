"""What is measured of the speed: each function takes a plan or a world and gives seconds, bytes or a ratio.

Seconds are CPU seconds of this process. On a machine that is shared they vary by half and more; ratios of two
things measured in turns vary far less, so ratios are what is kept and checked.
"""

import importlib
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from sim import month
from sim.engine import advance, build
from sim.observe.run import run_replication
from sim.plan import Plan
from sim.scenario import load
from sim.world import TABLES, World

ROOT = Path(__file__).resolve().parents[2]
SETTLE = 3  # months before time is taken: entrants, first projects


def plan_of(partners: int) -> Plan:
    """The baseline with so many partners."""
    return load("baseline", {"population.partners": partners}).plan


def seconds(what: Callable[[], Any]) -> float:
    """CPU seconds that a call takes."""
    began = time.process_time()
    what()
    return time.process_time() - began


def set_up(partners: int) -> tuple[World, float]:
    """A new world and the CPU seconds that building it took."""
    plan = plan_of(partners)
    began = time.process_time()
    world = build(plan, 0)
    return world, time.process_time() - began


def month_seconds(world: World, months: int) -> float:
    """Median CPU seconds of a month, after some to settle."""
    for _ in range(SETTLE):
        advance(world)
    return statistics.median(seconds(lambda: advance(world)) for _ in range(months))


def copy_seconds(world: World, times: int = 5) -> float:
    """Median CPU seconds of ``np.copyto`` of all of the state: the least that reading and writing it once takes."""
    columns = [column for name in TABLES for column in getattr(world, name)]
    copies = [np.empty_like(column) for column in columns]

    def copy() -> None:
        for there, column in zip(copies, columns, strict=True):
            np.copyto(there, column)

    copy()  # the first touches new pages
    return statistics.median(seconds(copy) for _ in range(times))


def state_bytes(world: World) -> int:
    """Bytes of all tables."""
    return sum(column.nbytes for name in TABLES for column in getattr(world, name))


def runs_per_second(partners: int = 500, months: int = 120) -> tuple[float, float]:
    """Whole runs a CPU second, without any recording and with series and tables."""
    plan = plan_of(partners)._replace(months=months, burn_in=0)

    def bare() -> None:
        world = build(plan, 0)
        for _ in range(months):
            advance(world)

    recorded = seconds(lambda: run_replication(plan, 0, synergy=False))
    return 1.0 / min(seconds(bare), seconds(bare)), 1.0 / recorded


def exponent(n: int, seconds_n: float, m: int, seconds_m: float) -> float:
    """The power of the number of partners with which the time of a month grows from n to m partners."""
    return math.log(seconds_m / seconds_n) / math.log(m / n)


def reference_model() -> Any | None:
    """The class of the plain Mesa reference; None where only the package is installed, as it is part of the tests."""
    try:
        return importlib.import_module("tests.reference.model").ReferenceModel
    except ModuleNotFoundError:
        return None


def reference_ratio(partners: int, months: int) -> float | None:
    """How many times the CPU time of the engine the plain Mesa reference takes for the same months of the same plan."""
    kind = reference_model()
    if kind is None:
        return None
    plan = plan_of(partners)
    plain, world = kind(plan), build(plan, 0)
    ratios = []
    for at in range(SETTLE + months):
        slow, fast = seconds(plain.step), seconds(lambda: advance(world))
        if at >= SETTLE:
            ratios.append(slow / fast)
    return statistics.median(ratios)


@contextmanager
def _timed(spent: dict[str, float]) -> Iterator[None]:
    """While this is open, add to ``spent`` the CPU time of each process of the month."""
    modules = {name: module for name, module in vars(month).items() if isinstance(module, ModuleType) and hasattr(module, "run")}
    untimed = {name: module.run for name, module in modules.items()}

    def timed(name: str) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            began = time.process_time()
            try:
                return untimed[name](*given)
            finally:
                spent[name] = spent.get(name, 0.0) + time.process_time() - began

        return run

    try:
        for name, module in modules.items():
            module.run = timed(name)  # type: ignore[attr-defined]
        yield
    finally:
        for name, module in modules.items():
            module.run = untimed[name]  # type: ignore[attr-defined]


def shares(world: World, months: int) -> dict[str, float]:
    """The share of each process in the CPU time of a month, largest first; directories and the rest are "other"."""
    spent: dict[str, float] = {}
    with _timed(spent):
        total = sum(seconds(lambda: advance(world)) for _ in range(months))
    spent["other"] = total - sum(spent.values())
    return {name: part / total for name, part in sorted(spent.items(), key=lambda item: -item[1])}


def start(cold: bool) -> tuple[float, float]:
    """Wall and CPU seconds of a new process until the model has run a month; ``cold`` compiles it from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | ({"XDG_CACHE_HOME": folder} if cold else {})
        began, used = time.perf_counter(), os.times()
        subprocess.run([sys.executable, "-c", _START], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        now = os.times()
    spent = now.children_user + now.children_system - used.children_user - used.children_system
    return time.perf_counter() - began, spent


_START = """
from sim.scenario import load
from sim.warm_up import warm_up
from sim.engine import advance, build
plan = load("quick").plan
warm_up(plan, print)
advance(build(plan, 0))
"""
