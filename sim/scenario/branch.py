"""A branch: the same scenario up to a month, and from then on with something changed.

Chance is a hash of seed, replication, month and who asks, so a run of the branch repeats the months before bit for
bit; nothing of them needs to be saved.
"""

from collections.abc import Iterable
from typing import Any

from sim.plan import EVENT_KINDS
from sim.scenario.document import Document, Layer
from sim.scenario.problems import ScenarioError, listed, shown
from sim.switches import Switches

LONGEST_TITLE = 100
_ROWS = {"vendors": "change_vendor", "distributors": "change_distributor", "marketplaces": "change_marketplace",
         "networks": "change_network"}  # fmt: skip


def branched(document: Document, month: int, changes: Iterable[tuple[str, str, Any]]) -> Document:
    """The document with an event at ``month`` for each change.

    Parameters
    ----------
    document
        What is branched from.
    month
        Months after burn-in; 0 is the first.
    changes
        Label for messages, key and value. Keys: ``demand.load`` (a parameter), ``switches.habit``,
        ``vendors.NAME.list_margin`` and likewise distributors and marketplaces, ``networks.KIND.fee_per_month_usd``;
        NAME may be "all" or a number from 1.

    Raises
    ------
    ScenarioError
        When a key is of none of these forms. Whether it exists is seen when the document is resolved.
    """
    changes = list(changes)
    if not changes:
        return document
    before = document.tree.get("events") or []
    if not isinstance(before, list):
        return document  # wrong as it stands; resolving it says so
    events = [{"month": month, **_event(*change)} for change in changes]
    layers = [
        Layer(label, None, {"events": {len(before) + n: event}})  # type: ignore[dict-item]
        for n, ((label, _, _), event) in enumerate(zip(changes, events, strict=True))
    ]
    tree = {**document.tree, "events": [*before, *events]}
    if isinstance(title := tree.get("title"), str):
        ending = f", changed in month {month}"
        tree["title"] = title if title.endswith(ending) else title[: LONGEST_TITLE - len(ending)] + ending
    return document._replace(tree=tree, layers=(*layers, *document.layers))


def _event(label: str, key: str, value: Any) -> dict[str, Any]:
    first, _, rest = key.partition(".")
    if first == "switches" and rest:
        return {"kind": "set_switch", "target": rest, "value": value}
    if first in _ROWS:
        target, _, field = rest.rpartition(".")
        if not target or not field:
            example = {"networks": "networks.vendor.fee_per_month_usd=20"}.get(first, f"{first}.all.{_FIELDS.get(first, '')}=0.1")
            raise ScenarioError(f"{label}: {shown(key)} names no field; write for instance {example}")
        return {"kind": _ROWS[first], "target": target, "field": field, "value": value}
    if rest:
        return {"kind": "set_parameter", "target": key, "value": value}
    if key in EVENT_KINDS:
        raise ScenarioError(f"{label}: an event of this kind needs more than a value; write [[events]] in a scenario file")
    hint = f'; did you mean "switches.{key}"?' if key in Switches._fields else ""
    forms = listed(["process.parameter", "switches.NAME", *(f"{rows}.NAME.FIELD" for rows in _ROWS)])
    raise ScenarioError(f"{label}: {shown(key)} cannot change during a run{hint or ';'} what can: {forms}")


_FIELDS = {"vendors": "list_margin", "distributors": "margin", "marketplaces": "take_rate"}
