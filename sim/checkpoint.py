"""Saving a world between two months, and going on from there bit for bit.

A checkpoint holds every table of the state, the month, and what events of the scenario may have changed
(parameters and switches).  Chance has no state: it is a hash of seed, replication and month.  Rules and the
schedule come from the plan; the event log starts empty, as in ``World.copy``.
"""

import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from sim.events import EventLog
from sim.plan import Plan
from sim.switches import Switches
from sim.world import TABLES, World

LAYOUT = 1  # version of what stands in the file
_HEAD = "head"


class CheckpointError(ValueError):
    """A file that is no checkpoint, or not one of this plan; the message says which and what to do."""


def save(world: World, path: str | os.PathLike[str]) -> None:
    """Write a checkpoint: the whole file or, if anything fails, none.

    Raises OSError when the folder cannot be written.
    """
    place = Path(path)
    head = {
        "layout": LAYOUT,
        "month": world.month,
        "seed": world.seed,
        "replication": world.replication,
        "burn_in": world.burn_in,
        "size": list(world.size),
        "switches": world.switches._asdict(),
        "parameters": {process: _plain(values) for process, values in world.parameters.items()},
    }
    columns = {f"{name}.{field}": column for name in TABLES for field, column in getattr(world, name)._asdict().items()}
    text = np.frombuffer(json.dumps(head).encode(), np.uint8)
    handle, half = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **{_HEAD: text}, **columns)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, place)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def load(path: str | os.PathLike[str], plan: Plan, log: EventLog | None = None) -> World:
    """The world that was saved, to go on with under the rules and the schedule of ``plan``.

    Parameters and switches are those at the time of saving; to branch, change them afterwards.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    CheckpointError
        When it is damaged, or the plan has another seed, burn-in or number of skills, vendors and so on.
    """
    place = Path(path)
    try:
        with np.load(place, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
        head = json.loads(columns.pop(_HEAD).tobytes())
    except FileNotFoundError:
        raise
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{place}: not a checkpoint, or damaged; save it again ({error})") from error
    _check(place, head, plan)
    parameters = {p: _typed(type(plan.parameters[p]), values, place) for p, values in head["parameters"].items()}
    switches = _typed(Switches, head["switches"], place)
    rules, schedule = dict(plan.rules), plan.schedule
    world = World(plan.size, parameters, rules, switches, head["seed"], head["replication"], head["burn_in"], schedule, log)
    world.month, world.policies = head["month"], plan.policies()
    kinds = get_type_hints(World)
    for name in TABLES:
        found = {key.partition(".")[2]: column for key, column in columns.items() if key.partition(".")[0] == name}
        setattr(world, name, _typed(kinds[name], found, place))
    return world


def _plain(values: Any) -> dict[str, Any]:
    """Parameters as JSON can hold them without loss: bool, int, float or str."""
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in values._asdict().items()}


def _typed(kind: Any, values: dict[str, Any], place: Path) -> Any:
    """A NamedTuple of these fields, which must be all of its fields and no others."""
    if set(values) != set(kind._fields):
        differing = ", ".join(sorted(set(values) ^ set(kind._fields)))
        says = f"saved by another version of the model ({kind.__name__} differs: {differing}); run it again"
        raise CheckpointError(f"{place}: {says}")
    return kind(**values)


def _check(place: Path, head: dict[str, Any], plan: Plan) -> None:
    if head.get("layout") != LAYOUT:
        raise CheckpointError(f"{place}: saved in layout {head.get('layout')}, this version reads {LAYOUT}; run it again")
    ours = {"seed": plan.seed, "burn_in": plan.burn_in, "size": list(plan.size)}
    for name, value in ours.items():
        if head[name] != value:
            says = f"{name} is {head[name]}, in the plan {value}; load it with the plan that it was saved under"
            raise CheckpointError(f"{place}: {says}")
    if set(head["parameters"]) != set(plan.parameters):
        raise CheckpointError(f"{place}: saved by another version of the model (other processes); run it again")


__all__ = ["CheckpointError", "load", "save"]
