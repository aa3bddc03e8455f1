"""The scenario of a live run: what was opened, with every lever that was moved as an event; and its file."""

from typing import Any, NamedTuple

from sim.scenario import Scenario, from_document
from sim.scenario.branch import branched
from sim.scenario.document import SHIPPED, Document, with_settings
from sim.scenario.listing import toml, written_out

LONGEST_TITLE = 100


class Move(NamedTuple):
    """A lever moved in a month after burn-in."""

    month: int
    key: str
    value: Any


def moved(base: Scenario, moves: list[Move], months: int | None = None) -> Scenario:
    """The scenario with an event for each move, and another number of months where one is given.

    Raises
    ------
    ScenarioError
        When a move is not possible: an unknown key, a value out of range, a month after the last.
    """
    document = base.document
    if months is not None and months != base.plan.months:
        document = with_settings(document, [("months", "months", months)])
    title = document.tree.get("title")
    for move in sorted(moves, key=lambda move: move.month):
        document = branched(document, move.month, [(f"month {move.month}: {move.key}", move.key, move.value)])
    if moves and isinstance(title, str):
        document.tree["title"] = f"{title[: LONGEST_TITLE - 16]}, steered by hand"
    return from_document(document)


def written(scenario: Scenario) -> str:
    """The text of a scenario file that reproduces the run from the command line.

    It extends a shipped scenario and says what differs; the scenario of a user's own file is written out in full, as its
    file may be elsewhere.
    """
    document = scenario.document
    if document.file.path is None or document.file.path.parent != SHIPPED:
        return written_out(scenario)
    lines = [
        "# From the live view; run it with: channel-sim run FILE --replications 1",
        "schema_version = 1",
        f"extends = {toml(document.file.path.stem)}",
        f"title = {toml(scenario.title)}",
        *_settings(document),
    ]
    for event in document.tree.get("events", []):
        lines += ["", "[[events]]", *(f"{key} = {toml(value)}" for key, value in event.items())]
    return "\n".join(lines) + "\n"


def _settings(document: Document) -> list[str]:
    """What options of the command line changed, as dotted keys; events stand by themselves."""
    changed: dict[str, Any] = {}
    for layer in reversed(document.layers):
        if layer.folder is None:
            changed |= {key: value for key, value in _leaves(layer.tree) if key.split(".")[0] != "events"}
    return [f"{key} = {toml(value)}" for key, value in changed.items()]


def _leaves(tree: dict[str, Any], above: str = "") -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for key, value in tree.items():
        out += _leaves(value, f"{above}{key}.") if isinstance(value, dict) else [(f"{above}{key}", value)]
    return out
